"""A release store with an invented release in it."""

from pathlib import Path

import pytest
from sqlmodel import Session

from app.disclosure.store import open_reader
from tests.disclosure import made


@pytest.fixture(scope="session")
def made_store(tmp_path_factory) -> Path:
    """A store with one invented release; not to be written to."""
    path = tmp_path_factory.mktemp("releases") / "releases.db"
    made.publish(path)
    return path


@pytest.fixture
def figures(made_store):
    """A session on that store, opened as pages open it."""
    engine = open_reader(f"sqlite:///{made_store}")
    with Session(engine) as session:
        yield session
    engine.dispose()
