"""Telling people of what waits for them, and keeping how they want to be told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.accounts.service import set_address
from app.bulk import DIALECTS
from app.common.identifiers import new_public_ids
from app.database import columns
from app.notifications.models import Notification, NotificationChoice
from app.notifications.rules import Choices
from app.notifications.waiting import Thing
from app.people.queries import chunks
from app.security.viewer import Viewer

TABLE: Any = Notification.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Changes:
    """What people are to be told, and which notifications are over (their numbers)."""

    new: tuple[Thing, ...]
    over: tuple[int, ...]


def compare(session: Session, *, things: Iterable[Thing]) -> Changes:
    """What waits against what was told. Only reads, so that it keeps nobody who writes waiting."""
    standing = {
        (account_id, kind, subject): number
        for number, account_id, kind, subject in session.exec(
            columns(
                Notification.id, Notification.account_id, Notification.kind, Notification.subject
            ).where(col(Notification.over_at).is_(None))
        )
    }
    wanted = {(one.account_id, one.kind, one.subject): one for one in things}
    return Changes(
        tuple(one for key, one in wanted.items() if key not in standing),
        tuple(number for key, number in standing.items() if key not in wanted),
    )


def tell(session: Session, *, changes: Changes, now: datetime) -> None:
    """Write down what people are told and what is over.

    Telling the same twice changes nothing. What was over and waits again is told anew.
    """
    insert: Any = DIALECTS[session.get_bind().dialect.name](TABLE)
    statement = insert.on_conflict_do_update(
        index_elements=["account_id", "kind", "subject"],
        set_={
            "topic": insert.excluded.topic,
            "told_at": insert.excluded.told_at,
            "read_at": None,
            "over_at": None,
            "mail_id": None,
        },
        where=TABLE.c.over_at.is_not(None),
    )
    public_ids = new_public_ids(len(changes.new))
    rows = [
        {**one._asdict(), "public_id": public_id, "told_at": now}
        for one, public_id in zip(changes.new, public_ids, strict=True)
    ]
    for chunk in chunks(rows):
        session.connection().execute(statement, chunk)
    for numbers in chunks(changes.over):
        session.exec(update(TABLE).where(TABLE.c.id.in_(numbers)).values(over_at=now))


def mark_read(
    session: Session, *, viewer: Viewer, now: datetime, topics: Collection[str] | None = None
) -> None:
    """Mark what the viewer was told as read: some topics, or everything."""
    chosen = TABLE.c.topic.in_(topics) if topics is not None else TABLE.c.id.is_not(None)
    session.exec(
        update(TABLE)
        .where(TABLE.c.account_id == viewer.account_id, TABLE.c.read_at.is_(None), chosen)
        .values(read_at=now)
    )


def choose(
    session: Session, *, viewer: Viewer, choices: Choices, address: str | None, now: datetime
) -> None:
    """Keep how the viewer wants to be told, and at which address (``None``: at none)."""
    row = session.exec(
        select(NotificationChoice).where(NotificationChoice.account_id == viewer.account_id)
    ).first()
    if row is None:
        row = NotificationChoice(account_id=viewer.account_id, **choices._asdict())
    else:
        row.sqlmodel_update(choices._asdict())
    session.add(row)
    session.flush()
    set_address(session, account_id=viewer.account_id, address=address, now=now)
