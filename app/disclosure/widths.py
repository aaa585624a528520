"""How narrowly a reader can work out a hidden number from everything that is shown. Pure.

A reader knows which cells add up to which, and of each shown number that the true one lies within
the widest adjustment and the rounding. For each hidden number that leaves an interval. Where it is
too narrow, more is hidden.

The exact interval is a linear programme, which takes milliseconds for each of thousands of cells.
So a quick look comes first: ways to change the table that move the hidden number and break nothing
that is shown prove that its interval is at least as wide. Only where no such way is found is the
programme solved.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.disclosure.gates import Counts, Flags, Hidden, Numbers
from app.disclosure.lines import NOBODY, Lines
from app.disclosure.parameters import Parameters
from app.disclosure.secondary import closed, remainders

NARROWEST = 10
"""No hidden number may be known more narrowly than this, in people."""
TINY = 1e-6


class Box(NamedTuple):
    """What a reader knows of each number by itself: it lies between these."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]


def box(
    counts: Counts, reason: Numbers, gone: Flags, *, group_gone: Flags, parameters: Parameters
) -> Box:
    """The bounds of each result, from what is shown at its own place."""
    slack = parameters.widest + parameters.step // 2
    low = np.where(gone, 0, np.maximum(0, counts.shown_counted - slack)).astype(np.float64)
    size = np.where(
        group_gone,
        np.maximum(parameters.smallest_group, counts.base) + parameters.widest,
        counts.shown_base + slack,
    )
    high = np.where(gone, size, counts.shown_counted + slack).astype(np.float64)
    few = parameters.smallest_count - 1 + parameters.widest
    # It is not said whether it is very few or nearly all; a reader may still guess right.
    told = gone & ~group_gone & (reason == Hidden.FEW)
    nearly = told & (2 * counts.counted > counts.base)
    high = np.where(told & ~nearly, np.minimum(high, few), high)
    low = np.where(nearly, np.maximum(0, counts.shown_base - slack - few), low)
    return Box(np.minimum(low, counts.counted), np.maximum(high, counts.counted))


def widened(
    lines: Lines,
    gone: Flags,
    counts: Counts,
    fixed: Flags,
    *,
    reason: Numbers,
    group_gone: Flags,
    parameters: Parameters,
) -> Flags:
    """What is hidden once no hidden result is known too narrowly.

    What is wholly hidden or wholly carried on needs no look: nothing new is shown beside it.
    """
    if gone.all() or fixed.all():
        return gone
    while True:
        known = box(counts, reason, gone, group_gone=group_gone, parameters=parameters)
        narrow = _narrow(lines, known, counts, gone & ~fixed)
        more = _beside(lines, narrow, gone, counts.counted)
        if not more.size:
            return gone
        gone = gone.copy()
        gone[more] = True
        gone = closed(
            lines, gone, counts.counted, fixed, empty=counts.base == 0, parameters=parameters
        )


def _narrow(lines: Lines, known: Box, counts: Counts, asked: Flags) -> NDArray[np.int64]:
    """Which of the cells asked about have too narrow an interval, in the order of the menu.

    Each programme that is solved finds a possible table, which tells something of all cells: most
    are seen ten people apart before their own turn comes.
    """
    open_ones = asked & (proven(lines, known, counts.counted) < NARROWEST)
    if not open_ones.any():
        return np.flatnonzero(open_ones)
    tables = Tables(lines, known, remainders(lines, counts.base) == 0)
    low = high = counts.counted.astype(np.float64)
    for goal in _goals(open_ones):
        left = open_ones & (high - low < NARROWEST - TINY)
        if not left[goal].any():
            continue
        for sign in (-1.0, 1.0):
            found = tables.best(np.where(goal & left, sign, 0.0))
            low, high = np.minimum(low, found), np.maximum(high, found)
    return np.flatnonzero(open_ones & (high - low < NARROWEST - TINY))


def _goals(asked: Flags) -> Iterator[Flags]:
    """What is pushed up and down: all cells together, and then each by itself."""
    yield asked
    for place in np.flatnonzero(asked).tolist():
        alone = np.zeros(len(asked), dtype=bool)
        alone[place] = True
        yield alone


def _beside(
    lines: Lines, narrow: NDArray[np.int64], gone: Flags, sizes: Numbers
) -> NDArray[np.int64]:
    """The smallest shown cell in a line with each of these, or a whole that it is a part of."""
    found: set[int] = set()
    for place in narrow.tolist():
        within = (lines.parts == place).any(axis=1)
        parts = lines.parts[within]
        beside = {*parts[parts >= 0].tolist(), *lines.wholes[within].tolist()}
        shown = sorted((int(sizes[one]), one) for one in beside if not gone[one])
        if shown:
            found.add(shown[0][1])
    return np.array(sorted(found), dtype=np.int64)


# --- A quick proof --------------------------------------------------------------------------------


def proven(lines: Lines, known: Box, true: Numbers) -> NDArray[np.float64]:
    """For each cell, how wide its interval is at least.

    The true table is a possible one. Moving people from one part of a line into another leaves the
    whole as it is; in a crossed table the two margins move along. Such a move is possible as far
    as every cell it touches has room. So is counting some more people, or fewer, in all of it.
    """
    if not lines.parts.size:
        return np.full(len(true), np.inf)
    room_up, room_down = known.high - true, true - known.low
    moves = _Moves(lines, len(true))
    up = np.maximum(moves.furthest(room_up, room_down), moves.together(room_up))
    down = np.maximum(moves.furthest(room_down, room_up), moves.together(room_down))
    return up + down


class _Moves:
    """The moves that leave every other sum as it is."""

    def __init__(self, lines: Lines, size: int) -> None:
        self.size = size
        self.margins = _margins(lines)
        crossed = (self.margins != NOBODY).any(axis=1)
        how_often = np.bincount(lines.wholes[crossed], minlength=size)
        # A margin that is crossed with several things would have to be made good in all of them.
        touched = np.where(lines.real, np.where(crossed[:, None], self.margins, lines.parts), 0)
        allowed = np.where(crossed[:, None], how_often[touched] == 1, how_often[touched] == 0)
        fits = (allowed | ~lines.real).all(axis=1)
        self.wholes, self.crossed = lines.wholes[fits], crossed[fits]
        self.parts, self.margins = lines.parts[fits], self.margins[fits]

    def furthest(
        self, gaining: NDArray[np.float64], losing: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """How far each cell can move one way, with another part moving the other way."""
        found = np.zeros(self.size)
        if not self.parts.size:
            return found
        gain, lose = self._room(gaining), self._room(losing)
        best = np.argmax(lose, axis=1)
        rows = np.arange(len(lose))
        first = lose[rows, best]
        lose[rows, best] = -np.inf
        is_best = np.arange(lose.shape[1])[None, :] == best[:, None]
        other = np.where(is_best, lose.max(axis=1)[:, None], first[:, None])
        move = np.maximum(0, np.minimum(gain, other))
        for places in (self.parts, self.margins):
            held = places != NOBODY
            np.maximum.at(found, places[held], move[held])
        return found

    def together(self, room: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far each cell can move with the whole and a part of every line moving the same way:
        as if some people more, or fewer, who are alike in everything, were counted."""
        found = np.zeros(self.size)
        if not self.parts.size:
            return found
        each = self._room(room)
        best, simple = each.max(axis=1), ~self.crossed
        most = min(room[0], best[simple].min(initial=np.inf))
        alike = np.full(self.size, np.inf)
        np.minimum.at(alike, self.wholes[self.crossed], best[self.crossed])
        held = np.isfinite(alike)
        alike = np.where(held, np.minimum(np.minimum(alike, room), most), 0)
        most = alike.max() if held.any() else most
        limit = np.where(simple, most, alike[self.wholes])
        move = np.maximum(0, np.minimum(each, limit[:, None]))
        for places in (self.parts, self.margins):
            real = places != NOBODY
            np.maximum.at(found, places[real], move[real])
        found = np.maximum(found, alike)
        found[0] = max(found[0], most)
        return np.asarray(found)

    def _room(self, room: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of each part, together with its margin; none where there is no part."""
        found: NDArray[np.float64] = np.where(self.parts != NOBODY, room[self.parts], -np.inf)
        both = np.minimum(found, room[self.margins])
        return np.asarray(np.where(self.margins != NOBODY, both, found), dtype=np.float64)


def _margins(lines: Lines) -> NDArray[np.int64]:
    """For each part of a crossed line, the other whole it belongs to; nobody in a simple line."""
    wholes_of: dict[int, set[int]] = {}
    for whole, parts in zip(lines.wholes.tolist(), lines.parts.tolist(), strict=True):
        for part in parts:
            wholes_of.setdefault(part, set()).add(whole)
    found = np.full(lines.parts.shape, NOBODY, dtype=np.int64)
    for row, whole in enumerate(lines.wholes.tolist()):
        for column, part in enumerate(lines.parts[row].tolist()):
            others = wholes_of[part] - {whole} if part != NOBODY else set()
            if others:
                found[row, column] = min(others)
    return found


# --- The exact interval ---------------------------------------------------------------------------


class Tables:
    """The tables that a reader has to hold for possible.

    ``whole``: for which lines the parts are all there is; in the others they are no more than that.
    """

    def __init__(self, lines: Lines, known: Box, whole: Flags) -> None:
        sums = _sums(lines, len(known.low))
        self.bounds = np.column_stack(known)
        self.equal, self.at_most = sums[whole], None if whole.all() else sums[~whole]

    def best(self, goal: NDArray[np.float64]) -> NDArray[np.float64]:
        """The possible table for which this is least."""
        from scipy.optimize import linprog  # noqa: PLC0415

        more = {}
        if self.at_most is not None:
            more = {"A_ub": self.at_most, "b_ub": np.zeros(self.at_most.shape[0])}
        solved = linprog(
            goal,
            A_eq=self.equal,
            b_eq=np.zeros(self.equal.shape[0]),
            bounds=self.bounds,
            method="highs",
            **more,
        )
        return np.asarray(solved.x, dtype=np.float64)


def intervals(lines: Lines, known: Box, at: NDArray[np.int64], whole: Flags) -> NDArray[np.float64]:
    """The least and the most that each of these cells can be; see :class:`Tables`."""
    tables = Tables(lines, known, whole)
    goals = np.eye(len(known.low))[at]
    return np.array(
        [
            [tables.best(goal)[place], tables.best(-goal)[place]]
            for place, goal in zip(at.tolist(), goals, strict=True)
        ]
    )


def _sums(lines: Lines, size: int) -> Any:
    """For each line, its parts less its whole."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    rows, columns = np.nonzero(lines.real)
    every = np.arange(len(lines.wholes))
    data = np.concatenate([np.ones(len(rows)), -np.ones(len(every))])
    places = np.concatenate([lines.parts[rows, columns], lines.wholes])
    return csr_matrix((data, (np.concatenate([rows, every]), places)), shape=(len(every), size))
