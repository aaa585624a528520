"""What people say of themselves counts as fact, and an incremental answer equals a rebuilt one."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.audit.models import AuditEntry
from app.database import writing
from app.exposure import behind, queries, service
from app.exposure.models import (
    Exposure,
    ExposureStatement,
    MonthTally,
    Origin,
    PromptPerson,
    PromptState,
    StatementKind,
    Work,
)
from app.exposure.service import Answer
from app.incidents.models import AttendanceRole, Incident
from app.people.models import Unit
from app.security.viewer import Viewer
from app.self_referral import service as own
from app.self_referral.service import NothingToSayError, Said
from tests.factories import Force, account, at

NOW = at("2026-11-23", 9)
DAY = date(2026, 11, 20)


@pytest.fixture
def force(session):
    return Force(session)


class Someone:
    """A member of a team, exposed to nothing yet, and their account."""

    def __init__(self, force) -> None:
        self.force, self.session = force, force.session
        self.team = force.team()
        self.person = force.person(team=self.team)
        self.viewer = Viewer(account(self.session, person=self.person), self.person, "Sam", ())

    def attends(self, type_code="suicide", when=None, **more):
        incident = self.force.incident(type_code, when or at("2026-11-20"))
        row = self.force.attend(self.person, incident, **more)
        service.refresh(self.session, incident_ids=[incident], person_ids=[], now=NOW)
        return self.session.get(Incident, incident), row

    def disputes(self, incident):
        return own.dispute(
            self.session, viewer=self.viewer, incident_public_id=incident.public_id, now=NOW
        )

    def says(self, **values):
        said = Said(**{"day": DAY, "type_code": "suicide", "work": Work.CALL_HANDLING, **values})
        return own.record(self.session, viewer=self.viewer, said=said, now=NOW)

    def takes_back(self, statement):
        own.take_back(self.session, viewer=self.viewer, public_id=statement.public_id, now=NOW)

    def counts(self):
        found = queries.type_windows(
            self.session, person_id=self.person, windows=(28,), day=NOW.date()
        ).values()
        return sum(counts[28] for counts in found), sum(counts[0] for counts in found)

    def states(self):
        return [
            row.state
            for row in self.session.exec(select(PromptPerson).order_by(PromptPerson.id)).all()
        ]


@pytest.fixture
def someone(force):
    return Someone(force)


def test_what_is_disputed_no_longer_counts_nor_prompts_but_stays_to_be_seen(someone):
    incident, _ = someone.attends()
    assert someone.counts() == (1, 1)
    someone.disputes(incident)
    assert someone.counts() == (0, 0)
    assert someone.session.exec(select(MonthTally)).all() == []
    assert someone.states() == [PromptState.WITHDRAWN]
    (seen,) = behind.disputed_of(someone.session, person_id=someone.person)
    assert (seen.type_code, seen.occurred_at, seen.said_at) == (
        "suicide",
        incident.occurred_at,
        NOW,
    )
    assert queries.waiting(someone.session, person_ids=[someone.person]) == {}
    assert behind.disputed_counts(someone.session, person_ids=[someone.person]) == {
        someone.person: 1
    }
    assert service.differences(someone.session) == []


def test_taking_a_dispute_back_brings_everything_back(someone):
    incident, _ = someone.attends()
    someone.takes_back(someone.disputes(incident))
    assert someone.counts() == (1, 1)
    assert someone.states() == [PromptState.OPEN]
    assert behind.disputed_of(someone.session, person_id=someone.person) == []
    assert service.differences(someone.session) == []


def test_a_report_that_arrives_after_the_dispute_does_not_count(someone):
    incident, _ = someone.attends()
    someone.disputes(incident)
    someone.force.attend(someone.person, incident.id)
    service.refresh(someone.session, incident_ids=[incident.id], person_ids=[], now=NOW)
    assert someone.counts() == (0, 0)


def test_what_a_human_answered_is_kept_when_the_person_disputes_it(someone):
    incident, _ = someone.attends()
    row = someone.session.exec(select(PromptPerson)).one()
    service.answer(
        someone.session,
        public_id=row.public_id,
        person_id=someone.person,
        revision=row.revision,
        decided=Answer(PromptState.HELD),
        actor=None,
        now=NOW,
    )
    someone.disputes(incident)
    assert someone.states() == [PromptState.HELD]
    assert service.differences(someone.session) == []


def test_a_cumulative_prompt_goes_when_the_dispute_takes_one_of_its_three(someone):
    incidents = [
        someone.attends("sudden_death", at("2026-11-20") - timedelta(days=back))[0]
        for back in (0, 3, 6)
    ]
    assert someone.states() == [PromptState.OPEN]
    someone.disputes(incidents[2])
    assert someone.states() == [PromptState.WITHDRAWN]


def test_a_dispute_touches_nobody_elses_record(someone):
    incident, _ = someone.attends()
    other = someone.force.person("Ada Moor", team=someone.team)
    someone.force.attend(other, incident.id)
    service.refresh(someone.session, incident_ids=[incident.id], person_ids=[], now=NOW)
    someone.disputes(incident)
    left = someone.session.exec(select(Exposure.person_id)).all()
    assert left == [other]


def test_somebody_elses_exposure_cannot_be_disputed(someone):
    incident = someone.force.incident("suicide", at("2026-11-20"))
    other = someone.force.person("Ada Moor", team=someone.team)
    someone.force.attend(other, incident)
    service.refresh(someone.session, incident_ids=[incident], person_ids=[], now=NOW)
    with pytest.raises(NothingToSayError):
        someone.disputes(someone.session.get(Incident, incident))


def test_work_away_from_a_scene_counts_once_a_day_and_prompts_like_any_other(someone):
    someone.says()
    someone.says()
    assert someone.counts() == (1, 1)
    exposure = someone.session.exec(select(Exposure)).one()
    assert (exposure.origin, exposure.remote, exposure.occurred_on) == (Origin.OWN, True, DAY)
    assert someone.states() == [PromptState.OPEN]
    someone.says(work=Work.DISPATCH)
    someone.says(type_code="homicide")
    assert someone.counts() == (3, 3)
    assert service.differences(someone.session) == []


def test_examining_a_scene_is_near(someone):
    someone.says(work=Work.SCENE_EXAMINATION)
    assert not someone.session.exec(select(Exposure.remote)).one()


def test_what_is_recorded_for_today_has_happened(someone):
    someone.says(day=NOW.date())
    assert someone.session.exec(select(Exposure.occurred_at)).one() == NOW


def test_own_records_are_taken_back_whole(someone):
    someone.takes_back(someone.says())
    assert someone.counts() == (0, 0)
    assert someone.states() == [PromptState.WITHDRAWN]
    assert someone.session.exec(select(Incident.withdrawn)).one()
    assert service.differences(someone.session) == []
    someone.says()
    assert someone.counts() == (1, 1)


def test_an_own_record_is_taken_back_and_not_disputed(someone):
    someone.says()
    with pytest.raises(NothingToSayError):
        someone.disputes(someone.session.exec(select(Incident)).one())


def known(someone, **more):
    """An incident of the day that a colleague of the same district attended."""
    incident = someone.force.incident("suicide", at("2026-11-20"))
    colleague = someone.force.person("Ada Moor", team=someone.force.team("Response B"))
    someone.force.attend(colleague, incident)
    service.refresh(someone.session, incident_ids=[incident], person_ids=[], now=NOW)
    return someone.session.get(Incident, incident)


def test_being_there_is_tied_to_the_incident_that_is_known(someone):
    incident = known(someone)
    said = Said(day=DAY, type_code="suicide", work=Work.AT_SCENE)
    offered = own.offered(someone.session, viewer=someone.viewer, said=said)
    assert [one.public_id for one in offered] == [incident.public_id]
    someone.says(work=Work.AT_SCENE, incident_public_id=incident.public_id)
    mine = someone.session.exec(select(Exposure).where(Exposure.person_id == someone.person)).one()
    assert (mine.incident_id, mine.origin) == (incident.id, Origin.OWN)
    # The feed catches up: one exposure still, now on its word.
    someone.force.attend(someone.person, incident.id)
    service.refresh(someone.session, incident_ids=[incident.id], person_ids=[], now=NOW)
    someone.session.refresh(mine)
    assert (someone.counts(), mine.origin) == ((1, 1), Origin.FED)
    assert service.differences(someone.session) == []


def test_incidents_of_other_districts_are_offered_only_by_their_reference(someone):
    incident = someone.force.incident("suicide", at("2026-11-20"))
    far = someone.force.person("Far Away", team=someone.force.unit("Elsewhere"))
    someone.force.attend(far, incident)
    service.refresh(someone.session, incident_ids=[incident], person_ids=[], now=NOW)
    row = someone.session.get(Incident, incident)
    said = Said(day=DAY, type_code="suicide", work=Work.AT_SCENE)
    assert own.offered(someone.session, viewer=someone.viewer, said=said) == []
    with pytest.raises(NothingToSayError):
        someone.says(work=Work.AT_SCENE, incident_public_id=row.public_id)
    someone.says(work=Work.AT_SCENE, incident_public_id=row.public_id, ref=row.source_ref)
    assert someone.counts() == (1, 1)


def test_what_one_person_recorded_is_never_offered_to_another(someone):
    someone.says(work=Work.AT_SCENE)
    other = Viewer(
        account(someone.session), someone.force.person("Ada Moor", team=someone.team), "Ada", ()
    )
    said = Said(day=DAY, type_code="suicide", work=Work.AT_SCENE)
    assert own.offered(someone.session, viewer=other, said=said) == []


def test_own_word_stands_when_the_source_takes_the_incident_back(someone):
    incident = known(someone)
    someone.says(work=Work.AT_SCENE, incident_public_id=incident.public_id)
    incident.withdrawn, incident.type_code = True, ""
    someone.session.flush()
    service.refresh(someone.session, incident_ids=[incident.id], person_ids=[], now=NOW)
    exposure = someone.session.exec(select(Exposure)).one()
    assert (exposure.person_id, exposure.type_code) == (someone.person, "suicide")
    assert service.differences(someone.session) == []


def test_being_sent_and_saying_so_makes_one_near_exposure(someone):
    incident, _ = someone.attends(role=AttendanceRole.REMOTE)
    said = {"work": Work.AT_SCENE, "incident_public_id": incident.public_id}
    someone.says(ref=incident.source_ref, **said)
    assert not someone.session.exec(select(Exposure.remote)).one()


def test_the_later_of_two_contrary_words_stands_and_the_other_is_kept(someone):
    incident, _ = someone.attends()
    someone.disputes(incident)
    someone.says(work=Work.AT_SCENE, incident_public_id=incident.public_id, ref=incident.source_ref)
    assert someone.counts() == (1, 1)
    rows = someone.session.exec(select(ExposureStatement).order_by(ExposureStatement.id)).all()
    assert [(row.kind, row.taken_back_at is None) for row in rows] == [
        (StatementKind.DISPUTED, False),
        (StatementKind.EXPOSED, True),
    ]
    someone.disputes(incident)
    assert someone.counts() == (0, 0)


def test_the_database_itself_lets_only_one_word_stand(someone):
    incident, _ = someone.attends()
    someone.disputes(incident)
    someone.session.add(
        ExposureStatement(
            person_id=someone.person,
            incident_id=incident.id,
            kind=StatementKind.EXPOSED,
            work=Work.AT_SCENE,
            type_code="suicide",
            said_at=NOW,
        )
    )
    with pytest.raises(IntegrityError):
        someone.session.flush()


def test_every_word_is_written_down_without_what_it_says(someone):
    statement = someone.says()
    someone.takes_back(statement)
    entries = someone.session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.event, entry.subject_person_id) for entry in entries] == [
        ("statement:made", someone.person),
        ("statement:taken_back", someone.person),
    ]
    assert entries[0].details == {"statement": statement.public_id, "kind": "exposed"}


def test_the_team_page_is_told(someone):
    someone.session.expire_all()
    before = someone.session.get(Unit, someone.team).version
    someone.says()
    someone.session.expire_all()
    assert someone.session.get(Unit, someone.team).version == before + 1


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(chance=st.randoms(use_true_random=False))
def test_statements_between_changes_of_attendance_end_as_a_rebuild_would(sqlite_engine, chance):
    # Nothing is committed, so every history starts from an empty database.
    with Session(writing(sqlite_engine), expire_on_commit=False) as session:
        force = Force(session, prompting_from=date(2026, 10, 1))
        people = [Someone(force) for _ in range(2)]
        rows = []
        for number in range(5):
            kind = chance.choice(["suicide", "sudden_death"])
            incident = force.incident(kind, at("2026-11-20") - timedelta(days=number * 5))
            rows += [force.attend(someone.person, incident) for someone in people]
        service.refresh(
            session, incident_ids={row.incident_id for row in rows}, person_ids=[], now=NOW
        )
        for _ in range(20):
            _something_happens(chance, chance.choice(people), chance.choice(rows))
            assert service.differences(session) == []
        stored = _derived(session)
        service.rebuild(session, now=NOW)
        assert _derived(session) == stored


def _something_happens(chance, someone, row):
    session = someone.session
    incident = session.get(Incident, row.incident_id)
    chance.choice([_feed_changes, _feed_changes, _disputes, _says, _takes_back])(
        chance, someone, row, incident
    )
    session.flush()
    service.refresh(session, incident_ids=[incident.id], person_ids=[], now=NOW)


def _feed_changes(chance, someone, row, incident):
    match chance.randrange(3):
        case 0:
            row.withdrawn = not row.withdrawn
        case 1:
            row.role = chance.choice(list(AttendanceRole))
        case 2:
            incident.withdrawn = not incident.withdrawn


def _disputes(chance, someone, row, incident):
    counts = behind.exposure_at(
        someone.session, person_id=someone.person, incident_public_id=incident.public_id
    )
    if counts and counts.origin is not Origin.OWN:
        someone.disputes(incident)


def _says(chance, someone, row, incident):
    if chance.randrange(2):
        someone.says(day=DAY - timedelta(days=chance.randrange(6)), work=chance.choice(list(Work)))
    elif not incident.withdrawn:
        someone.says(
            day=incident.occurred_at.date(),
            type_code=incident.type_code,
            work=Work.AT_SCENE,
            ref=incident.source_ref,
            incident_public_id=incident.public_id,
        )


def _takes_back(chance, someone, row, incident):
    cards = behind.said_by(someone.session, person_id=someone.person)
    standing = [card for card in cards if card.taken_back_at is None]
    if standing:
        someone.takes_back(chance.choice(standing))


def _derived(session):
    return (
        {
            (e.person_id, e.incident_id, e.type_code, e.remote, e.origin)
            for e in session.exec(select(Exposure))
        },
        {(t.person_id, t.month, t.type_code, t.count) for t in session.exec(select(MonthTally))},
        {
            (p.prompt_id, p.person_id, p.why, p.due_at, p.state)
            for p in session.exec(select(PromptPerson))
        },
    )
