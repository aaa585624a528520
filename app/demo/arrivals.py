"""What the data steward of a demo sees: the latest readings of feeds, and rows not yet usable."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.demo.chance import Chance
from app.demo.incidents import World
from app.demo.store import Row, write
from app.feeds.cells import Context
from app.feeds.kept import KeptRows, OneRow, remember
from app.feeds.mapping import parse_mapping
from app.feeds.models import FeedKind, ImportRun, KnownFeed, QuarantinedRow, RunState
from app.feeds.parsing import RowReader
from app.feeds.quarantine import Aside, fingerprint
from app.feeds.understanding import understand
from app.incidents.framework import SHIPPED

DAYS = 4
NIGHTLY = (FeedKind.PEOPLE, FeedKind.POSTINGS, FeedKind.LEAVERS)
"""From the HR system, once a night; incidents and attendance come every few hours."""
SIZES = {
    FeedKind.PEOPLE: 1.0,
    FeedKind.POSTINGS: 0.03,
    FeedKind.LEAVERS: 0.004,
    FeedKind.INCIDENTS: 0.004,
    FeedKind.ATTENDANCE: 0.008,
}
"""Rows in each file, for each person in the force."""

UNKNOWN_PERSON = "This person is not known yet. The row is used when they arrive in a people file."
WAITING = ("90417", "90418")
"""Staff numbers that no people file has brought yet."""
INCIDENTS = {
    "kind": "incidents",
    "version": 1,
    "system": "command",
    "columns": {
        "ref": "Incident No",
        "occurred_at": "Start",
        "opening_code": "Type",
        "closing_code": "Result",
        "area": "Area",
        "version": "Changed",
    },
    "codes": {
        "opening_code": {"CFW": "other", "COL": "serious_collision", "NOISE": None},
        "closing_code": {"SUI": "suicide", "FAT": "fatal_collision", "NFA": None},
    },
    "formats": {"version": "timestamp"},
}
POSTINGS = {
    "kind": "postings",
    "version": 1,
    "system": "hr",
    "columns": {
        "ref": "Posting",
        "person_ref": "Staff No",
        "unit_ref": "Unit",
        "starts_on": "From",
        "ends_on": "To",
    },
}
FAULTY: tuple[tuple[dict[str, Any], tuple[tuple[str, ...], ...]], ...] = (
    (
        INCIDENTS,
        (
            ("NP-{day:%y%m%d}-900014", "{day:%Y-%m-%d} 01:10", "CFW", "DOM-7"),
            ("NP-{day:%y%m%d}-900015", "{day:%Y-%m-%d} 01:55", "CFW", "DOM-7"),
            ("NP-{day:%y%m%d}-900016", "{day:%Y-%m-%d} 02:20", "CFW", "DOM-7"),
            ("NP-{day:%y%m%d}-900018", "{day:%Y-%m-%d} 03:40", "CFW", "SUDDEN DEATH"),
            ("NP-{day:%y%m%d}-900019", "{day:%Y-%m-%d} 04:05", "CFW", "SUDDEN DEATH"),
            ("NP-{day:%y%m%d}-900022", "2062-11-21 22:15", "COL", "FAT"),
        ),
    ),
    (POSTINGS, (("P900001", "90001", "U0009", "{day:%Y-%m-%d}", "2019-10-30"),)),
)
"""For each mapping, rows that it cannot use, by its columns as far as they go."""
AGREED = {FeedKind.INCIDENTS: 8, FeedKind.ATTENDANCE: 8}
"""Hours: these come every six. The others are agreed as is usual."""


def write_arrivals(session: Session, world: World, people: int, chance: Chance) -> None:
    """Store the last few days' readings. The newest of a kind holds that kind's refused rows."""
    runs = sorted(_runs(world, people, chance), key=lambda run: run["started_at"])
    for number, run in enumerate(runs, 1):
        run["id"] = number
    newest = {run["kind"]: run for run in runs}
    rows = list(_refused(session, newest, world.now))
    write(session, ImportRun, runs)
    write(session, QuarantinedRow, rows)
    write(session, KnownFeed, _feeds(newest))


def _runs(world: World, people: int, chance: Chance) -> Iterator[Row]:
    midnight = world.now.replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(DAYS):
        for kind, size in SIZES.items():
            hours = (3,) if kind in NIGHTLY else (1, 7, 13, 19)
            for hour in hours:
                at = midnight - timedelta(days=back) + timedelta(hours=hour, minutes=5)
                if at < world.now - timedelta(minutes=30):
                    yield _run(kind, at, round(people * size), chance)


def _run(kind: FeedKind, at: datetime, usual: int, chance: Chance) -> Row:
    # Everybody comes each night; of the rest only what is new.
    spread = 0.002 if kind is FeedKind.PEOPLE else 0.2
    read = max(1, round(usual * chance.uniform(1 - spread, 1 + spread)))
    system = "hr" if kind in NIGHTLY else "command"
    new = read if kind not in NIGHTLY else round(read * 0.002)
    return {
        "id": 0,
        "kind": kind,
        "file_name": f"{system}-{kind.value}-{at:%Y%m%d-%H%M}.csv",
        "mapping": f"{system} {kind.value}, version 1",
        "started_at": at,
        "finished_at": at + timedelta(seconds=1 + read // 4_000),
        "state": RunState.FINISHED,
        "read": read,
        "stored": new,
        "unchanged": read - new,
        "quarantined": 0,
    }


def _refused(session: Session, newest: dict[FeedKind, Row], now: datetime) -> Iterator[Row]:
    for document, given in FAULTY:
        mapping = parse_mapping(document)
        run = newest[mapping.kind]
        columns = [name for names in mapping.columns.values() for name in names]
        rows = [
            OneRow(
                number,
                {"cells": dict.fromkeys(columns, "") | _cells(columns, cells, run["started_at"])},
            )
            for number, cells in enumerate(given, 2)
        ]
        known = Context(now, frozenset(SHIPPED.type_names()))
        kept = KeptRows(rows)
        _used, asides = understand(RowReader(kept, mapping, known), list(kept))
        mapping_id = remember(session, mapping)
        for aside in asides:
            yield _row(run, mapping.system, aside, mapping_id)
    for number, person in enumerate(WAITING, 2):
        run = newest[FeedKind.ATTENDANCE]
        ref = f"NP-{run['started_at']:%y%m%d}-9000{30 + number}/{person}"
        values = {"ref": ref, "person_ref": person}
        mark = fingerprint("demo", ref)
        wanted = f"person:hr:{person}"
        aside = Aside(mark, ref, None, number, "person_ref", UNKNOWN_PERSON, values, wanted)
        yield _row(run, "command", aside, None)


def _cells(columns: list[str], cells: tuple[str, ...], day: datetime) -> dict[str, str]:
    said = [cell.format(day=day) for cell in cells]
    # The control room's rows say when they were changed: when they were sent.
    changed = {"Changed": f"{day:%Y-%m-%d %H:%M}"} if "Changed" in columns else {}
    return dict(zip(columns, said, strict=False)) | changed


def _row(run: Row, system: str, aside: Aside, mapping_id: int | None) -> Row:
    run["quarantined"] += 1
    run["read"] += 1
    return {
        **aside._asdict(),
        "kept": dict(aside.kept),
        "mapping_id": mapping_id,
        "run_id": run["id"],
        "kind": run["kind"],
        "source_system": system,
        "quarantined_at": run["finished_at"],
    }


def _feeds(newest: dict[FeedKind, Row]) -> Iterator[Row]:
    for kind, run in newest.items():
        yield {
            "system": run["file_name"].split("-")[0],
            "kind": kind,
            "delivered_at": run["finished_at"],
            "limit_hours": AGREED.get(kind),
            "expected": True,
            "told_stale": False,
        }
