"""One engine, one session per request or job, and the only place that commits.

SQLite and PostgreSQL run the same code. Two habits of SQLite shape this module:

* a transaction that reads and then writes must say so when it begins (``BEGIN IMMEDIATE``), or two
  of them can both read the old value and one update is lost;
* a reader must never wait for a writer, so pages that only read use an ordinary ``BEGIN``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import Connection, Dialect, Engine, MetaData, Result, create_engine, event
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.types import UserDefinedType
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import Select

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata
metadata.naming_convention = NAMING


def choice(values: type[Any], name: str) -> SqlEnum:
    """A column for a closed set of strings, kept by a CHECK constraint on both databases."""
    return SqlEnum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def columns(*wanted: Any) -> Any:
    """``select`` for any number of columns: SQLModel types no more than four."""
    return Select(*wanted)


def rows(session: Session, statement: Any, **values: object) -> Result[*tuple[Any, ...]]:
    """The columns that a statement with ``bindparam`` asks for, without the session's own work.

    Building a statement takes longer than most databases take to answer it, so what every page or
    every poll asks is built once: at import, or once for each shape it can have.
    """
    return session.connection().execute(statement, values)


class QuickMoment(UserDefinedType[datetime]):
    """Reads a moment like its column's own type, several times faster: for millions of them.

    ``type_coerce(Model.column, QuickMoment())``.
    """

    cache_ok = True

    def result_processor(self, dialect: Dialect, _coltype: object) -> Callable[[Any], Any]:
        """How to read what the driver gives."""
        return _parsed if dialect.name == "sqlite" else _in_utc


@lru_cache(maxsize=10_000)
def _parsed(moment: str | None) -> datetime | None:
    # SQLite keeps UTC without saying so. Many rows share a moment.
    return datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def make_engine(url: str) -> Engine:
    """Open a database by address, with the settings each kind needs.

    What a statement was about (a name, an answer) never reaches an error message or a log.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_pre_ping=True, hide_parameters=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # SQLAlchemy sends BEGIN itself (below), so the driver must not.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: what we acknowledged survives a power cut; WAL makes it one sync for each commit.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writing(engine: Engine) -> Engine:
    """The same engine, for transactions that will write."""
    return engine.execution_options(writes=True)


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session for a job or a command: commits once at the end, or not at all."""
    with Session(writing(engine), expire_on_commit=False) as session:
        yield session
        session.commit()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads: closing it rolls back, and what was read stays usable."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """A session that reads, however long it takes, what was there at one moment."""
    if engine.dialect.name == "postgresql":
        # SQLite's readers see one moment anyway.
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(engine.execution_options(writes=False)) as session:
        yield session


def request_session() -> Session:
    """This request's session: writing when the method may change something, else reading."""
    if "session" not in g:
        engine: Engine = current_app.extensions["engine"]
        safe = has_request_context() and request.method in SAFE_METHODS
        g.session = Session(engine if safe else writing(engine), expire_on_commit=False)
    session: Session = g.session
    return session


def request_engine() -> Engine:
    """The engine this application was started with."""
    engine: Engine = current_app.extensions["engine"]
    return engine


def _finish(response: Response) -> Response:
    session: Session | None = g.get("session")
    if session is None:
        return response
    refused = response.status_code >= 400 and not g.get("keep_changes")  # noqa: PLR2004
    if request.method in SAFE_METHODS or refused:
        session.rollback()
    else:
        session.commit()
    return response


def keep_changes() -> None:
    """Commit although the reply says no: for counting a refused sign-in, and little else."""
    g.keep_changes = True


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()


def init_app(app: Flask) -> None:
    """Give the application its engine and its one commit place."""
    app.extensions["engine"] = make_engine(app.config["DATABASE_URL"])
    app.after_request(_finish)
    app.teardown_request(_close)
