"""Whatever a force is like: what is counted by a few statements for everybody is what somebody
counts who goes through the records one by one."""

from datetime import date

import pytest
from sqlmodel import select

from app.demo.chance import Chance
from app.incidents.framework import SHIPPED
from app.measures import grouping
from app.measures.building import completeness, people
from app.measures.catalogue import COMPLETENESS, Words, measures
from app.measures.counting import frames
from app.measures.vocabulary import (
    MANY_VALUED,
    NOT_RECORDED,
    OTHER,
    PREFER_NOT,
    Dimension,
    Period,
    PeriodKind,
)
from app.people.models import Characteristic, CharacteristicKind, UnitAncestor
from app.people.rules import unit_on
from app.people.spells import spells_of
from tests.conftest import NOW
from tests.measures.random_force import RandomForce
from tests.measures.slow_recount import Slow

LISTED = measures(Words.of(SHIPPED))
PERIODS = (
    Period(date(2025, 4, 1), PeriodKind.YEAR),
    Period(date(2026, 7, 1), PeriodKind.QUARTER),
    # Not over yet.
    Period(date(2026, 11, 1), PeriodKind.MONTH),
)


@pytest.fixture(params=["one", "another"])
def made(request, session, keys, monkeypatch):
    # So that few people make groups as many do.
    monkeypatch.setattr(grouping, "SMALLEST", 8)
    return RandomForce(session, keys, Chance(request.param))


def test_what_is_counted_at_once_is_what_is_counted_one_by_one(made, session, keys):
    _every_frame_is_the_slow_recount(session, keys)
    _everybody_is_in_the_right_category(session)
    _what_is_recorded_adds_up(session)
    _another_period_can_have_the_same_lists(session)


def _every_frame_is_the_slow_recount(session, keys):
    for period in PERIODS:
        slow = Slow(session, keys, period, now=NOW)
        found = people(session, period=period, now=NOW)
        assert list(found.ids) == [one.public_id for one in slow.people]
        said = [slow.says(one) for one in slow.people]
        seen = {}
        for frame in frames(session, keys, people=found, measures=LISTED):
            code = frame.measure.code
            seen[code] = frame
            assert not (frame.counted & ~frame.base).any(), code
            pairs = list(zip(frame.base.tolist(), frame.counted.tolist(), strict=True))
            if any(code in one for one in said):
                nothing = (True, False)
                assert pairs == [one.get(code, nothing) for one in said], (period.code, code)
        expected = {one.code for one in LISTED if period.kind in one.kinds}
        assert seen.keys() == expected
        # The force is such that the measures have something to count.
        if period.kind is PeriodKind.YEAR:
            busy = {code for code, frame in seen.items() if frame.counted.any()}
            assert {"talked_in_time", "contacted_any", "repeated", "accepted_any"} <= busy
            assert {"factor_alone", "absent_psychological_long", "left_with_transfers"} <= busy


def _everybody_is_in_the_right_category(session):
    for period in PERIODS:
        slow = Slow(session, None, period, now=NOW)
        found = people(session, period=period, now=NOW)
        for dimension, member in found.member.items():
            if dimension not in MANY_VALUED:
                assert (member.sum(axis=1) == 1).all(), dimension
        _places(session, slow, found)
        _answers(session, slow, found)


def _codes(found, dimension):
    codes = [category.code for category in found.categories[dimension]]
    return [codes[place] for place in found.member[dimension].argmax(axis=1)]


def _places(session, slow, found):
    spells = spells_of(session, person_ids=[one.id for one in slow.people])
    links = session.exec(select(UnitAncestor)).all()
    above = {}
    for link in links:
        above.setdefault(link.unit_id, set()).add(link.ancestor_id)
    by_code = {}
    for one, code in zip(slow.people, _codes(found, Dimension.DISTRICT), strict=True):
        unit = unit_on(spells.get(one.id, []), slow.until(one))
        by_code.setdefault(code, set()).add(unit)
    (district,) = (code for code in by_code if code != NOT_RECORDED)
    inside = {unit for unit, up in above.items() if min(up) == min(above)} & by_code[district]
    # There is one district: whoever is below it is in it, everybody else is not.
    assert by_code[district] == inside
    assert not by_code[NOT_RECORDED] & inside


def _answers(session, slow, found):
    rows = session.exec(
        select(Characteristic).where(Characteristic.kind == CharacteristicKind.ETHNICITY)
    )
    held = {row.person_id: row.value for row in rows}
    for one, code in zip(slow.people, _codes(found, Dimension.ETHNICITY), strict=True):
        value = held.get(one.id)
        if value is None or value == "NS":
            assert code == (NOT_RECORDED if value is None else PREFER_NOT)
        else:
            first = "A" if value == "O1" else value[0]
            group = {"W": "white", "A": "asian", "B": "black", "M": "mixed", "O": OTHER}[first]
            assert code == found.merged[Dimension.ETHNICITY][group]


def _what_is_recorded_adds_up(session):
    found = people(session, period=PERIODS[0], now=NOW)
    for dimension in COMPLETENESS:
        parts = completeness(found, dimension)
        assert sum(int(frame.counted.sum()) for frame in parts) == len(found.ids)
        assert all(frame.base.all() for frame in parts)


def _another_period_can_have_the_same_lists(session):
    year = people(session, period=PERIODS[0], now=NOW)
    month = people(session, period=PERIODS[2], now=NOW, like=year)
    for dimension, listed in year.categories.items():
        alike = month.categories[dimension]
        assert [one for one in alike if one in listed] == list(listed)
        assert {one.code for one in alike} - {one.code for one in listed} <= {OTHER}
        if dimension not in MANY_VALUED:
            assert (month.member[dimension].sum(axis=1) == 1).all()
