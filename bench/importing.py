"""Rows a second through the import, beside rows a second straight into the table."""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from app.database import transaction
from app.feeds.mapping import parse_mapping
from app.feeds.models import FeedKind
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


def importing(world: World) -> Iterator[Line]:
    """One line for each kind of feed, in the order in which a force would send them."""
    files = {kind: _write(world, kind) for kind in SELECTS}
    ours = _import_all(world, files)
    for kind, path in files.items():
        print(f"Importing {kind}", flush=True)
        rows = _table(world, kind)
        plain = min(_plain(world, kind, rows) for _ in range(3))
        yield _line(f"Importing {kind}, {len(rows):,} rows", len(rows), ours[kind], plain)
        path.unlink()


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
    taken = {}
    for kind, path in files.items():
        with path.open() as file:
            columns = next(csv.reader(file))
        mapping = parse_mapping(
            {
                "kind": kind.value,
                "version": 1,
                "system": "bench",
                "columns": {name: name for name in columns},
            }
        )
        taken[kind] = best(
            lambda k=kind, p=path, m=mapping: load_file(
                engine, kind=k, path=p, mapping=m, now=world.now
            ),
            times=1,
        )
    return taken


def _table(world: World, kind: FeedKind) -> list[tuple[object, ...]]:
    return world.rows(f"SELECT * FROM {TABLES[kind]}")  # noqa: S608


def _plain(world: World, kind: FeedKind, rows: list[tuple[object, ...]]) -> float:
    """Read the same file and put the same rows into the same table, indexes and all."""
    marks = ", ".join("?" * len(rows[0]))
    path = world.new()

    def insert() -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            with (world.folder / f"{kind.value}.csv").open(newline="") as file:
                assert sum(1 for _ in csv.reader(file)) == len(rows) + 1  # noqa: S101
            connection.executemany(f"INSERT INTO {TABLES[kind]} VALUES ({marks})", rows)  # noqa: S608

    return best(insert, times=1)
