"""Who is asked, by the rules alone."""

from datetime import timedelta

import pytest

from app.people.duty import LIMIT, Ask, Duties, Lead, is_late
from app.people.models import SupervisionKind
from tests.conftest import NOW

TOP, DISTRICT, TEAM, OTHER = 1, 2, 3, 4
CHIEF, INSPECTOR, SERGEANT, DEPUTY, NEXT_DOOR, OFFICER = 11, 12, 13, 14, 15, 16
SUPERVISOR, COVERS = SupervisionKind.SUPERVISOR, SupervisionKind.DEPUTY
LEADS = (
    Lead(TOP, CHIEF, SUPERVISOR),
    Lead(DISTRICT, INSPECTOR, SUPERVISOR),
    Lead(TEAM, SERGEANT, SUPERVISOR),
    Lead(TEAM, DEPUTY, COVERS),
    Lead(OTHER, NEXT_DOOR, SUPERVISOR),
)
EVERYBODY = frozenset({CHIEF, INSPECTOR, SERGEANT, DEPUTY, NEXT_DOOR})
TODAY = NOW.date()


def duties(*away, chosen=None, leads=LEADS, homes=None):
    by_unit, leading = {}, {}
    for row in leads:
        by_unit.setdefault(row.unit_id, []).append(row)
        if row.kind is SUPERVISOR:
            leading[row.person_id] = leading.get(row.person_id, frozenset()) | {row.unit_id}
    home = {SERGEANT: {TEAM, DISTRICT, TOP}, DEPUTY: {TEAM, DISTRICT, TOP}, **(homes or {})}
    return Duties(
        parents={TOP: None, DISTRICT: TOP, TEAM: DISTRICT, OTHER: DISTRICT},
        leads=by_unit,
        leading=leading,
        present=EVERYBODY - set(away),
        chosen=chosen or {},
        homes={person: frozenset(units) for person, units in home.items()},
    )


@pytest.mark.parametrize(
    ("away", "chosen", "asked"),
    [
        ((), {}, {SERGEANT}),
        ((SERGEANT,), {}, {DEPUTY}),
        ((SERGEANT,), {SERGEANT: [NEXT_DOOR]}, {NEXT_DOOR}),
        ((SERGEANT, NEXT_DOOR), {SERGEANT: [NEXT_DOOR]}, {DEPUTY}),
        ((SERGEANT, DEPUTY), {}, {INSPECTOR}),
        ((SERGEANT, DEPUTY, INSPECTOR), {}, {CHIEF}),
        (EVERYBODY, {}, set()),
    ],
)
def test_the_first_who_is_here_is_asked(away, chosen, asked):
    turn = duties(*away, chosen=chosen).turn(Ask(OFFICER, TEAM))
    assert (turn.asked, turn.leads) == (asked, not asked)


@pytest.mark.parametrize(
    ("person", "asked"), [(SERGEANT, {INSPECTOR}), (DEPUTY, {SERGEANT}), (INSPECTOR, {CHIEF})]
)
def test_nobody_is_asked_about_themselves_or_somebody_who_supervises_them(person, asked):
    assert duties().turn(Ask(person, TEAM)).asked == asked


def test_a_deputy_is_not_asked_about_their_supervisor_who_is_posted_elsewhere():
    # The head of the team is posted next door, whose sergeant is a member of the team.
    made = duties(homes={NEXT_DOOR: {TEAM, DISTRICT, TOP}})
    assert made.turn(Ask(SERGEANT, OTHER)).asked == {INSPECTOR}


def test_late_is_the_next_in_line_too_and_nothing_is_taken_away():
    turn = duties().turn(Ask(OFFICER, TEAM, late=True))
    assert (turn.asked, turn.passed, turn.leads) == ({SERGEANT}, {INSPECTOR}, False)
    last = duties(DEPUTY, SERGEANT, INSPECTOR).turn(Ask(OFFICER, TEAM, late=True))
    assert (last.asked, last.passed, last.leads) == ({CHIEF}, frozenset(), True)


def test_handing_over_asks_the_other_while_they_are_here_and_lead_there():
    turn = duties().turn(Ask(OFFICER, TEAM, handed_to=INSPECTOR, late=True))
    assert (turn.asked, turn.watching, turn.handed) == ({INSPECTOR}, {SERGEANT}, True)
    for nobody in (NEXT_DOOR, OFFICER, 99):
        assert duties().turn(Ask(OFFICER, TEAM, handed_to=nobody)).asked == {SERGEANT}
    assert duties(INSPECTOR).turn(Ask(OFFICER, TEAM, handed_to=INSPECTOR)).asked == {SERGEANT}


def test_a_conversation_may_be_handed_to_the_unit_and_the_next_above():
    assert duties().helpers(Ask(OFFICER, TEAM)) == [SERGEANT, DEPUTY, INSPECTOR]


def test_somebody_in_no_unit_is_the_wellbeing_leads():
    assert duties().turn(Ask(OFFICER, None)).leads


def test_a_circle_of_units_ends():
    made = Duties(parents={1: 2, 2: 1})
    assert made.up(1) == [1, 2]


@pytest.mark.parametrize(
    ("waited", "planned", "late"),
    [
        (LIMIT, None, False),
        (LIMIT + timedelta(minutes=1), None, True),
        (LIMIT * 3, TODAY, False),
        (LIMIT * 3, TODAY + timedelta(days=7), False),
        (LIMIT * 3, TODAY + timedelta(days=8), True),
        (LIMIT * 3, TODAY - timedelta(days=1), True),
    ],
)
def test_late_is_a_day_after_it_was_due_without_a_plan_within_reach(waited, planned, late):
    assert is_late(NOW, since=NOW - waited, planned_on=planned, today=TODAY) is late
