"""Identifiers that may appear in an address bar: random, so they say nothing."""

from uuid import uuid4


def new_public_id() -> str:
    """32 hexadecimal characters of a random (version 4) UUID."""
    return uuid4().hex
