"""What records said before: kept when something else is said of them, and read again."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.bulk import KEY, insert_rows
from app.database import columns
from app.incidents.models import PastKind, RecordPast
from app.people.queries import chunks


class Told(NamedTuple):
    """How a kind of record is kept: its table, what identifies it and what it says."""

    model: Any
    names: tuple[str, ...]
    version: str = "source_version"
    first: int = 0
    """Below this version nothing had been said yet."""


def keep(
    session: Session,
    kind: PastKind,
    told: Told,
    altered: Sequence[dict[str, Any]],
    *,
    now: datetime,
    run_id: int | None,
) -> None:
    """Keep what records say before they are changed, with one insert for all of them.

    Args:
        session: That of the change, which has not been written yet.
        kind: What the records are about.
        told: How that kind is kept.
        altered: What will be written, as for :func:`app.bulk.update_rows`.
        now: Until when it was known.
        run_id: The import that changes them.
    """
    ahead = {row[KEY]: row for row in altered}
    table = told.model
    wanted = [getattr(table, name) for name in told.names]
    identity = (table.id, table.source_system, table.source_ref, getattr(table, told.version))
    fresh: list[dict[str, Any]] = []
    for chunk in chunks(sorted(ahead)):
        statement = columns(*identity, *wanted).where(table.id.in_(chunk))
        for id_, system, ref, version, *values in session.connection().execute(statement):
            held = dict(zip(told.names, values, strict=True))
            if version < told.first or not _differs(held, ahead[id_]):
                continue
            fresh.append(
                {
                    "kind": kind,
                    "source_system": system,
                    "source_ref": ref,
                    "version": version,
                    "said": {name: _plain(value) for name, value in held.items()},
                    "known_until": now,
                    "run_id": run_id,
                }
            )
    insert_rows(session, RecordPast, fresh)


def _differs(held: dict[str, Any], ahead: dict[str, Any]) -> bool:
    return any(value != ahead.get(name, value) for name, value in held.items())


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def forget(session: Session, kind: PastKind, *, names: Collection[tuple[str, str]]) -> None:
    """Delete what records that go themselves said before."""
    wanted = sorted(set(names))
    for system in sorted({one for one, _ref in wanted}):
        for refs in chunks(ref for one, ref in wanted if one == system):
            session.connection().execute(
                delete(RecordPast).where(
                    col(RecordPast.kind) == kind,
                    col(RecordPast.source_system) == system,
                    col(RecordPast.source_ref).in_(refs),
                )
            )


# --- Reading it again -----------------------------------------------------------------------------


class Before(NamedTuple):
    """What one record said until a moment; moments and days are text, as they were kept."""

    version: int
    said: dict[str, Any]
    known_until: datetime
    run_id: int | None


def story(session: Session, kind: PastKind, *, system: str, ref: str) -> list[Before]:
    """Everything that one record said before, the oldest first."""
    return stories(session, kind, names=[(system, ref)]).get((system, ref), [])


def stories(
    session: Session, kind: PastKind, *, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[Before]]:
    """Everything that these records said before, the oldest first, by system and reference."""
    wanted = set(names)
    found: dict[tuple[str, str], list[Before]] = {}
    for system in sorted({one for one, _ref in wanted}):
        for refs in chunks(sorted(ref for one, ref in wanted if one == system)):
            statement = (
                select(RecordPast)
                .where(
                    RecordPast.kind == kind,
                    RecordPast.source_system == system,
                    col(RecordPast.source_ref).in_(refs),
                )
                .order_by(col(RecordPast.id))
            )
            for row in session.exec(statement):
                said = Before(row.version, row.said, row.known_until, row.run_id)
                found.setdefault((row.source_system, row.source_ref), []).append(said)
    return found


def held_at(earlier: Sequence[Before], moment: datetime) -> Before | None:
    """What a record said at a moment; ``None`` when that is what it says now."""
    return next((one for one in earlier if one.known_until > moment), None)


def last_said_otherwise(
    earlier: Sequence[Before], is_as_now: Callable[[dict[str, Any]], bool]
) -> Before | None:
    """The last thing a record said that was not as it is now."""
    return next((one for one in reversed(earlier) if not is_as_now(one.said)), None)
