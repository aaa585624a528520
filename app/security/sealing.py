"""Sealing what is about one person or one record, and destroying the key for good.

The associated data names the owner, the table and the field, so a sealed value moved to another
row does not open.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.database import transaction
from app.security.encryption import SealedError, decrypt, encrypt
from app.security.key_store import INSERT, KeyStore, Purpose
from app.security.models import Erasure

Owner = int | str
"""A person's number, or the name of a record that has a key of its own: ``share:<public id>``."""


def seal(keys: KeyStore, *, owner: Owner, purpose: Purpose, field: str, value: object) -> bytes:
    """Encrypt a JSON value for one owner and one field (``table.column``).

    The owner gets a key if they have none, and it is kept at once, whatever becomes of the value.
    """
    (sealed,) = seal_all(keys, purpose=purpose, field=field, values=[(owner, value)])
    return sealed


def seal_all(
    keys: KeyStore, *, purpose: Purpose, field: str, values: Sequence[tuple[Owner, object]]
) -> list[bytes]:
    """Encrypt many values of one field, each for its owner, with one look at the key store."""
    made = keys.make({str(owner) for owner, _value in values}, purpose)
    return [
        encrypt(made[str(owner)], name=f"{owner}|{field}", value=value) for owner, value in values
    ]


def unseal(keys: KeyStore, *, owner: Owner, purpose: Purpose, field: str, sealed: bytes) -> object:
    """Decrypt what :func:`seal` made.

    Raises:
        SealedError: the key is gone or the value is not what was sealed.
    """
    key = keys.find([str(owner)], purpose).get(str(owner))
    if key is None:
        message = "This key has been destroyed."
        raise SealedError(message)
    return decrypt(key, name=f"{owner}|{field}", sealed=sealed)


def destroy(
    session: Session,
    keys: KeyStore,
    *,
    owner: Owner,
    purpose: Purpose | None = None,
    now: datetime,
) -> int:
    """Destroy an owner's key for one purpose, or all of theirs; returns how many there were.

    At once and for good, whatever becomes of the session: what was sealed is unreadable in every
    copy. Whoever seals something for them afterwards does so with a new key.
    """
    key_ids = keys.key_ids(str(owner), purpose)
    _write_down(session, key_ids, now)
    return keys.destroy(key_ids, now=now)


def make_ready(engine: Engine, keys: KeyStore, *, now: datetime) -> int:
    """Before anything is sealed or opened: see that there is a key store, and that no destroyed key
    is back; returns how many were.

    Raises:
        UnsafeConfigurationError: there is no key store.
    """
    keys.check()
    with transaction(engine) as session:
        return apply_erasures(session, keys, now=now)


def apply_erasures(session: Session, keys: KeyStore, *, now: datetime) -> int:
    """Destroy again what a restored backup has brought back; returns how many keys that were.

    Whichever of the store, the tracker's database and the file beside the key ring knows of a
    destroyed key tells the others.
    """
    here = set(session.exec(select(col(Erasure.key_id))))
    in_store, in_file = keys.destroyed()
    known = here | in_store | in_file
    _write_down(session, known - here, now)
    unheard = known - (in_store & in_file)
    return keys.destroy(unheard, now=now) if unheard else 0


def _write_down(session: Session, key_ids: Collection[str], now: datetime) -> None:
    if key_ids:
        insert = INSERT[session.get_bind().dialect.name](Erasure.__table__)  # type: ignore[attr-defined]
        rows = [{"key_id": one, "erased_at": now} for one in sorted(key_ids)]
        session.connection().execute(insert.on_conflict_do_nothing(), rows)
