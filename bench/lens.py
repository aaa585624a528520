"""``python -m bench.lens``: the wellbeing lens on 10,000 people and ten years, beside DuckDB.

Makes the force of ``bench.scale`` on SQLite, adds what else the lens asks about (``lens.sql``), and
asks each panel of everybody and of one district, over 28 days to ten years. Then the same
questions, where they are one sum, of DuckDB on the same rows. ``--keep FOLDER`` keeps the database
and uses it again; ``--write`` keeps the tables in ``docs/benchmarks.md``. Every figure is this
process's own processor time, so that other work on the machine weighs less.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from string import Template
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import func, select

import app.factory  # noqa: F401 - so that every table is known
from app.database import make_engine, reading, transaction
from app.exposure import service
from app.exposure.days import read
from app.measures import live
from app.measures.asked import Behind, Question
from app.measures.live_exposure import count
from app.migrate import migrate
from app.people.models import Person, UnitKind
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from bench.big import FORCE, TEAM, build_big
from bench.measure import best, show

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PLACE = Path("docs/benchmarks.md")
MORE = Path(__file__).with_name("lens.sql")
DAYS = {"28 days": 28, "a year": 365, "3 years": 3 * 365, "10 years": 3650}
DISTRICT = 1_000_001
LIMIT = 150
PANELS: dict[str, Callable[..., Any]] = {
    "How many people match": live.matching,
    "Exposure": live.exposure,
    "Prompts": live.prompting,
    "Support": live.support,
    "Referrals": live.referrals,
    "Absence": live.absence,
    "Leaving": live.attrition,
    "By district": partial(live.by_unit, kind=UnitKind.DISTRICT),
    "The people behind a number": partial(live.people, behind=Behind.EXPOSED, page=None),
}


def main() -> int:
    """Measure, print, and keep the tables if asked to."""
    parser = argparse.ArgumentParser(prog="python -m bench.lens", description=__doc__)
    parser.add_argument("--keep", type=Path, help="a folder for the database")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    with _folder(chosen.keep) as folder:
        engine = make_engine(f"sqlite:///{folder / 'force.db'}")
        _build(engine)
        head = ("", *DAYS)
        whole = show(list(_panels(engine, None)), ("Everybody", *DAYS))
        part = show(list(_panels(engine, DISTRICT)), ("One district of twelve", *DAYS))
        beside = show(list(_beside(engine)), (*head[:1], "ours", "DuckDB", "ratio"))
    tables = f"{whole}\n{part}\n{beside}"
    print(tables)
    if chosen.write:
        start, end = "<!-- lens: measured -->\n", "<!-- lens: end -->"
        before, rest = PLACE.read_text().split(start)
        PLACE.write_text(before + start + tables + end + rest.split(end)[1])
    return 0


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="tracker-lens-") as name:
        yield Path(name)


def _build(engine: Engine) -> None:
    migrate(engine)
    with reading(engine) as session:
        if session.exec(select(func.count()).select_from(Person)).one():
            return
    build_big(engine, FORCE, NOW)
    each = Template(
        "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < $count) "
        "SELECT n FROM s) AS s"
    )
    counts = {"each_district": 12, "each_department": 72, "each_spell": 20, "each_month": 120}
    words: dict[str, object] = {name: each.substitute(count=n) for name, n in counts.items()}
    words |= {"day": NOW.date(), "team": TEAM}
    for part in MORE.read_text().split("\n-- ")[2:]:
        what, statement = part.split("\n", 1)
        print(f"  {what}", flush=True)
        with transaction(engine) as session:
            session.connection().execute(text(Template(statement).substitute(words)))
    done = 1
    while done:
        with transaction(engine) as session:
            done = service.pack(session, now=NOW)


def _panels(engine: Engine, unit: int | None) -> Iterator[tuple[str, ...]]:
    viewer = Viewer(1, None, "Lee", (Grant(Role.WELLBEING_LEAD, unit),))
    for name, panel in PANELS.items():
        spent = [_p95(partial(_ask, engine, viewer, panel, days)) for days in DAYS.values()]
        yield name, *(f"{one:.0f} ms" + (" (!)" if one > LIMIT else "") for one in spent)


def _ask(engine: Engine, viewer: Viewer, panel: Callable[..., Any], days: int) -> None:
    with reading(engine) as session:
        panel(viewer, session, Question.window(days, NOW.date()), now=NOW)


def _p95(work: Callable[[], object], times: int = 20) -> float:
    """The slowest but one of twenty, after one to warm up: milliseconds."""
    spent = []
    for _ in range(times + 1):
        started = time.process_time()
        work()
        spent.append((time.process_time() - started) * 1000)
    return sorted(spent[1:])[-2]


# --- Beside DuckDB --------------------------------------------------------------------------------

BY_PERSON = """SELECT type, sum(n > 0), sum(n > 1), sum(n) FROM (
  SELECT person, type, count(*) AS n FROM exposures WHERE day >= $first GROUP BY ALL
) GROUP BY ALL"""
BESIDE = {
    "Exposures by person and type, a year": 365,
    "Exposures by person and type, ten years": 3650,
}


def _beside(engine: Engine) -> Iterator[tuple[str, ...]]:
    import duckdb  # noqa: PLC0415 - only to compare with

    columnar: Any = duckdb.connect()
    columnar.execute("SET threads = 1")
    with reading(engine) as session:
        found = read(session, first=datetime(2016, 1, 1, tzinfo=UTC).date(), last=NOW.date())
        ids = list(session.exec(select(Person.id)))
    given = {"person": found.people, "type": found.types, "day": found.days}
    columnar.register("given", given)
    columnar.execute("CREATE TABLE exposures AS SELECT * FROM given")
    del found, given
    for name, days in BESIDE.items():
        asked = Question.window(days, NOW.date())

        def ours(asked: Question = asked) -> None:
            with reading(engine) as session:
                counted = count(session, asked, [one or 0 for one in ids])
                counted.repeated()

        words = BY_PERSON.replace("$first", str(asked.first.toordinal()))
        theirs = partial(lambda words: columnar.execute(words).fetchall(), words)
        mine, plain = best(ours), best(theirs)
        yield name, f"{mine * 1000:.0f} ms", f"{plain * 1000:.0f} ms", f"{mine / plain:.1f}"


if __name__ == "__main__":
    sys.exit(main())
