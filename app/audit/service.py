"""Writing the audit log: one hash chain for the whole force, each entry covering the one before."""

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, or_, text
from sqlmodel import Session, col, select

from app.audit.events import Entry
from app.audit.models import AuditAnchor, AuditEntry
from app.database import writing

FIRST = "0" * 64
LOCK = 7_221_001
"""Any number of our own: PostgreSQL's advisory lock that makes appending take turns."""


NEWEST = select(AuditEntry.hash).order_by(col(AuditEntry.id).desc()).limit(1)
ADDED = insert(AuditEntry.__table__)  # type: ignore[attr-defined]


def chain_hash(previous: str, row: AuditEntry | Entry) -> str:
    """SHA-256 over the hash before and the entry in canonical JSON."""
    content = json.dumps(
        [
            row.at.isoformat(),
            row.event,
            row.actor_account_id,
            row.actor_role,
            row.subject_person_id,
            row.unit_id,
            row.details,
        ],
        sort_keys=True,
        separators=(",", ":"),
    )
    return sha256(f"{previous}{content}".encode()).hexdigest()


def append(session: Session, entries: list[Entry]) -> None:
    """Add entries to the chain, in the caller's transaction."""
    if entries:
        _append(session.connection(), entries)


def _append(connection: Connection, entries: Sequence[Entry]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    previous = connection.execute(NEWEST).scalar() or FIRST
    added: list[dict[str, object]] = []
    for entry in entries:
        linked = chain_hash(previous, entry)
        added.append(
            {
                "at": entry.at,
                "event": entry.event.value,
                "actor_account_id": entry.actor_account_id,
                "actor_role": entry.actor_role,
                "subject_person_id": entry.subject_person_id,
                "unit_id": entry.unit_id,
                "details": entry.details,
                "previous_hash": previous,
                "hash": linked,
            }
        )
        previous = linked
    connection.execute(ADDED, added)


def append_now(engine: Engine, *entries: Entry) -> None:
    """Write down that somebody read something, before they are shown it.

    A page that only reads has no transaction that will be kept, so this one is its own.
    """
    if entries:
        with writing(engine).begin() as connection:
            _append(connection, entries)


def removable(session: Session, *, before: datetime, held_people: Any, limit: int) -> list[int]:
    """The oldest entries, one after the other, that are of before a moment and about nobody on
    hold. The newest entry of all stays, so that the next one has something to follow."""
    newest = select(func.max(AuditEntry.id)).scalar_subquery()
    stays = or_(
        col(AuditEntry.at) >= before,
        col(AuditEntry.subject_person_id).in_(held_people),
        col(AuditEntry.id) == newest,
    )
    first = session.exec(select(func.min(AuditEntry.id)).where(stays)).one() or 0
    oldest = select(AuditEntry.id).where(col(AuditEntry.id) < first).order_by(col(AuditEntry.id))
    return [number for number in session.exec(oldest.limit(limit)) if number]


def remove(session: Session, *, numbers: Sequence[int]) -> None:
    """Remove the oldest entries, and keep the hash of the last: the rest follows from it."""
    last = session.get_one(AuditEntry, max(numbers))
    session.merge(AuditAnchor(hash=last.hash))
    session.flush()
    session.connection().execute(delete(AuditEntry).where(col(AuditEntry.id).in_(numbers)))


def first_broken_link(session: Session) -> int | None:
    """The number of the first entry that does not follow from the one before, or ``None``."""
    anchor = session.get(AuditAnchor, 1)
    previous = anchor.hash if anchor else FIRST
    statement = select(AuditEntry).order_by(col(AuditEntry.id)).execution_options(yield_per=2000)
    with closing(session.exec(statement)) as rows:
        for row in rows:
            if row.previous_hash != previous or row.hash != chain_hash(previous, row):
                return row.id
            previous = row.hash
    return None
