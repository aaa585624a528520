"""Recording what came of a prompt: a conversation, or a named human's reason for none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.debriefs.models import (
    Debrief,
    DebriefPerson,
    DebriefPrompt,
    Setting,
    SupportOffer,
    SupportStatus,
)
from app.exposure import service as exposure
from app.exposure.models import PromptPerson, PromptState
from app.exposure.service import Answer
from app.people.queries import touch_units
from app.referrals.models import REFERRED, Support
from app.referrals.service import refer
from app.security.encryption import KeyRing, seal, unseal
from app.security.viewer import Viewer

FACTORS_FIELD = "debrief_person.factors"


@dataclass(frozen=True)
class Answered:
    """A prompt being answered, as the form last saw it."""

    public_id: str
    revision: int


@dataclass(frozen=True)
class Talk:
    """What is kept of a conversation: ticks and dates, no words."""

    held_on: date
    setting: Setting
    factors: tuple[str, ...]
    offers: dict[Support, SupportStatus]
    primary_support: Support
    next_contact_on: date | None


@dataclass(frozen=True)
class About:
    """Whom an answer concerns, who gives it, and with which keys it is sealed."""

    viewer: Viewer
    person_id: int
    unit_id: int | None
    ring: KeyRing
    prompts: Sequence[Answered] = field(default_factory=tuple)


def record_talk(session: Session, *, about: About, talk: Talk, now: datetime) -> Debrief:
    """Keep a conversation with one person and close the prompts it answered.

    Raises:
        exposure.ConflictError: somebody answered one of the prompts first.
    """
    closed = _answer_all(session, about, Answer(PromptState.HELD), now)
    debrief = Debrief(
        held_on=talk.held_on,
        setting=talk.setting,
        unit_id=about.unit_id,
        recorded_at=now,
        recorded_by_account_id=about.viewer.account_id,
    )
    session.add(debrief)
    session.flush()
    part = DebriefPerson(
        debrief_id=debrief.id or 0,
        person_id=about.person_id,
        primary_support=talk.primary_support,
        next_contact_on=talk.next_contact_on,
        sealed_factors=seal(
            session,
            about.ring,
            person_id=about.person_id,
            field=FACTORS_FIELD,
            value=sorted(talk.factors),
        ),
    )
    session.add(part)
    session.flush()
    number = part.id or 0
    session.add_all(DebriefPrompt(debrief_person_id=number, prompt_person_id=row) for row in closed)
    _keep_support(session, number, about, talk.offers, now)
    _note(session, about, ["outcome", "factors", "support", "next_contact_on"], now)
    return debrief


def _keep_support(
    session: Session,
    number: int,
    about: About,
    offers: dict[Support, SupportStatus],
    now: datetime,
) -> None:
    for support, status in offers.items():
        session.add(SupportOffer(debrief_person_id=number, support=support, status=status))
        if status is SupportStatus.ACCEPTED and support in REFERRED:
            refer(
                session,
                person_id=about.person_id,
                service=support,
                agreed_at=now,
                actor=about.viewer,
                now=now,
                debrief_person_id=number,
            )
    session.flush()


def record_answer(session: Session, *, about: About, decided: Answer, now: datetime) -> None:
    """Keep a reason for having no conversation now: declined, deferred or not needed.

    Raises:
        exposure.ConflictError: somebody answered one of the prompts first.
    """
    _answer_all(session, about, decided, now)
    _note(session, about, ["outcome", "reason"], now)


def _answer_all(session: Session, about: About, decided: Answer, now: datetime) -> list[int]:
    rows: list[PromptPerson] = [
        exposure.answer(
            session,
            public_id=prompt.public_id,
            person_id=about.person_id,
            revision=prompt.revision,
            decided=decided,
            actor=about.viewer.account_id,
            now=now,
        )
        for prompt in about.prompts
    ]
    if about.unit_id is not None:
        touch_units(session, unit_ids=[about.unit_id])
    return [row.id or 0 for row in rows]


def _note(session: Session, about: About, fields: list[str], now: datetime) -> None:
    audit.append(
        session,
        [
            Entry(
                Event.PROMPT_ANSWERED,
                now,
                actor_account_id=about.viewer.account_id,
                actor_role=about.viewer.role_names,
                subject_person_id=about.person_id,
                unit_id=about.unit_id,
                details={
                    "prompt": [prompt.public_id for prompt in about.prompts],
                    "fields": fields,
                },
            )
        ],
    )


def factors_of(session: Session, *, ring: KeyRing, person_id: int, sealed: bytes) -> list[str]:
    """Open the factors of one conversation. For the person themself; nobody else is shown them.

    Raises:
        SealedError: the person's key has been destroyed.
    """
    value = unseal(session, ring, person_id=person_id, field=FACTORS_FIELD, sealed=sealed)
    return [str(code) for code in value] if isinstance(value, list) else []


def check_in_on(now: datetime, days: int) -> date:
    """The next contact a form proposes: the framework's check-in, counted from today."""
    return date.fromordinal(local_date(now).toordinal() + days)
