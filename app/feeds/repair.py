"""Putting right rows that are set aside, and saying of others that they are not needed.

A repair is tried by doing it: a preview does exactly what applying does, and takes it back.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col

from app.audit.events import Entry, Event
from app.audit.service import append
from app.bulk import update_rows
from app.feeds import desk_queries
from app.feeds.desk_queries import Fault
from app.feeds.kept import KeptRows, Mappings, OneRow, column_of, raw, with_words
from app.feeds.mapping import FeedMapping, MappingError
from app.feeds.models import ImportRun, QuarantinedRow, Resolution, RunState
from app.feeds.parsing import Kept, RowReader
from app.feeds.quarantine import CLOSED, MOST_AT_ONCE, Aside
from app.feeds.reader import FileRefusedError
from app.feeds.records import Outcome
from app.feeds.service import Intake, Told, context_of, take_turns
from app.feeds.specification import mendable
from app.feeds.understanding import understand
from app.security.viewer import Viewer

NAME = "Put right on the data steward's desk"
NOT_NEEDED = tuple(one for one in Resolution if one not in {Resolution.MENDED, Resolution.REPAIRED})


class Change(NamedTuple):
    """What the steward says of rows with one fault.

    ``words``: by what rows say, the word of ours that it means. ``texts``: by a row's number, what
    it should have said. Neither: the rows are tried as they are.
    """

    words: Mapping[str, str]
    texts: Mapping[int, str]

    @property
    def digest(self) -> str:
        """Says whether a change is the one that was previewed."""
        return sha256(
            json.dumps([sorted(self.words.items()), sorted(self.texts.items())]).encode()
        ).hexdigest()


AS_THEY_ARE = Change({}, {})


@dataclass
class Attempt:
    """What became, or would become, of the rows tried."""

    run_id: int
    tried: int = 0
    used: int = 0
    older: int = 0
    """The source has sent a newer version meanwhile, which stands."""
    waiting: int = 0
    contradicting: int = 0
    still: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By field and reason, rows that cannot be used with this either."""

    @property
    def settled(self) -> int:
        """Rows of which nothing is left to do here."""
        return self.used + self.older


class _Batch(NamedTuple):
    """Rows that one reader can read."""

    mapping: FeedMapping
    mapping_id: int | None
    version: int
    rows: list[OneRow]


def preview(
    session: Session, *, actor: Viewer, fault: Fault, change: Change, now: datetime
) -> Attempt:
    """What :func:`put_right` would do; nothing of it stays."""
    trial = session.begin_nested()
    try:
        return put_right(session, actor=actor, fault=fault, change=change, now=now)
    finally:
        trial.rollback()
        session.expire_all()


def put_right(
    session: Session, *, actor: Viewer, fault: Fault, change: Change, now: datetime
) -> Attempt:
    """Send rows with one fault through the intake again, changed as the steward says.

    Args:
        session: The request's transaction.
        actor: The data steward.
        fault: What the rows have in common.
        change: What to change; rows of which it says nothing are left alone.
        now: The present moment.
    """
    take_turns(session)
    found = desk_queries.open_rows(actor, session, fault=fault, limit=MOST_AT_ONCE)
    rows = dict(enumerate(found, 1))
    run = _begin(session, fault, now)
    attempt = Attempt(run.id or 0)
    came_in = {number: row.run_id for number, row in rows.items()}
    counts: Counter[str] = Counter()
    for batch in _batches(session, fault, rows, change):
        try:
            context = context_of(session, now=now, version=batch.version)
            reader = RowReader(KeptRows(batch.rows), batch.mapping, context)
        except (MappingError, FileRefusedError) as error:
            attempt.tried += len(batch.rows)
            attempt.still[(fault.field, str(error))] += len(batch.rows)
            continue
        work = Intake(run.id or 0, reader, now)
        # The mapping with the steward's words in it is nobody's mapping, so it is not remembered.
        work.mapping_id, work.came_in, work.counts = batch.mapping_id, came_in, counts
        good, bad = understand(reader, list(KeptRows(batch.rows)))
        told = work.store(session, good, []) if good else []
        _count(attempt, told, bad)
        _close(session, actor, [rows[one.number] for one in told], now)
        kept = {one.number: one.kept for one in batch.rows}
        _still(session, [(rows[one.row_number], kept[one.row_number], one) for one in bad])
    run.state = RunState.FINISHED
    session.add(run)
    session.flush()
    _write_down(session, actor, fault, attempt, now)
    return attempt


def _begin(session: Session, fault: Fault, now: datetime) -> ImportRun:
    run = ImportRun(
        kind=fault.kind,
        file_name=NAME,
        mapping=f"{fault.system} {fault.kind}, as put right",
        started_at=now,
        finished_at=now,
        state=RunState.RUNNING,
    )
    session.add(run)
    session.flush()
    return run


def _batches(
    session: Session, fault: Fault, rows: Mapping[int, QuarantinedRow], change: Change
) -> Iterator[_Batch]:
    """The rows that the change speaks of, those together that are read alike."""
    mappings = Mappings(session, system=fault.system, kind=fault.kind)
    found: dict[str, _Batch] = {}
    for number, row in rows.items():
        mapping = mappings.of(row.mapping_id) if row.kept else None
        if mapping is None:
            continue
        kept = _changed(row, mapping, fault, change)
        if kept is None:
            continue
        words = {name: (raw(mapping, name, kept), word) for name, word in _words(kept).items()}
        version = int(kept["version"])
        key = json.dumps([row.mapping_id, version, words], sort_keys=True)
        if key not in found:
            found[key] = _Batch(with_words(mapping, kept), row.mapping_id, version, [])
        found[key].rows.append(OneRow(number, kept))
    yield from found.values()


def _words(kept: Kept) -> dict[str, str]:
    words: dict[str, str] = kept.get("words", {})
    return words


def _changed(
    row: QuarantinedRow, mapping: FeedMapping, fault: Fault, change: Change
) -> Kept | None:
    """What the row would say; ``None`` if the change does not speak of it."""
    if not change.words and not change.texts:
        return dict(row.kept)
    said = raw(mapping, fault.field, row.kept)
    if said in change.words:
        return {**row.kept, "words": {**_words(row.kept), fault.field: change.words[said]}}
    column, text = column_of(mapping, fault.field), change.texts.get(row.id or 0)
    if column and text is not None:
        return {**row.kept, "cells": {**row.kept["cells"], column: text}}
    return None


def _count(attempt: Attempt, told: Sequence[Told], bad: Sequence[Aside]) -> None:
    attempt.tried += len(told) + len(bad)
    attempt.still.update((aside.field, aside.reason) for aside in bad)
    for one in told:
        if one.outcome is Outcome.SUPERSEDED:
            attempt.older += 1
        elif one.outcome is not Outcome.QUARANTINED:
            attempt.used += 1
        elif one.field == "version":
            attempt.contradicting += 1
        else:
            attempt.waiting += 1


def _close(session: Session, actor: Viewer, rows: Sequence[QuarantinedRow], now: datetime) -> None:
    """Rows that could be read; those that wait or contradict are set aside anew, as that."""
    done = {**CLOSED, "resolved_at": now, "resolution": Resolution.REPAIRED}
    done["resolved_by_account_id"] = actor.account_id
    update_rows(session, QuarantinedRow, [{"b_id": row.id, **done} for row in rows])


def _still(session: Session, found: Sequence[tuple[QuarantinedRow, Kept, Aside]]) -> None:
    """Rows that have another fault keep what was put right, and show the next."""
    changes: list[dict[str, Any]] = [
        {
            "b_id": row.id,
            "field": aside.field,
            "reason": aside.reason,
            "values": aside.values,
            "kept": dict(kept) if mendable(row.kind, aside.field) else {},
        }
        for row, kept, aside in found
    ]
    update_rows(session, QuarantinedRow, changes)


def _write_down(
    session: Session, actor: Viewer, fault: Fault, attempt: Attempt, now: datetime
) -> None:
    details: dict[str, object] = {
        "run": attempt.run_id,
        "kind": fault.kind.value,
        "field": fault.field,
        "rows": attempt.tried,
    }
    _append(session, actor, Event.FEED_ROWS_REPAIRED, details, now)


def _append(
    session: Session, actor: Viewer, event: Event, details: dict[str, object], now: datetime
) -> None:
    entry = Entry(
        event,
        now,
        actor_account_id=actor.account_id,
        actor_role=actor.role_names,
        details=details,
    )
    append(session, [entry])


def not_needed(
    session: Session,
    *,
    actor: Viewer,
    fault: Fault,
    newest: int,
    why: Resolution,
    now: datetime,
) -> int:
    """Set rows with one fault aside for good; returns how many.

    They come back only if their source sends another version of them.

    Args:
        session: The request's transaction.
        actor: The data steward.
        fault: What the rows have in common.
        newest: The newest row that the steward was shown; later ones are left.
        why: One of :data:`NOT_NEEDED`.
        now: The present moment.
    """
    take_turns(session)
    done = {**CLOSED, "resolved_at": now, "resolution": why}
    result = session.connection().execute(
        update(QuarantinedRow)
        .where(
            desk_queries.open_with(fault),
            col(QuarantinedRow.waiting_for).is_(None),
            col(QuarantinedRow.id) <= newest,
        )
        .values(**done, resolved_by_account_id=actor.account_id)
    )
    rows = int(result.rowcount)
    if rows:
        details: dict[str, object] = {
            "system": fault.system,
            "kind": fault.kind.value,
            "field": fault.field,
            "reason": why.value,
            "rows": rows,
        }
        _append(session, actor, Event.FEED_ROWS_NOT_NEEDED, details, now)
    return rows
