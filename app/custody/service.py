"""Looking after the force's key ring: a new key, wrapping again, and giving up an old one."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.custody import files
from app.database import transaction
from app.security.encryption import KEY_BYTES, KeyRing, change_key_ring
from app.security.key_store import KeyStore

MOST_BATCHES = 1000
"""After so many the job ends, and goes on at its next turn."""


class InUseError(Exception):
    """A key of the ring is not given up: the message says what still needs it."""


@dataclass(frozen=True)
class RingKey:
    """One key of the ring, and what it wraps. ``there``: whether the ring has it."""

    name: str
    current: bool
    there: bool
    data_keys: int
    files: int


def status(session: Session, *, keys: KeyStore) -> list[RingKey]:
    """Every key of the ring, and every one it lacks although something is wrapped by it."""
    ring, wraps, inside = keys.ring, keys.wrapped_by(), files.wrapped_by(session)
    return [
        RingKey(name, name == ring.current, name in ring.keys, wraps.get(name, 0), inside[name])
        for name in sorted(ring.keys.keys() | wraps.keys() | inside.keys(), key=_number)
    ]


def rotate(session: Session, *, keys: KeyStore, now: datetime) -> str:
    """Add a key to the ring and make it the current one; returns its name.

    Every process on this machine uses it from its next look at the ring. What older keys wrap
    stays as it is until it is wrapped again.
    """
    ring = change_key_ring(keys.instance, _with_another)
    _note(session, Event.KEYS_ROTATED, ring.current, now)
    return ring.current


def rewrap(engine: Engine, *, keys: KeyStore) -> int:
    """Wrap everything again with the current key, in batches; returns how many keys that were.

    Each batch is a transaction of its own: stopped at any moment, everything opens, and the next
    run goes on with what is left.
    """
    done = 0
    for _ in range(MOST_BATCHES):
        batch = keys.rewrap_some()
        with transaction(engine) as session:
            batch += files.rewrap_some(session, ring=keys.ring)
        if not batch:
            break
        done += batch
    return done


def retire(session: Session, *, keys: KeyStore, name: str, now: datetime) -> None:
    """Take a key out of the ring for good: what old backups hold of it is then of no use.

    Raises:
        InUseError: it is not there, it is the current one, or something is still wrapped by it.
    """
    _refuse_what_is_used(session, keys, name)
    kept = keys.ring.keys[name]
    change_key_ring(keys.instance, lambda ring: _without(ring, name))
    if keys.wrapped_by().get(name):
        # Somebody wrapped a key with it in this very moment.
        change_key_ring(keys.instance, lambda ring: KeyRing(ring.keys | {name: kept}, ring.current))
        _refuse_what_is_used(session, keys, name)
    _note(session, Event.KEYS_RETIRED, name, now)


def _refuse_what_is_used(session: Session, keys: KeyStore, name: str) -> None:
    found = {one.name: one for one in status(session, keys=keys)}.get(name)
    if found is None or not found.there:
        message = f"The key ring has no key named {name}."
        raise InUseError(message)
    if found.current:
        message = f"{name} is the current key. Rotate first."
        raise InUseError(message)
    if found.data_keys or found.files:
        message = (
            f"{name} still wraps {found.data_keys} keys and {found.files} files. "
            "The job rewrap_keys wraps them again; so does `flask keys rewrap`."
        )
        raise InUseError(message)


def _without(ring: KeyRing, name: str) -> KeyRing:
    return KeyRing({one: key for one, key in ring.keys.items() if one != name}, ring.current)


def _with_another(ring: KeyRing) -> KeyRing:
    name = f"k{max(map(_number, ring.keys)) + 1}"
    return KeyRing({**ring.keys, name: secrets.token_bytes(KEY_BYTES)}, name)


def _number(name: str) -> int:
    return int(name.removeprefix("k"))


def _note(session: Session, event: Event, name: str, now: datetime, **more: object) -> None:
    audit.append(session, [Entry(event, now, details={"key": name, **more})])
