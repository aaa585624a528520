"""Keys that choose the adjustments: the same people get the same one, by whatever route. Pure.

A record's key is an HMAC of who it is and what it is counted for; the key of a cell is the sum of
its records' keys, put through a second HMAC so that nothing of the sum can be seen in the result.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BASE = "base"
"""What everybody in a base is counted for. It names no measure: a group is as large in one table
as in another, and asking for it under forty measures is asking once."""


class Secrets(NamedTuple):
    """Two secrets of 32 bytes, from the key store; they are never in the release store."""

    records: bytes
    cells: bytes


def record_keys(secrets: Secrets, *, counted_for: str, ids: Sequence[str]) -> NDArray[np.uint64]:
    """One 64-bit key a person, for one measure (or ``BASE``)."""
    start = hmac.new(secrets.records, f"{counted_for}\x1f".encode(), hashlib.sha256)
    return _numbers((_digest(start, f"{one}\x1f1".encode()) for one in ids), 8)


def draws(secrets: Secrets, *, counted_for: str, sums: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A number below 2^56 for each cell, from the sum of its records' keys (modulo 2^64)."""
    start = hmac.new(secrets.cells, f"{counted_for}\x1f".encode(), hashlib.sha256)
    return _numbers((_digest(start, one) for one in _as_bytes(sums)), 7)


def _as_bytes(sums: NDArray[np.uint64]) -> Iterable[bytes]:
    raw = sums.astype(">u8").tobytes()
    return (raw[at : at + 8] for at in range(0, len(raw), 8))


def _digest(start: hmac.HMAC, text: bytes) -> bytes:
    one = start.copy()
    one.update(text)
    return one.digest()


def _numbers(digests: Iterable[bytes], size: int) -> NDArray[np.uint64]:
    return np.fromiter((int.from_bytes(one[:size]) for one in digests), dtype=np.uint64)
