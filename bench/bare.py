"""PostgreSQL tables without their indexes and keys while they are filled, and with them after."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

TABLES = ("incident", "attendance", "exposure", "month_tally")
TUNED = {
    "max_wal_size": "'16GB'",
    "checkpoint_timeout": "'30min'",
    "synchronous_commit": "off",
    "maintenance_work_mem": "'1GB'",
    "shared_buffers": "'2GB'",
}
"""What anybody would set for a server of this size; the first start of the next one reads all."""

NUMBERED = ("unit", "person", "incident", "attendance")
KEYS = """SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid),
contype::text FROM pg_constraint WHERE contype IN ('p', 'u', 'f')
AND (conrelid::regclass::text = ANY(:tables) OR confrelid::regclass::text = ANY(:tables))
ORDER BY contype = 'f', contype"""
INDEXES = """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid::regclass::text = ANY(:tables)
AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)"""


@contextmanager
def bare(engine: Engine) -> Iterator[None]:
    """Take indexes and keys off the large tables, and put them on again."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name, value in TUNED.items():
            connection.execute(text(f"ALTER SYSTEM SET {name} = {value}"))
        connection.execute(text("SELECT pg_reload_conf()"))
        tables = {"tables": list(TABLES)}
        keys = connection.execute(text(KEYS), tables).all()
        indexes = connection.execute(text(INDEXES), tables).all()
        for table, name, _words, _type in reversed(keys):
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        for name, _words in indexes:
            connection.execute(text(f"DROP INDEX {name}"))
        yield
        for words in _again(keys, indexes):
            _run(connection, words)


def _again(keys: list, indexes: list) -> Iterator[str]:  # type: ignore[type-arg]
    for table, name, words, kind in keys:
        if kind != "f":
            yield f"ALTER TABLE {table} ADD CONSTRAINT {name} {words}"
    for _name, words in indexes:
        yield words
    for table in NUMBERED:
        yield f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
    for table, name, words, kind in keys:
        if kind == "f":
            # New rows are checked; that the made ones fit is known.
            yield f"ALTER TABLE {table} ADD CONSTRAINT {name} {words} NOT VALID"


def _run(connection: Connection, words: str) -> None:
    print(f"  {words[:90]}", flush=True)
    connection.exec_driver_sql(words)
