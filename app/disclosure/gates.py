"""Which numbers are hidden for what they are: decided once, when a release is made. Pure.

A number is hidden by its true value as well as by its adjusted one, so that what the pages promise
("never a group of fewer than 30 people, never a result about fewer than 10") is simply true.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.disclosure.cells import Why
from app.disclosure.parameters import Parameters

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Hidden(IntEnum):
    """Why a number is hidden, as an array can hold it."""

    SHOWN = 0
    GROUP = 1
    FEW = 2
    BESIDE = 3
    """The result alone goes: the size of the group can be said."""
    GROUP_BESIDE = 4
    """The group goes, to protect the size of a group beside it."""


WHY = {
    Hidden.GROUP: Why.GROUP,
    Hidden.FEW: Why.FEW,
    Hidden.BESIDE: Why.BESIDE,
    Hidden.GROUP_BESIDE: Why.BESIDE,
}


class Counts(NamedTuple):
    """The numbers of one frame, one a cell: true ones, and adjusted ones before rounding."""

    base: Numbers
    counted: Numbers
    shown_base: Numbers
    shown_counted: Numbers


def groups(counts: Counts, sensitive: Flags, *, parameters: Parameters) -> Flags:
    """Which groups are too small to say anything of."""
    least = np.where(sensitive, parameters.smallest_sensitive_group, parameters.smallest_group)
    return np.asarray(np.minimum(counts.base, counts.shown_base) < least)


def results(counts: Counts, *, parameters: Parameters) -> Numbers:
    """Which results are about too few people or leave too few over: 0, 1 to 9 and all are alike."""
    few, base, counted = parameters.smallest_count, counts.base, counts.counted
    over = np.minimum(base - counted, counts.shown_base - counts.shown_counted)
    least = np.minimum(over, np.minimum(counted, counts.shown_counted))
    return np.where(least < few, Hidden.FEW, Hidden.SHOWN)


def too_alike(
    inside: NDArray[np.float32], shown: Flags, depth: Numbers, *, parameters: Parameters
) -> Flags:
    """Which shown cells differ from another one by a few people: whoever knows both knows those.

    ``inside``: a row a cell, a column a person, of those who count. Of two that are alike the one
    with more filters goes, else the later one. This holds the complement rule against every
    ancestor, and against all other cells as well.
    """
    found = np.zeros(len(shown), dtype=bool)
    at = np.flatnonzero(shown)
    if not at.size or not inside.shape[1]:
        return found
    rows = inside[at]
    sizes = rows.sum(axis=1)
    differ = sizes[:, None] + sizes[None, :] - 2 * (rows @ rows.T)
    close = (differ > 0) & (differ < parameters.smallest_difference)
    if not close.any():
        return found
    kept = np.zeros(len(at), dtype=bool)
    for place in np.lexsort((at, depth[at])):
        kept[place] = not (close[place] & kept).any()
    found[at[~kept]] = True
    return found
