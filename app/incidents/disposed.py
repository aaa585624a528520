"""Records that were removed at the end of their period, known again by a hash when a row about one
is sent once more."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from hashlib import blake2b
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.bulk import insert_rows
from app.common.clock import start_of_day
from app.database import columns
from app.incidents.models import DisposalLine, DisposedRecord
from app.people.queries import chunks


class Gone(NamedTuple):
    """The newest version that is done with; of a person, the end of the month of their last day."""

    version: int
    last_on: date | None


class Removed(NamedTuple):
    """A record that is being removed."""

    system: str
    ref: str
    version: int
    last_on: date | None = None


def _digest(noun: str, system: str, ref: str) -> str:
    return blake2b("\x1f".join((noun, system, ref)).encode(), digest_size=16).hexdigest()


def gone(session: Session, noun: str, *, system: str, refs: Collection[str]) -> dict[str, Gone]:
    """Which records of a kind and system were removed, by reference."""
    if not refs or session.exec(select(DisposedRecord.digest).limit(1)).first() is None:
        return {}
    by_digest = {_digest(noun, system, ref): ref for ref in refs}
    found: dict[str, Gone] = {}
    for chunk in chunks(by_digest):
        statement = columns(
            DisposedRecord.digest, DisposedRecord.version, DisposedRecord.last_on
        ).where(col(DisposedRecord.digest).in_(chunk))
        for digest, *said in session.connection().execute(statement):
            found[by_digest[digest]] = Gone._make(said)
    return found


def remember(session: Session, noun: str, records: Iterable[Removed]) -> None:
    """Note that these records were removed, in the transaction that removes them."""
    ahead = {_digest(noun, one.system, one.ref): one for one in records}
    for chunk in chunks(sorted(ahead)):
        known = session.exec(select(DisposedRecord).where(col(DisposedRecord.digest).in_(chunk)))
        for row in known.all():
            one = ahead.pop(row.digest)
            row.version, row.last_on = max(row.version, one.version), one.last_on
            session.add(row)
    session.flush()
    fresh = [
        {"digest": digest, "version": one.version, "last_on": one.last_on}
        for digest, one in ahead.items()
    ]
    insert_rows(session, DisposedRecord, fresh)


def kept_from(session: Session) -> datetime | None:
    """Incidents of before this moment are past their period; ``None`` while nothing was removed."""
    row = session.exec(columns(DisposalLine.disposed_before)).first()
    return start_of_day(row[0]) if row else None
