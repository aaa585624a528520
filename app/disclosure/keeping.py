"""Writing into the release store: a candidate as a whole, and what becomes of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from app.common.identifiers import new_public_id
from app.disclosure import store
from app.disclosure.cells import Cell
from app.disclosure.store import State, addressed
from app.measures.vocabulary import Category, Dimension, Measure, Period

AT_ONCE = 20_000
"""Cells are written in so many at a time."""


@dataclass(frozen=True)
class Contents:
    """What a candidate says, apart from its cells."""

    measures: Sequence[Measure]
    periods: Sequence[Period]
    dimensions: Mapping[Dimension, Sequence[Category]]
    pairs: Iterable[tuple[Dimension, Dimension]]


@dataclass(frozen=True)
class Making:
    """Who makes a candidate, of what, and how."""

    day: date
    prepared_by: str
    preparer: str
    """Public id of the account; whoever approves has to be somebody else."""
    parameters: Mapping[str, float]
    inputs: str
    """A hash of everything that went in."""
    changes: Mapping[str, int] = field(default_factory=dict)
    """Beside the last release: see ``making.differences``."""
    report: Mapping[str, object] | None = None
    """Of the attacks; nothing: it was not attacked."""


def next_number(session: Session) -> int:
    """The number of the release to be made."""
    newest = session.connection().execute(
        select(store.release.c.number).order_by(store.release.c.number.desc()).limit(1)
    )
    return int(newest.scalar() or 0) + 1


def add(
    session: Session,
    making: Making,
    contents: Contents,
    cells: Iterable[Cell],
    *,
    number: int,
    now: datetime,
) -> str:
    """Keep a candidate; returns its public id. Nobody who reads figures sees it yet."""
    connection, public_id = session.connection(), new_public_id()
    connection.execute(
        insert(store.release).values(
            number=number,
            public_id=public_id,
            state=State.CANDIDATE.value,
            day=making.day,
            prepared_at=now,
            prepared_by=making.prepared_by,
            preparer=making.preparer,
            inputs=making.inputs,
            parameters=dict(making.parameters),
            changes=dict(making.changes),
            report=None if making.report is None else dict(making.report),
        )
    )
    _add_menu(session, contents, number)
    source = iter(cells)
    while some := list(islice(source, AT_ONCE)):
        connection.execute(insert(store.cell_row), [_row(one, number) for one in some])
    return public_id


def _add_menu(session: Session, contents: Contents, number: int) -> None:
    measures = [
        {
            "release": number,
            "place": place,
            "code": one.code,
            "name": one.name,
            "counted": one.counted,
            "base": one.base,
            "theme": one.theme.value,
            "kinds": " ".join(kind.value for kind in one.kinds),
            "caution": one.caution,
        }
        for place, one in enumerate(contents.measures)
    ]
    categories = [
        {
            "release": number,
            "dimension": dimension.value,
            "place": place,
            "code": one.code,
            "label": one.label,
        }
        for dimension, listed in contents.dimensions.items()
        for place, one in enumerate(listed)
    ]
    pairs = [
        {"release": number, "first": one.value, "second": other.value}
        for one, other in contents.pairs
    ]
    periods = [
        {"release": number, "code": one.code, "first": one.first, "kind": one.kind.value}
        for one in contents.periods
    ]
    for table, lines in (
        (store.release_measure, measures),
        (store.release_category, categories),
        (store.release_pair, pairs),
        (store.release_period, periods),
    ):
        if lines:
            session.connection().execute(insert(table), lines)


def _row(one: Cell, number: int) -> dict[str, object]:
    return {
        "release": number,
        "measure": one.measure,
        "period": one.period,
        **addressed(one.filters),
        "base": one.base,
        "counted": one.counted,
        "why": one.why.value if one.why else None,
        "as_of": one.as_of,
    }


def publish(session: Session, *, number: int, approved_by: str, now: datetime) -> None:
    """From now on figures come from this release."""
    _change(session, number, state=State.PUBLISHED.value, approved_by=approved_by, published_at=now)


def end(session: Session, *, number: int, state: State, reason: str = "") -> None:
    """Refuse a candidate, or note that it failed: its figures go, the rest stays as a record."""
    connection = session.connection()
    connection.execute(delete(store.cell_row).where(store.cell_row.c.release == number))
    _change(session, number, state=state.value, reason=reason)


def _change(session: Session, number: int, **values: object) -> None:
    where = store.release.c.number == number
    session.connection().execute(update(store.release).where(where).values(**values))
