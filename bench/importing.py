"""Rows a second through the import, beside rows a second straight into the table."""

import csv
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from app.database import transaction
from app.feeds.mapping import parse_mapping
from app.feeds.models import FeedKind, ImportRun
from app.feeds.service import load_file
from app.incidents.service import install_shipped_framework
from bench.measure import Line, best
from bench.world import World

SELECTS = {
    FeedKind.PEOPLE: (
        "SELECT source_ref AS ref, given_name, family_name, staff_type, rank, joined_on FROM person"
    ),
    FeedKind.POSTINGS: (
        "SELECT o.source_ref AS ref, p.source_ref AS person_ref, u.source_ref AS unit_ref, "
        "o.kind, o.starts_on, o.ends_on "
        "FROM posting o JOIN person p ON p.id = o.person_id JOIN unit u ON u.id = o.unit_id"
    ),
    FeedKind.INCIDENTS: (
        "SELECT source_ref AS ref, type_code AS type, area, "
        "replace(substr(occurred_at, 1, 19), ' ', 'T') || 'Z' AS occurred_at FROM incident"
    ),
    FeedKind.ATTENDANCE: (
        "SELECT a.source_ref AS ref, i.source_ref AS incident_ref, p.source_ref AS person_ref, "
        "a.role FROM attendance a JOIN incident i ON i.id = a.incident_id "
        "JOIN person p ON p.id = a.person_id"
    ),
}
TABLES = {
    FeedKind.PEOPLE: "person",
    FeedKind.POSTINGS: "posting",
    FeedKind.INCIDENTS: "incident",
    FeedKind.ATTENDANCE: "attendance",
}


DERIVED = ("exposure", "month_tally")
"""What an attendance row leads to besides itself."""
Rows = dict[str, list[tuple[object, ...]]]


def importing(world: World) -> Iterator[Line]:
    """One line for each kind of feed, in the order in which a force would send them."""
    files = {kind: _write(world, kind) for kind in SELECTS}
    first, second = _import_all(world, files), _import_all(world, files)
    for kind, path in files.items():
        print(f"Importing {kind}", flush=True)
        rows = _rows(world.path, TABLES[kind])
        count = len(rows[TABLES[kind]])
        ours = min(first[kind], second[kind])
        yield _line(f"Importing {kind}, {count:,} rows", count, ours, _plain(world, path, rows))
        if kind is FeedKind.ATTENDANCE:
            rows = _rows(world.path, TABLES[kind], *DERIVED)
            stored = sum(len(found) for found in rows.values())
            what = f"The same, counting all {stored:,} rows that it stores"
            yield _line(what, stored, ours, _plain(world, path, rows))


def _line(what: str, rows: int, ours: float, plain: float) -> Line:
    return Line(
        what,
        f"{rows / ours:,.0f} rows/s",
        f"{rows / plain:,.0f} rows/s",
        f"{plain / ours:.2f}",
        "at least 0.25",
    )


def _write(world: World, kind: FeedKind) -> Path:
    path = world.folder / f"{kind.value}.csv"
    with closing(sqlite3.connect(world.path)) as connection, path.open("w", newline="") as file:
        found = connection.execute(SELECTS[kind])
        writer = csv.writer(file)
        writer.writerow([column[0] for column in found.description])
        writer.writerows(found)
    return path


def _import_all(world: World, files: dict[FeedKind, Path]) -> dict[FeedKind, float]:
    engine = world.engine(world.new())
    with transaction(engine) as session:
        install_shipped_framework(session, now=world.now)
    return {kind: best(_import(engine, world, kind, path), times=1) for kind, path in files.items()}


def _import(engine: Engine, world: World, kind: FeedKind, path: Path) -> Callable[[], ImportRun]:
    with path.open() as file:
        columns = {name: name for name in next(csv.reader(file))}
    mapping = parse_mapping(
        {"kind": kind.value, "version": 1, "system": "bench", "columns": columns}
    )
    return lambda: load_file(engine, kind=kind, path=path, mapping=mapping, now=world.now)


def _rows(path: Path, *tables: str) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            for table in tables
        }


def _plain(world: World, file: Path, tables: Rows) -> float:
    """Read the same file and put the same rows into the same tables, indexes and all."""
    return min(best(_insert(world.new(), file, tables), times=1) for _ in range(3))


def _insert(database: Path, file: Path, tables: Rows) -> Callable[[], None]:
    def insert() -> None:
        with closing(sqlite3.connect(database)) as connection, connection:
            with file.open(newline="") as opened:
                sum(1 for _ in csv.reader(opened))
            for table, rows in tables.items():
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608

    return insert
