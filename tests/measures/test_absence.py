"""Hours lost, spells and leaving: small forces, typed in, with sums done by hand."""

from datetime import date
from decimal import Decimal

import pytest

from app.common.clock import start_of_day
from app.measures.absence import Scope, absence, attrition
from app.people.models import AbsenceSpell, ContractedHours, LeavingReason, Person
from tests.conftest import NOW
from tests.factories import Force

YEAR = {"first": date(2026, 1, 1), "last": date(2026, 10, 31), "now": NOW}
SPRING = [
    (date(2026, 3, 1), date(2026, 3, 31)),
    (date(2026, 4, 1), date(2026, 4, 30)),
    (date(2026, 5, 1), date(2026, 5, 31)),
]


@pytest.fixture
def force(session):
    return Force(session)


def spell(force, person, starts, ends, hours, *, mental=True, withdrawn=False):
    starts, ends = date.fromisoformat(starts), date.fromisoformat(ends) if ends else None
    force.session.add(
        AbsenceSpell(
            person_id=person,
            starts_on=starts,
            ends_on=ends,
            psychological=mental,
            hours_lost=Decimal(hours),
            recorded_at=start_of_day(starts),
            withdrawn=withdrawn,
        )
    )
    force.session.flush()


def contracted(force, person, months, hours=160):
    for month in months:
        force.session.add(
            ContractedHours(person_id=person, month=date(2026, month, 1), hours=Decimal(hours))
        )
    force.session.flush()


def by_month(session, **more):
    return [absence(session, first=first, last=last, now=NOW, **more) for first, last in SPRING]


def test_share_and_rate_with_what_they_are_a_part_of(force):
    one, other, third = (force.person(name) for name in ("A A", "B B", "C C"))
    for person in (one, other, third):
        contracted(force, person, range(1, 11), 150)
    spell(force, one, "2026-03-02", "2026-03-06", "40")
    spell(force, one, "2026-06-01", "2026-06-28", "160.50")
    spell(force, other, "2026-02-01", "2026-03-01", "99.5")
    spell(force, other, "2026-04-01", "2026-04-02", "100", mental=False)
    spell(force, third, "2026-04-01", "2026-04-02", "16", withdrawn=True)
    found = absence(force.session, **YEAR)
    assert (found.hours, found.psychological_hours, found.contracted_hours) == (400, 300, 4500)
    assert (found.share, found.rate) == (75, pytest.approx(100 / 15))
    assert (found.people, found.absent, found.absent_psychological) == (3, 2, 2)
    assert (found.started, found.psychological_started) == (4, 3)
    # 28 days are not more than 28; 29 are.
    assert found.long_term == 1


def test_a_spells_hours_are_spread_over_its_days_and_none_is_lost(force):
    person = force.person()
    contracted(force, person, (3, 4, 5))
    spell(force, person, "2026-03-22", "2026-05-10", "100")
    months = by_month(force.session)
    # Ten days, thirty and ten, of fifty.
    assert [one.psychological_hours for one in months] == [20, 60, 20]
    assert [one.psychological_started for one in months] == [1, 0, 0]
    assert [one.long_term for one in months] == [0, 1, 1]
    assert [one.contracted_hours for one in months] == [160] * 3
    assert [one.rate for one in months] == [12.5, 37.5, 12.5]


def test_a_spell_goes_on_to_today_or_to_the_last_day_of_service(force):
    here, gone = force.person("A A"), force.person("B B")
    force.session.get(Person, gone).left_on = date(2026, 10, 20)
    spell(force, here, "2026-10-25", None, "30")
    spell(force, gone, "2026-10-11", None, "10")
    found = absence(force.session, **YEAR)
    # Seven of its thirty days so far are in October, and all ten of the other.
    assert found.psychological_hours == 17


def test_a_month_counts_people_where_they_were_at_its_end(force):
    team, other = force.team("A"), force.team("B")
    person = force.person()
    force.post(person, team, until=date(2026, 4, 15))
    force.post(person, other, since=date(2026, 4, 16))
    spell(force, person, "2026-03-01", "2026-05-31", "92")
    here = by_month(force.session, scope=Scope(unit_ids=[team]))
    there = by_month(force.session, scope=Scope(unit_ids=[other]))
    above = by_month(force.session, scope=Scope(unit_ids=[force.district]))
    assert [one.psychological_hours for one in here] == [31, 0, 0]
    assert [one.psychological_hours for one in there] == [0, 30, 31]
    assert [one.psychological_hours for one in above] == [31, 30, 31]
    nobody = absence(force.session, **YEAR, scope=Scope(unit_ids=[]))
    assert (nobody.people, nobody.hours, nobody.share, nobody.rate) == (0, 0, None, None)


def test_leaving_with_and_without_transfers(force):
    reasons = [None, *LeavingReason, None]
    team = force.team()
    for place, reason in enumerate(reasons):
        row = force.session.get(Person, force.person(f"P {place}", team=team))
        row.left_on = date(2026, 4, 1) if place > 0 else None
        row.leaving_reason = reason
    earlier = force.session.get(Person, force.person("E E", team=team))
    earlier.left_on, earlier.leaving_reason = date(2025, 12, 31), LeavingReason.TRANSFER
    force.session.flush()
    found = attrition(force.session, **YEAR, scope=Scope(unit_ids=[team]))
    # Seven reasons and one that HR did not give, of nine who were here.
    assert found.people == 9
    assert (found.with_transfers, found.without_transfers, found.resigned_or_medical) == (8, 7, 2)
