"""Sealing what is sensitive: one data key for each person, wrapped by the force's key ring.

What is about many people, such as a file about a team, has a data key of its own.

AES-256-GCM (NIST SP 800-38D) from ``cryptography``. The associated data names the person, the table
and the field, so a sealed value moved to another row does not open. Deleting a person's key makes
everything sealed with it unreadable.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlmodel import Session

from app.common.clock import utc_now
from app.security.models import PersonKey

NONCE_BYTES = 12
KEY_BYTES = 32
WRAPPED_BYTES = KEY_BYTES + 8


class SealedError(Exception):
    """A sealed value could not be opened: its key is gone, or it was tampered with."""


@dataclass(frozen=True)
class KeyRing:
    """The force's keys by name; ``current`` wraps new data keys, older ones still unwrap."""

    keys: dict[str, bytes]
    current: str


def load_key_ring(instance: Path) -> KeyRing:
    """Read the key ring, making one on a first start, readable by this user alone."""
    path = instance / "key_ring.json"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = {"current": "k1", "keys": {"k1": secrets.token_hex(KEY_BYTES)}}
        temporary = path.with_suffix(f".{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(fresh, file)
        try:
            # A link fails when another process was first, so two starters share one ring.
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    stored = json.loads(path.read_text())
    keys = {name: bytes.fromhex(value) for name, value in stored["keys"].items()}
    return KeyRing(keys=keys, current=stored["current"])


def _data_key(session: Session, ring: KeyRing, person_id: int, *, make: bool) -> bytes:
    row = session.get(PersonKey, person_id)
    if row is None:
        if not make:
            message = "This person's key has been destroyed."
            raise SealedError(message)
        key = secrets.token_bytes(KEY_BYTES)
        wrapped = aes_key_wrap(ring.keys[ring.current], key)
        session.add(
            PersonKey(
                person_id=person_id, ring_key=ring.current, wrapped=wrapped, created_at=utc_now()
            )
        )
        session.flush()
        return key
    if row.ring_key not in ring.keys:
        message = f"The key ring has no key named {row.ring_key}."
        raise SealedError(message)
    try:
        return aes_key_unwrap(ring.keys[row.ring_key], row.wrapped)
    except InvalidUnwrap as error:
        message = "This person's key was wrapped by another key ring."
        raise SealedError(message) from error


def seal(session: Session, ring: KeyRing, *, person_id: int, field: str, value: object) -> bytes:
    """Encrypt a JSON value for one person and one field (``table.column``)."""
    key = _data_key(session, ring, person_id, make=True)
    nonce = secrets.token_bytes(NONCE_BYTES)
    clear = json.dumps(value, separators=(",", ":")).encode()
    return nonce + AESGCM(key).encrypt(nonce, clear, f"{person_id}|{field}".encode())


def unseal(session: Session, ring: KeyRing, *, person_id: int, field: str, sealed: bytes) -> object:
    """Decrypt what :func:`seal` made.

    Raises:
        SealedError: the key is gone or the value is not what was sealed.
    """
    key = _data_key(session, ring, person_id, make=False)
    try:
        clear = AESGCM(key).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], f"{person_id}|{field}".encode()
        )
    except Exception as error:
        message = "A sealed value could not be opened."
        raise SealedError(message) from error
    value: object = json.loads(clear)
    return value


def seal_file(ring: KeyRing, *, name: str, clear: bytes) -> bytes:
    """Encrypt a file that is about more than one person, with a key that is used for nothing else.

    Args:
        ring: The force's keys.
        name: What it is (``table|column|record``): it opens under this name alone.
        clear: The file.

    Returns:
        The length and name of the ring's key, the wrapped key, the nonce, the encrypted file.
    """
    key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
    ring_key = ring.current.encode()
    wrapped = aes_key_wrap(ring.keys[ring.current], key)
    head = bytes([len(ring_key)]) + ring_key + wrapped + nonce
    return head + AESGCM(key).encrypt(nonce, clear, name.encode())


def unseal_file(ring: KeyRing, *, name: str, sealed: bytes) -> bytes:
    """Decrypt what :func:`seal_file` made.

    Raises:
        SealedError: the ring's key is gone, or the file is not what was sealed under this name.
    """
    try:
        start = 1 + sealed[0]
        wrapped, rest = sealed[start : start + WRAPPED_BYTES], sealed[start + WRAPPED_BYTES :]
        key = aes_key_unwrap(ring.keys[sealed[1:start].decode()], wrapped)
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], name.encode())
    except Exception as error:
        message = "A sealed file could not be opened."
        raise SealedError(message) from error
