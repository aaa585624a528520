"""Bringing a database's tables up to date, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest migration this code knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    return newest or ""


def current(engine: Engine) -> str:
    """The migration a database is at; empty for a new one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def _foreign_keys(connection: Connection, state: str) -> None:
    # On the driver's own connection: SQLite ignores this inside a transaction, and ours begin
    # with the first statement.
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={state}")
    cursor.close()


def migrate(engine: Engine, *, to: str = "head", keys: Engine | None = None) -> None:
    """Upgrade (or, for tests, downgrade) in one transaction; on failure nothing has changed.

    ``keys``: the key store, for a database old enough to hold keys itself.
    """
    with engine.connect() as plain:
        connection = plain.execution_options(writes=True)
        if engine.dialect.name == "sqlite":
            # Tables are rebuilt to change them; foreign keys are checked again before the commit.
            _foreign_keys(connection, "OFF")
        with connection.begin():
            config = _config(connection)
            config.attributes["keys"] = keys
            at = MigrationContext.configure(connection).get_current_revision() or ""
            if to == "head" or (to != "base" and to > at):
                command.upgrade(config, to)
            else:
                command.downgrade(config, to)
            if engine.dialect.name == "sqlite":
                broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
                if broken:
                    message = f"Migration would break {len(broken)} references."
                    raise RuntimeError(message)
        if engine.dialect.name == "sqlite":
            _foreign_keys(connection, "ON")
