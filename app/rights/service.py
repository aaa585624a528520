"""Asking about one's own data, and answering: each step by a named person, and written down."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.rights import queries
from app.rights.models import OPEN, Decision, Part, Right, RightsRequest, State
from app.rights.queries import REPLY, WORDS
from app.rights.rules import due_on
from app.security.key_store import KeyStore, Purpose
from app.security.sealing import seal
from app.security.viewer import Viewer

MOST_OPEN = 10
"""So many may wait at once; nobody is kept from asking, only from asking the same over and over."""


class TooManyError(Exception):
    """So many requests of this person wait already that one more would help nobody."""


class NothingToAnswerError(Exception):
    """There is no such request, or somebody was first."""


@dataclass(frozen=True)
class Asked:
    """What somebody asks for."""

    kind: Right
    part: Part
    words: str


def ask(
    session: Session, *, viewer: Viewer, keys: KeyStore, asked: Asked, now: datetime
) -> RightsRequest:
    """Take a request in; its clock starts on this day.

    Raises:
        TooManyError: see ``MOST_OPEN``.
        NothingToAnswerError: HR does not know the viewer, so that there is no key to seal with.
    """
    if viewer.person_id is None:
        raise NothingToAnswerError
    if queries.how_many_open(viewer, session) >= MOST_OPEN:
        raise TooManyError
    person_id = viewer.person_id
    row = RightsRequest(
        person_id=person_id,
        kind=asked.kind,
        part=asked.part,
        sealed_words=seal(
            keys, purpose=Purpose.RECORD, owner=person_id, field=WORDS, value=asked.words
        ),
        received_at=now,
        due_on=due_on(asked.kind, local_date(now)),
    )
    session.add(row)
    session.flush()
    _note(session, viewer, row, Event.RIGHT_ASKED, now)
    return row


def take_back(session: Session, *, viewer: Viewer, public_id: str, now: datetime) -> None:
    """Somebody does not want an answer any more; nobody asks why.

    Raises:
        NothingToAnswerError: no such request of theirs is open.
    """
    row = queries.own_request(viewer, session, public_id=public_id)
    if row is None:
        raise NothingToAnswerError
    row.state, row.ended_at = State.TAKEN_BACK, now
    _keep(session, row)
    _note(session, viewer, row, Event.RIGHT_TAKEN_BACK, now)


def acknowledge(
    session: Session, *, viewer: Viewer, row: RightsRequest, revision: int, now: datetime
) -> None:
    """Say that it has been received and is being looked at.

    Raises:
        NothingToAnswerError: somebody was first.
    """
    if row.state is not State.RECEIVED or row.revision != revision:
        raise NothingToAnswerError
    row.state, row.acknowledged_at = State.ACKNOWLEDGED, now
    _keep(session, row)
    _note(session, viewer, row, Event.RIGHT_ANSWERED, now, change="acknowledged")


@dataclass(frozen=True)
class Answer:
    """What a named person decided, and why, as the person will read it."""

    decision: Decision
    reply: str
    revision: int


def decide(
    session: Session,
    *,
    viewer: Viewer,
    keys: KeyStore,
    row: RightsRequest,
    answer: Answer,
    now: datetime,
) -> None:
    """Answer a request. What was decided is then done by people, in the systems it concerns.

    Raises:
        NothingToAnswerError: it is over, or somebody was first.
    """
    if row.state not in OPEN or row.revision != answer.revision:
        raise NothingToAnswerError
    whose = row.named_id or row.person_id
    row.sealed_reply = seal(
        keys, purpose=Purpose.RECORD, owner=whose, field=REPLY, value=answer.reply
    )
    row.state, row.decision = State.DECIDED, answer.decision
    row.acknowledged_at = row.acknowledged_at or now
    row.ended_at, row.decided_by_account_id = now, viewer.account_id
    _keep(session, row)
    _note(session, viewer, row, Event.RIGHT_ANSWERED, now, change=answer.decision.value)


def opened(viewer: Viewer, row: RightsRequest, now: datetime) -> Entry:
    """That whoever answers has read it, to be written down before they do."""
    return _entry(viewer, row, Event.RIGHT_VIEWED, now)


def _keep(session: Session, row: RightsRequest) -> None:
    row.revision += 1
    session.add(row)
    session.flush()


def _note(
    session: Session,
    viewer: Viewer,
    row: RightsRequest,
    event: Event,
    now: datetime,
    **more: object,
) -> None:
    audit.append(session, [_entry(viewer, row, event, now, **more)])


def _entry(
    viewer: Viewer, row: RightsRequest, event: Event, now: datetime, **more: object
) -> Entry:
    return Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=row.person_id,
        details={"request": row.public_id, **more},
    )
