"""A5: working a hidden number out from a whole and the parts that are shown."""

import numpy as np
from numpy.typing import NDArray

from app.disclosure.attacks.findings import Finding
from app.disclosure.attacks.seen import HIDDEN, Seen

FEW = 10


def subtracted(seen: Seen) -> Finding:
    """A5: lines whose hidden parts are one group or hold fewer than ten people, and every number
    that follows from several lines together, solved one after another until none is left."""
    found = 0
    for published in (seen.base, seen.counted):
        unknown = (published == HIDDEN) & (seen.size > 0)
        found += _thin(seen, unknown) + _solved(seen, unknown)
    return Finding(
        "A5", "Total minus shown parts", 2 * len(seen.lines), found, 0, "hidden numbers found"
    )


def _thin(seen: Seen, unknown: NDArray[np.bool_]) -> int:
    """Lines with two or more hidden parts that together are a group of fewer than ten."""
    count = 0
    for line in seen.lines:
        parts = np.array(line.parts)
        hidden = parts[unknown[parts]]
        if not unknown[line.whole] and len(hidden) > 1 and seen.size[hidden].sum() < FEW:
            count += 1
    return count


def _solved(seen: Seen, unknown: NDArray[np.bool_]) -> int:
    """How many hidden numbers are the only unknown of a line, once those before are known."""
    left = unknown.copy()
    while True:
        before = int(left.sum())
        for line in seen.lines:
            members = np.array((line.whole, *line.parts))
            hidden = members[left[members]]
            if len(hidden) == 1:
                left[hidden] = False
        if int(left.sum()) == before:
            return int(unknown.sum()) - before
