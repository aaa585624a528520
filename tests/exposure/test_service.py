"""Exposures, tallies and prompts follow the rows, on both databases."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from app.exposure import queries, service
from app.exposure.models import Exposure, MonthTally, PromptPerson, PromptState
from app.exposure.service import Answer, ConflictError
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.people.models import PostingKind, Unit
from tests.factories import Force, at


@pytest.fixture
def force(session):
    return Force(session)


def refresh(force, *, incidents=(), people=(), now=None):
    service.refresh(
        force.session, incident_ids=incidents, person_ids=people, now=now or at("2026-11-23")
    )


def exposures(force):
    return force.session.exec(select(Exposure).order_by(Exposure.id)).all()


def prompts(force):
    return force.session.exec(select(PromptPerson).order_by(PromptPerson.id)).all()


def test_one_person_at_one_incident_is_one_exposure_however_often_it_is_reported(force):
    team = force.team()
    person, incident = force.person(team=team), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident)
    force.attend(person, incident, role=AttendanceRole.REMOTE)
    refresh(force, incidents=[incident])
    (exposure,) = exposures(force)
    assert (exposure.unit_id, exposure.remote) == (team, False)
    assert force.session.exec(select(MonthTally.count)).all() == [1]
    assert service.differences(force.session) == []


def test_being_sent_is_not_being_exposed(force):
    person, incident = force.person(team=force.team()), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident, role=AttendanceRole.ASSIGNED)
    refresh(force, incidents=[incident])
    assert exposures(force) == []
    assert prompts(force) == []


def test_a_withdrawn_record_takes_its_exposure_and_its_prompt_back(force):
    person, incident = force.person(team=force.team()), force.incident("suicide", at("2026-11-20"))
    attendance = force.attend(person, incident)
    refresh(force, incidents=[incident])
    attendance.withdrawn = True
    force.session.flush()
    refresh(force, incidents=[incident])
    assert exposures(force) == []
    assert force.session.exec(select(MonthTally)).all() == []
    assert [prompt.state for prompt in prompts(force)] == [PromptState.WITHDRAWN]
    attendance.withdrawn = False
    force.session.flush()
    refresh(force, incidents=[incident])
    assert [prompt.state for prompt in prompts(force)] == [PromptState.OPEN]


def test_a_corrected_type_moves_the_tally_and_the_prompt(force):
    person, incident = force.person(team=force.team()), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident)
    refresh(force, incidents=[incident])
    force.session.get(Incident, incident).type_code = "serious_collision"
    force.session.flush()
    refresh(force, incidents=[incident])
    assert force.session.exec(select(MonthTally.type_code, MonthTally.count)).all() == [
        ("serious_collision", 1)
    ]
    assert [prompt.state for prompt in prompts(force)] == [PromptState.WITHDRAWN]


def test_people_at_one_incident_share_one_prompt(force):
    team = force.team()
    people = [force.person(name, team=team) for name in ("Ada Moor", "Ben Reed")]
    incident = force.incident("homicide", at("2026-11-20"))
    for person in people:
        force.attend(person, incident)
    refresh(force, incidents=[incident])
    found = prompts(force)
    assert [prompt.person_id for prompt in found] == people
    assert len({prompt.prompt_id for prompt in found}) == 1


def test_what_a_human_answered_is_kept_when_the_source_changes_its_mind(force):
    person, incident = force.person(team=force.team()), force.incident("suicide", at("2026-11-20"))
    attendance = force.attend(person, incident)
    refresh(force, incidents=[incident])
    (row,) = prompts(force)
    service.answer(
        force.session,
        public_id=row.public_id,
        person_id=person,
        revision=row.revision,
        decided=Answer(PromptState.HELD),
        actor=None,
        now=at("2026-11-21"),
    )
    attendance.withdrawn = True
    force.session.flush()
    refresh(force, incidents=[incident])
    assert [prompt.state for prompt in prompts(force)] == [PromptState.HELD]


def test_the_second_of_two_editors_is_told(force):
    person, incident = force.person(team=force.team()), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident)
    refresh(force, incidents=[incident])
    (row,) = prompts(force)
    seen = {
        "public_id": row.public_id,
        "person_id": person,
        "revision": row.revision,
        "actor": None,
    }
    service.answer(
        force.session,
        decided=Answer(PromptState.DEFERRED, "on_leave", date(2026, 11, 25)),
        now=at("2026-11-21"),
        **seen,
    )
    with pytest.raises(ConflictError):
        service.answer(
            force.session, decided=Answer(PromptState.HELD), now=at("2026-11-21"), **seen
        )


def test_a_deferred_prompt_opens_again_on_its_day(force):
    person, incident = force.person(team=force.team()), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident)
    refresh(force, incidents=[incident])
    (row,) = prompts(force)
    service.answer(
        force.session,
        public_id=row.public_id,
        person_id=person,
        revision=0,
        decided=Answer(PromptState.DEFERRED, "on_leave", date(2026, 11, 25)),
        actor=None,
        now=at("2026-11-21"),
    )
    assert service.reopen_deferred(force.session, now=at("2026-11-24")) == 0
    assert service.reopen_deferred(force.session, now=at("2026-11-25")) == 1
    assert row.state is PromptState.OPEN


def test_a_late_posting_moves_past_exposures_to_the_right_team(force):
    old, new = force.team("Response A"), force.team("Response B")
    person, incident = force.person(team=old), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident)
    refresh(force, incidents=[incident])
    force.post(person, new, since=date(2026, 11, 1), kind=PostingKind.TEMPORARY)
    refresh(force, people=[person])
    assert [exposure.unit_id for exposure in exposures(force)] == [new]
    assert service.differences(force.session) == []


def test_a_change_tells_the_current_team_and_no_other(force):
    mine, other = force.team("Response A"), force.team("Response B")
    person, incident = force.person(team=mine), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident)
    refresh(force, incidents=[incident])
    force.session.expire_all()
    assert force.session.get(Unit, mine).version == 1
    assert force.session.get(Unit, other).version == 0


def test_the_page_of_a_team_that_somebody_leaves_is_told_too(force):
    old, new = force.team("Response A"), force.team("Response B")
    person = force.person(team=old)
    force.post(person, new, since=date(2026, 11, 1))
    refresh(force, people=[person])
    force.session.expire_all()
    assert [force.session.get(Unit, team).version for team in (old, new)] == [1, 1]


def test_windows_hold_their_last_day_and_not_the_one_before_their_first(force):
    person = force.person(team=force.team())
    today = date(2026, 11, 23)
    for back in (0, 27, 28, 90, 91, 364, 365):
        incident = force.incident("sudden_death", at("2026-11-23") - timedelta(days=back))
        force.attend(person, incident)
        refresh(force, incidents=[incident])
    counts = queries.window_counts(
        force.session, person_ids=[person], windows=(28, 91, 365), day=today
    )[person]
    assert counts.windows == {28: 2, 91: 4, 365: 6}
    assert sum(counts.months) == 5


def test_history_without_a_start_of_prompting_asks_nobody(session):
    force = Force(session, prompting_from=None)
    person, incident = force.person(team=force.team()), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident)
    refresh(force, incidents=[incident])
    assert len(exposures(force)) == 1
    assert prompts(force) == []


def test_a_rebuild_mends_whatever_was_wrong(force):
    person, incident = force.person(team=force.team()), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident)
    refresh(force, incidents=[incident])
    exposures(force)[0].type_code = "other"
    force.session.exec(select(MonthTally)).one().count = 9
    force.session.flush()
    assert len(service.differences(force.session)) == 4
    service.rebuild(force.session, now=at("2026-11-23"))
    assert service.differences(force.session) == []


def test_the_recount_notices_what_is_missing_and_what_should_not_be_there(force):
    person, incident = force.person(team=force.team()), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident)
    assert any("missing" in line for line in service.differences(force.session))
    refresh(force, incidents=[incident])
    force.session.exec(select(Attendance)).one().withdrawn = True
    force.session.flush()
    assert any("should not be there" in line for line in service.differences(force.session))
