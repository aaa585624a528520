"""Recording what came of prompts, on both databases."""

from datetime import date

import pytest
from sqlmodel import col, select

from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.service import first_broken_link
from app.debriefs import queries, service, statistics
from app.debriefs.models import (
    Confidentiality,
    Debrief,
    DebriefPerson,
    DebriefPrompt,
    SupportStatus,
)
from app.debriefs.service import ConflictError, Part, Talk
from app.exposure.models import PromptPerson, PromptState
from app.exposure.service import Answer
from app.referrals.models import Referral, Support
from app.referrals.queries import referrals_of
from app.security.encryption import SealedError
from app.security.permissions import Role
from app.security.sealing import destroy
from app.security.viewer import Viewer
from tests.debriefs.conftest import NOW

TALK = Talk(
    factors=("gruesome", "alone"),
    offers={
        Support.LINE_MANAGER: SupportStatus.ACCEPTED,
        Support.PEER_SUPPORT: SupportStatus.ACCEPTED,
        Support.TRIM: SupportStatus.DECLINED,
    },
    primary_support=Support.PEER_SUPPORT,
    next_contact_on=date(2026, 12, 19),
)
ALONE = Talk(**{**vars(TALK), "confidentiality": Confidentiality.PRIVATE})
DECLINED = Answer(PromptState.DECLINED, "not_now")


def states(session):
    rows = session.exec(select(PromptPerson.state).order_by(col(PromptPerson.person_id)))
    return list(rows)


def test_a_conversation_closes_the_prompt_it_answered(session, asked):
    asked.record(asked.part(TALK))
    row = asked.prompt()
    assert (row.state, row.changed_by_account_id) == (PromptState.HELD, asked.viewer.account_id)
    assert session.exec(select(DebriefPrompt.prompt_person_id)).one() == row.id
    contact = queries.contacts(session, person_ids=asked.people)[asked.people[0]]
    assert (contact.last_on, contact.next_on) == (NOW.date(), TALK.next_contact_on)


def answered(session):
    """What was written down about answers; referrals write down their own."""
    what = select(AuditEntry).where(AuditEntry.event == Event.PROMPT_ANSWERED)
    return session.exec(what).all()


def test_several_people_have_one_conversation_and_each_their_own_outcome(session, asked):
    later = Answer(PromptState.DEFERRED, "rest_days", date(2026, 11, 28))
    asked.record(asked.part(TALK), asked.part(ALONE, 1), asked.part(later, 2))
    assert states(session) == [PromptState.HELD, PromptState.HELD, PromptState.DEFERRED]
    assert len(session.exec(select(Debrief)).all()) == 1
    parts = session.exec(select(DebriefPerson).order_by(col(DebriefPerson.person_id))).all()
    assert [part.person_id for part in parts] == asked.people[:2]
    assert sorted(entry.subject_person_id for entry in answered(session)) == asked.people


def test_only_accepted_services_of_the_force_become_referrals(session, asked):
    asked.record(asked.part(TALK))
    assert session.exec(select(Referral.service)).all() == [Support.PEER_SUPPORT]


@pytest.mark.parametrize(
    ("onward", "referred"),
    [(Support.TRIM, [Support.TRIM]), (Support.STAFF_NETWORK, []), (None, [])],
)
def test_whoever_would_rather_talk_elsewhere_is_referred_if_a_service_makes_contact(
    session, asked, onward, referred
):
    asked.record(asked.part(Answer(PromptState.DECLINED, "someone_else"), onward=onward))
    rows = session.exec(select(Referral)).all()
    assert [row.service for row in rows] == referred
    assert all(row.debrief_person_id is None and row.agreed_at == NOW for row in rows)


def test_factors_are_sealed_and_open_for_their_person_alone(session, asked):
    asked.record(asked.part(TALK))
    sealed = session.exec(select(DebriefPerson.sealed_factors)).one()
    whose = {"keys": asked.keys, "person_id": asked.people[0], "sealed": sealed}
    assert b"gruesome" not in sealed
    assert service.factors_of(**whose) == ["alone", "gruesome"]
    destroy(session, asked.keys, owner=asked.people[0], now=NOW)
    with pytest.raises(SealedError):
        service.factors_of(**whose)


def test_the_audit_names_fields_and_never_values(session, asked):
    asked.record(asked.part(TALK))
    (entry,) = answered(session)
    assert entry.subject_person_id == asked.people[0]
    assert entry.details == {
        "prompt": [asked.prompt().public_id],
        "fields": ["outcome", "factors", "support", "next_contact_on", "confidentiality"],
    }
    assert first_broken_link(session) is None


def test_a_second_answer_is_refused_for_all_and_says_for_whom(session, asked):
    stale = asked.part(TALK, 1)
    asked.record(asked.part(DECLINED, 1))
    session.commit()
    with pytest.raises(ConflictError) as refused:
        asked.record(asked.part(TALK), stale, asked.part(TALK, 2))
    session.rollback()
    assert refused.value.person_id == asked.people[1]
    assert states(session) == [PromptState.OPEN, PromptState.DECLINED, PromptState.OPEN]
    assert session.exec(select(Debrief)).all() == []


def test_a_prompt_of_somebody_else_answers_nothing(asked):
    other = asked.part(TALK, 1)
    with pytest.raises(ConflictError):
        asked.record(Part(asked.people[0], other.prompts, TALK))


def looking(asked, who: str) -> Viewer:
    """Somebody who opens the record of the first of them."""
    if who == "themselves":
        return Viewer(0, asked.people[0], "Sam Field", ())
    role = {"supervisor": Role.SUPERVISOR, "practitioner": Role.WELLBEING_PRACTITIONER}.get(who)
    return asked.leader(role=role or Role.WELLBEING_LEAD)


@pytest.mark.parametrize("who", ["themselves", "supervisor", "practitioner", "lead"])
@pytest.mark.parametrize("chosen", Confidentiality)
def test_what_was_agreed_is_seen_as_the_person_chose(session, asked, who, chosen):
    asked.record(asked.part(Talk(**{**vars(TALK), "confidentiality": chosen})))
    viewer, person = looking(asked, who), asked.people[0]
    talk = queries.conversations_of(viewer, session, person_id=person)[0]
    referred = referrals_of(session, person_id=person, for_supervisor=who != "themselves")
    assert (talk.held_on, talk.next_contact_on) == (NOW.date(), TALK.next_contact_on)
    if chosen is Confidentiality.SHARED or who == "themselves":
        assert talk.agreed.primary_support is Support.PEER_SUPPORT
        assert len(talk.agreed.offers) == 3
        assert len(referred) == 1
    else:
        assert talk.agreed is None
        assert referred == []


def test_counts_without_names_count_what_is_kept_to_oneself_too(session, asked):
    asked.record(asked.part(TALK), asked.part(ALONE, 1))
    year = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
    counts = statistics.support_counts(session, unit_ids=None, **year)
    assert (counts.debriefs, counts.people) == (1, 2)
    assert counts.primary[Support.PEER_SUPPORT] == 2
    assert counts.offers[Support.TRIM] == {SupportStatus.DECLINED: 2}
    elsewhere = statistics.support_counts(session, unit_ids=[10**6], **year)
    assert (elsewhere.debriefs, elsewhere.people) == (0, 0)
