"""Recording what came of a prompt, on both databases."""

from datetime import date

import pytest
from sqlmodel import select

from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.service import first_broken_link
from app.debriefs import queries, service, statistics
from app.debriefs.models import Debrief, DebriefPerson, DebriefPrompt, Setting, SupportStatus
from app.debriefs.service import About, Answered, Talk
from app.exposure import service as exposure
from app.exposure.models import PromptPerson, PromptState
from app.exposure.service import Answer, ConflictError
from app.referrals.models import Referral, Support
from app.security.encryption import SealedError
from app.security.models import PersonKey
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.factories import Force, account, at

NOW = at("2026-11-21")


@pytest.fixture
def force(session):
    return Force(session)


@pytest.fixture
def prompted(force, key_ring):
    """A person with one open prompt, and their supervisor's word about it."""
    team = force.team()
    person, incident = force.person(team=team), force.incident("suicide", at("2026-11-20"))
    force.attend(person, incident)
    exposure.refresh(force.session, incident_ids=[incident], person_ids=[], now=NOW)
    row = force.session.exec(select(PromptPerson)).one()
    who = account(force.session)
    return About(
        viewer=Viewer(who, None, "Jo Stone", (Grant(Role.SUPERVISOR, None),)),
        person_id=person,
        unit_id=team,
        ring=key_ring,
        prompts=[Answered(row.public_id, row.revision)],
    )


TALK = Talk(
    held_on=date(2026, 11, 21),
    setting=Setting.IN_PERSON,
    factors=("gruesome", "alone"),
    offers={
        Support.LINE_MANAGER: SupportStatus.ACCEPTED,
        Support.PEER_SUPPORT: SupportStatus.ACCEPTED,
        Support.TRIM: SupportStatus.DECLINED,
    },
    primary_support=Support.PEER_SUPPORT,
    next_contact_on=date(2026, 12, 19),
)


def test_a_conversation_closes_the_prompt_it_answered(session, prompted):
    service.record_talk(session, about=prompted, talk=TALK, now=NOW)
    row = session.exec(select(PromptPerson)).one()
    assert (row.state, row.changed_by_account_id) == (PromptState.HELD, prompted.viewer.account_id)
    assert session.exec(select(DebriefPrompt.prompt_person_id)).one() == row.id
    contact = queries.contacts(session, person_ids=[prompted.person_id])[prompted.person_id]
    assert (contact.last_on, contact.next_on) == (TALK.held_on, TALK.next_contact_on)


def test_only_accepted_services_of_the_force_become_referrals(session, prompted):
    service.record_talk(session, about=prompted, talk=TALK, now=NOW)
    assert session.exec(select(Referral.service)).all() == [Support.PEER_SUPPORT]


def test_factors_are_sealed_and_open_for_their_person_alone(session, prompted, key_ring):
    service.record_talk(session, about=prompted, talk=TALK, now=NOW)
    sealed = session.exec(select(DebriefPerson.sealed_factors)).one()
    assert b"gruesome" not in sealed
    opened = service.factors_of(session, ring=key_ring, person_id=prompted.person_id, sealed=sealed)
    assert opened == ["alone", "gruesome"]
    session.delete(session.get(PersonKey, prompted.person_id))
    session.flush()
    with pytest.raises(SealedError):
        service.factors_of(session, ring=key_ring, person_id=prompted.person_id, sealed=sealed)


def test_the_audit_names_fields_and_never_values(session, prompted):
    service.record_talk(session, about=prompted, talk=TALK, now=NOW)
    answered = select(AuditEntry).where(AuditEntry.event == Event.PROMPT_ANSWERED)
    entry = session.exec(answered).one()
    assert entry.subject_person_id == prompted.person_id
    assert entry.details == {
        "prompt": [prompted.prompts[0].public_id],
        "fields": ["outcome", "factors", "support", "next_contact_on"],
    }
    assert first_broken_link(session) is None


def test_a_second_answer_is_refused_and_changes_nothing(session, prompted):
    declined = Answer(PromptState.DECLINED, "not_now")
    service.record_answer(session, about=prompted, decided=declined, now=NOW)
    with pytest.raises(ConflictError):
        service.record_talk(session, about=prompted, talk=TALK, now=NOW)
    assert session.exec(select(PromptPerson.state)).one() is PromptState.DECLINED
    assert session.exec(select(Debrief)).all() == []


def test_counts_say_conversations_and_people_apart(session, prompted):
    service.record_talk(session, about=prompted, talk=TALK, now=NOW)
    year = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
    counts = statistics.support_counts(session, unit_ids=None, **year)
    assert (counts.debriefs, counts.people) == (1, 1)
    assert counts.primary[Support.PEER_SUPPORT] == 1
    assert counts.offers[Support.TRIM] == {SupportStatus.DECLINED: 1}
    elsewhere = statistics.support_counts(session, unit_ids=[10**6], **year)
    assert (elsewhere.debriefs, elsewhere.people) == (0, 0)
