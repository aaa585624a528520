"""Keeping questions asked of published figures, and noticing when somebody looks at very many."""

from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Engine, and_, or_
from sqlmodel import Session, col, delete, select

from app.accounts.models import Account
from app.audit.events import Entry, Event
from app.audit.service import append
from app.common.clock import local_date
from app.database import reading, transaction
from app.figures.models import FiguresSeen, SavedView
from app.figures.questions import Question
from app.security.viewer import Viewer

KEPT = timedelta(days=28)
"""How long a question without a name is kept."""
SEEN_KEPT = timedelta(days=7)
MANY = 300
"""More figures than this in a day are written down in the audit log. Nothing is refused."""
DIGEST = 8
MOST_DIGESTS = 5_000


class NotYoursError(Exception):
    """Only whoever keeps a view may name it or take it away."""


def ask(session: Session, *, viewer: Viewer, question: Question, now: datetime) -> SavedView:
    """Put a question behind an opaque id; the same one again has the id it had."""
    first, second = (*question.filters, None, None)[:2]
    values: dict[str, Any] = {
        "measure": question.measure,
        "period": question.period,
        "dimension_1": first.dimension.value if first else "",
        "code_1": first.code if first else "",
        "dimension_2": second.dimension.value if second else "",
        "code_2": second.code if second else "",
        "by_dimension": question.by.value if question.by else "",
    }
    known = session.exec(
        select(SavedView)
        .where(SavedView.account_id == viewer.account_id, col(SavedView.name).is_(None))
        .filter_by(**values)
    ).first()
    row = known or SavedView(account_id=viewer.account_id, asked_at=now, **values)
    row.asked_at = now
    session.add(row)
    session.flush()
    return row


def keep(session: Session, *, viewer: Viewer, row: SavedView, name: str) -> None:
    """Give a view of one's own a name, the first or another, and keep it.

    Raises:
        NotYoursError: it is somebody else's.
    """
    _own(row, viewer)
    row.name = name
    session.add(row)


def take_away(session: Session, *, viewer: Viewer, row: SavedView) -> None:
    """Delete a view of one's own.

    Raises:
        NotYoursError: it is somebody else's.
    """
    _own(row, viewer)
    session.delete(row)


def _own(row: SavedView, viewer: Viewer) -> None:
    if row.account_id != viewer.account_id:
        raise NotYoursError


def forget(session: Session, *, now: datetime) -> int:
    """Delete questions that nobody named, or whose author has left, and what was seen long ago."""
    closed = select(Account.id).where(col(Account.active).is_(False))
    unnamed = and_(col(SavedView.name).is_(None), col(SavedView.asked_at) < now - KEPT)
    old = delete(SavedView).where(or_(unnamed, col(SavedView.account_id).in_(closed)))
    connection = session.connection()
    before = local_date(now) - SEEN_KEPT
    connection.execute(delete(FiguresSeen).where(col(FiguresSeen.day) < before))
    return connection.execute(old).rowcount


def note_seen(engine: Engine, *, viewer: Viewer, seen: set[str], now: datetime) -> None:
    """Count the figures somebody is told in a day, each once, before they are shown.

    Many are audited. This is a transaction of its own: a page that only reads keeps none.
    """
    with reading(engine) as session:
        known = _known(session.get(FiguresSeen, (viewer.account_id, local_date(now))))
        if not _digests(seen) - known:
            return
    with transaction(engine) as session:
        note_taken(session, viewer=viewer, seen=seen, now=now)


def note_taken(session: Session, *, viewer: Viewer, seen: set[str], now: datetime) -> None:
    """The same in a transaction that will be kept, which no other may wait for."""
    _count(session, viewer, _digests(seen), day=local_date(now), now=now)


def _digests(seen: set[str]) -> set[bytes]:
    return {blake2b(one.encode(), digest_size=DIGEST).digest() for one in seen}


def _count(
    session: Session, viewer: Viewer, digests: set[bytes], *, day: date, now: datetime
) -> None:
    row = session.get(FiguresSeen, (viewer.account_id, day), with_for_update=True)
    row = row or FiguresSeen(account_id=viewer.account_id, day=day, digests=b"")
    known = _known(row) | digests
    row.digests = b"".join(sorted(known)[:MOST_DIGESTS])
    if len(known) > MANY and not row.told:
        row.told = True
        append(
            session,
            [
                Entry(
                    Event.FIGURES_MANY_SEEN,
                    now,
                    actor_account_id=viewer.account_id,
                    actor_role=viewer.role_names,
                    details={"figures": len(known)},
                )
            ],
        )
    session.add(row)


def _known(row: FiguresSeen | None) -> set[bytes]:
    held = row.digests if row else b""
    return {held[at : at + DIGEST] for at in range(0, len(held), DIGEST)}
