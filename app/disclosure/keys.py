"""Keys that choose the adjustments: the same people get the same one, by whatever route. Pure.

A record's key is an HMAC of who it is and what it is counted for; the key of a cell is the sum of
its records' keys, put through a second HMAC so that nothing of the sum can be seen in the result.
"""

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
    start = f"{counted_for}\x1f".encode()
    return _numbers(secrets.records, (start + one.encode() + b"\x1f1" for one in ids), size=8)


def draws(secrets: Secrets, *, counted_for: str, sums: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A number below 2^56 for each cell, from the sum of its records' keys (modulo 2^64)."""
    start = f"{counted_for}\x1f".encode()
    return _numbers(
        secrets.cells, (start + one.to_bytes(8, "big") for one in sums.tolist()), size=7
    )


def _numbers(secret: bytes, texts: Iterable[bytes], *, size: int) -> NDArray[np.uint64]:
    return np.fromiter(
        (int.from_bytes(hmac.digest(secret, text, "sha256")[:size]) for text in texts),
        dtype=np.uint64,
    )
