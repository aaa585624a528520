"""Files that the ring's keys wrap without the key store: each has its key in its first bytes."""

from collections import Counter
from typing import Any

from sqlalchemy import LargeBinary, func, type_coerce
from sqlmodel import Session, select

from app.database import columns
from app.packs.models import TeamPack, TeamPackFile
from app.security.encryption import KeyRing, head_of, rewrap_file, ring_key_of

FILES: tuple[Any, ...] = (
    TeamPackFile.__table__.c.sealed,  # type: ignore[attr-defined]
    TeamPack.__table__.c.sealed_members,  # type: ignore[attr-defined]
)
"""Every column that holds what ``seal_file`` made."""
LONGEST_HEAD = 40
AT_ONCE = 20
"""Files are large."""


def wrapped_by(session: Session) -> Counter[str]:
    """How many files each key of the ring wraps."""
    found: Counter[str] = Counter()
    for column in FILES:
        head = type_coerce(func.substr(column, 1, LONGEST_HEAD), LargeBinary)
        for part in session.exec(select(head).where(column.is_not(None))):
            found[ring_key_of(bytes(part))] += 1
    return found


def rewrap_some(session: Session, *, ring: KeyRing) -> int:
    """Wrap the keys of some files again with the current key; returns how many, none when all are.

    Only keys that the ring has are looked for: nothing can open a file of another.
    """
    done = 0
    for column in FILES:
        for name in ring.keys.keys() - {ring.current}:
            done += _rewrap(session, column, head_of(name), ring)
    return done


def _rewrap(session: Session, column: Any, head: bytes, ring: KeyRing) -> int:
    table = column.table
    key = list(table.primary_key.columns)
    begins = type_coerce(func.substr(column, 1, len(head)), LargeBinary) == head
    statement = columns(*key, column).where(begins).limit(AT_ONCE)
    found = session.connection().execute(statement).all()
    for *numbers, sealed in found:
        same = [part == number for part, number in zip(key, numbers, strict=True)]
        change = table.update().where(*same).values({column.name: rewrap_file(ring, sealed)})
        session.connection().execute(change)
    return len(found)
