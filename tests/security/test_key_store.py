"""The key store: a key is made once, and once destroyed it never comes back."""

import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlmodel import Session, select

from app.config import UnsafeConfigurationError, read_settings
from app.database import make_engine, transaction
from app.prepare import prepare
from app.security.encryption import RING_FILE, SealedError, load_key_ring
from app.security.key_store import ERASED_FILE, Purpose, data_key, open_store
from app.security.models import Erasure
from app.security.sealing import apply_erasures, destroy, make_ready, seal, unseal
from tests.conftest import BOTH, NOW, settings_for

OF = {"purpose": Purpose.ANSWERS, "field": "self_check.sealed"}


@pytest.fixture(params=BOTH)
def store(request, tmp_path):
    """A new key store on each system in turn, its ring in a folder of its own."""
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    name = server.create() if server else ""
    address = server.address(name) if server else f"sqlite:///{tmp_path / 'keys' / 'store.db'}"
    opened = open_store(address, tmp_path)
    opened.create()
    yield opened
    opened.engine.dispose()
    if server:
        server.drop(name)


def again(store):
    """The same store, opened by another process."""
    return open_store(store.engine.url.render_as_string(hide_password=False), store.instance)


@contextmanager
def restored(store, session: Session | None = None):
    """Whatever happens inside, the store (and the database of a session) is then put back to what
    it was, as from a backup."""
    with store.engine.connect() as connection:
        rows = [row._asdict() for row in connection.execute(data_key.select())]
    yield
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM data_key"))
        connection.execute(text("DELETE FROM destroyed_key"))
        connection.execute(data_key.insert(), rows)
    if session is not None:
        for row in session.exec(select(Erasure)):
            session.delete(row)
        session.flush()


def test_everybody_who_makes_a_key_at_once_gets_the_same(store):
    others = [again(store) for _ in range(4)]
    owners = [str(number) for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda one: one.make(owners, Purpose.RECORD), others))
    assert made[0] == made[1] == made[2] == made[3] == store.find(owners, Purpose.RECORD)
    assert len(set(made[0].values())) == 20
    for one in others:
        one.engine.dispose()


def test_it_holds_nothing_that_opens_without_the_ring(store, tmp_path):
    sealed = seal(store, owner=1, value="x", **OF)
    load_key_ring(tmp_path / "elsewhere")
    thief = open_store(
        store.engine.url.render_as_string(hide_password=False), tmp_path / "elsewhere"
    )
    with pytest.raises(SealedError):
        unseal(thief, owner=1, sealed=sealed, **OF)
    thief.engine.dispose()


@pytest.mark.parametrize("lost", ["store", "store and database", "store and file"])
def test_a_restored_store_brings_no_destroyed_key_back(store, sqlite_engine, lost):
    mine, theirs = (seal(store, owner=owner, value="x", **OF) for owner in (1, 2))
    with transaction(sqlite_engine) as session:
        with restored(store, session if "database" in lost else None):
            destroy(session, store, owner=1, now=NOW)
        if "file" in lost:
            (store.instance / ERASED_FILE).unlink()
        assert unseal(store, owner=1, sealed=mine, **OF) == "x", "the backup does hold it"
    assert make_ready(sqlite_engine, store, now=NOW) == 1
    with pytest.raises(SealedError, match="destroyed"):
        unseal(store, owner=1, sealed=mine, **OF)
    assert unseal(store, owner=2, sealed=theirs, **OF) == "x"
    assert make_ready(sqlite_engine, store, now=NOW) == 0


def test_a_restored_database_learns_what_was_destroyed(store, session):
    seal(store, owner=1, value="x", **OF)
    (number,) = store.key_ids("1")
    destroy(session, store, owner=1, now=NOW)
    session.rollback()
    assert apply_erasures(session, store, now=NOW) == 0
    assert [row.key_id for row in session.exec(select(Erasure))] == [number]


def test_whose_key_was_destroyed_is_kept_nowhere(store, session):
    seal(store, owner="share:of-somebody", value="x", **OF)
    destroy(session, store, owner="share:of-somebody", now=NOW)
    assert set(Erasure.__table__.columns.keys()) == {"key_id", "erased_at"}
    assert "somebody" not in (store.instance / ERASED_FILE).read_text()


def test_nothing_of_a_destroyed_key_is_left_in_the_files(tmp_path, session):
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", tmp_path)
    store.create()
    for number in range(300):
        seal(store, owner=number, value="x", **OF)
    with store.engine.connect() as connection:
        rows = {row.owner: bytes(row.wrapped) for row in connection.execute(data_key.select())}
    found = b"".join(path.read_bytes() for path in tmp_path.glob("store.db*"))
    assert rows["7"] in found
    destroy(session, store, owner=7, now=NOW)
    found = b"".join(path.read_bytes() for path in tmp_path.glob("store.db*"))
    assert rows["7"] not in found
    assert rows["8"] in found
    store.engine.dispose()


def test_its_file_is_this_users_alone_and_nothing_is_opened_before_it_is_wanted(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'keys.db'}", tmp_path)
    assert not store.exists()
    assert list(tmp_path.iterdir()) == []
    store.create()
    assert store.exists()
    assert stat.S_IMODE((tmp_path / "keys.db").stat().st_mode) == 0o600
    store.engine.dispose()


# --- Starting -------------------------------------------------------------------------------------


class _Quiet:
    """A console that says nothing."""

    def print(self, *_words) -> None:
        pass


@pytest.mark.parametrize("there", [True, False])
def test_a_site_without_its_key_store_does_not_start(instance, copied, there):
    settings = settings_for(instance, copied("sqlite", "demo"))
    if not there:
        Path(make_url(settings.keys_address).database).unlink()
    engine = make_engine(settings.database_url)
    keys = open_store(settings.keys_address, instance)
    try:
        if there:
            assert make_ready(engine, keys, now=NOW) == 0
        else:
            with pytest.raises(UnsafeConfigurationError, match="no key store"):
                make_ready(engine, keys, now=NOW)
            # Nor is one that is lost replaced by an empty one in silence.
            with pytest.raises(UnsafeConfigurationError, match="no key store"):
                prepare(settings, _Quiet())
    finally:
        engine.dispose()
        keys.engine.dispose()


def test_a_ring_that_is_lost_is_not_replaced_while_it_is_needed(store):
    sealed = seal(store, owner=1, value="x", **OF)
    ring = (store.instance / RING_FILE).read_text()
    (store.instance / RING_FILE).unlink()
    for act in (store.check, lambda: seal(store, owner=2, value="x", **OF), lambda: store.ring):
        with pytest.raises(UnsafeConfigurationError, match="flask keys recover"):
            act()
    assert not (store.instance / RING_FILE).exists()
    (store.instance / RING_FILE).write_text(ring)
    assert unseal(store, owner=1, sealed=sealed, **OF) == "x"


def test_a_new_installation_gets_one(instance, copied):
    (instance / "keys.db").unlink()
    (instance / RING_FILE).unlink()
    settings = settings_for(instance, copied("sqlite", "empty"), demo="off")
    prepare(settings, _Quiet())
    assert (instance / "keys.db").exists()
    assert (instance / RING_FILE).exists()


def test_keys_and_data_are_never_in_one_database(tmp_path):
    same = {"INSTANCE": str(tmp_path), "SECRET_KEY": "x" * 48, "DATABASE_URL": "postgresql://a/b"}
    with pytest.raises(UnsafeConfigurationError, match="KEYS_DATABASE_URL"):
        read_settings({**same, "KEYS_DATABASE_URL": "postgresql://a/b"})
    assert read_settings(same).keys_address == f"sqlite:///{tmp_path / 'keys.db'}"


def test_a_teams_page_never_looks_at_the_key_store(site, sign_in_as):
    from app.security.permissions import Role  # noqa: PLC0415

    client = sign_in_as(Role.SUPERVISOR)
    shutil.rmtree(site.settings.instance)
    team = client.get("/teams").page.select("a[href^='/teams/']")[0]["href"]
    client.get(team)
