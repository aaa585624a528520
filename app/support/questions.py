"""Questions without a name: asked, answered, written back to, and forgotten.

Whoever asks is not handed to this file: no account, no person, and of the time only the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, delete, select

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.database import columns
from app.referrals.cases import works_for
from app.referrals.models import Support
from app.security.encryption import SealedError, seal_file, unseal_file
from app.security.key_store import KeyStore
from app.security.viewer import Viewer
from app.support import receipts
from app.support.models import AnonymousMessage, AnonymousQuestion

SILENT_DAYS = 90
"""So long after anybody last wrote, a question and its answers are removed."""
WARNED_DAYS = 14
"""The thread says so for so long before."""


@dataclass(frozen=True)
class Said:
    """One message; ``text`` is ``None`` where it cannot be opened any more."""

    from_service: bool
    written_on: date
    text: str | None


@dataclass(frozen=True)
class Thread:
    """A question with what followed."""

    public_id: str
    service: Support
    last_on: date
    said: tuple[Said, ...]

    @property
    def goes_on(self) -> date:
        """The day on which it is removed, unless somebody writes before."""
        return self.last_on + timedelta(days=SILENT_DAYS)

    @property
    def waits(self) -> bool:
        """Whether the service has something to answer."""
        return not self.said[-1].from_service

    def warned(self, day: date) -> bool:
        """Whether it goes soon."""
        return (self.goes_on - day).days <= WARNED_DAYS


# --- Whoever asks ---------------------------------------------------------------------------------


def ask(
    session: Session, *, keys: KeyStore, service: Support, text: str, code: str, day: date
) -> None:
    """Keep a question for whoever has the code. Sending the same one twice keeps one."""
    if _with_code(session, code) is not None:
        return
    row = AnonymousQuestion(service=service, receipt_hash=receipts.hash_of(code), last_on=day)
    session.add(row)
    session.flush()
    _write(session, keys, row, text=text, by=None, day=day)


def with_code(session: Session, *, keys: KeyStore, code: str, day: date) -> Thread | None:
    """The thread that a receipt code opens."""
    row = _with_code(session, code)
    return _threads(session, keys, [row])[0] if row is not None and _stands(row, day) else None


def with_id(session: Session, *, keys: KeyStore, public_id: str, day: date) -> Thread | None:
    """A thread that was opened with its code a moment ago, as a slip says."""
    row = _with_id(session, public_id)
    return _threads(session, keys, [row])[0] if row is not None and _stands(row, day) else None


def write_back(session: Session, *, keys: KeyStore, public_id: str, text: str, day: date) -> None:
    """Keep what whoever asked writes back. The same words again, as a page sent twice, are one."""
    row = _with_id(session, public_id)
    if row is None or not _stands(row, day):
        return
    last = _threads(session, keys, [row])[0].said[-1]
    if not last.from_service and last.text == text:
        return
    _write(session, keys, row, text=text, by=None, day=day)


def _with_code(session: Session, code: str) -> AnonymousQuestion | None:
    wanted = AnonymousQuestion.receipt_hash == receipts.hash_of(code)
    return session.exec(select(AnonymousQuestion).where(wanted)).first()


def _with_id(session: Session, public_id: str) -> AnonymousQuestion | None:
    wanted = AnonymousQuestion.public_id == public_id
    return session.exec(select(AnonymousQuestion).where(wanted)).first()


def _stands(row: AnonymousQuestion, day: date) -> bool:
    return (day - row.last_on).days < SILENT_DAYS


def _name(message: str) -> str:
    return f"anonymous_message|sealed|{message}"


def sealed(keys: KeyStore, *, message: str, text: str) -> bytes:
    """What somebody wrote, for one message by its public id and no other."""
    return seal_file(keys.ring, name=_name(message), clear=text.encode())


def _write(
    session: Session,
    keys: KeyStore,
    row: AnonymousQuestion,
    *,
    text: str,
    by: int | None,
    day: date,
) -> None:
    message = AnonymousMessage(
        question_id=row.id or 0,
        from_service=by is not None,
        by_account_id=by,
        written_on=day,
        sealed=b"",
    )
    message.sealed = sealed(keys, message=message.public_id, text=text)
    row.last_on = day
    session.add_all([row, message])
    session.flush()


def _threads(session: Session, keys: KeyStore, rows: Sequence[AnonymousQuestion]) -> list[Thread]:
    statement = (
        select(AnonymousMessage)
        .where(col(AnonymousMessage.question_id).in_([row.id for row in rows]))
        .order_by(col(AnonymousMessage.id))
    )
    said: dict[int, list[Said]] = {}
    for message in session.exec(statement):
        one = Said(message.from_service, message.written_on, _text(keys, message))
        said.setdefault(message.question_id, []).append(one)
    return [
        Thread(row.public_id, row.service, row.last_on, tuple(said[row.id or 0])) for row in rows
    ]


def _text(keys: KeyStore, message: AnonymousMessage) -> str | None:
    try:
        return unseal_file(keys.ring, name=_name(message.public_id), sealed=message.sealed).decode()
    except SealedError:
        return None


# --- The service ----------------------------------------------------------------------------------


def inbox(viewer: Viewer, session: Session, *, keys: KeyStore, day: date) -> list[Thread]:
    """Questions to the viewer's services, unanswered ones first and the oldest of them first."""
    statement = (
        select(AnonymousQuestion)
        .where(
            works_for(viewer.account_id, col(AnonymousQuestion.service), day),
            col(AnonymousQuestion.last_on) > day - timedelta(days=SILENT_DAYS),
        )
        .order_by(col(AnonymousQuestion.last_on), col(AnonymousQuestion.id))
    )
    found = _threads(session, keys, list(session.exec(statement)))
    return sorted(found, key=lambda thread: not thread.waits)


def for_service(
    viewer: Viewer, session: Session, *, keys: KeyStore, public_id: str, day: date
) -> Thread | None:
    """One question to a service the viewer works for."""
    found = inbox(viewer, session, keys=keys, day=day)
    return next((thread for thread in found if thread.public_id == public_id), None)


def answer(
    session: Session, *, keys: KeyStore, viewer: Viewer, public_id: str, text: str, now: datetime
) -> bool:
    """Answer for the service; ``False`` where the viewer does not work for it, or it is gone."""
    day = local_date(now)
    thread = for_service(viewer, session, keys=keys, public_id=public_id, day=day)
    row = _with_id(session, public_id)
    if thread is None or row is None:
        return False
    _write(session, keys, row, text=text, by=viewer.account_id, day=day)
    audit.append(session, [noted(viewer, thread, Event.QUESTION_ANSWERED, now)])
    return True


def noted(viewer: Viewer, thread: Thread, event: Event, now: datetime) -> Entry:
    """What is written down of a practitioner who reads or answers; about nobody else."""
    return Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        details={"question": thread.public_id, "service": thread.service.value},
    )


# --- For the engine, which acts for nobody in particular ------------------------------------------


def unanswered(session: Session, *, day: date) -> list[tuple[str, Support]]:
    """Questions that have waited since before today: the public id, and the service.

    Those of today are left out, so that the moment at which a service is told says nothing of the
    moment at which somebody wrote.
    """
    newest = (
        select(AnonymousMessage.from_service)
        .where(col(AnonymousMessage.question_id) == col(AnonymousQuestion.id))
        .order_by(col(AnonymousMessage.id).desc())
        .limit(1)
        .correlate(AnonymousQuestion)
        .scalar_subquery()
    )
    statement = (
        columns(AnonymousQuestion.public_id, AnonymousQuestion.service)
        .where(
            newest.is_(False),
            col(AnonymousQuestion.last_on) < day,
            col(AnonymousQuestion.last_on) > day - timedelta(days=SILENT_DAYS),
        )
        .order_by(col(AnonymousQuestion.id))
    )
    return [(public_id, service) for public_id, service in session.exec(statement)]


def forget(session: Session, *, day: date) -> int:
    """Remove what nobody has written to for a long time; returns how many questions."""
    old = select(AnonymousQuestion.id).where(
        col(AnonymousQuestion.last_on) <= day - timedelta(days=SILENT_DAYS)
    )
    session.exec(delete(AnonymousMessage).where(col(AnonymousMessage.question_id).in_(old)))
    gone = col(AnonymousQuestion.last_on) <= day - timedelta(days=SILENT_DAYS)
    return int(session.exec(delete(AnonymousQuestion).where(gone)).rowcount)
