"""Taking rows into the database, by whichever way they come and however often.

Rows are stored in batches. A batch, the exposures that follow from it and the run's own counts are
one transaction, so an import that is killed has done some of its batches wholly and the rest not at
all; running it again finishes the work and changes nothing that was done.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, and_, or_, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from app.audit.events import Entry, Event
from app.audit.service import append
from app.database import reading, transaction
from app.exposure import service as exposure
from app.feeds import quarantine
from app.feeds.cells import Context
from app.feeds.fields import UNFIT, microseconds
from app.feeds.freshness import delivered
from app.feeds.kept import remember
from app.feeds.mapping import FeedMapping, MappingError
from app.feeds.models import FeedKind, ImportRun, RunState
from app.feeds.parsing import RowReader
from app.feeds.quarantine import Aside, Usable
from app.feeds.reader import FileRefusedError, Record, Rows, Table
from app.feeds.records import Outcome, Result, Source
from app.feeds.rows import Row
from app.feeds.stores import Applied, apply
from app.feeds.understanding import understand
from app.incidents.queries import known_types
from app.people.queries import chunks, touch_units

Progress = Callable[[int, int], None]
"""Told how many bytes of how many have been read."""
BATCH = 5_000
AHEAD = 200_000
"""Rows that are read ahead, to take those about one person together."""
LOCK = 7_221_003
"""PostgreSQL's advisory lock that makes imports take turns, batch by batch, as SQLite's do."""
SILENT = timedelta(days=1)
"""An import that has run for longer than this has stopped without a word."""
STOPPED = "The import stopped before its end. Run it again: nothing is lost or counted twice."


class Told(NamedTuple):
    """What became of one row, for whoever sent it; if it was set aside, which field and why."""

    number: int
    outcome: Outcome
    field: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Delivery:
    """Rows that have come, by whichever way, and how to read them.

    Args:
        name: What the steward sees: a file's name, or who sent them.
        mapping: How to read them, and what they are about.
        open: Begins to hand them out.
        extracted: When they were taken from their source: the version of rows that have none.
        token_id: The feed token with which they were sent.
    """

    name: str
    mapping: FeedMapping
    open: Callable[[], Rows]
    extracted: datetime | None = None
    token_id: int | None = None


def load_file(
    engine: Engine,
    *,
    kind: FeedKind,
    path: Path,
    mapping: FeedMapping,
    now: datetime,
    progress: Progress | None = None,
    extracted: datetime | None = None,
) -> ImportRun:
    """Import one file; see :func:`load`.

    Args:
        engine: The database. Each batch is a transaction of its own.
        kind: What the rows are about; the mapping must be for the same.
        path: The file.
        mapping: How to read it.
        now: The present moment.
        progress: Told how far the reading has got.
        extracted: When the file was made: the version of rows that have none of their own.
    """
    delivery = delivery_of(path, kind=kind, mapping=mapping, extracted=extracted)
    return load(engine, delivery, now=now, progress=progress)


def delivery_of(
    path: Path, *, kind: FeedKind, mapping: FeedMapping, extracted: datetime | None = None
) -> Delivery:
    """A file as a delivery."""

    def table() -> Rows:
        if mapping.kind is not kind:
            message = f"The mapping is for {mapping.kind}, not {kind}. Use the one for {kind}."
            raise MappingError(message)
        return Table(path, encoding=mapping.encoding, delimiter=mapping.delimiter)

    # A file name may hold bytes that are no text.
    name = path.name.encode("utf-8", "replace").decode("utf-8")
    return Delivery(name, mapping, table, extracted)


def load(
    engine: Engine,
    delivery: Delivery,
    *,
    now: datetime,
    progress: Progress | None = None,
    told: Callable[[list[Told]], None] | None = None,
    beside: Callable[[Session], None] | None = None,
) -> ImportRun:
    """Take rows in; returns the run, which says what became of them. The one way in for all rows.

    What cannot be read as a whole is refused: the run says so, and nothing else is stored.

    Args:
        engine: The database. Each batch is a transaction of its own.
        delivery: The rows.
        now: The present moment.
        progress: Told how far the reading has got.
        told: Handed what became of each row, batch by batch, once that is certain.
        beside: Called at the end of each batch, to write in the same transaction. Rows are then
            taken in the order in which they come, and none is read before it is its turn.
    """
    run_id = _start(engine, delivery, now)
    try:
        table, reader = _open(engine, delivery, now)
    except (FileRefusedError, MappingError, LookupError) as error:
        return _end(engine, run_id, RunState.REFUSED, now, message=str(error))
    work = Intake(run_id, reader, now)
    try:
        with _others_left_alone():
            for found in _batches(table, reader, BATCH if beside else AHEAD):
                results = _take_in(engine, work, found, beside)
                if told:
                    told(results)
                if progress:
                    progress(table.done, table.size)
    except BaseException:
        # If the database is gone, the next import says that this one stopped.
        with suppress(SQLAlchemyError):
            _end(engine, run_id, RunState.STOPPED, now, message=STOPPED)
        raise
    finally:
        table.close()
    return _end(engine, run_id, RunState.FINISHED, now, system=delivery.mapping.system)


def _batches(table: Rows, reader: RowReader, ahead: int) -> Iterator[list[Record]]:
    """Rows some at a time. Of very many, those about one person come together, so that what follows
    for a person is worked out once for several rows. The order does not matter: see ``truth``."""
    for found in chunks(table, ahead):
        if len(found) > BATCH:
            found.sort(key=lambda record: reader.about(record.cells))
        yield from chunks(found, BATCH)


@contextmanager
def _others_left_alone() -> Iterator[None]:
    """Keep Python's garbage collector to what is made meanwhile.

    Rows by the million make it run often, and each time it would look through everything that was
    there before. This makes an import about a third faster.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _open(engine: Engine, delivery: Delivery, now: datetime) -> tuple[Rows, RowReader]:
    mapping, extracted = delivery.mapping, delivery.extracted
    if extracted and "version" in mapping.columns:
        message = "The rows carry their own versions. Leave out when the file was made."
        raise MappingError(message)
    version = microseconds(extracted) if extracted else 0
    with reading(engine) as session:
        context = context_of(session, now=now, version=version)
    table = delivery.open()
    try:
        return table, RowReader(table, mapping, context)
    except (FileRefusedError, MappingError):
        table.close()
        raise


def context_of(session: Session, *, now: datetime, version: int) -> Context:
    """What rows are judged by besides their mapping.

    Raises:
        LookupError: no framework is active.
    """
    return Context(now, known_types(session), version)


def set_aside_of(engine: Engine, delivery: Delivery, *, now: datetime) -> Iterator[Told]:
    """What would be set aside, row by row, as far as the rows themselves show; stores nothing.

    Raises:
        FileRefusedError: nothing of it would be used.
        MappingError: the mapping does not fit.
    """
    table, reader = _open(engine, delivery, now)
    try:
        for found in chunks(table, BATCH):
            _rows, asides = understand(reader, found)
            for aside in asides:
                yield Told(aside.row_number, Outcome.QUARANTINED, aside.field, aside.reason)
    finally:
        table.close()


def _take_in(
    engine: Engine, work: "Intake", found: list[Record], beside: Callable[[Session], None] | None
) -> list[Told]:
    """Store one batch, and everything that follows from it; says what became of each row."""
    rows, asides = understand(work.reader, found)
    with transaction(engine) as session:
        told = work.store(session, rows, asides)
        if beside:
            beside(session)
    return told


class Intake:
    """Rows of one run on their way into the database."""

    def __init__(self, run_id: int, reader: RowReader, now: datetime) -> None:
        self.run_id = run_id
        self.reader = reader
        self.now = now
        self.kind = reader.mapping.kind
        self.source = Source.of(reader.mapping)
        self.counts: Counter[str] = Counter()
        self.mapping_id: int | None = None
        self.came_in: Mapping[int, int] = {}
        """The run in which a row first came, by its number, where that is not this run."""

    def store(self, session: Session, rows: list[Row], asides: list[Aside]) -> list[Told]:
        """Store one batch in the caller's transaction; says what became of each row."""
        counts = Counter(read=len(rows) + len(asides), quarantined=len(asides))
        told = [Told(a.row_number, Outcome.QUARANTINED, a.field, a.reason) for a in asides]
        take_turns(session)
        if self.mapping_id is None:
            self.mapping_id = remember(session, self.reader.mapping)
        applied = apply(
            session,
            kind=self.kind,
            source=self.source,
            rows=rows,
            now=self.now,
            run_id=self.run_id,
        )
        usable: list[Usable] = []
        for row, result in zip(rows, applied.results, strict=True):
            counts[result.outcome] += 1
            aside = self._aside(row, result)
            if aside:
                asides.append(aside)
                told.append(Told(row.number, result.outcome, aside.field, aside.reason))
            else:
                told.append(Told(row.number, result.outcome))
            if result.outcome in quarantine.USED:
                came_in = self.came_in.get(row.number, self.run_id)
                usable.append(Usable(row.ref, row.version, came_in))
        self._follow(session, applied, asides, usable, counts)
        self.counts += counts
        return told

    def _aside(self, row: Row, result: Result) -> Aside | None:
        if result.missing:
            return quarantine.waits(row, self.source, result.missing)
        return quarantine.contradiction(row, result.loser) if result.loser else None

    def _follow(
        self,
        session: Session,
        applied: Applied,
        asides: list[Aside],
        usable: list[Usable],
        counts: Counter[str],
    ) -> None:
        here: Any = {"kind": self.kind, "system": self.source.system, "now": self.now}
        quarantine.mend(session, usable=usable, **here)
        quarantine.put(
            session, run_id=self.run_id, asides=asides, mapping_id=self.mapping_id, **here
        )
        release = quarantine.Release(session, run_id=self.run_id, now=self.now)
        release.use(applied.arrived)
        counts["released"] = release.used
        exposure.refresh(
            session,
            incident_ids=applied.incident_ids | release.incident_ids,
            person_ids=applied.person_ids | release.person_ids,
            now=self.now,
        )
        # After the exposures: units are told in one place only, so that no two writers cross.
        touch_units(session, unit_ids=applied.unit_ids | release.unit_ids)
        _count(session, self.run_id, self.counts + counts)


def take_turns(session: Session) -> None:
    """Let one import, or one repair, write at a time."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


# --- The run itself -------------------------------------------------------------------------------


def _start(engine: Engine, delivery: Delivery, now: datetime) -> int:
    kind, name = delivery.mapping.kind, quarantine.clip(delivery.name)
    own = (
        col(ImportRun.kind) == kind,
        col(ImportRun.file_name) == name,
        col(ImportRun.feed_token_id).is_(None),
    )
    with transaction(engine) as session:
        # An import killed outright could not say that it stopped; the next one says it instead.
        session.connection().execute(
            update(ImportRun)
            .where(
                col(ImportRun.state) == RunState.RUNNING,
                or_(and_(*own), col(ImportRun.started_at) < now - SILENT),
            )
            .values(state=RunState.STOPPED, message=STOPPED)
        )
        run = ImportRun(
            kind=kind,
            file_name=name,
            mapping=delivery.mapping.name,
            started_at=now,
            state=RunState.RUNNING,
            feed_token_id=delivery.token_id,
        )
        session.add(run)
        session.flush()
        return run.id or 0


def _count(session: Session, run_id: int, counts: Counter[str]) -> None:
    session.connection().execute(
        update(ImportRun).where(col(ImportRun.id) == run_id).values(**counts)
    )


def _end(
    engine: Engine,
    run_id: int,
    state: RunState,
    now: datetime,
    *,
    message: str = "",
    system: str = "",
) -> ImportRun:
    with transaction(engine) as session:
        run = session.get_one(ImportRun, run_id)
        run.state, run.finished_at, run.message = state, now, UNFIT.sub(" ", message[:1000])
        session.add(run)
        details: dict[str, object] = {"run": run_id, "kind": run.kind.value}
        if system:
            delivered(session, system=system, kind=run.kind, now=now)
        append(session, [Entry(Event.FEED_IMPORTED, now, details=details)])
        return run
