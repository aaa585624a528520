"""Major incidents: lists make attendance, exposures and prompts at once, and only once."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from app.audit.models import AuditEntry
from app.debriefs.models import Debrief, DebriefPerson, Setting
from app.exposure import service as exposure
from app.exposure.models import Exposure, Origin, PromptPerson, PromptState
from app.exposure.service import Answer
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.major import candidates, queries, service, statistics
from app.major.models import DetachReason, MajorPerson, Tier
from app.major.service import New
from app.people.models import Person, PostingKind
from app.referrals.models import Support
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.factories import Force, account, at

NOW = at("2026-11-23", 9)
TODAY = NOW.date()


class Major:
    """A major incident of three days ago, a team and a lead for the whole force."""

    def __init__(self, session) -> None:
        self.session, self.force = session, Force(session)
        self.team = self.force.team()
        self.people = [self.force.person(name, team=self.team) for name in ("Ada Moor", "Ben Reed")]
        self.lead = self.viewer()
        row = service.open_major(
            session,
            viewer=self.lead,
            name="Northgate",
            about=New("major_incident", at("2026-11-20", 15)),
            now=NOW,
        )
        self.card = queries.major(session, public_id=row.public_id)

    def viewer(self, unit=None):
        grants = (Grant(Role.WELLBEING_LEAD, unit),)
        return Viewer(account(self.session), None, "Lead", grants)

    def attach(self, *people, tier=Tier.CLOSEST, viewer=None):
        viewer = viewer or self.lead
        public_ids = [self.session.get(Person, number).public_id for number in people]
        found = candidates.people_named(viewer, self.session, public_ids=public_ids, day=TODAY)
        return service.attach(
            self.session, viewer=viewer, card=self.card, tier=tier, people=found, now=NOW
        )

    def refs(self, *people):
        return [self.session.get(Person, number).source_ref for number in people]

    def preview(self, refs, viewer=None):
        return service.preview_refs(self.session, viewer=viewer or self.lead, refs=refs, day=TODAY)

    def listed(self, viewer=None):
        return queries.listed(viewer or self.lead, self.session, card=self.card, day=TODAY)

    def all(self, model):
        return self.session.exec(select(model).order_by(model.id)).all()


@pytest.fixture
def major(session):
    return Major(session)


def test_putting_people_on_the_list_makes_exposures_and_prompts_at_once(major):
    assert major.attach(*major.people) == 2
    found = major.all(Exposure)
    assert [row.person_id for row in found] == major.people
    assert {row.origin for row in found} == {Origin.ATTACHED}
    assert [row.state for row in major.all(PromptPerson)] == [PromptState.OPEN] * 2
    assert exposure.differences(major.session) == []


def test_doing_it_again_changes_nothing(major):
    major.attach(*major.people)
    before = len(major.all(AuditEntry))
    assert major.attach(*major.people) == 0
    assert len(major.all(Attendance)) == 2
    assert len(major.all(AuditEntry)) == before


def test_a_tier_says_how_close_and_can_be_corrected(major):
    major.attach(major.people[0], tier=Tier.WIDER)
    assert major.all(Attendance)[0].role is AttendanceRole.REMOTE
    assert major.attach(major.people[0], tier=Tier.CLOSEST) == 1
    assert major.all(Attendance)[0].role is AttendanceRole.AT_SCENE
    assert [row.tier for row in major.all(MajorPerson)] == [Tier.CLOSEST]
    assert not major.all(Exposure)[0].remote


def test_every_person_is_written_down_as_added_and_as_taken_off(major):
    major.attach(*major.people)
    (first, _) = major.listed()
    service.detach(
        major.session,
        viewer=major.lead,
        card=major.card,
        entry=first,
        reason=DetachReason.NOT_INVOLVED,
        now=NOW,
    )
    entries = [entry for entry in major.all(AuditEntry) if entry.subject_person_id]
    assert [(entry.event, entry.subject_person_id) for entry in entries] == [
        ("major:person_attached", major.people[0]),
        ("major:person_attached", major.people[1]),
        ("major:person_detached", first.person_id),
    ]


def test_taking_somebody_off_takes_their_exposure_and_prompt_back_and_keeps_why(major):
    major.attach(*major.people)
    first = major.listed()[0]
    service.detach(
        major.session,
        viewer=major.lead,
        card=major.card,
        entry=first,
        reason=DetachReason.WRONG_PERSON,
        now=NOW,
    )
    assert [row.person_id for row in major.all(Exposure)] == [major.people[1]]
    assert [row.state for row in major.all(PromptPerson)] == [
        PromptState.WITHDRAWN,
        PromptState.OPEN,
    ]
    row = major.all(MajorPerson)[0]
    assert (row.detached_at, row.detach_reason) == (NOW, DetachReason.WRONG_PERSON)
    assert len(major.listed()) == 1
    # And back again.
    assert major.attach(first.person_id) == 1
    assert len(major.all(Exposure)) == 2
    assert exposure.differences(major.session) == []


def test_a_known_incident_is_used_and_counts_nobody_twice(session):
    force = Force(session)
    person = force.person(team=force.team())
    incident = force.incident("homicide", at("2026-11-20"))
    force.attend(person, incident)
    exposure.refresh(session, incident_ids=[incident], person_ids=[], now=NOW)
    lead = Viewer(account(session), None, "Lead", (Grant(Role.WELLBEING_LEAD, None),))
    row = service.open_major(session, viewer=lead, name="Bridge", about=incident, now=NOW)
    card = queries.major(session, public_id=row.public_id)
    people = candidates.people_named(
        lead, session, public_ids=[session.get(Person, person).public_id], day=TODAY
    )
    service.attach(session, viewer=lead, card=card, tier=Tier.CLOSEST, people=people, now=NOW)
    (found,) = session.exec(select(Exposure)).all()
    assert found.origin is Origin.FED
    assert len(session.exec(select(PromptPerson)).all()) == 1


def test_the_follow_up_is_six_months_on(major):
    assert major.card.follow_up_on == date(2027, 5, 20)


def test_the_preview_says_who_was_not_found_and_why(major):
    session, force = major.session, major.force
    gone = force.person("Gone Away", team=major.team)
    session.get(Person, gone).left_on = date(2026, 10, 1)
    twin = force.person("Sam Twin", team=major.team)
    other = force.person("Sam Other", team=major.team)
    session.get(Person, other).source_system = "hr2"
    session.get(Person, other).source_ref = session.get(Person, twin).source_ref
    session.flush()
    ada, ben = major.refs(*major.people)
    found = major.preview([ada, "nobody", ada, *major.refs(gone, twin), ben])
    assert [one.name for one in found.found] == ["Ada Moor", "Ben Reed"]
    assert [line.why for line in found.unknown] == [
        "Nobody has this staff reference.",
        "They have left the force.",
        "Two people have this staff reference.",
    ]


def test_a_lead_of_one_district_reaches_nobody_elsewhere(major):
    far = major.force.person("Far Away", team=major.force.unit("Elsewhere"))
    district = major.viewer(major.force.district)
    found = major.preview(major.refs(far, major.people[0]), viewer=district)
    assert [one.name for one in found.found] == ["Ada Moor"]
    assert "part of the force" in found.unknown[0].why
    assert major.attach(far, viewer=district) == 0
    major.attach(far, *major.people)
    assert [row.name for row in major.listed(district)] == ["Ada Moor", "Ben Reed"]
    assert len(major.listed()) == 3
    assert queries.how_many(major.session, major_id=major.card.id) == 3


def test_whole_teams_are_those_posted_on_the_day(major):
    session, force = major.session, major.force
    later = force.team("Response B")
    moved = force.person("Moved Since", team=major.team)
    force.post(moved, later, since=date(2026, 11, 22), kind=PostingKind.TEMPORARY)
    force.person("New Since")
    new = force.person("Only Now")
    force.post(new, major.team, since=date(2026, 11, 22))
    from app.people.models import Unit  # noqa: PLC0415

    found = service.preview_teams(
        session,
        viewer=major.lead,
        unit_public_ids=[session.get(Unit, major.team).public_id],
        on_day=date(2026, 11, 20),
        day=TODAY,
    )
    assert [one.name for one in found.found] == ["Ada Moor", "Ben Reed", "Moved Since"]


def talk(major, person, day):
    row = Debrief(held_on=day, setting=Setting.PHONE, recorded_at=NOW)
    major.session.add(row)
    major.session.flush()
    major.session.add(
        DebriefPerson(
            debrief_id=row.id,
            person_id=person,
            primary_support=Support.LINE_MANAGER,
            sealed_factors=b"",
        )
    )
    major.session.flush()


def test_who_was_reached_is_read_from_conversations_and_answers(major):
    more = [major.force.person(f"Cy {number}", team=major.team) for number in range(4)]
    major.attach(*major.people, *more)
    talk(major, major.people[0], date(2026, 11, 21))
    talk(major, major.people[1], date(2026, 11, 1))  # Before the incident: about something else.
    by_person = {row.person_id: row for row in major.all(PromptPerson)}
    for person, decided in (
        (more[0], Answer(PromptState.DECLINED, "no_thanks")),
        (more[1], Answer(PromptState.NOT_NEEDED, "not_there")),
        (more[2], Answer(PromptState.DEFERRED, "on_leave", date(2026, 11, 30))),
    ):
        exposure.answer(
            major.session,
            public_id=by_person[person].public_id,
            person_id=person,
            revision=0,
            decided=decided,
            actor=None,
            now=NOW,
        )
    states = {row.person_id: row.state for row in major.listed()}
    assert [states[number] for number in [*major.people, *more]] == [
        "spoken",
        "waiting",
        "declined",
        "not_needed",
        "deferred",
        "waiting",
    ]
    before = statistics.reached(major.card, major.listed(), NOW)
    assert (before.people, before.contacted, before.in_time) == (6, 2, 1)
    assert (before.owed, before.overdue) == (3, 0)
    after = statistics.reached(major.card, major.listed(), NOW + timedelta(days=2))
    assert after.overdue == 3


def test_a_person_on_a_list_sees_it_and_may_dispute_it(major):
    from app.self_referral import service as own  # noqa: PLC0415

    major.attach(major.people[0])
    viewer = Viewer(account(major.session), major.people[0], "Ada", ())
    (mine,) = queries.lists_of(viewer, major.session)
    assert (mine.name, mine.tier, mine.detached_at) == ("Northgate", Tier.CLOSEST, None)
    incident = major.session.get(Incident, major.card.incident_id)
    own.dispute(major.session, viewer=viewer, incident_public_id=incident.public_id, now=NOW)
    assert major.all(Exposure) == []
    (row,) = major.listed()
    assert (row.state, row.owed) == ("disputed", False)
