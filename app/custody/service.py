"""Looking after the force's key ring: a new key for it, and giving up an old one."""

import secrets
from datetime import datetime

from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.security.encryption import KEY_BYTES, KeyRing, change_key_ring
from app.security.key_store import KeyStore


def rotate(session: Session, *, keys: KeyStore, now: datetime) -> str:
    """Add a key to the ring and make it the current one; returns its name.

    Every process on this machine uses it from its next look at the ring. What older keys wrap
    stays as it is.
    """
    ring = change_key_ring(keys.instance, _with_another)
    entry = Entry(Event.KEYS_ROTATED, now, details={"key": ring.current})
    audit.append(session, [entry])
    return ring.current


def _with_another(ring: KeyRing) -> KeyRing:
    newest = max(int(name.removeprefix("k")) for name in ring.keys)
    name = f"k{newest + 1}"
    return KeyRing({**ring.keys, name: secrets.token_bytes(KEY_BYTES)}, name)
