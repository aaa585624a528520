"""0016: keys move into the key store, both ways, and what they sealed still opens."""

import pytest
from sqlalchemy import text

from app import migrate
from app.database import writing
from app.security.encryption import encrypt, wrap
from app.security.key_store import Purpose
from app.security.sealing import unseal

BEFORE = "0014"
"""The migration before this one."""
PERSON = """INSERT INTO person (id, public_id, source_system, source_ref, source_version, digest,
    given_name, family_name, staff_type, rank, leaver_version, leaver_digest, only_number)
    VALUES (:id, :ref, 'hr', :ref, 0, '', 'Sam', 'Field', 'officer', '', -1, '', false)"""
KEY = """INSERT INTO person_key (person_id, ring_key, wrapped, created_at)
    VALUES (:id, 'k1', :wrapped, '2026-11-01 09:00:00')"""
OF = {"purpose": Purpose.RECORD, "field": "f"}


@pytest.fixture
def old(engine, keys):
    """A database from before, in which two people have keys; returns what was sealed with them."""
    migrate.migrate(engine, to=BEFORE)
    sealed = {}
    with writing(engine).begin() as connection:
        for number in (1, 2):
            key = bytes([number]) * 32
            connection.execute(text(PERSON), {"id": number, "ref": f"P{number}"})
            connection.execute(text(KEY), {"id": number, "wrapped": wrap(keys.ring, key)})
            sealed[number] = encrypt(key, name=f"{number}|f", value=[number])
    return sealed


def test_what_was_sealed_opens_after_the_move_and_back_and_again(engine, keys, old):
    for _ in range(2):
        migrate.migrate(engine, keys=keys.engine)
        for number, sealed in old.items():
            assert unseal(keys, owner=number, sealed=sealed, **OF) == [number]
        migrate.migrate(engine, to=BEFORE, keys=keys.engine)
        with engine.connect() as connection:
            held = connection.execute(text("SELECT person_id, ring_key, wrapped FROM person_key"))
            assert {row.person_id: bytes(row.wrapped) for row in held} == {
                number: wrap(keys.ring, bytes([number]) * 32) for number in old
            }
    migrate.migrate(engine, keys=keys.engine)


def test_a_move_that_stopped_on_the_way_is_made_again(engine, keys, old, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_table", lambda *_words, **_named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            migrate.migrate(engine, keys=keys.engine)
    assert set(keys.find(["1", "2"], Purpose.RECORD)) == {"1", "2"}
    assert migrate.current(engine) == BEFORE
    migrate.migrate(engine, keys=keys.engine)
    assert unseal(keys, owner=2, sealed=old[2], **OF) == [2]


def test_without_a_key_store_nothing_is_lost(engine, old):
    with pytest.raises(RuntimeError, match="key store"):
        migrate.migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM person_key")).scalar() == len(old)


def test_no_key_is_left_in_the_database(engine, keys, old):
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL removes a table's file")
    wrapped = wrap(keys.ring, b"\x01" * 32)
    path = engine.url.database
    migrate.migrate(engine, keys=keys.engine)
    engine.dispose()
    with open(path, "rb") as file:  # noqa: PTH123
        assert wrapped not in file.read()
