"""Recording what came of prompts: a conversation with one or several people, or for each of them a
named human's reason for none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.debriefs.holds import any_held, held_incidents
from app.debriefs.models import (
    Confidentiality,
    Debrief,
    DebriefPerson,
    DebriefPrompt,
    Setting,
    SupportOffer,
    SupportStatus,
)
from app.exposure import service as exposure
from app.exposure.models import PromptState
from app.exposure.service import Answer
from app.people.queries import touch_units
from app.referrals.agreeing import Agreement, refer
from app.referrals.models import REFERRED, Support
from app.security.key_store import KeyStore, Purpose
from app.security.sealing import seal, unseal
from app.security.viewer import Viewer

FACTORS_FIELD = "debrief_person.factors"
WELFARE_LED = "welfare_led"
"""The reason with which a prompt about a held incident may be closed."""


class ConflictError(exposure.ConflictError):
    """Somebody answered one of a person's prompts first; nothing was kept for anybody."""

    def __init__(self, person_id: int) -> None:
        super().__init__(person_id)
        self.person_id = person_id


class HeldError(Exception):
    """A post-incident procedure applies to the incident, so what was said is not noted here."""


@dataclass(frozen=True)
class Answered:
    """A prompt being answered, as the form last saw it."""

    public_id: str
    revision: int


@dataclass(frozen=True)
class Talk:
    """What is kept of one person's part in a conversation: ticks and dates, no words."""

    factors: tuple[str, ...]
    offers: dict[Support, SupportStatus]
    primary_support: Support
    next_contact_on: date | None
    confidentiality: Confidentiality = Confidentiality.SHARED


@dataclass(frozen=True)
class Part:
    """What came of some prompts of one person: they took part, or the reason why not."""

    person_id: int
    prompts: Sequence[Answered]
    came_of: Talk | Answer
    onward: Support | None = None
    """The service that somebody who would rather talk to it agreed may make contact."""


@dataclass(frozen=True)
class Meeting:
    """When and how, for everybody who took part, and the team they are in."""

    unit_id: int | None
    held_on: date
    setting: Setting
    incident_public_id: str = ""
    """What several people were spoken to about."""


def record(
    session: Session,
    *,
    viewer: Viewer,
    keys: KeyStore,
    meeting: Meeting,
    parts: Sequence[Part],
    now: datetime,
) -> Debrief | None:
    """Keep one conversation and every other answer, or nothing of it; returns the conversation.

    Raises:
        ConflictError: somebody answered one of the prompts first.
        HeldError: the incident is under a post-incident procedure.
    """
    _refuse_what_is_held(session, meeting, parts)
    debrief: Debrief | None = None
    # In one order, so that two who record for the same people never wait for each other.
    for part in sorted(parts, key=lambda one: one.person_id):
        closed = _answer(session, viewer, part, now)
        if isinstance(part.came_of, Talk):
            debrief = debrief or _begin(session, viewer, meeting, now)
            number = _keep(session, keys, debrief, part.person_id, part.came_of)
            session.add_all(
                DebriefPrompt(debrief_person_id=number, prompt_person_id=one) for one in closed
            )
            for service in _accepted(part.came_of):
                _refer(session, viewer, part, service, now, number)
        elif part.onward in REFERRED:
            _refer(session, viewer, part, part.onward, now)
        _note(session, viewer, meeting.unit_id, part, now)
    if meeting.unit_id is not None:
        touch_units(session, unit_ids=[meeting.unit_id])
    return debrief


def _refuse_what_is_held(session: Session, meeting: Meeting, parts: Sequence[Part]) -> None:
    noting = [part for part in parts if _notes(part)]
    prompts = [prompt.public_id for part in noting for prompt in part.prompts]
    incidents = [meeting.incident_public_id] if noting else []
    if any_held(session, prompt_public_ids=prompts) or held_incidents(
        session, public_ids=incidents
    ):
        raise HeldError


def _notes(part: Part) -> bool:
    """Whether something that somebody said would be kept."""
    answer = part.came_of
    if isinstance(answer, Talk) or answer.state is PromptState.DECLINED:
        return True
    return answer.state is PromptState.NOT_NEEDED and answer.reason != WELFARE_LED


def _answer(session: Session, viewer: Viewer, part: Part, now: datetime) -> list[int]:
    talked = isinstance(part.came_of, Talk)
    decided = Answer(PromptState.HELD) if isinstance(part.came_of, Talk) else part.came_of
    try:
        rows = [
            exposure.answer(
                session,
                public_id=prompt.public_id,
                person_id=part.person_id,
                revision=prompt.revision,
                decided=decided,
                actor=viewer.account_id,
                now=now,
            )
            for prompt in sorted(part.prompts, key=lambda one: one.public_id)
        ]
    except exposure.ConflictError as error:
        raise ConflictError(part.person_id) from error
    return [row.id or 0 for row in rows] if talked else []


def _refer(
    session: Session,
    viewer: Viewer,
    part: Part,
    service: Support,
    now: datetime,
    number: int | None = None,
) -> None:
    talk = part.came_of
    private = isinstance(talk, Talk) and talk.confidentiality is Confidentiality.PRIVATE
    agreed = Agreement(now, viewer, number, private=private)
    refer(session, person_id=part.person_id, service=service, agreed=agreed, now=now)


def _begin(session: Session, viewer: Viewer, meeting: Meeting, now: datetime) -> Debrief:
    debrief = Debrief(
        held_on=meeting.held_on,
        setting=meeting.setting,
        unit_id=meeting.unit_id,
        recorded_at=now,
        recorded_by_account_id=viewer.account_id,
    )
    session.add(debrief)
    session.flush()
    return debrief


def _accepted(talk: Talk) -> list[Support]:
    """Services that make contact because somebody said yes."""
    return [
        support
        for support, status in talk.offers.items()
        if status is SupportStatus.ACCEPTED and support in REFERRED
    ]


def _keep(session: Session, keys: KeyStore, debrief: Debrief, person_id: int, talk: Talk) -> int:
    row = DebriefPerson(
        debrief_id=debrief.id or 0,
        person_id=person_id,
        primary_support=talk.primary_support,
        next_contact_on=talk.next_contact_on,
        confidentiality=talk.confidentiality,
        sealed_factors=seal(
            keys,
            owner=person_id,
            purpose=Purpose.RECORD,
            field=FACTORS_FIELD,
            value=sorted(talk.factors),
        ),
    )
    session.add(row)
    session.flush()
    number = row.id or 0
    session.add_all(
        SupportOffer(debrief_person_id=number, support=support, status=status)
        for support, status in talk.offers.items()
    )
    session.flush()
    return number


def _note(session: Session, viewer: Viewer, unit_id: int | None, part: Part, now: datetime) -> None:
    talked = isinstance(part.came_of, Talk)
    kept = ["factors", "support", "next_contact_on", "confidentiality"] if talked else ["reason"]
    entry = Entry(
        Event.PROMPT_ANSWERED,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=part.person_id,
        unit_id=unit_id,
        details={
            "prompt": [prompt.public_id for prompt in part.prompts],
            "fields": ["outcome", *kept, *(["onward"] if part.onward else [])],
        },
    )
    audit.append(session, [entry])


def factors_of(*, keys: KeyStore, person_id: int, sealed: bytes) -> list[str]:
    """Open the factors of one conversation. For the person themself; nobody else is shown them.

    Raises:
        SealedError: the person's key has been destroyed.
    """
    value = unseal(
        keys, owner=person_id, purpose=Purpose.RECORD, field=FACTORS_FIELD, sealed=sealed
    )
    return [str(code) for code in value] if isinstance(value, list) else []


def check_in_on(now: datetime, days: int) -> date:
    """The next contact a form proposes: the framework's check-in, counted from today."""
    return date.fromordinal(local_date(now).toordinal() + days)
