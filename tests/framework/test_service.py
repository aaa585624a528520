"""Activating a version: what was counted before keeps its own, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from app.database import make_engine, writing
from app.exposure import service as exposure
from app.exposure.models import Exposure, Prompt, PromptPerson, PromptState
from app.exposure.service import Answer
from app.framework import queries, service
from app.framework.editing import Section, change, put
from app.framework.service import ConflictError, RefusedError
from app.incidents.framework import SHIPPED, Framework
from app.incidents.models import FrameworkStatus, FrameworkVersion
from app.incidents.queries import frameworks
from app.security.viewer import Viewer
from tests.factories import Force, account

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def force(session):
    return Force(session)


def lead(force: Force) -> Viewer:
    return Viewer(account_id=account(force.session), person_id=None, name="Lea Pole", grants=())


def edited(force: Force, how, *, starts_on: date = TODAY, now: datetime = NOW) -> int:
    actor = lead(force)
    row = service.start_draft(force.session, actor=actor, now=now)
    service.edit(force.session, actor=actor, revision=0, part="types", how=how, now=now)
    return service.activate(
        force.session, actor=actor, revision=row.revision, starts_on=starts_on, now=now
    )


def exposed(force: Force, person: int, kind: str, when: datetime) -> int:
    incident = force.incident(kind, when)
    force.attend(person, incident)
    exposure.refresh(force.session, incident_ids=[incident], person_ids=[], now=NOW)
    return incident


def always(framework: Framework) -> Framework:
    return put(framework, Section.TYPES, "use_of_force", {"always_prompts": True})


def test_what_was_counted_before_today_keeps_the_version_that_counted_it(force):
    person = force.person(team=force.team())
    yesterday = exposed(force, person, "use_of_force", NOW - timedelta(days=1))
    today = exposed(force, person, "use_of_force", NOW - timedelta(hours=1))
    assert force.session.exec(select(PromptPerson)).all() == []
    assert edited(force, always) == 2
    numbers = dict(
        force.session.exec(select(Exposure.incident_id, Exposure.framework_number)).all()
    )
    assert numbers == {yesterday: 1, today: 2}
    (prompt,) = force.session.exec(select(Prompt)).all()
    assert (prompt.incident_id, prompt.framework_number) == (today, 2)
    assert exposure.differences(force.session) == []


def test_a_version_to_come_changes_nothing_until_its_day(force):
    person = force.person(team=force.team())
    exposed(force, person, "use_of_force", NOW - timedelta(hours=1))
    number = edited(force, always, starts_on=TODAY + timedelta(days=1))
    assert force.session.exec(select(PromptPerson)).all() == []
    held = frameworks(force.session)
    assert (held.number_on(TODAY), held.number_on(TODAY + timedelta(days=1))) == (1, number)
    later = force.incident("use_of_force", NOW + timedelta(days=1))
    force.attend(person, later)
    tomorrow = NOW + timedelta(days=1, hours=1)
    exposure.refresh(force.session, incident_ids=[later], person_ids=[], now=tomorrow)
    assert len(force.session.exec(select(PromptPerson)).all()) == 1
    assert exposure.differences(force.session) == []


def test_a_prompt_that_somebody_answered_stays_when_the_rules_no_longer_ask(force):
    person = force.person(team=force.team())
    incident = exposed(force, person, "suicide", NOW - timedelta(hours=1))
    other = exposed(force, person, "child_death", NOW - timedelta(hours=2))
    row = force.session.exec(
        select(PromptPerson)
        .join(Prompt, Prompt.id == PromptPerson.prompt_id)
        .where(Prompt.incident_id == incident)
    ).one()
    exposure.answer(
        force.session,
        public_id=row.public_id,
        person_id=person,
        revision=row.revision,
        decided=Answer(PromptState.HELD),
        actor=account(force.session),
        now=NOW,
    )

    def quiet(framework: Framework) -> Framework:
        for code in ("suicide", "child_death"):
            framework = put(framework, Section.TYPES, code, {"always_prompts": False})
        return framework

    edited(force, quiet)
    states = dict(
        force.session.exec(
            select(Prompt.incident_id, PromptPerson.state).join(
                PromptPerson, PromptPerson.prompt_id == Prompt.id
            )
        ).all()
    )
    assert states == {incident: PromptState.HELD, other: PromptState.WITHDRAWN}


def test_never_in_the_past_and_never_behind_a_version_to_come(force):
    actor = lead(force)
    row = service.start_draft(force.session, actor=actor, now=NOW)
    for days, sentence in ((-1, "today or later"),):
        with pytest.raises(RefusedError, match=sentence):
            service.activate(
                force.session,
                actor=actor,
                revision=0,
                starts_on=TODAY + timedelta(days=days),
                now=NOW,
            )
    soon = TODAY + timedelta(days=7)
    service.activate(force.session, actor=actor, revision=0, starts_on=soon, now=NOW)
    next_row = service.start_draft(force.session, actor=actor, now=NOW)
    assert (row.number, next_row.number, next_row.based_on) == (2, 3, 1)
    with pytest.raises(RefusedError, match="Version 2 is to hold from 30 November 2026"):
        service.activate(force.session, actor=actor, revision=0, starts_on=TODAY, now=NOW)
    with pytest.raises(RefusedError, match="another draft"):
        service.take_back(force.session, actor=actor, number=2, now=NOW)
    service.discard(force.session, actor=actor, revision=0, now=NOW)
    service.take_back(force.session, actor=actor, number=2, now=NOW)
    states = [one.state for one in queries.versions(force.session, day=TODAY)]
    assert states == [queries.DRAFT, queries.HOLDS]


def test_what_is_late_on_the_local_day_before_is_still_that_day(force):
    # 23:30 UTC on 30 June is 1 July in London: a version from 1 July may start then.
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert edited(force, always, starts_on=date(2026, 7, 1), now=late) == 2
    with pytest.raises(RefusedError):
        edited(force, always, starts_on=date(2026, 6, 30), now=late)


def test_two_versions_from_the_same_day_the_later_made_one_holds(force):
    edited(force, always)
    edited(force, lambda framework: change(framework, {"debrief_hours": 24}))
    assert frameworks(force.session).number_on(TODAY) == 3
    found = {one.number: one.state for one in queries.versions(force.session, day=TODAY)}
    assert found == {3: queries.HOLDS, 2: queries.REPLACED, 1: queries.REPLACED}


def test_an_edit_of_an_older_revision_is_told(force):
    actor = lead(force)
    service.start_draft(force.session, actor=actor, now=NOW)
    with pytest.raises(ConflictError):
        service.start_draft(force.session, actor=actor, now=NOW)
    service.edit(force.session, actor=actor, revision=0, part="types", how=always, now=NOW)
    with pytest.raises(ConflictError):
        service.edit(force.session, actor=actor, revision=0, part="types", how=always, now=NOW)
    # Nothing changes, so nobody needs to be told of it.
    service.edit(force.session, actor=actor, revision=1, part="types", how=always, now=NOW)
    row = force.session.exec(
        select(FrameworkVersion).where(FrameworkVersion.status == FrameworkStatus.DRAFT)
    ).one()
    assert row.revision == 1


def test_what_was_read_before_somebody_else_saved_is_not_believed(copied):
    opened = make_engine(copied("postgresql", "empty"))
    with Session(writing(opened), expire_on_commit=False) as first:
        actor = lead(Force(first))
        service.start_draft(first, actor=actor, now=NOW)
        first.commit()
        queries.versions(first, day=TODAY)
        with Session(writing(opened)) as second:
            service.edit(second, actor=actor, revision=0, part="types", how=always, now=NOW)
            second.commit()
        with pytest.raises(ConflictError):
            service.edit(first, actor=actor, revision=0, part="types", how=always, now=NOW)
    opened.dispose()


# --- Equal rules change nothing -------------------------------------------------------------------

TYPES = [one.code for one in SHIPPED.types]
EVENTS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(TYPES), st.integers(0, 24 * 40), st.booleans()),
    max_size=14,
)
HARMLESS = st.fixed_dictionaries(
    {},
    optional={
        "windows": st.sampled_from([[7], [28, 91], [30, 60, 90]]),
        "check_in_days": st.integers(1, 60),
        "wording": st.sampled_from(["", "Worded by A"]),
        "weights": st.sampled_from(["off", "beside_counts"]),
        "code_map": st.just(
            [{"system": "storm", "field": "closing", "code": "1", "type": "suicide"}]
        ),
        "factors": st.just([{"code": "alone", "name": "On one's own", "retired": True}]),
    },
)


def _prompts(session) -> list[tuple[object, ...]]:
    rows = session.exec(
        select(Prompt, PromptPerson)
        .join(PromptPerson, PromptPerson.prompt_id == Prompt.id)
        .order_by(PromptPerson.id)
        .execution_options(populate_existing=True)
    ).all()
    return [
        (
            *(getattr(prompt, name) for name in ("natural_key", "kind", "rule_code", "opened_at")),
            *(getattr(row, name) for name in ("person_id", "why", "due_at", "state", "revision")),
            row.changed_at,
        )
        for prompt, row in rows
    ]


def _answer_some(session, incidents: list[int]) -> None:
    rows = session.exec(
        select(PromptPerson)
        .join(Prompt, Prompt.id == PromptPerson.prompt_id)
        .where(Prompt.incident_id.in_(incidents))
    ).all()
    for row in rows:
        exposure.answer(
            session,
            public_id=row.public_id,
            person_id=row.person_id,
            revision=row.revision,
            decided=Answer(PromptState.HELD),
            actor=account(session),
            now=NOW,
        )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events=EVENTS, harmless=HARMLESS, ahead=st.integers(0, 3))
def test_a_version_with_equal_rules_changes_no_prompt(engine, events, harmless, ahead):
    with Session(writing(engine), expire_on_commit=False) as session:
        force = Force(session)
        team = force.team()
        people = [force.person(team=team) for _ in range(3)]
        incidents = [force.incident(kind, NOW - timedelta(hours=h)) for _, kind, h, _ in events]
        for incident, (index, *_rest) in zip(incidents, events, strict=True):
            force.attend(people[index], incident)
        exposure.refresh(session, incident_ids=incidents, person_ids=[], now=NOW)
        _answer_some(session, [i for i, (*_, held) in zip(incidents, events, strict=True) if held])
        before = _prompts(session)
        edited(
            force,
            lambda framework: change(framework, harmless),
            starts_on=TODAY + timedelta(days=ahead),
        )
        assert _prompts(session) == before
        assert exposure.differences(session) == []
        session.rollback()


def test_the_command_line_may_draft_and_the_log_says_so(force):
    service.draft_or_new(force.session, actor=None, now=NOW)
    service.draft_or_new(force.session, actor=None, now=NOW)
    service.edit(force.session, actor=None, revision=None, part="load", how=always, now=NOW)
    (found, *_rest) = queries.versions(force.session, day=TODAY)
    assert (found.state, found.created_by, found.revision) == (queries.DRAFT, "", 1)
    assert found.framework.always() >= {"use_of_force"}
