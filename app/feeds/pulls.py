"""Pulls: reading a view of another system's database, row by row, through the same intake.

    pulls/NAME.yaml     where the view is, what to select, how to read it, how often

The other database is only ever read: one SELECT, which stands inside another one, in a transaction
that the database itself keeps from writing. With an increasing column only what is new is read; how
far that got is written with each batch of rows, so a pull that is killed goes on from there.
"""

import json
import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import Connection, CursorResult, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.sql.elements import TextClause
from sqlmodel import Session

from app.database import reading, transaction
from app.feeds.mapping import FeedMapping, MappingError, load_mapping
from app.feeds.models import FeedBookmark, ImportRun, RunState
from app.feeds.reader import FileRefusedError, Record
from app.feeds.service import Delivery, load
from app.scheduling.service import finish, turn

log = logging.getLogger("feeds.pulls")
AT_ONCE = 2_000
"""Rows that are asked of the other database at a time."""
SELECT = re.compile(r"^\s*select\b", re.IGNORECASE)
READ_ONLY = {
    "postgresql": "SET TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}


class PullError(Exception):
    """A pull cannot be made: the message says what is wrong and what to do."""


class Pull(BaseModel):
    """One pull, as its file says it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: str
    database: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,60}$")]
    """The environment variable that holds the database's address, which is never in a file."""
    select: str
    mapping: Annotated[str, Field(pattern=r"^[\w-]{1,60}$")]
    increasing: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")] | None = None
    again_minutes: Annotated[int, Field(ge=0, le=10_080)] = 0
    """How far to step back each time, for rows that are written late."""
    every_minutes: Annotated[int, Field(ge=1, le=1_440)] = 15

    @field_validator("select")
    @classmethod
    def _is_one_select(cls, statement: str) -> str:
        if ";" in statement or not SELECT.match(statement):
            message = "it must be one SELECT, without a semicolon"
            raise ValueError(message)
        return statement

    def statement(self, *, after: bool) -> TextClause:
        """What is sent: the SELECT inside another one, where nothing but a SELECT may stand."""
        # The name of the column is letters, digits and _; the rest is the operator's own file.
        where = f" WHERE {self.increasing} >= :after" if after else ""
        order = f" ORDER BY {self.increasing}" if self.increasing else ""
        escaped = self.select.replace(":", "\\:")
        return text(f"SELECT * FROM (\n{escaped}\n) AS pulled{where}{order}")  # noqa: S608


def load_pull(path: Path) -> Pull:
    """Read and check a pull's file.

    Raises:
        PullError: it says something that cannot be.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        return Pull.model_validate({"name": path.stem, **document})
    except (OSError, UnicodeDecodeError, TypeError, yaml.YAMLError) as error:
        message = f"The pull {path.name} cannot be read as YAML. See docs/feeds.md."
        raise PullError(message) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        message = f"The pull {path.name} cannot be used: {place}: {what}."
        raise PullError(message) from error


def pull_all(engine: Engine, instance: Path, *, now: datetime) -> tuple[int, int]:
    """Make every pull whose time has come; returns how many were made and how many failed."""
    made = failed = 0
    for path in sorted((instance / "pulls").glob("*.yaml")):
        try:
            pull = load_pull(path)
            run = _make_if_due(engine, pull, instance, now)
        except (PullError, SQLAlchemyError) as error:
            # Of the database's own words only the kind: they can quote what is in it.
            words = str(error) if isinstance(error, PullError) else type(error).__name__
            log.error("pull %s: %s", path.stem, words)  # noqa: TRY400
            failed += 1
            continue
        if run is not None:
            made += run.state is RunState.FINISHED
            failed += run.state is not RunState.FINISHED
    return made, failed


def _make_if_due(engine: Engine, pull: Pull, instance: Path, now: datetime) -> ImportRun | None:
    length = timedelta(minutes=pull.every_minutes)
    start = datetime(2000, 1, 1, tzinfo=UTC)
    slot, job = start + (now - start) // length * length, f"pull {pull.name}"[:60]
    with turn(engine, job=job, slot=slot) as mine:
        if not mine:
            return None
        outcome = "failed"
        try:
            run = make(engine, pull, instance=instance, now=now)
            outcome = run.state.value
        finally:
            # One that fails waits for its next time; only one whose process died is made again.
            with transaction(engine) as session:
                finish(session, job=job, slot=slot, outcome=outcome, now=now)
    return run


def make(engine: Engine, pull: Pull, *, instance: Path, now: datetime) -> ImportRun:
    """Read the view and take its rows in; returns the run.

    Raises:
        PullError: the mapping or the other database cannot be used.
    """
    try:
        mapping = load_mapping(instance / "mappings" / f"{pull.mapping}.yaml")
    except MappingError as error:
        raise PullError(str(error)) from error
    with reading(engine) as session:
        held = session.get(FeedBookmark, pull.name)
        after = _read_mark(held.value, pull.again_minutes) if held and pull.increasing else None
    with _view(pull, after) as rows:
        delivery = _delivery(pull, mapping, rows, now)
        return load(engine, delivery, now=now, beside=partial(_keep_mark, pull, rows, now))


def _delivery(pull: Pull, mapping: FeedMapping, rows: "ViewRows", now: datetime) -> Delivery:
    extracted = None if "version" in mapping.columns else now
    return Delivery(f"Pulled by {pull.name}", mapping, lambda: rows, extracted)


# --- How far it got -------------------------------------------------------------------------------


def _keep_mark(pull: Pull, rows: "ViewRows", now: datetime, session: Session) -> None:
    if rows.mark is None:
        return
    held = session.get(FeedBookmark, pull.name) or FeedBookmark(
        name=pull.name, value="", moved_at=now
    )
    held.value, held.moved_at = _write_mark(rows.mark), now
    session.add(held)


def _write_mark(mark: object) -> str:
    if isinstance(mark, datetime):
        return json.dumps(["datetime", mark.isoformat()])
    if isinstance(mark, date):
        return json.dumps(["date", mark.isoformat()])
    if isinstance(mark, int | str):
        return json.dumps(["plain", mark])
    message = "The increasing column holds neither numbers, text nor times. Choose another."
    raise PullError(message)


def _read_mark(value: str, again_minutes: int) -> object:
    form, mark = json.loads(value)
    if form == "date":
        return date.fromisoformat(mark) - timedelta(days=-(-again_minutes // 1_440))
    if form == "datetime":
        return datetime.fromisoformat(mark) - timedelta(minutes=again_minutes)
    return _earlier(mark, again_minutes) if isinstance(mark, str) else mark


def _earlier(mark: str, again_minutes: int) -> str:
    """A time that a database keeps as text, stepped back and written in the same form."""
    try:
        moment = datetime.fromisoformat(mark) - timedelta(minutes=again_minutes)
    except ValueError:
        return mark
    return moment.isoformat(mark[10])[: len(mark)] if len(mark) > len("YYYY-MM-DD") else mark


# --- The other database ---------------------------------------------------------------------------


@contextmanager
def _view(pull: Pull, after: object) -> Iterator["ViewRows"]:
    engine = _engine(pull.database)
    try:
        with engine.connect() as connection:
            connection.execute(text(READ_ONLY[engine.dialect.name]))
            with closing(_execute(connection, pull, after)) as result:
                yield ViewRows(result, pull.increasing)
    finally:
        engine.dispose()


def _engine(variable: str) -> Engine:
    try:
        address = make_url(os.environ.get(variable, ""))
    except ArgumentError as error:
        message = f"{variable} holds no database address. Set it for the job runner."
        raise PullError(message) from error
    if address.get_backend_name() not in READ_ONLY:
        message = f"{variable} is no PostgreSQL or SQLite database. Only those can be read."
        raise PullError(message)
    return create_engine(address, hide_parameters=True)


def _execute(connection: Connection, pull: Pull, after: object) -> CursorResult[Any]:
    streaming = connection.execution_options(stream_results=True, yield_per=AT_ONCE)
    values: Mapping[str, object] = {} if after is None else {"after": after}
    return streaming.execute(pull.statement(after=after is not None), values)


class ViewRows:
    """The rows of a view, as the intake reads rows. ``mark``: how far the increasing column got."""

    def __init__(self, result: CursorResult[Any], increasing: str | None) -> None:
        self.result = result
        self.header = list(result.keys())
        self.size = 0
        self.done = 0
        self.mark: object = None
        self._at = None if increasing is None else self.position(increasing)

    def position(self, column: str) -> int:
        """Where a column stands.

        Raises:
            FileRefusedError: it is not there, or twice.
        """
        if self.header.count(column) == 1:
            return self.header.index(column)
        message = (
            f"The view has no one column {column[:60]}. Its columns are: "
            f"{', '.join(self.header)[:600]}. Correct the mapping or the SELECT."
        )
        raise FileRefusedError(message)

    def __iter__(self) -> Iterator[Record]:
        for row in self.result:
            self.done += 1
            if self._at is not None and row[self._at] is not None:
                self.mark = row[self._at]
            try:
                yield Record(self.done, [as_text(value) for value in row])
            except TypeError:
                problem = "A column holds something that is no text, number or time. Convert it."
                yield Record(self.done, [], problem)

    def close(self) -> None:
        """Let go of the result; the connection is closed by whoever opened it."""
        self.result.close()


def as_text(value: object) -> str:
    """A value as a file would hold it.

    Raises:
        TypeError: a file could not hold it.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return f"{value:.0f}" if value == value // 1 else str(value)
    if isinstance(value, str | int | UUID):
        return str(value)
    raise TypeError
