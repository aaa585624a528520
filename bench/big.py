"""A force made straight in the database, as large as one likes.

The demo force is invented person by person, which is lifelike and slow. This one is arithmetic:
teams of nine, four of whom attend each incident, spread evenly over the years. What is derived is
worked out in SQL, without the code that is measured; a recount then says whether both agree.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import Template
from typing import NamedTuple

from sqlalchemy import Engine, text, update
from sqlmodel import col

from app.common.clock import LONDON
from app.database import transaction
from app.exposure.models import PromptPerson, PromptState
from app.exposure.prompting import sync_prompts
from app.incidents.framework import SHIPPED
from app.incidents.service import install_shipped_framework
from app.people.queries import chunks
from bench.bare import bare

STATEMENTS = Path(__file__).with_name("big.sql")
TEAM = 9
AT_EACH = 4
TYPES = [item.code for item in SHIPPED.types]
DAY = 86_400
ANSWERED = timedelta(days=14)


class Size(NamedTuple):
    """How large a force. ``prompted``: how many of the people, and since how many days."""

    people: int
    years: int
    attendances: int
    prompted: int
    prompted_days: int


FORCE = Size(people=10_000, years=10, attendances=5_000_000, prompted=10_000, prompted_days=365)
SERVICE = Size(people=250_000, years=10, attendances=50_000_000, prompted=9_000, prompted_days=30)


def build_big(engine: Engine, size: Size, now: datetime) -> None:
    """Fill an empty database that is up to date."""
    with transaction(engine) as session:
        install_shipped_framework(session, now=now)
    with bare(engine):
        for what, statement in _statements(engine.dialect.name, size, now):
            print(f"  {what}", flush=True)
            with transaction(engine) as session:
                session.connection().execute(text(statement))
    print("  prompts, and statistics", flush=True)
    with transaction(engine) as session:
        session.connection().execute(text("ANALYZE"))
    for people in chunks(range(1, size.prompted + 1), 2_000):
        with transaction(engine) as session:
            sync_prompts(session, people, now)
    with transaction(engine) as session:
        # As in any force at work: what was due long ago has been answered.
        session.connection().execute(
            update(PromptPerson)
            .where(col(PromptPerson.due_at) < now - ANSWERED)
            .values(state=PromptState.HELD)
        )


def _statements(dialect: str, size: Size, now: datetime) -> Iterator[tuple[str, str]]:
    words = _sqlite(size, now) if dialect == "sqlite" else _postgresql(size, now)
    words |= {
        "team": TEAM,
        "teams": size.people // TEAM,
        "at_each": AT_EACH,
        "kinds": len(TYPES),
        "types": " ".join(f"WHEN {at} THEN '{code}'" for at, code in enumerate(TYPES)),
        "started": (now - timedelta(days=size.prompted_days)).date(),
    }
    for part in STATEMENTS.read_text().split("\n-- ")[2:]:
        what, statement = part.split("\n", 1)
        # Words may hold words.
        filled = Template(Template(statement).substitute(words)).substitute(words)
        yield what, filled.rstrip().rstrip(";")


def _spans(size: Size, now: datetime) -> dict[str, int]:
    """How many of each there are, and the second at which the years begin."""
    since = int(now.timestamp()) - 3600 - size.years * 365 * DAY
    return {
        "units": size.people // TEAM + 2,
        "people": size.people,
        "incidents": size.attendances // AT_EACH,
        "attendances": size.attendances,
        "since": since,
        "seconds": size.years * 365 * DAY,
    }


def _sqlite(size: Size, now: datetime) -> dict[str, object]:
    spans = _spans(size, now)
    at = f"({spans['since']} + n * {spans['seconds']} / {spans['incidents']})"
    first = datetime.fromtimestamp(spans["since"], UTC).year
    summers = " OR ".join(
        f"{at} BETWEEN {start} AND {end}" for start, end in map(_summer, range(first, now.year + 1))
    )
    series = Template(
        "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < $count) "
        "SELECT n FROM s) AS s"
    )
    return _each(series, spans) | {
        "unit_name": "printf('1%031x', n)",
        "person_name": "printf('2%031x', n)",
        "incident_name": "printf('3%031x', n)",
        "moment": f"strftime('%Y-%m-%d %H:%M:%f000', {at}, 'unixepoch')",
        "now": f"'{now:%Y-%m-%d %H:%M:%S}.000000'",
        "day": f"date({at} + CASE WHEN {summers} THEN 3600 ELSE 0 END, 'unixepoch')",
        "month": "date(occurred_on, 'start of month')",
        "no": "0",
    }


def _postgresql(size: Size, now: datetime) -> dict[str, object]:
    spans = _spans(size, now)
    at = f"to_timestamp({spans['since']} + n::bigint * {spans['seconds']} / {spans['incidents']})"
    return _each(Template("generate_series(1::bigint, $count) AS s(n)"), spans) | {
        "unit_name": "'1' || lpad(to_hex(n), 31, '0')",
        "person_name": "'2' || lpad(to_hex(n), 31, '0')",
        "incident_name": "'3' || lpad(to_hex(n), 31, '0')",
        "moment": at,
        "now": f"'{now.isoformat()}'::timestamptz",
        "day": f"({at} AT TIME ZONE 'Europe/London')::date",
        "month": "date_trunc('month', occurred_on)::date",
        "no": "false",
    }


def _each(series: Template, spans: dict[str, int]) -> dict[str, object]:
    return {
        "each_unit": series.substitute(count=spans["units"]),
        "each_person": series.substitute(count=spans["people"]),
        "each_incident": series.substitute(count=spans["incidents"]),
        "each_attendance": series.substitute(count=spans["attendances"]),
    }


def _summer(year: int) -> tuple[int, int]:
    """The first and the last second of summer time."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    summer = [
        day for day in days if datetime(day.year, day.month, day.day, 12, tzinfo=LONDON).dst()
    ]
    one = timedelta(days=1)
    starts, ends = (
        int(datetime(day.year, day.month, day.day, 1, tzinfo=UTC).timestamp())
        for day in (summer[0], summer[-1] + one)
    )
    return starts, ends - 1
