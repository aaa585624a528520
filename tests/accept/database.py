"""A fresh database, and the import command running on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from app.common.clock import utc_now
from app.database import make_engine, transaction
from app.feeds.cli import feeds_cli
from app.incidents.service import install_shipped_framework
from app.migrate import migrate


@contextmanager
def fresh_engine(path: Path) -> Iterator[Engine]:
    """A new SQLite database with its tables and the shipped framework."""
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    with transaction(engine) as session:
        install_shipped_framework(session, now=utc_now())
    yield engine
    engine.dispose()


def run_import(engine: Engine, kind: str, file: Path, mapping: Path) -> str:
    """What ``flask feeds import KIND FILE --map MAP`` prints.

    Raises:
        RuntimeError: it was refused.
    """
    app = Flask("accept")
    app.extensions["engine"] = engine
    app.cli.add_command(feeds_cli)
    arguments = ["feeds", "import", kind, str(file), "--map", str(mapping)]
    result = app.test_cli_runner().invoke(args=arguments)
    if result.exit_code:
        message = f"Importing {file.name} failed: {result.output}"
        raise RuntimeError(message) from result.exception
    return result.output
