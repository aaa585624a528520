"""A10 and A11: that what is shown keeps the published rules, and that nothing is said beyond it."""

from math import sqrt

import numpy as np

from app.disclosure.attacks.findings import Finding
from app.disclosure.attacks.scheme import OURS, Scheme
from app.disclosure.attacks.seen import HIDDEN, Seen
from app.disclosure.derived import share

HALF = 0.5
"""A percentage is rounded to a whole point."""


def groups(seen: Seen, scheme: Scheme = OURS) -> list[Finding]:
    """A10: no number under ten, none that leaves fewer than ten over, no group under thirty.

    The truth is asked of figures made now: a carried one was, when it was made.
    """
    shown, there = seen.counted != HIDDEN, seen.base != HIDDEN
    over = seen.base - seen.counted
    small = there & (seen.base < scheme.group)
    few = shown & (seen.counted < scheme.few)
    nearly = shown & (over < scheme.few)
    loose = (shown & (seen.counted % scheme.rounding != 0)) | (
        there & (seen.base % scheme.rounding != 0)
    )
    fresh = seen.fresh
    really = shown & fresh & ((seen.hits < scheme.few) | (seen.size - seen.hits < scheme.few))
    return [
        Finding(
            "A10",
            "Small groups, as published",
            len(seen.cells),
            int((small | few | nearly | (shown & ~there) | loose).sum()),
            0,
            "cells against the rules",
        ),
        Finding(
            "A10",
            "Small groups, in truth",
            len(seen.cells),
            int((really | (there & fresh & (seen.size < scheme.group))).sum()),
            0,
            "cells about too few",
        ),
    ]


def recomputed(seen: Seen) -> Finding:
    """A11: every percentage and interval, from the two shown numbers and nothing else."""
    wrong = tried = 0
    for cell in seen.cells:
        found = share(cell)
        if cell.counted is None or not cell.base:
            wrong += found is not None
            continue
        tried += 1
        low, high = _wilson(min(cell.counted, cell.base), cell.base)
        mine = (int(np.floor(100 * low + 1e-9)), int(np.ceil(100 * high - 1e-9)))
        wrong += (
            found is None
            or (found.low, found.high) != mine
            or abs(found.percent - 100 * cell.counted / cell.base) > HALF
        )
    return Finding("A11", "Derived figures worked out again", tried, wrong, 0, "figures differ")


def _wilson(counted: int, base: int) -> tuple[float, float]:
    """95 in 100, after Wilson (1927): the two roots of (p - q)^2 = z^2 q(1 - q) / people, where
    so many people are by chance as unsure as these are by chance, adjustment and rounding."""
    part = counted / base
    chance = base * max(part * (1 - part), 1 / (base + 2))
    moved = (4**2 + 5**2 / 12) * (1 + part**2)
    square = 1.96**2 * (1 + moved / chance) / base
    root = sqrt((2 * part + square) ** 2 - 4 * (1 + square) * part**2)
    ends = [(2 * part + square + sign * root) / (2 * (1 + square)) for sign in (-1, 1)]
    return max(ends[0], 0.0), min(ends[1], 1.0)
