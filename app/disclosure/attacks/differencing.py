"""A3 and A4: taking one published number from another, when one group holds the other."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.disclosure.attacks.findings import Finding
from app.disclosure.attacks.seen import HIDDEN, Seen

FEW = 10
"""A difference of fewer people than this says something about too few."""
NARROW_MENU = 60
"""With more cells a person, only pairs that share filters are tried: all pairs would take hours."""


def nested_pairs(seen: Seen) -> Finding:
    """A3: every two published groups of which one holds the other with up to nine people more."""
    shown = np.flatnonzero((seen.base != HIDDEN) & seen.fresh)
    within = seen.within[shown]
    most = within.sum(axis=0).max() if len(shown) else 0
    tried, found = (_all_pairs if most <= NARROW_MENU else _filter_pairs)(seen, shown)
    return Finding("A3", "Nested groups subtracted", tried, found, 0, "pairs 1-9 people apart")


def _all_pairs(seen: Seen, shown: NDArray[np.int64]) -> tuple[int, int]:
    within = seen.within[shown]
    shared = (within @ within.T).tocoo()
    size = seen.size[shown]
    nested = (shared.data == size[shared.col]) & (shared.row != shared.col)
    apart = size[shared.row] - size[shared.col]
    return int(nested.sum()), int((nested & (apart > 0) & (apart < FEW)).sum())


def parents(seen: Seen) -> list[tuple[int, int]]:
    """Places of (larger group, smaller group) where leaving out filters leads from one to the
    other."""
    return [
        (whole, at)
        for at, cell in enumerate(seen.cells)
        for length in range(len(cell.filters))
        for fewer in combinations(sorted(cell.filters), length)
        if (whole := seen.place.get(fewer)) is not None
    ]


def _filter_pairs(seen: Seen, shown: NDArray[np.int64]) -> tuple[int, int]:
    there = set(shown.tolist())
    pairs = [pair for pair in parents(seen) if pair[0] in there and pair[1] in there]
    if not pairs:
        return 0, 0
    larger, smaller = np.array(pairs).T
    apart = seen.size[larger] - seen.size[smaller]
    return len(pairs), int(((apart > 0) & (apart < FEW)).sum())


def isolated_people(seen: Seen) -> tuple[int, float]:
    """Whose own answer two published numerators give away by subtraction: how many people, and
    the share of them for whom the answer so found is right."""
    told: dict[int, list[bool]] = {}
    for larger, smaller in parents(seen):
        apart = seen.size[larger] - seen.size[smaller]
        if apart != 1 or seen.counted[larger] == HIDDEN or seen.counted[smaller] == HIDDEN:
            continue
        member = seen.within[larger] - seen.within[smaller]
        person = int(member.indices[member.data > 0][0])
        guess = seen.counted[larger] - seen.counted[smaller] >= 1
        told.setdefault(person, []).append(bool(guess == seen.frame.counted[person]))
    right = [2 * sum(guesses) > len(guesses) for guesses in told.values()]
    return len(right), float(np.mean(right)) if right else 0.0


def windows(views: Sequence[Seen]) -> Finding:
    """A4: the same question over a longer and a shorter period that lies in it.

    ``views``: one release. A pair counts when everybody of the shorter period is in the longer one
    and one to nine people more are.
    """
    tried = found = 0
    for longer in views:
        for shorter in views:
            if _contains(longer, shorter):
                pairs, breaches = _window(longer, shorter)
                tried += pairs
                found += breaches
    return Finding("A4", "Overlapping periods subtracted", tried, found, 0, "windows of 1-9 people")


def _contains(longer: Seen, shorter: Seen) -> bool:
    one, other = longer.frame.people.period, shorter.frame.people.period
    return (
        longer.frame.measure == shorter.frame.measure
        and one != other
        and one.first <= other.first
        and other.last <= one.last
    )


def _window(longer: Seen, shorter: Seen) -> tuple[int, int]:
    places = [
        (at, other)
        for at, cell in enumerate(longer.cells)
        if (other := shorter.place.get(tuple(sorted(cell.filters)))) is not None
        and longer.counted[at] != HIDDEN
        and shorter.counted[other] != HIDDEN
        and longer.fresh[at]
        and shorter.fresh[other]
    ]
    if not places:
        return 0, 0
    one, other = np.array(places).T
    ids = {id_: place for place, id_ in enumerate(longer.frame.people.ids)}
    move = np.array([ids.get(id_, -1) for id_ in shorter.frame.people.ids])
    long_ = longer.within[one].multiply(longer.frame.counted[None, :].astype(np.float64)).tocsr()
    short = _moved(shorter, other, move, len(ids))
    shared = np.asarray(long_.multiply(short).sum(axis=1)).ravel()
    apart = longer.hits[one] - shared
    nested = shared == shorter.hits[other]
    return len(places), int((nested & (apart > 0) & (apart < FEW)).sum())


def _moved(seen: Seen, rows: NDArray[np.int64], move: NDArray[np.int64], width: int) -> csr_matrix:
    """Who was counted in these cells, in the columns of another list of people."""
    mine = seen.within[rows].multiply(seen.frame.counted[None, :].astype(np.float64)).tocoo()
    kept = (mine.data > 0) & (move[mine.col] >= 0)
    shape = (len(rows), width)
    return csr_matrix((mine.data[kept], (mine.row[kept], move[mine.col[kept]])), shape=shape)
