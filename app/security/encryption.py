"""The force's key ring, and what is done with its keys and with those they wrap.

AES-256-GCM (NIST SP 800-38D) and AES key wrap (RFC 3394) from ``cryptography``. The keys of people
are in a store of their own: see ``app.security.key_store``.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from app.common.secret_files import read_or_make, written_beside

RING_FILE = "key_ring.json"
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
    stored = json.loads(read_or_make(instance / RING_FILE, _fresh))
    keys = {name: bytes.fromhex(value) for name, value in stored["keys"].items()}
    return KeyRing(keys=keys, current=stored["current"])


def _fresh() -> str:
    return _in_json(KeyRing({"k1": secrets.token_bytes(KEY_BYTES)}, "k1"))


def change_key_ring(instance: Path, change: Callable[[KeyRing], KeyRing]) -> KeyRing:
    """Put another key ring in the place of the one that is there, at one moment and for good.

    Whoever changes it at the same time waits, and changes what this one left.
    """
    folder = os.open(instance, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        changed = change(load_key_ring(instance))
        write_key_ring(instance, changed)
        os.fsync(folder)
    finally:
        os.close(folder)
    return changed


def write_key_ring(instance: Path, ring: KeyRing) -> None:
    """Write the file of a ring, whatever was there; see :func:`change_key_ring`."""
    path = instance / RING_FILE
    written_beside(path, _in_json(ring)).replace(path)


def _in_json(ring: KeyRing) -> str:
    keys = {name: key.hex() for name, key in ring.keys.items()}
    return json.dumps({"current": ring.current, "keys": keys})


def wrap(ring: KeyRing, key: bytes) -> bytes:
    """A data key, closed with the ring's current key."""
    return aes_key_wrap(ring.keys[ring.current], key)


def unwrap(ring: KeyRing, *, ring_key: str, wrapped: bytes) -> bytes:
    """The data key that :func:`wrap` closed with one of the ring's keys.

    Raises:
        SealedError: the ring has no key of this name, or it is another ring's.
    """
    if ring_key not in ring.keys:
        message = f"The key ring has no key named {ring_key}."
        raise SealedError(message)
    try:
        return aes_key_unwrap(ring.keys[ring_key], wrapped)
    except InvalidUnwrap as error:
        message = "This key was wrapped by another key ring."
        raise SealedError(message) from error


def encrypt(key: bytes, *, name: str, value: object) -> bytes:
    """A JSON value, encrypted: the nonce, then the rest. It opens under this name alone."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    clear = json.dumps(value, separators=(",", ":")).encode()
    return nonce + AESGCM(key).encrypt(nonce, clear, name.encode())


def decrypt(key: bytes, *, name: str, sealed: bytes) -> object:
    """The value that :func:`encrypt` was given.

    Raises:
        SealedError: another key, another name, or not what was encrypted.
    """
    try:
        clear = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
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
    head = head_of(ring.current) + wrap(ring, key) + nonce
    return head + AESGCM(key).encrypt(nonce, clear, name.encode())


def head_of(ring_key: str) -> bytes:
    """What a file begins with that was sealed while this key of the ring was the current one."""
    return bytes([len(ring_key)]) + ring_key.encode()


def ring_key_of(sealed: bytes) -> str:
    """The name of the ring's key that wraps the key of a file, from its first bytes."""
    return sealed[1 : 1 + sealed[0]].decode()


def rewrap_file(ring: KeyRing, sealed: bytes) -> bytes:
    """The same file, its key wrapped by the ring's current key.

    Raises:
        SealedError: the ring cannot unwrap it.
    """
    name = ring_key_of(sealed)
    start = len(head_of(name))
    key = unwrap(ring, ring_key=name, wrapped=sealed[start : start + WRAPPED_BYTES])
    return head_of(ring.current) + wrap(ring, key) + sealed[start + WRAPPED_BYTES :]


def unseal_file(ring: KeyRing, *, name: str, sealed: bytes) -> bytes:
    """Decrypt what :func:`seal_file` made.

    Raises:
        SealedError: the ring's key is gone, or the file is not what was sealed under this name.
    """
    try:
        start = 1 + sealed[0]
        wrapped, rest = sealed[start : start + WRAPPED_BYTES], sealed[start + WRAPPED_BYTES :]
        key = unwrap(ring, ring_key=ring_key_of(sealed), wrapped=wrapped)
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], name.encode())
    except Exception as error:
        message = "A sealed file could not be opened."
        raise SealedError(message) from error
