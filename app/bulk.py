"""Writing many rows in one statement, at close to the speed of the database driver.

SQLAlchemy compiles the statement and converts the values; the driver is then handed all rows at
once. What is saved is the work that SQLAlchemy does again for each row.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Dialect, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert, Update
from sqlmodel import Session

Values = dict[str, Any]
DIALECTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""Only the dialects' own insert knows what to do when a row is there already."""
KEY = "b_id"
"""In a row that changes another, the number of the row to change."""


def insert_rows(session: Session, model: Any, rows: Sequence[Values]) -> None:
    """Add rows, which all name the same columns."""
    if rows:
        _execute(session, _insert, model, tuple(rows[0]), rows)


def add_counts(session: Session, model: Any, key: Sequence[str], rows: Sequence[Values]) -> None:
    """Add to the ``count`` of rows known by their key, making those that are not there yet."""
    if rows:
        _execute(session, _add, model, (*key, "count"), rows)


def update_rows(session: Session, model: Any, rows: Sequence[Values]) -> None:
    """Change rows by their ``b_id``, in one statement for each set of columns."""
    for names, group in groupby(sorted(rows, key=_names), key=_names):
        _execute(session, _update, model, names, list(group))


def _names(row: Values) -> tuple[str, ...]:
    return tuple(row)


# --- Statements -----------------------------------------------------------------------------------


def _insert(model: Any, names: tuple[str, ...], _dialect: Dialect) -> Insert:
    # Inline: nobody asks for the numbers the database gives.
    return insert(model.__table__).inline().values({name: bindparam(name) for name in names})


def _add(model: Any, names: tuple[str, ...], dialect: Dialect) -> Insert:
    table, (*key, _count) = model.__table__, names
    make: Any = DIALECTS[dialect.name]
    fresh = make(table).inline().values({name: bindparam(name) for name in names})
    found: Insert = fresh.on_conflict_do_update(
        index_elements=key, set_={"count": table.c.count + fresh.excluded.count}
    )
    return found


def _update(model: Any, names: tuple[str, ...], _dialect: Dialect) -> Update:
    table = model.__table__
    changed: Values = {name: bindparam(name) for name in names if name != KEY}
    return update(table).where(table.c.id == bindparam(KEY)).values(changed)


class Prepared(NamedTuple):
    """A statement for one driver. ``order``: what it is handed; by position or else by name."""

    words: str
    order: tuple[str, ...]
    by_position: bool
    converters: tuple[Callable[[Any], Any] | None, ...]


@lru_cache(maxsize=256)
def _prepared(
    build: Callable[..., Insert | Update], model: Any, names: tuple[str, ...], dialect: Dialect
) -> Prepared:
    compiled = build(model, names, dialect).compile(dialect=dialect)
    positions: list[str] | None = getattr(compiled, "positiontup", None)
    order = tuple(positions or names)
    converters = tuple(_converter(model, name, dialect) for name in order)
    return Prepared(str(compiled), order, bool(positions), converters)


def _execute(
    session: Session,
    build: Callable[..., Insert | Update],
    model: Any,
    names: tuple[str, ...],
    rows: Sequence[Values],
) -> None:
    connection = session.connection()
    words, order, by_position, converters = _prepared(build, model, names, connection.dialect)
    columns = (tuple([row[name] for row in rows]) for name in order)
    ready = [
        _converted(convert, values) for convert, values in zip(converters, columns, strict=True)
    ]
    handed: Any = list(zip(*ready, strict=True))
    if not by_position:
        handed = [dict(zip(order, values, strict=True)) for values in handed]
    connection.exec_driver_sql(words, handed)


def _converter(model: Any, name: str, dialect: Dialect) -> Callable[[Any], Any] | None:
    column = model.__table__.c["id" if name == KEY else name]
    found: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return found


def _converted(convert: Callable[[Any], Any] | None, values: tuple[Any, ...]) -> Sequence[Any]:
    if convert is None:
        return values
    if not isinstance(values[0], Hashable):
        return [convert(value) for value in values]
    # Days, kinds and moments of receipt repeat.
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]
