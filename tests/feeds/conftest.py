"""A feed: rows written to a file and imported with a mapping that a test may change."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.database import reading, transaction
from app.feeds.mapping import FIELDS, FeedMapping, parse_mapping
from app.feeds.models import FeedKind, ImportRun, QuarantinedRow
from app.feeds.service import load_file
from app.incidents.models import Attendance, Incident
from app.incidents.service import install_shipped_framework
from app.people.models import Person, Posting, Unit

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MODELS = {
    "people": Person,
    "postings": Posting,
    "incidents": Incident,
    "attendance": Attendance,
    "units": Unit,
}


def mapping_for(kind: FeedKind, named: list[str], **changes: Any) -> FeedMapping:
    """A mapping whose columns are called as our fields are."""
    document: dict[str, Any] = {
        "kind": kind.value,
        "version": "1",
        "system": "hr",
        "columns": {name: name for name in named if name in FIELDS[kind]},
    }
    if kind in {FeedKind.INCIDENTS, FeedKind.ATTENDANCE}:
        document |= {"system": "cad", "person_system": "hr"}
    if kind is FeedKind.ATTENDANCE and "role" not in named:
        document["defaults"] = {"role": "at_scene"}
    return parse_mapping(document | changes)


class Feed:
    """Imports what a test writes, and says what became of it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder

    def file(self, text: str | bytes, name: str = "rows.csv") -> Path:
        """A file with exactly this in it."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def rows(self, rows: list[dict[str, str]], name: str = "rows.csv") -> Path:
        """A CSV file of these rows."""
        path = self.folder / name
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def load(
        self,
        kind: str,
        *rows: dict[str, str],
        file: Path | None = None,
        named: list[str] | None = None,
        now: datetime = NOW,
        extracted: datetime | None = None,
        **mapping: Any,
    ) -> ImportRun:
        """Import rows, or a file."""
        named = named or list(dict.fromkeys(column for row in rows for column in row))
        return load_file(
            self.engine,
            kind=FeedKind(kind),
            path=file or self.rows(list(rows)),
            mapping=mapping_for(FeedKind(kind), named, **mapping),
            now=now,
            extracted=extracted,
        )

    def all(self, name: str) -> dict[str, Any]:
        """Every record of one kind, by the source's reference."""
        with reading(self.engine) as session:
            return {row.source_ref: row for row in session.exec(select(MODELS[name]))}

    def aside(self, *, closed: bool = False) -> list[QuarantinedRow]:
        """Rows set aside and still to be mended, or those that are done with."""
        with reading(self.engine) as session:
            rows = session.exec(select(QuarantinedRow).order_by(QuarantinedRow.id)).all()
            return [row for row in rows if (row.resolved_at is not None) is closed]

    def query(self, statement: Any) -> list[Any]:
        """Whatever else a test wants to know."""
        with reading(self.engine) as session:
            return list(session.exec(statement))


def prepared(engine: Engine, folder: Path) -> Feed:
    """A feed into a database with the shipped framework."""
    with transaction(engine) as session:
        install_shipped_framework(session, now=NOW)
    return Feed(engine, folder)


@pytest.fixture
def feed(sqlite_engine, tmp_path) -> Feed:
    """A feed into SQLite."""
    return prepared(sqlite_engine, tmp_path)


@pytest.fixture
def feed_both(engine, tmp_path) -> Feed:
    """A feed into each database in turn."""
    return prepared(engine, tmp_path)


@pytest.fixture
def small_batches(monkeypatch) -> Callable[[int], None]:
    """Makes imports commit after a few rows."""
    return lambda rows: monkeypatch.setattr("app.feeds.service.BATCH", rows)
