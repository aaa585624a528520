"""A rehearsal counts what rules would have done, with every base, in as few statements always."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from app.debriefs.models import Debrief, DebriefPerson, Setting
from app.exposure import service as exposure
from app.exposure.models import PromptPerson, PromptState
from app.framework.editing import Section, change, put
from app.framework.rehearsal import rehearse
from app.incidents.framework import SHIPPED
from app.incidents.models import FrameworkVersion
from app.referrals.models import Support
from tests.factories import Force

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
QUIET = change(
    SHIPPED,
    {
        "types": [
            one.model_dump(mode="json") | {"always_prompts": one.code == "suicide"}
            for one in SHIPPED.types
        ],
        "rules": [{"code": "two", "count": 2, "days": 28}],
    },
)
EAGER = put(QUIET, Section.TYPES, "use_of_force", {"always_prompts": True})


@pytest.fixture
def force(session):
    return Force(session)


def exposed(force: Force, person: int, kind: str, days_ago: int, *, hours: int = 0) -> None:
    incident = force.incident(kind, NOW - timedelta(days=days_ago, hours=hours))
    force.attend(person, incident)
    exposure.refresh(force.session, incident_ids=[incident], person_ids=[], now=NOW)


def spoken(force: Force, person: int, days_ago: int) -> None:
    talk = Debrief(held_on=TODAY - timedelta(days=days_ago), setting=Setting.PHONE, recorded_at=NOW)
    force.session.add(talk)
    force.session.flush()
    force.session.add(
        DebriefPerson(
            debrief_id=talk.id,
            person_id=person,
            primary_support=Support.LINE_MANAGER,
            sealed_factors=b"",
        )
    )
    force.session.flush()


def played(force: Force, draft=EAGER, active=QUIET):
    return rehearse(force.session, draft=draft, active=active, now=NOW)


def test_both_sets_of_rules_are_counted_over_exactly_one_year(force):
    person = force.person(team=force.team())
    for days in (0, 364, 365, 500):
        exposed(force, person, "suicide", days)
    found = played(force)
    assert (found.first, found.last) == (date(2025, 11, 24), TODAY)
    assert (found.draft.prompts, found.draft.people) == (2, 1)
    assert (found.exposures, found.exposed) == (2, 1)
    assert found.months[0] == date(2025, 11, 1)
    assert found.months[-1] == date(2026, 11, 1)
    assert len(found.months) == 13
    assert sum(found.draft.months.values()) == found.draft.prompts


def test_the_draft_and_what_holds_are_set_side_by_side(force):
    first, second = force.person(team=force.team("A")), force.person(team=force.team("B"))
    exposed(force, first, "use_of_force", 100)
    exposed(force, first, "sudden_death", 90)
    exposed(force, second, "suicide", 80)
    found = played(force)
    assert (found.draft.prompts, found.active.prompts) == (3, 2)
    assert (found.draft.people, found.active.people) == (2, 2)
    assert found.reasons == [
        ("2 incidents in 28 days", 1, 1),
        ("Suicide", 1, 1),
        ("Use of force", 1, 0),
    ]
    assert [(one.name, one.draft, one.active) for one in found.teams] == [("A", 2, 1), ("B", 1, 1)]


def test_a_rule_that_spoke_before_the_year_is_still_quiet_on_its_first_day(force):
    person = force.person(team=force.team())
    for days in (372, 371, 363, 362):
        exposed(force, person, "sudden_death", days)
    # It spoke 371 days ago, so within the year it is quiet until 28 days later.
    assert played(force).draft.prompts == 0


def test_load_is_by_supervisor_over_all_teams_they_lead_today(force):
    one, two, three = force.team("A"), force.team("B"), force.team("C")
    busy, idle = force.person("Jo Busy"), force.person("Al Idle")
    force.lead(busy, one)
    force.lead(busy, two)
    force.lead(idle, three)
    for team in (one, two):
        exposed(force, force.person(team=team), "suicide", 10)
    found = played(force)
    assert (found.supervisors, found.draft_load.most, found.draft_load.middle) == (2, 2, 1)


def test_overlap_with_real_conversations_has_its_bases(force):
    team = force.team()
    quick, late, never, chatty = (force.person(team=team) for _ in range(4))
    for person in (quick, late, never):
        exposed(force, person, "suicide", 50)
    spoken(force, quick, 48)
    spoken(force, late, 40)
    spoken(force, chatty, 30)
    found = played(force)
    assert found.spoken == 3
    assert found.draft.spoken == 2
    assert (found.draft.in_time, found.draft.asked) == (1, 3)


def test_prompts_nobody_was_asked_to_act_on_are_no_base(session):
    force = Force(session, prompting_from=TODAY - timedelta(days=20))
    person = force.person(team=force.team())
    exposed(force, person, "suicide", 100)
    exposed(force, person, "suicide", 10)
    exposed(force, person, "suicide", 0, hours=1)
    found = played(force)
    # One was before prompting began, and the time limit of one has not passed.
    assert (found.draft.prompts, found.draft.asked) == (3, 1)


def test_an_exposure_nobody_could_place_is_counted_under_no_team(force):
    exposed(force, force.person(), "suicide", 10)
    assert [(one.name, one.draft) for one in played(force).teams] == [("No team recorded", 1)]


def test_with_no_exposures_and_no_rules_there_is_nothing_to_count(force):
    found = played(force, draft=change(SHIPPED, {"rules": []}), active=SHIPPED)
    assert (found.draft.prompts, found.spoken, found.teams, found.reasons) == (0, 0, [], [])
    assert (found.draft_load.most, found.draft_load.middle) == (0, 0)


def test_more_people_take_no_more_statements_and_nothing_is_stored(force):
    asked = []
    for _ in range(2):
        sent: list[str] = []
        engine = force.session.get_bind()

        def note(_connection, _cursor, statement, *_rest, sent=sent) -> None:
            sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        played(force)
        event.remove(engine, "before_cursor_execute", note)
        asked.append(len(sent))
        assert all(statement.startswith("SELECT") for statement in sent)
        team = force.team()
        for _ in range(12):
            exposed(force, force.person(team=team), "suicide", 5)
    assert asked[0] == asked[1] <= 8


def test_what_the_rehearsal_says_is_what_the_engine_then_does(force):
    team = force.team()
    for number in range(6):
        person = force.person(team=team)
        for turn in range(number):
            exposed(force, person, ("sudden_death", "suicide", "other")[turn % 3], 3 + 9 * turn)
    stands = PromptPerson.state != PromptState.WITHDRAWN
    real = len(force.session.exec(select(PromptPerson).where(stands)).all())
    document = force.session.exec(select(FrameworkVersion)).one().document
    held = type(SHIPPED).model_validate(document)
    assert played(force, draft=held, active=held).draft.prompts == real
