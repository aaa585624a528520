"""The force's key under a record that somebody takes with them, so that whoever reads it later can
see that it is whole and whose it is.

Ed25519 (RFC 8032) from ``cryptography``, over the record as JSON with sorted names and no spaces.
"""

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.common.secret_files import read_or_make

ALGORITHM = "Ed25519"
FILE = "career_key"


def load_key(instance: Path) -> Ed25519PrivateKey:
    """Read the key, making one at first, readable by this user alone."""
    stored = read_or_make(instance / FILE, _fresh)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(stored))


def _fresh() -> str:
    return Ed25519PrivateKey.generate().private_bytes_raw().hex()


def fingerprint(public: bytes) -> str:
    """A key as people compare it: eight groups of four."""
    words = sha256(public).hexdigest()[:32]
    return " ".join(words[place : place + 4] for place in range(0, len(words), 4))


def signed(record: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The record with the force's signature beside it."""
    signature = {
        "algorithm": ALGORITHM,
        "public_key": b64encode(key.public_key().public_bytes_raw()).decode(),
        "value": b64encode(key.sign(_canonical(record))).decode(),
    }
    return {"record": record, "signature": signature}


def signer(document: Any) -> str | None:
    """The fingerprint of the key by which a file is signed; ``None`` if it is not as it was."""
    try:
        given = document["signature"]
        public = b64decode(given["public_key"], validate=True)
        if given["algorithm"] != ALGORITHM:
            return None
        value = b64decode(given["value"], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(value, _canonical(document["record"]))
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return None
    return fingerprint(public)


def _canonical(record: Any) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
