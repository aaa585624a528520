"""Reading a file of rows into the database, however it arrives and however often.

Rows are stored in batches. A batch, the exposures that follow from it and the run's own counts are
one transaction, so an import that is killed has done some of its batches wholly and the rest not at
all; running it again finishes the work and changes nothing that was done.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, and_, delete, or_, text, update
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from app.audit.events import Entry, Event
from app.audit.service import append
from app.database import reading, transaction
from app.exposure import service as exposure
from app.exposure.models import Exposure, ExposureStatement, Prompt
from app.feeds import quarantine
from app.feeds.cells import Context
from app.feeds.fields import UNFIT, BadValueError, microseconds
from app.feeds.mapping import FeedMapping, MappingError
from app.feeds.models import FeedKind, ImportRun, QuarantinedRow, RunState
from app.feeds.parsing import RowReader
from app.feeds.quarantine import Aside, Usable
from app.feeds.reader import FileRefusedError, Record, Table
from app.feeds.records import Source
from app.feeds.rows import Row
from app.feeds.stores import apply
from app.incidents.models import Attendance, Incident
from app.incidents.queries import known_types
from app.people.queries import chunks

Progress = Callable[[int, int], None]
"""Told how many bytes of how many have been read."""
BATCH = 5_000
LOCK = 7_221_003
"""PostgreSQL's advisory lock that makes imports take turns, batch by batch, as SQLite's do."""
MAJOR = sql_table("major_incident", sql_column("incident_id"))
SILENT = timedelta(days=1)
"""An import that has run for longer than this has stopped without a word."""
STOPPED = "The import stopped before its end. Run it again: nothing is lost or counted twice."


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
    """Import one file; returns the run, which says what became of its rows.

    A file that cannot be read as a whole is refused: the run says so, and nothing else is stored.

    Args:
        engine: The database. Each batch is a transaction of its own.
        kind: What the rows are about; the mapping must be for the same.
        path: The file.
        mapping: How to read it.
        now: The present moment.
        progress: Told how far the reading has got.
        extracted: When the file was made: the version of rows that have none of their own.
    """
    run_id = _start(engine, kind, path, mapping, now)
    try:
        table, reader = _open(engine, kind, path, mapping, now, extracted)
    except (FileRefusedError, MappingError, LookupError) as error:
        return _end(engine, run_id, RunState.REFUSED, now, message=str(error))
    work = _Import(engine, run_id, reader, now)
    try:
        with _others_left_alone():
            for found in chunks(table, BATCH):
                work.do(found)
                if progress:
                    progress(table.done, table.size)
    except BaseException:
        # If the database is gone, the next import says that this one stopped.
        with suppress(SQLAlchemyError):
            _end(engine, run_id, RunState.STOPPED, now, message=STOPPED)
        raise
    finally:
        table.close()
    return _end(engine, run_id, RunState.FINISHED, now)


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


def _open(
    engine: Engine,
    kind: FeedKind,
    path: Path,
    mapping: FeedMapping,
    now: datetime,
    extracted: datetime | None,
) -> tuple[Table, RowReader]:
    if mapping.kind is not kind:
        message = f"The mapping is for {mapping.kind}, not {kind}. Use the one for {kind}."
        raise MappingError(message)
    if extracted and "version" in mapping.columns:
        message = "The rows carry their own versions. Leave out when the file was made."
        raise MappingError(message)
    with reading(engine) as session:
        types = known_types(session)
    version = microseconds(extracted) if extracted else 0
    table = Table(path, encoding=mapping.encoding, delimiter=mapping.delimiter)
    try:
        return table, RowReader(table, mapping, Context(now, types, version))
    except (FileRefusedError, MappingError):
        table.close()
        raise


class _Import:
    """One file on its way into the database."""

    def __init__(self, engine: Engine, run_id: int, reader: RowReader, now: datetime) -> None:
        self.engine = engine
        self.run_id = run_id
        self.reader = reader
        self.now = now
        self.kind = reader.mapping.kind
        self.source = Source.of(reader.mapping)
        self.counts: Counter[str] = Counter()

    def do(self, found: list[Record]) -> None:
        """Store one batch, and everything that follows from it."""
        rows, asides = self._understand(found)
        counts = Counter(read=len(found), quarantined=len(asides))
        with transaction(self.engine) as session:
            _take_turns(session)
            applied = apply(session, kind=self.kind, source=self.source, rows=rows, now=self.now)
            usable: list[Usable] = []
            for row, result in zip(rows, applied.results, strict=True):
                counts[result.outcome] += 1
                if result.missing:
                    asides.append(quarantine.waits(row, self.source, result.missing))
                elif result.loser:
                    asides.append(quarantine.contradiction(row, result.loser))
                if result.outcome in quarantine.USED:
                    usable.append(Usable(row.ref, row.version, self.run_id))
            here: Any = {"kind": self.kind, "system": self.source.system, "now": self.now}
            quarantine.mend(session, usable=usable, **here)
            quarantine.put(session, run_id=self.run_id, asides=asides, **here)
            release = quarantine.Release(session, run_id=self.run_id, now=self.now)
            release.use(applied.arrived)
            counts["released"] = release.used
            exposure.refresh(
                session,
                incident_ids=applied.incident_ids | release.incident_ids,
                person_ids=applied.person_ids | release.person_ids,
                now=self.now,
            )
            _count(session, self.run_id, self.counts + counts)
        self.counts += counts

    def _understand(self, found: list[Record]) -> tuple[list[Row], list[Aside]]:
        rows: list[Row] = []
        asides: list[Aside] = []
        for number, cells, problem in found:
            if problem:
                error = BadValueError("row", problem)
                asides.append(quarantine.rejected(number, [str(number), *cells], "", error))
                continue
            try:
                rows.append(self.reader.parse(number, cells))
            except BadValueError as error:
                ref, mapped = self._ref(cells), self.reader.mapped(cells)
                asides.append(quarantine.rejected(number, mapped, ref, error))
        return rows, asides

    def _ref(self, cells: list[str]) -> str:
        try:
            return self.reader.ref(cells)
        except BadValueError:
            return ""


def _take_turns(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


# --- The run itself -------------------------------------------------------------------------------


def _start(engine: Engine, kind: FeedKind, path: Path, mapping: FeedMapping, now: datetime) -> int:
    with transaction(engine) as session:
        # An import killed outright could not say that it stopped; the next one says it instead.
        session.connection().execute(
            update(ImportRun)
            .where(
                col(ImportRun.state) == RunState.RUNNING,
                or_(
                    and_(col(ImportRun.kind) == kind, col(ImportRun.file_name) == _name(path)),
                    col(ImportRun.started_at) < now - SILENT,
                ),
            )
            .values(state=RunState.STOPPED, message=STOPPED)
        )
        run = ImportRun(
            kind=kind,
            file_name=_name(path),
            mapping=mapping.name,
            started_at=now,
            state=RunState.RUNNING,
        )
        session.add(run)
        session.flush()
        return run.id or 0


def _name(path: Path) -> str:
    # A file name may hold bytes that are no text.
    return quarantine.clip(path.name.encode("utf-8", "replace").decode("utf-8"))


def _count(session: Session, run_id: int, counts: Counter[str]) -> None:
    session.connection().execute(
        update(ImportRun).where(col(ImportRun.id) == run_id).values(**counts)
    )


def _end(
    engine: Engine, run_id: int, state: RunState, now: datetime, *, message: str = ""
) -> ImportRun:
    with transaction(engine) as session:
        run = session.get_one(ImportRun, run_id)
        run.state, run.finished_at, run.message = state, now, UNFIT.sub(" ", message[:1000])
        session.add(run)
        details: dict[str, object] = {"run": run_id, "kind": run.kind.value}
        append(session, [Entry(Event.FEED_IMPORTED, now, details=details)])
        return run


# --- Forgetting -----------------------------------------------------------------------------------


def delete_not_relevant(session: Session, *, before: datetime) -> int:
    """Delete incidents that the mapping calls not relevant, and who attended them.

    They are kept for a while because a closing code may yet make them relevant. Those that were
    ever the reason for a prompt, or of which somebody has said something, stay. Returns how many
    incidents went.
    """
    old = (
        select(Incident.id)
        .where(
            col(Incident.type_code) == "",
            col(Incident.received_at) < before,
            ~select(Prompt.id).where(col(Prompt.incident_id) == col(Incident.id)).exists(),
            ~select(Exposure.id).where(col(Exposure.incident_id) == col(Incident.id)).exists(),
            ~select(ExposureStatement.id)
            .where(col(ExposureStatement.incident_id) == col(Incident.id))
            .exists(),
            # A major incident's own list is kept by an area above this one; the table is enough.
            ~select(MAJOR.c.incident_id).where(MAJOR.c.incident_id == col(Incident.id)).exists(),
        )
        .order_by(col(Incident.id))
    )
    gone = 0
    for chunk in chunks(session.exec(old).all()):
        session.connection().execute(
            delete(Attendance).where(col(Attendance.incident_id).in_(chunk))
        )
        session.connection().execute(delete(Incident).where(col(Incident.id).in_(chunk)))
        gone += len(chunk)
    return gone


def delete_set_aside(session: Session, *, before: datetime) -> int:
    """Delete rows that were set aside before a moment, mended or not; returns how many."""
    result = session.connection().execute(
        delete(QuarantinedRow).where(col(QuarantinedRow.quarantined_at) < before)
    )
    return int(result.rowcount)
