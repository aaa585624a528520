"""Demo forces to look at: each is built once for the run, and nothing may change it."""

import shutil

import pytest

from app.database import make_engine, reading
from app.demo import service
from tests.conftest import NOW


@pytest.fixture(scope="session")
def slice_engine(templates, tmp_path_factory):
    """The default demo, as `make run` brings it up."""
    path = tmp_path_factory.mktemp("demo") / "slice.db"
    shutil.copy(templates.sqlite("empty"), path)
    engine = make_engine(f"sqlite:///{path}")
    service.build(engine, size="slice", now=NOW, keys=templates.keys)
    yield engine
    engine.dispose()


@pytest.fixture
def force(slice_engine):
    """A session on the default demo that only reads."""
    with reading(slice_engine) as session:
        yield session


@pytest.fixture(params=("sqlite", "postgresql"))
def tiny_engine(request, copied):
    """The demo that tests use, on each system in turn."""
    engine = make_engine(copied(request.param, "demo"))
    yield engine
    engine.dispose()


@pytest.fixture
def build(templates, copied):
    """Builds a tiny demo of its own at a moment: ``build("sqlite", now)``."""
    made = []

    def make(system, now, **more):
        engine = make_engine(copied(system, "empty"))
        made.append(engine)
        service.build(engine, size="tiny", now=now, keys=templates.keys, **more)
        return engine

    yield make
    for engine in made:
        engine.dispose()
