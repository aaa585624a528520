"""The store of data keys: a database of its own, so that no backup of the tracker's holds a key.

Every key is wrapped by the force's key ring. A key belongs to an owner (a person, or one record)
and serves one purpose, so that one can be destroyed while the others stay. Keys are random and have
random numbers; the number of a destroyed key is kept, which is how a restored backup is told that
the key is not to come back.

Its tables are not the tracker's and have no migrations: they are made once and are not to change.
"""

import os
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    event,
    func,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.config import UnsafeConfigurationError
from app.database import make_engine, writing
from app.security.encryption import KEY_BYTES, RING_FILE, KeyRing, load_key_ring, unwrap, wrap

ERASED_FILE = "erased_keys"
"""Beside the key ring: a line for each destroyed key, its random number and when."""
AT_ONCE = 400
"""How many keys one statement asks for; databases bear no more than some thousand values."""


class Purpose(StrEnum):
    """What a key is for. Somebody can have one destroyed and keep the other."""

    RECORD = "record"
    """What others noted or asked for about a person: factors, drafts, requests."""
    ANSWERS = "answers"
    """What a person answered for themself."""


tables = MetaData()
data_key = Table(
    "data_key",
    tables,
    Column("owner", String(80), primary_key=True),
    Column("purpose", String(32), primary_key=True),
    Column("key_id", String(32), nullable=False, unique=True),
    Column("ring_key", String(32), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
)
destroyed_key = Table("destroyed_key", tables, Column("key_id", String(32), primary_key=True))
INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Held(NamedTuple):
    """A key as it is stored: still wrapped."""

    owner: str
    purpose: str
    key_id: str
    ring_key: str
    wrapped: bytes


class KeyStore:
    """The data keys of one force, and the ring that wraps them.

    Each call is a transaction of its own: a key is on the disk before anything sealed with it is.
    Nothing is opened until the first call, and no key is remembered from one call to the next.
    """

    def __init__(self, engine: Engine, instance: Path) -> None:
        self.engine = engine
        self.instance = instance
        self._ring: tuple[tuple[int, ...], KeyRing] | None = None

    @property
    def ring(self) -> KeyRing:
        """The key ring as it is now: read again whenever its file has changed.

        Raises:
            UnsafeConfigurationError: it is gone. A new one is made for an empty store alone.
        """
        mark = self._mark()
        if not mark:
            self.check()
        if self._ring is None or self._ring[0] != mark:
            found = load_key_ring(self.instance)
            self._ring = (mark or self._mark(), found)
        return self._ring[1]

    def _mark(self) -> tuple[int, ...]:
        try:
            told = (self.instance / RING_FILE).stat()
        except FileNotFoundError:
            return ()
        return (told.st_mtime_ns, told.st_size, told.st_ino)

    # --- The store itself -------------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether there is a store at this address."""
        file = self._file()
        return (file is None or file.exists()) and inspect(self.engine).has_table(data_key.name)

    def _file(self) -> Path | None:
        on_sqlite = self.engine.dialect.name == "sqlite"
        return Path(self.engine.url.database or "") if on_sqlite else None

    def create(self) -> None:
        """Make the store, unless it is there. Nobody but this user can read its file."""
        file = self._file()
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.touch(mode=0o600)
        with writing(self.engine).begin() as connection:
            tables.create_all(connection)

    def check(self) -> None:
        """Refuse to go on without a store, or without the ring that its keys are wrapped by.

        Raises:
            UnsafeConfigurationError: one of them is missing.
        """
        if not self.exists():
            message = (
                "There is no key store at KEYS_DATABASE_URL, so nothing that is sealed can be "
                "opened. Restore it; a new installation gets one from `python -m app.prepare`."
            )
            raise UnsafeConfigurationError(message)
        if not self._mark() and self.wrapped_by():
            message = (
                f"There is no {RING_FILE} in INSTANCE, so nothing that is sealed can be opened. "
                "Restore it, or have two custodians restore it: `flask keys recover`."
            )
            raise UnsafeConfigurationError(message)

    # --- Keys -------------------------------------------------------------------------------------

    def find(self, owners: Collection[str], purpose: Purpose) -> dict[str, bytes]:
        """The keys of those owners that have one.

        Raises:
            SealedError: the ring cannot unwrap one of them.
        """
        with self.engine.connect() as connection:
            return self._unwrapped(_held(connection, owners, purpose))

    def make(self, owners: Collection[str], purpose: Purpose) -> dict[str, bytes]:
        """The keys of all these owners; whoever has none gets one. Two who make one get the same.

        Raises:
            SealedError: the ring cannot unwrap one of them.
        """
        found = self.find(owners, purpose)
        missing = sorted(set(owners) - found.keys())
        if not missing:
            return found
        ring = self.ring
        insert = INSERT[self.engine.dialect.name](data_key).on_conflict_do_nothing()
        with writing(self.engine).begin() as connection:
            connection.execute(insert, [_fresh(ring, owner, purpose) for owner in missing])
            held = _held(connection, missing, purpose)
        return found | self._unwrapped(held)

    def _unwrapped(self, held: Iterable[Held]) -> dict[str, bytes]:
        ring = self.ring
        return {one.owner: unwrap(ring, ring_key=one.ring_key, wrapped=one.wrapped) for one in held}

    def key_ids(self, owner: str, purpose: Purpose | None = None) -> list[str]:
        """The numbers of an owner's keys, for one purpose or all."""
        statement = select(data_key.c.key_id).where(data_key.c.owner == owner)
        if purpose is not None:
            statement = statement.where(data_key.c.purpose == purpose.value)
        with self.engine.connect() as connection:
            return list(connection.execute(statement).scalars())

    def owners_of(self, owners: Collection[str]) -> list[str]:
        """Which of these owners have any key."""
        found: set[str] = set()
        with self.engine.connect() as connection:
            for some in _chunks(sorted(owners)):
                statement = select(data_key.c.owner).where(data_key.c.owner.in_(some)).distinct()
                found |= set(connection.execute(statement).scalars())
        return sorted(found)

    # --- Destroying -------------------------------------------------------------------------------

    def destroy(self, key_ids: Collection[str], *, now: datetime) -> int:
        """Destroy keys for good, in this store and in whichever is restored later; returns how
        many were here."""
        self._write_down(key_ids, now)
        insert = INSERT[self.engine.dialect.name](destroyed_key).on_conflict_do_nothing()
        gone = 0
        with writing(self.engine).begin() as connection:
            for some in _chunks(sorted(key_ids)):
                connection.execute(insert, [{"key_id": one} for one in some])
                found = connection.execute(delete(data_key).where(data_key.c.key_id.in_(some)))
                gone += found.rowcount
        if gone:
            self._scrub()
        return gone

    def destroyed(self) -> tuple[set[str], set[str]]:
        """Every key that was destroyed: by the store's own word, and by the file's."""
        with self.engine.connect() as connection:
            told = set(connection.execute(select(destroyed_key.c.key_id)).scalars())
        path = self.instance / ERASED_FILE
        lines = path.read_text().splitlines() if path.exists() else []
        return told, {line.split()[0] for line in lines if line.strip()}

    def _write_down(self, key_ids: Collection[str], now: datetime) -> None:
        if not key_ids:
            return
        lines = "".join(f"{one} {now.isoformat()}\n" for one in sorted(key_ids))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        descriptor = os.open(self.instance / ERASED_FILE, flags, 0o600)
        try:
            os.write(descriptor, lines.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _scrub(self) -> None:
        """Leave nothing of a deleted row in the store's files."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                # On the driver's own connection: there is no transaction to end first.
                cursor = connection.connection.cursor()
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.close()
            return
        alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with alone.connect() as connection:
            connection.execute(text("VACUUM data_key"))

    # --- Rotation ---------------------------------------------------------------------------------

    def wrapped_by(self) -> dict[str, int]:
        """How many keys each key of the ring wraps."""
        statement = select(data_key.c.ring_key, func.count()).group_by(data_key.c.ring_key)
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def rewrap_some(self, most: int = AT_ONCE) -> int:
        """Wrap some keys again with the ring's current key; returns how many, none when all are.

        What a key wraps that the ring has lost is left alone: nothing can open it.
        """
        ring = self.ring
        known = sorted(ring.keys.keys() - {ring.current})
        old = select(data_key).where(data_key.c.ring_key.in_(known)).limit(most)
        change = update(data_key).where(data_key.c.key_id == bindparam("b_key_id"))
        with writing(self.engine).begin() as connection:
            held = [Held._make(row) for row in connection.execute(old)]
            opened = [unwrap(ring, ring_key=one.ring_key, wrapped=one.wrapped) for one in held]
            if held:
                connection.execute(
                    change.values(ring_key=ring.current, wrapped=bindparam("b_wrapped")),
                    [
                        {"b_key_id": one.key_id, "b_wrapped": wrap(ring, key)}
                        for one, key in zip(held, opened, strict=True)
                    ],
                )
        return len(held)


def open_store(address: str, instance: Path) -> KeyStore:
    """The key store at an address; the key ring is in the instance's folder."""
    engine = make_engine(address)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _overwrite_what_is_deleted)
    return KeyStore(engine, instance)


@contextmanager
def opened_store(address: str, instance: Path) -> Iterator[KeyStore]:
    """The same for a piece of work that ends, and closes it."""
    keys = open_store(address, instance)
    try:
        yield keys
    finally:
        keys.engine.dispose()


def _overwrite_what_is_deleted(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _fresh(ring: KeyRing, owner: str, purpose: Purpose) -> dict[str, object]:
    return {
        "owner": owner,
        "purpose": purpose.value,
        "key_id": secrets.token_hex(16),
        "ring_key": ring.current,
        "wrapped": wrap(ring, secrets.token_bytes(KEY_BYTES)),
    }


def _held(connection: Connection, owners: Collection[str], purpose: Purpose) -> list[Held]:
    statement = select(data_key).where(data_key.c.purpose == purpose.value)
    return [
        Held._make(row)
        for some in _chunks(sorted(owners))
        for row in connection.execute(statement.where(data_key.c.owner.in_(some)))
    ]


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
