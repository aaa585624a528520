"""Writing many rows at once, on either database."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlmodel import Session, SQLModel

from app.people.queries import chunks

Row = dict[str, Any]
AT_ONCE = 5_000


def write(session: Session, table: type[SQLModel], rows: Iterable[Row]) -> int:
    """Insert rows without reading them back; returns how many. All rows have the same keys."""
    connection = session.connection()
    statement = insert(table)
    count = 0
    for chunk in chunks(rows, AT_ONCE):
        connection.execute(statement, chunk)
        count += len(chunk)
    return count


def continue_numbering(session: Session) -> None:
    """Let PostgreSQL number the next rows after those that were written with a number."""
    if session.get_bind().dialect.name != "postgresql":
        return
    connection = session.connection()
    for table, column in _numbered():
        newest = connection.execute(select(func.max(table.c[column]))).scalar()
        if newest is not None:
            move = text("SELECT setval(pg_get_serial_sequence(:table, :column), :newest)")
            connection.execute(move, {"table": table.name, "column": column, "newest": newest})


def _numbered() -> Iterator[tuple[Any, str]]:
    for table in SQLModel.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and not column.foreign_keys and column.name == "id":
            yield table, column.name
