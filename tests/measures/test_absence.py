"""Hours lost, spells and leaving: small forces, typed in, with sums done by hand."""

from datetime import date
from decimal import Decimal

import pytest

from app.common.clock import start_of_day
from app.measures.asked import Question
from app.measures.live_absence import absence, attrition
from app.people.models import AbsenceSpell, ContractedHours, LeavingReason, Person
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.conftest import NOW
from tests.factories import Force

LEAD = Viewer(1, None, "Lee", (Grant(Role.WELLBEING_LEAD, None),))
YEAR = Question(date(2026, 1, 1), date(2026, 10, 31))
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


def of(session, question=YEAR):
    return absence(LEAD, session, question, now=NOW)


def by_month(session):
    return [of(session, Question(first, last)) for first, last in SPRING]


def test_share_and_rate_with_what_they_are_a_part_of(force):
    team = force.team()
    one, other, third = (force.person(name, team=team) for name in ("A A", "B B", "C C"))
    for person in (one, other, third):
        contracted(force, person, range(1, 11), 150)
    spell(force, one, "2026-03-02", "2026-03-06", "40")
    spell(force, one, "2026-06-01", "2026-06-28", "160.50")
    spell(force, other, "2026-02-01", "2026-03-01", "99.5")
    spell(force, other, "2026-04-01", "2026-04-02", "100", mental=False)
    spell(force, third, "2026-04-01", "2026-04-02", "16", withdrawn=True)
    found = of(force.session)
    assert (found.hours.counted, found.hours.base) == (300, 4500)
    assert (found.of_all_hours.counted, found.of_all_hours.base) == (300, 400)
    assert (found.of_all_hours.share, found.hours.share) == (0.75, pytest.approx(1 / 15))
    assert (found.people.base, found.people.counted, found.started) == (3, 2, 3)
    # 28 days are not more than 28; 29 are.
    assert found.long_term.counted == 1


def test_a_spells_hours_are_spread_over_its_days_and_none_is_lost(force):
    person = force.person(team=force.team())
    contracted(force, person, (3, 4, 5))
    spell(force, person, "2026-03-22", "2026-05-10", "100")
    months = by_month(force.session)
    # Ten days, thirty and ten, of fifty.
    assert [one.hours.counted for one in months] == [20, 60, 20]
    assert [one.started for one in months] == [1, 0, 0]
    assert [one.long_term.counted for one in months] == [0, 1, 1]
    assert [one.hours.base for one in months] == [160] * 3
    assert [one.hours.share for one in months] == [0.125, 0.375, 0.125]
    spring = of(force.session, Question(SPRING[0][0], SPRING[-1][1]))
    assert [one.hours for one in spring.months] == [one.hours for one in months]


def test_a_spell_goes_on_to_today_or_to_the_last_day_of_service(force):
    team = force.team()
    here, gone = force.person("A A", team=team), force.person("B B", team=team)
    force.session.get(Person, gone).left_on = date(2026, 10, 20)
    spell(force, here, "2026-10-25", None, "30")
    spell(force, gone, "2026-10-11", None, "10")
    # Seven of its thirty days so far are in October, and all ten of the other.
    assert of(force.session).hours.counted == 17


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
    found = attrition(LEAD, force.session, YEAR, now=NOW)
    # Seven reasons and one that HR did not give, of nine who were here.
    assert {one.base for one in (found.with_transfers, found.without_transfers)} == {9}
    assert (found.with_transfers.counted, found.without_transfers.counted) == (8, 7)
    assert found.wellbeing.counted == 2
