"""Supportive conversations, what was ticked in them, and referrals, as their person reads them."""

from collections.abc import Iterator

from sqlmodel import col, select

from app.accounts.models import Account
from app.database import columns
from app.debriefs.models import (
    Debrief,
    DebriefDraft,
    DebriefDraftPerson,
    DebriefPerson,
    SupportOffer,
)
from app.debriefs.service import factors_of
from app.debriefs.wording import CONFIDENTIALITY, SETTING, STATUS
from app.incidents.queries import frameworks
from app.referrals.models import Referral
from app.referrals.queries import Step, steps_of
from app.referrals.wording import OUTCOME_FOR_ME, REFERRAL, STEP, SUPPORT
from app.rights.sections import Collector, Row, Subject
from app.security.encryption import SealedError
from app.web.filters import day

ERASED = "What was ticked has been erased."


def _conversations(subject: Subject) -> Iterator[Row]:
    found = subject.session.exec(
        columns(DebriefPerson, Debrief)
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .where(subject.theirs(DebriefPerson.person_id), subject.counts(Debrief.recorded_at))
        .order_by(col(Debrief.held_on).desc(), col(DebriefPerson.id).desc())
    ).all()
    offers = _offers(subject, [part.id or 0 for part, _talk in found])
    name = subject.names(talk.recorded_by_account_id for _part, talk in found)
    for part, talk in found:
        yield (
            talk.held_on,
            SETTING[talk.setting],
            _factors(subject, part),
            SUPPORT[part.primary_support],
            tuple(offers.get(part.id or 0, ())),
            part.next_contact_on,
            CONFIDENTIALITY[part.confidentiality],
            talk.recorded_at,
            name(talk.recorded_by_account_id),
        )


def _offers(subject: Subject, numbers: list[int]) -> dict[int, list[str]]:
    offers: dict[int, list[str]] = {}
    statement = select(SupportOffer).where(col(SupportOffer.debrief_person_id).in_(numbers))
    for row in subject.session.exec(statement.order_by(col(SupportOffer.support))):
        said = f"{SUPPORT[row.support]}: {STATUS[row.status].lower()}"
        offers.setdefault(row.debrief_person_id, []).append(said)
    return offers


def _factors(subject: Subject, part: DebriefPerson) -> tuple[str, ...]:
    names = frameworks(subject.session).factor_names()
    try:
        codes = factors_of(
            keys=subject.keys,
            person_id=part.named_id or part.person_id,
            sealed=part.sealed_factors,
        )
    except SealedError:
        return (ERASED,)
    return tuple(names.get(code, code) for code in codes)


def _drafts(subject: Subject) -> Iterator[Row]:
    found = (
        columns(DebriefDraft.saved_at, Account.display_name)
        .join(DebriefDraftPerson, col(DebriefDraftPerson.draft_id) == col(DebriefDraft.id))
        .join(Account, col(Account.id) == col(DebriefDraft.account_id))
        .where(subject.theirs(DebriefDraftPerson.person_id), subject.counts(DebriefDraft.saved_at))
        .order_by(col(DebriefDraft.saved_at).desc())
    )
    yield from map(tuple, subject.session.exec(found))


def _referrals(subject: Subject) -> Iterator[Row]:
    found = subject.session.exec(
        select(Referral)
        .where(subject.theirs(Referral.person_id), subject.counts(Referral.agreed_at))
        .order_by(col(Referral.agreed_at).desc(), col(Referral.id).desc())
    ).all()
    steps = steps_of(subject.session, [row.id or 0 for row in found])
    name = subject.names(
        number
        for row in found
        for number in (row.agreement_by_account_id, row.practitioner_account_id)
    )
    for row in found:
        yield (
            SUPPORT[row.service],
            row.agreed_at,
            name(row.agreement_by_account_id),
            REFERRAL[row.state],
            row.supervisor_sees,
            name(row.practitioner_account_id),
            row.contacted_on,
            tuple(map(_meeting, steps.get(row.id or 0, []))),
            OUTCOME_FOR_ME[row.outcome] if row.outcome else None,
            row.closed_at,
        )


def _meeting(step: Step) -> str:
    came_of = f"took place on {day(step.done_on)}" if step.done_on else f"by {day(step.due_on)}"
    return f"{STEP[step.kind]}: {came_of}"


COLLECTORS = (
    Collector(
        "conversations",
        "Supportive conversations",
        "So that people know that you talked, and when you agreed to talk next. What you ticked "
        "as making it harder is sealed with your own key and shown to you alone.",
        (
            ("held_on", "Day"),
            ("setting", "How"),
            ("factors", "What made it harder"),
            ("main_support", "Main support"),
            ("offers", "What was offered"),
            ("next_contact_on", "Next contact"),
            ("others_see", "What others may see"),
            ("recorded_at", "Recorded"),
            ("recorded_by", "Recorded by"),
        ),
        ("debrief_person", "support_offer", "debrief"),
        _conversations,
    ),
    Collector(
        "drafts_about_me",
        "Conversations that somebody has begun to record",
        "What is typed so far is sealed, opens for its author alone, and is gone after 7 days at "
        "most. Once it is sent, it is in the section above.",
        (("saved_at", "Last saved"), ("author", "By whom")),
        ("debrief_draft_person",),
        _drafts,
    ),
    Collector(
        "referrals",
        "Referrals you agreed to",
        "So that a service you agreed to can reach you, and does.",
        (
            ("service", "Service"),
            ("agreed_at", "You agreed"),
            ("agreement_by", "Who says so"),
            ("state", "How far it is"),
            ("supervisor_sees", "Your supervisor sees that there is one"),
            ("practitioner", "Who took it on"),
            ("contacted_on", "First contact"),
            ("meetings", "Meetings"),
            ("outcome", "How it ended"),
            ("closed_at", "Closed"),
        ),
        ("referral", "referral_step"),
        _referrals,
    ),
)
