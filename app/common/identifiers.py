"""Identifiers that may appear in an address bar: random, so they say nothing."""

import os
from uuid import uuid4


def new_public_id() -> str:
    """32 hexadecimal characters of a random (version 4) UUID."""
    return uuid4().hex


def new_public_ids(count: int) -> list[str]:
    """As many at once, for rows by the thousand: randomness is asked for only once."""
    pool = os.urandom(16 * count).hex()
    return [pool[start : start + 32] for start in range(0, 32 * count, 32)]
