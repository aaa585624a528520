"""Writing many rows in one statement, at close to the speed of the database driver.

SQLAlchemy compiles the statement and converts the values; the driver is then handed all rows at
once. What is saved is the work that SQLAlchemy does again for each row.
"""

from collections.abc import Callable, Hashable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

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
        names = list(rows[0])
        # Inline: nobody asks for the numbers the database gives.
        statement = insert(model.__table__).inline()
        statement = statement.values({name: bindparam(name) for name in names})
        _execute(session, statement, model, names, rows)


def add_counts(session: Session, model: Any, key: Sequence[str], rows: Sequence[Values]) -> None:
    """Add to the ``count`` of rows known by their key, making those that are not there yet."""
    if not rows:
        return
    table = model.__table__
    make: Any = DIALECTS[session.connection().dialect.name]
    names = [*key, "count"]
    fresh = make(table).inline().values({name: bindparam(name) for name in names})
    statement = fresh.on_conflict_do_update(
        index_elements=list(key), set_={"count": table.c.count + fresh.excluded.count}
    )
    _execute(session, statement, model, names, rows)


def update_rows(session: Session, model: Any, rows: Sequence[Values]) -> None:
    """Change rows by their ``b_id``, in one statement for each set of columns."""
    table = model.__table__
    for names, group in groupby(sorted(rows, key=_names), key=_names):
        changed: Values = {name: bindparam(name) for name in names if name != KEY}
        statement = update(table).where(table.c.id == bindparam(KEY)).values(changed)
        _execute(session, statement, model, list(names), list(group))


def _names(row: Values) -> tuple[str, ...]:
    return tuple(row)


def _execute(
    session: Session,
    statement: Insert | Update,
    model: Any,
    names: list[str],
    rows: Sequence[Values],
) -> None:
    connection = session.connection()
    dialect = connection.dialect
    compiled = statement.compile(dialect=dialect)
    positions: list[str] | None = getattr(compiled, "positiontup", None)
    order = positions or names
    columns = zip(*map(itemgetter(*order), rows), strict=True)
    ready = [
        _converted(_converter(model, name, dialect), values)
        for name, values in zip(order, columns, strict=True)
    ]
    by_position = list(zip(*ready, strict=True))
    if positions:
        connection.exec_driver_sql(str(compiled), by_position)
    else:
        by_name = [dict(zip(order, values, strict=True)) for values in by_position]
        connection.exec_driver_sql(str(compiled), by_name)


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
