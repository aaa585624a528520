"""Prompts, conversations, support and referrals of the people a question is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, func, or_
from sqlmodel import Session, col, select

from app.common.clock import local_date, start_of_day
from app.database import columns
from app.debriefs.models import (
    Confidentiality,
    Debrief,
    DebriefPerson,
    DebriefPrompt,
    SupportOffer,
    SupportStatus,
)
from app.exposure.models import Prompt, PromptPerson, PromptState
from app.incidents.models import Incident
from app.measures.asked import (
    Number,
    OfferLine,
    Prompting,
    Question,
    ReferralLine,
    SupportGiven,
    Unit,
)
from app.measures.moments import midnight_after, seconds
from app.measures.population import Asked
from app.referrals.models import Referral, ReferralState, ReferralWish, Support
from app.security.viewer import Viewer

HOUR = 3600
LIMIT_HOURS = 72
DAY = timedelta(days=1)


def span(question: Question, moment: Any) -> ColumnElement[bool]:
    """A moment within the period's days, in London."""
    after = start_of_day(question.last + DAY)
    return and_(moment >= start_of_day(question.first), moment < after)


# --- Prompts --------------------------------------------------------------------------------------


def asked_of(asked: Asked, question: Question) -> list[ColumnElement[bool]]:
    """Prompts first known in the period, of the people asked about; joins are the caller's."""
    return [
        span(question, col(Prompt.opened_at)),
        col(PromptPerson.state) != PromptState.WITHDRAWN,
        asked.had(col(PromptPerson.person_id), col(Incident.occurred_at)),
    ]


def prompting(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> Prompting:
    """What became of prompts."""
    today = local_date(now)
    asked = Asked.of(viewer, session, question, today=today)
    over, in_time = _in_time(session, question, now)
    waits = case((col(PromptPerson.state) == PromptState.OPEN, col(PromptPerson.person_id)))
    whole = (
        func.count(distinct(col(PromptPerson.person_id))),
        func.count(distinct(waits)),
        func.sum(case((over, 1), else_=0)),
        func.sum(case((and_(over, in_time), 1), else_=0)),
        *(func.sum(case((col(PromptPerson.state) == state, 1), else_=0)) for state in STATES),
    )
    statement = (
        columns(*whole)
        .select_from(Prompt)
        .join(PromptPerson, col(PromptPerson.prompt_id) == col(Prompt.id))
        .join(Incident, col(Incident.id) == col(Prompt.incident_id))
        .where(*asked_of(asked, question))
    )
    people, waiting, due, quick, *states = (
        number or 0 for number in session.connection().execute(statement).one()
    )
    prompts = sum(states)
    held, declined, not_needed, deferred, is_open = (
        Number(count, prompts, Unit.PROMPTS) for count in states
    )
    return Prompting(
        people=Number(people, len(asked.ids), Unit.PEOPLE),
        prompts=prompts,
        in_72_hours=Number(quick, due, Unit.PROMPTS),
        held=held,
        declined=declined,
        not_needed=not_needed,
        deferred=deferred,
        waiting=is_open,
        people_waiting=Number(waiting, people, Unit.PEOPLE),
    )


STATES = (
    PromptState.HELD,
    PromptState.DECLINED,
    PromptState.NOT_NEEDED,
    PromptState.DEFERRED,
    PromptState.OPEN,
)


def _in_time(
    session: Session, question: Question, now: datetime
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether a prompt's hours are over, and whether they spoke in them.

    A day is all that is kept of a conversation: it was over when it was recorded, or when the day
    was. The first is asked first, because it is at hand and settles nearly all.
    """
    known, happened = col(Prompt.opened_at), col(Incident.occurred_at)
    begun = case((known > happened, known), else_=happened)
    until = seconds(session, begun) + LIMIT_HOURS * HOUR
    long_ago = now - timedelta(hours=LIMIT_HOURS)
    years = (question.first.year - 1, now.year + 1)
    by_its_day = (
        select(DebriefPrompt.debrief_person_id)
        .join(DebriefPerson, col(DebriefPerson.id) == col(DebriefPrompt.debrief_person_id))
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .where(
            col(DebriefPrompt.prompt_person_id) == col(PromptPerson.id),
            midnight_after(session, col(Debrief.held_on), years) <= until,
        )
        .correlate(PromptPerson, Prompt, Incident)
        .exists()
    )
    spoke = or_(seconds(session, col(PromptPerson.changed_at)) <= until, by_its_day)
    over = and_(known <= long_ago, happened <= long_ago)
    return over, and_(col(PromptPerson.state) == PromptState.HELD, spoke)


# --- Conversations --------------------------------------------------------------------------------


def talked_of(asked: Asked, question: Question) -> list[ColumnElement[bool]]:
    """Parts in conversations of the period, of the people asked about."""
    return [
        col(Debrief.held_on).between(question.first, question.last),
        asked.had(col(DebriefPerson.person_id), col(Debrief.recorded_at)),
    ]


def support(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> SupportGiven:
    """Conversations, and what came of the support that was talked about."""
    today = local_date(now)
    asked = Asked.of(viewer, session, question, today=today)
    # Sets of thousands are counted sooner here than in the database.
    wanted = columns(DebriefPerson.person_id, Debrief.id, DebriefPerson.confidentiality)
    parts = session.connection().execute(_parts(wanted, asked, question)).all()
    people = {person for person, _talk, _told in parts}
    kept = {person for person, _talk, told in parts if told is Confidentiality.PRIVATE}
    shared = {person for person, _talk, told in parts if told is Confidentiality.SHARED}
    return SupportGiven(
        people=Number(len(people), len(asked.ids), Unit.PEOPLE),
        conversations=len({talk for _person, talk, _told in parts}),
        kept_private=Number(len(kept), len(people), Unit.PEOPLE),
        offers=tuple(_offers(session, asked, question, len(shared))),
    )


def _parts(wanted: Any, asked: Asked, question: Question) -> Any:
    return (
        wanted.select_from(Debrief)
        .join(DebriefPerson, col(DebriefPerson.debrief_id) == col(Debrief.id))
        .where(*talked_of(asked, question))
    )


def _offers(session: Session, asked: Asked, question: Question, shared: int) -> Iterator[OfferLine]:
    """Of those whose conversation may be known of."""
    wanted = columns(SupportOffer.support, SupportOffer.status, DebriefPerson.person_id)
    statement = (
        _parts(wanted, asked, question)
        .join(SupportOffer, col(SupportOffer.debrief_person_id) == col(DebriefPerson.id))
        .where(col(DebriefPerson.confidentiality) == Confidentiality.SHARED)
    )
    found: dict[tuple[Support, SupportStatus], set[int]] = {}
    for kind, status, person in session.connection().execute(statement):
        found.setdefault((kind, status), set()).add(person)
    for kind in Support:
        if any((kind, status) in found for status in SupportStatus):
            yield OfferLine(
                kind,
                {
                    status: Number(len(found.get((kind, status), ())), shared, Unit.PEOPLE)
                    for status in SupportStatus
                },
            )


# --- Referrals ------------------------------------------------------------------------------------


def referred_of(asked: Asked, question: Question) -> list[ColumnElement[bool]]:
    """Referrals agreed to in the period that more than the person and the service may know of."""
    own = select(ReferralWish.referral_id).where(col(ReferralWish.referral_id) == col(Referral.id))
    return [
        span(question, col(Referral.agreed_at)),
        col(Referral.supervisor_sees).is_(True),
        ~own.correlate(Referral).exists(),
        asked.had(col(Referral.person_id), col(Referral.agreed_at)),
    ]


@dataclass(frozen=True)
class _Sent:
    person_id: int
    service: Support
    state: ReferralState
    sent_at: datetime
    accepted_at: datetime | None
    contacted_on: date | None

    @property
    def days(self) -> int | None:
        """From being sent to contact; the oldest may have been contacted before."""
        if self.contacted_on is None:
            return None
        return max(0, (self.contacted_on - local_date(self.sent_at)).days)

    @property
    def hours(self) -> int | None:
        """From being sent to being taken on."""
        if self.accepted_at is None:
            return None
        return max(0, int((self.accepted_at - self.sent_at).total_seconds()) // HOUR)


def referrals(
    viewer: Viewer, session: Session, question: Question, *, now: datetime
) -> tuple[ReferralLine, ...]:
    """Referrals agreed to in the period, by service, and how long people waited."""
    today = local_date(now)
    asked = Asked.of(viewer, session, question, today=today)
    statement = columns(
        Referral.person_id,
        Referral.service,
        Referral.state,
        Referral.sent_at,
        Referral.accepted_at,
        Referral.contacted_on,
    ).where(*referred_of(asked, question))
    sent: dict[Support, list[_Sent]] = {}
    for row in session.connection().execute(statement):
        sent.setdefault(row[1], []).append(_Sent(*row))
    return tuple(_line(kind, sent[kind], len(asked.ids), today) for kind in Support if kind in sent)


def _line(kind: Support, rows: list[_Sent], everybody: int, today: date) -> ReferralLine:
    waits = [
        (today - local_date(row.sent_at)).days
        for row in rows
        if row.state in {ReferralState.SENT, ReferralState.ACCEPTED}
    ]
    hours = [row.hours for row in rows if row.hours is not None]
    days = [row.days for row in rows if row.days is not None]
    return ReferralLine(
        service=kind,
        people=Number(len({row.person_id for row in rows}), everybody, Unit.PEOPLE),
        referrals=len(rows),
        accepted=Number(len(hours), len(rows), Unit.REFERRALS),
        contacted=Number(len(days), len(rows), Unit.REFERRALS),
        hours_to_acceptance=_middle(hours),
        days_to_contact=_middle(days),
        waiting=len(waits),
        longest_wait=max(waits, default=None),
    )


def _middle(values: list[int]) -> int | None:
    return sorted(values)[(len(values) - 1) // 2] if values else None
