"""The release store: a database of its own, in which there is no row about a person.

It holds figures that have been protected and approved, and those that wait for approval. Pages open
it read-only, and see what is published alone. Its tables are not the tracker's and have no
migrations: they are made once and are not to change.

Writing is in :mod:`app.disclosure.keeping`.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, current_app, g
from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlmodel import Session

from app.config import Settings
from app.database import make_engine, rows, writing
from app.disclosure.cells import Cell, Filter, Why
from app.measures.vocabulary import (
    Category,
    Dimension,
    Measure,
    Period,
    PeriodKind,
    Theme,
)

Filters = tuple[Filter, ...]
ORDER = {dimension: place for place, dimension in enumerate(Dimension)}


class State(StrEnum):
    """Where a release is on its way."""

    CANDIDATE = "candidate"
    PUBLISHED = "published"
    REFUSED = "refused"
    FAILED = "failed"
    """An attack found something: nobody can approve it."""


tables = MetaData()
release = Table(
    "release",
    tables,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("public_id", String(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("prepared_at", DateTime(timezone=True), nullable=False),
    Column("prepared_by", String(160), nullable=False),
    Column("preparer", String(32), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("approved_by", String(160)),
    Column("reason", Text, nullable=False, server_default=""),
    Column("inputs", String(64), nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("report", JSON),
)
release_measure = Table(
    "release_measure",
    tables,
    Column("release", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("code", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("counted", Text, nullable=False),
    Column("base", Text, nullable=False),
    Column("theme", String(16), nullable=False),
    Column("kinds", String(32), nullable=False),
    Column("caution", Text, nullable=False),
)
release_category = Table(
    "release_category",
    tables,
    Column("release", Integer, primary_key=True),
    Column("dimension", String(32), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("code", String(64), nullable=False),
    Column("label", Text, nullable=False),
)
release_pair = Table(
    "release_pair",
    tables,
    Column("release", Integer, primary_key=True),
    Column("first", String(32), primary_key=True),
    Column("second", String(32), primary_key=True),
)
release_period = Table(
    "release_period",
    tables,
    Column("release", Integer, primary_key=True),
    Column("code", String(16), primary_key=True),
    Column("first", Date, nullable=False),
    Column("kind", String(16), nullable=False),
)
cell_row = Table(
    "cell",
    tables,
    Column("release", Integer, primary_key=True),
    Column("measure", String(64), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("dimension_1", String(32), primary_key=True),
    Column("dimension_2", String(32), primary_key=True),
    Column("code_1", String(64), primary_key=True),
    Column("code_2", String(64), primary_key=True),
    Column("base", Integer),
    Column("counted", Integer),
    Column("why", String(16)),
    Column("as_of", Integer, nullable=False),
)
"""The two filters in the order of the dimensions; nothing stands for no filter."""
ALL = (release, release_measure, release_category, release_pair, release_period, cell_row)


class Published(NamedTuple):
    """The release that figures come from."""

    number: int
    day: date
    """The date of the data."""
    published_at: datetime
    prepared_by: str
    approved_by: str
    parameters: dict[str, float]


class Menu(NamedTuple):
    """What can be asked; crossed tables are there for quarters and years alone."""

    measures: tuple[Measure, ...]
    periods: tuple[Period, ...]
    """Newest first."""
    dimensions: dict[Dimension, tuple[Category, ...]]
    pairs: frozenset[tuple[Dimension, Dimension]]
    """Each in both orders."""


# --- Opening it -----------------------------------------------------------------------------------


def open_reader(address: str) -> Engine:
    """The store for pages: read-only. On PostgreSQL the login is what may only read."""
    if address.startswith("sqlite:///"):
        path = Path(address.removeprefix("sqlite:///"))
        address = f"sqlite:///file:{path}?mode=ro&uri=true"
    return make_engine(address)


def open_writer(address: str) -> Engine:
    """The store for whoever makes releases; made on first use, readable by this user alone."""
    engine = make_engine(address)
    if engine.dialect.name == "sqlite":
        file = Path(engine.url.database or "")
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
    with writing(engine).begin() as connection:
        tables.create_all(connection)
    return engine


def reader_rights(login: str) -> list[str]:
    """SQL for PostgreSQL, run by the store's owner: this login reads what is published and nothing
    else. What waits for approval, or was refused, is not there for it."""
    name = '"' + login.replace('"', '""') + '"'
    shown = f"SELECT number FROM release WHERE state = '{State.PUBLISHED.value}'"
    found = [f"GRANT USAGE ON SCHEMA public TO {name};"]
    for table in ALL:
        which = (
            f"state = '{State.PUBLISHED.value}'" if table is release else f"release IN ({shown})"
        )
        found += [
            f"GRANT SELECT ON {table.name} TO {name};",
            f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY;",
            f"DROP POLICY IF EXISTS published ON {table.name};",
            f"CREATE POLICY published ON {table.name} FOR SELECT TO {name} USING ({which});",
        ]
    return found


def init_app(app: Flask) -> None:
    """Give the application its read-only way into the store; it opens with the first question."""
    settings: Settings = app.config["SETTINGS"]
    app.extensions["releases"] = open_reader(settings.releases_reader)
    app.teardown_request(_close)


def releases() -> Session:
    """This request's session on published figures, which cannot write."""
    if "releases" not in g:
        g.releases = Session(current_app.extensions["releases"])
    session: Session = g.releases
    return session


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("releases", None)
    if session is not None:
        session.close()


# --- Asking it ------------------------------------------------------------------------------------

NEWEST = (
    select(func.max(release.c.number))
    .where(release.c.state == State.PUBLISHED.value)
    .scalar_subquery()
)
LATEST = select(release).where(release.c.number == NEWEST)
SAID = (
    cell_row.c.dimension_1,
    cell_row.c.code_1,
    cell_row.c.dimension_2,
    cell_row.c.code_2,
    cell_row.c.measure,
    cell_row.c.period,
    cell_row.c.base,
    cell_row.c.counted,
    cell_row.c.why,
    cell_row.c.as_of,
)
OF_MEASURE = select(*SAID).where(
    cell_row.c.release == NEWEST, cell_row.c.measure == bindparam("measure")
)
SAME_FILTERS = and_(
    cell_row.c.dimension_1 == bindparam("dimension_1"),
    cell_row.c.dimension_2 == bindparam("dimension_2"),
    cell_row.c.code_1 == bindparam("code_1"),
    cell_row.c.code_2 == bindparam("code_2"),
)
ONE = OF_MEASURE.where(cell_row.c.period == bindparam("period"), SAME_FILTERS)
LINE = OF_MEASURE.where(
    cell_row.c.period == bindparam("period"),
    cell_row.c.dimension_1 == bindparam("dimension_1"),
    cell_row.c.dimension_2 == bindparam("dimension_2"),
    or_(bindparam("code_1") == "", cell_row.c.code_1 == bindparam("code_1")),
    or_(bindparam("code_2") == "", cell_row.c.code_2 == bindparam("code_2")),
)
COURSE = (
    OF_MEASURE.join(
        release_period,
        and_(
            release_period.c.release == cell_row.c.release,
            release_period.c.code == cell_row.c.period,
        ),
    )
    .where(SAME_FILTERS, release_period.c.kind == bindparam("kind"))
    .order_by(release_period.c.first.desc())
    .limit(bindparam("last"))
)
MEASURES = (
    select(release_measure)
    .where(release_measure.c.release == NEWEST)
    .order_by(release_measure.c.place)
)
CATEGORIES = (
    select(release_category.c.dimension, release_category.c.code, release_category.c.label)
    .where(release_category.c.release == NEWEST)
    .order_by(release_category.c.place)
)
LIST = (
    select(release_category.c.code)
    .where(
        release_category.c.release == NEWEST,
        release_category.c.dimension == bindparam("dimension"),
    )
    .order_by(release_category.c.place)
)
PERIODS = select(release_period.c.first, release_period.c.kind).where(
    release_period.c.release == NEWEST
)
PAIRS = select(release_pair.c.first, release_pair.c.second).where(release_pair.c.release == NEWEST)


ORIGINS = select(cell_row.c.as_of, cell_row.c.period).where(cell_row.c.release == NEWEST).distinct()


def origins(session: Session) -> set[tuple[int, str]]:
    """From which releases the latest one's figures come: number and code of the period."""
    return {(as_of, period) for as_of, period in rows(session, ORIGINS)}


def latest(session: Session) -> Published | None:
    """The release that all figures come from; ``None`` before the first one."""
    row = rows(session, LATEST).mappings().first()
    if row is None:
        return None
    found = Published(**{name: row[name] for name in Published._fields})
    # SQLite keeps UTC without saying so.
    return found._replace(published_at=found.published_at.replace(tzinfo=UTC))


def menu(session: Session) -> Menu:
    """What the latest release can answer; empty before the first one."""
    dimensions: dict[Dimension, tuple[Category, ...]] = {}
    for dimension, code, label in rows(session, CATEGORIES):
        known = dimensions.get(Dimension(dimension), ())
        dimensions[Dimension(dimension)] = (*known, Category(code, label))
    periods = [Period(first, PeriodKind(kind)) for first, kind in rows(session, PERIODS)]
    pairs = {(Dimension(one), Dimension(other)) for one, other in rows(session, PAIRS)}
    return Menu(
        measures=tuple(_measure(row) for row in rows(session, MEASURES).mappings()),
        periods=tuple(sorted(periods, key=lambda one: (one.last, one.first), reverse=True)),
        dimensions={one: dimensions[one] for one in Dimension if one in dimensions},
        pairs=frozenset(pairs | {(other, one) for one, other in pairs}),
    )


def cell(session: Session, *, measure: str, period: str, filters: Filters = ()) -> Cell | None:
    """One figure; ``None`` when it is not on the menu. The order of filters makes no difference."""
    row = rows(session, ONE, measure=measure, period=period, **addressed(filters)).first()
    return read_cell(row) if row is not None else None


def line(
    session: Session,
    *,
    measure: str,
    period: str,
    dimension: Dimension,
    within: Filter | None = None,
) -> list[Cell]:
    """A figure for each category of a dimension, in the list's order; none if not on the menu."""
    asked = addressed(ordered([Filter(dimension, ""), *([within] if within else [])]))
    found = [read_cell(row) for row in rows(session, LINE, measure=measure, period=period, **asked)]
    listed = rows(session, LIST, dimension=dimension.value).scalars()
    place = {code: at for at, code in enumerate(listed)}
    return sorted(found, key=lambda one: place[code_of(one, dimension)])


def course(
    session: Session,
    *,
    measure: str,
    kind: PeriodKind,
    filters: Filters = (),
    last: int = 24,
) -> list[Cell]:
    """One figure over the last periods of a kind, oldest first."""
    asked = {"measure": measure, "kind": kind.value, "last": last}
    return [read_cell(row) for row in rows(session, COURSE, **asked, **addressed(filters))][::-1]


def code_of(one: Cell, dimension: Dimension) -> str:
    """Which category of a dimension a figure is about."""
    return next(each.code for each in one.filters if each.dimension is dimension)


def ordered(filters: Iterable[Filter]) -> Filters:
    """Filters as they are kept: the order in which somebody gave them makes no difference."""
    return tuple(sorted(filters, key=lambda one: ORDER[one.dimension]))


def addressed(filters: Filters) -> dict[str, str]:
    """Two filters at most as the store's columns; more than that match nothing.

    Raises:
        ValueError: more than two. No figure has them.
    """
    one, other, *more = (*ordered(filters), ("", ""), ("", ""))[: max(2, len(filters))]
    if more:
        message = "No figure has more than two filters."
        raise ValueError(message)
    return {
        "dimension_1": str(one[0]),
        "code_1": one[1],
        "dimension_2": str(other[0]),
        "code_2": other[1],
    }


def read_cell(row: Any) -> Cell:
    """A figure from the columns ``SAID``."""
    dimension_1, code_1, dimension_2, code_2, measure, period, base, counted, why, as_of = row
    pairs = ((dimension_1, code_1), (dimension_2, code_2))
    return Cell(
        measure=measure,
        period=period,
        filters=tuple(Filter(Dimension(name), code) for name, code in pairs if name),
        base=base,
        counted=counted,
        why=Why(why) if why else None,
        as_of=as_of,
    )


def _measure(row: Any) -> Measure:
    return Measure(
        code=row["code"],
        name=row["name"],
        counted=row["counted"],
        base=row["base"],
        theme=Theme(row["theme"]),
        kinds=tuple(PeriodKind(kind) for kind in row["kinds"].split()),
        caution=row["caution"],
    )
