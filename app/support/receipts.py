"""Receipt codes and slips: how somebody who is not known comes back. Nothing is kept of either.

A code opens one question; the database has its hash. A slip is what a page carries from one form to
the next, encrypted under the key ring: it says what was written or opened, when, and not by whom.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from app.security.encryption import SealedError, seal_file, unseal_file
from app.security.key_store import KeyStore

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, which are read as something else or make words."""
LENGTH, GROUP = 16, 4
"""80 bits: nobody guesses one."""
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
GOOD_FOR = timedelta(hours=1)
SLIP = "support|slip"


def new_code() -> str:
    """A code as it is shown: groups of four."""
    letters = "".join(secrets.choice(ALPHABET) for _letter in range(LENGTH))
    return " ".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def plain(code: str) -> str:
    """A code as it was typed, without spaces and hyphens, and with what is easily mistaken."""
    return "".join(code.upper().translate(READ_AS).replace("-", " ").split())


def hash_of(code: str) -> str:
    """What the database keeps of a code: enough to find the question, useless to a thief."""
    return sha256(plain(code).encode()).hexdigest()


def slip(keys: KeyStore, *, now: datetime, **values: str) -> str:
    """What a page carries on, so that nothing has to be kept before it is sent."""
    clear = json.dumps({"at": now.isoformat(), **values}).encode()
    return urlsafe_b64encode(seal_file(keys.ring, name=SLIP, clear=clear)).decode()


def read_slip(keys: KeyStore, written: str, *, now: datetime) -> dict[str, str] | None:
    """What a slip says; ``None`` where it is too old, or none of ours."""
    try:
        found: Any = json.loads(
            unseal_file(keys.ring, name=SLIP, sealed=urlsafe_b64decode(written))
        )
    except (SealedError, ValueError):
        return None
    fresh = timedelta(0) <= now - datetime.fromisoformat(found["at"]) <= GOOD_FOR
    return dict(found) if fresh else None
