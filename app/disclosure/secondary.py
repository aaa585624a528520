"""Hiding what would give away a hidden number beside it. Deterministic and pure.

In each line, whatever is hidden has to be at least two cells with ten people between them;
otherwise the smallest shown one goes too, until nothing changes any more.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.disclosure.gates import Flags, Numbers
from app.disclosure.lines import Lines
from app.disclosure.parameters import Parameters

LARGEST = np.iinfo(np.int64).max


def closed(
    lines: Lines,
    hidden: Flags,
    sizes: Numbers,
    fixed: Flags,
    *,
    empty: Flags,
    parameters: Parameters,
) -> Flags:
    """Which cells are hidden in the end.

    Args:
        lines: What adds up to what.
        hidden: What is hidden so far.
        sizes: The true number in each cell.
        fixed: Cells that stay as they were published, while another can go in their place.
        empty: Groups that nobody is in. Whoever knows that is not puzzled by a second hidden cell.
        parameters: How strongly.
    """
    hidden = hidden.copy()
    if not lines.parts.size:
        return hidden
    over = remainders(lines, sizes)
    while True:
        missing = _to_hide(lines, Marks(hidden, empty, fixed), sizes, over, parameters)
        if not missing.size:
            return hidden
        hidden[missing] = True


def remainders(lines: Lines, sizes: Numbers) -> Numbers:
    """How many of each whole are in no cell of the line; nobody, unless cells are off the menu."""
    parts = np.where(lines.real, sizes[lines.parts], 0)
    return np.asarray(np.maximum(0, sizes[lines.wholes] - parts.sum(axis=1)))


class Marks(NamedTuple):
    """What is hidden so far, which groups nobody is in, and what stays as it was published."""

    hidden: Flags
    empty: Flags
    fixed: Flags


def _to_hide(
    lines: Lines, marks: Marks, sizes: Numbers, over: Numbers, parameters: Parameters
) -> NDArray[np.int64]:
    """The cell to hide next in each line that gives something away."""
    real, at = lines.real, lines.parts
    gone = real & marks.hidden[at] & ~marks.empty[at]
    how_many = gone.sum(axis=1) + (over > 0)
    together = np.where(gone, sizes[at], 0).sum(axis=1) + over
    weak = (how_many == 1) | ((how_many > 1) & (together < parameters.smallest_difference))
    # A whole that is hidden is the sum of its parts, if all of those are shown.
    weak |= marks.hidden[lines.wholes] & ~marks.empty[lines.wholes] & (how_many == 0)
    left = real & ~marks.hidden[at] & ~marks.empty[at]
    # What was published before is kept if anything else can go: its old number is known anyway.
    cost = np.where(left, sizes[at] * 2 + 1, LARGEST)
    cost = np.where(left & marks.fixed[at], cost + LARGEST // 2, cost)
    smallest = at[np.arange(len(at)), np.argmin(cost, axis=1)]
    # With no other part to hide, the whole is what gives the one away.
    which = np.where(left.any(axis=1), smallest, lines.wholes)
    return np.unique(which[weak & ~marks.hidden[which]])
