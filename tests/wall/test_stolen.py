"""What a thief of the database, of its backups or of the key store finds: nothing sealed."""

import shutil
import sqlite3
import subprocess
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import text

from app.database import make_engine, transaction
from app.security.encryption import load_key_ring
from app.security.key_store import open_store
from tests.wall.planting import opens, plant
from tests.wall.searching import words_in, words_in_folder


def sealed_of(planted) -> set[str]:
    """The canaries that are not kept in clear."""
    return {one for one, canary in planted.items() if canary.sealed}


def test_no_file_of_an_sqlite_site_holds_one(site, tmp_path):
    with site.writing() as session:
        planted = plant(session, site.keys)
    # Some of it is deleted again, so that free pages hold what they hold.
    with site.writing() as session:
        for table in ("debrief_draft_person", "debrief_draft"):
            session.connection().execute(text(f"DELETE FROM {table} WHERE id % 2 = 0"))
    path = site.engine.url.database
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(tmp_path / "b")) as copy:
        live.backup(copy)
        assert live.execute("PRAGMA freelist_count").fetchone()[0] > 0
    folder = [*tmp_path.rglob("*"), *site.settings.instance.parent.rglob("*.db*")]
    assert any(one.name.endswith("-wal") and one.stat().st_size for one in folder)
    found = words_in_folder(folder)
    assert sealed_of(planted) & found == set()
    assert found, "names are in clear, and are found"


def test_no_dump_of_a_postgresql_site_holds_one(copied, keys, postgres):
    address = copied("postgresql", "demo")
    engine = make_engine(address)
    with transaction(engine) as session:
        planted = plant(session, keys)
    engine.dispose()
    found = words_in(dump(address))
    assert sealed_of(planted) & found == set()
    assert len(found) == len({one for one, canary in planted.items() if not canary.sealed})


def dump(address: str) -> bytes:
    """Every row, as text: by pg_dump, or where there is none for this server by COPY."""
    program = shutil.which("pg_dump")
    if program:
        told = subprocess.run([program, address], capture_output=True, check=False)
        if told.returncode == 0:
            return told.stdout
    rows = b""
    with psycopg.connect(address) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        for (name,) in tables:
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:
                rows += b"".join(bytes(part) for part in copy)
    return rows


@pytest.mark.parametrize("with_keys", [False, True])
def test_database_and_key_store_together_open_nothing_without_the_ring(site, tmp_path, with_keys):
    with site.writing() as session:
        planted = [one for one in plant(session, site.keys).values() if one.sealed]
    thief = tmp_path / "thief"
    load_key_ring(thief)
    stolen = open_store(f"sqlite:///{thief / 'keys.db'}", thief)
    if with_keys:
        with closing(sqlite3.connect(site.keys.engine.url.database)) as live:
            live.execute("VACUUM INTO ?", [str(thief / "keys.db")])
    else:
        stolen.create()
    with site.reading() as session:
        assert all(opens(session, site.keys, one) for one in planted)
        assert not any(opens(session, stolen, one) for one in planted)
    stolen.engine.dispose()
