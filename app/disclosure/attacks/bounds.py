"""A6: how closely a hidden number is pinned by everything that is shown around it."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, csr_matrix, hstack, vstack

from app.disclosure.attacks.findings import Finding, Together
from app.disclosure.attacks.seen import HIDDEN, Seen
from app.disclosure.cells import Why

NARROW, WIDE = 5, 10
WIDE_SHARE = 0.99
NEVER = 1e9


def widths(seen: Seen, *, most: int, seed: int = 0) -> NDArray[np.float64]:
    """How wide the interval is in which each of up to ``most`` hidden numerators can lie.

    A linear program over every base and numerator of the menu: parts add up to their wholes, a
    numerator is no larger than its base, a shown number is no farther from the truth than it can
    have been adjusted and rounded, and each reason for hiding a number says what it says.
    """
    hidden = np.flatnonzero((seen.counted == HIDDEN) & (seen.size > 0))
    chosen = np.random.default_rng(seed).permutation(hidden)[:most]
    equal, unequal, most_apart, limits = _program(seen)
    found = []
    for at in chosen:
        aim = np.zeros(2 * len(seen.cells))
        ends = []
        for sign in (1.0, -1.0):
            aim[len(seen.cells) + at] = sign
            solved = linprog(
                aim,
                A_ub=unequal,
                b_ub=most_apart,
                A_eq=equal,
                b_eq=np.zeros(equal.shape[0]),
                bounds=limits,
                method="highs",
            )
            ends.append(sign * solved.fun if solved.status == 0 else sign * -NEVER)
        found.append(ends[1] - ends[0])
    return np.array(found)


def _program(
    seen: Seen,
) -> tuple[csr_matrix, csr_matrix, NDArray[np.float64], NDArray[np.float64]]:
    """Variables: every base, then every numerator."""
    count = len(seen.cells)
    sums = _sums(seen)
    nothing = csr_matrix(sums.shape)
    equal = vstack([hstack([sums, nothing]), hstack([nothing, sums])]).tocsr()
    one = csr_matrix(np.eye(count))
    unequal = hstack([-one, one]).tocsr()
    rest = _limits(seen.counted, seen.scheme.slack)
    # Which of "very few" and "nearly all" it is is not published; here the attacker just knows.
    nearly = seen.why(Why.FEW) & (2 * seen.hits > seen.size)
    few = seen.why(Why.FEW) & ~nearly
    rest[few, 1] = seen.scheme.few - 1 + seen.scheme.reach
    unequal = vstack([unequal, hstack([one, -one]).tocsr()[nearly]]).tocsr()
    most_apart = np.concatenate(
        [np.zeros(count), np.full(nearly.sum(), seen.scheme.few - 1.0 + 2 * seen.scheme.reach)]
    )
    limits = np.vstack([_limits(seen.base, seen.scheme.slack), rest])
    return equal, unequal, most_apart, limits


def _sums(seen: Seen) -> csr_matrix:
    rows, columns, values = [], [], []
    for at, line in enumerate(seen.lines):
        rows += [at] * (1 + len(line.parts))
        columns += [line.whole, *line.parts]
        values += [-1.0] + [1.0] * len(line.parts)
    shape = (len(seen.lines), len(seen.cells))
    return coo_matrix((values, (rows, columns)), shape=shape).tocsr()


def _limits(published: NDArray[np.int64], slack: float) -> NDArray[np.float64]:
    shown = published != HIDDEN
    low = np.where(shown, np.maximum(0, published - slack), 0.0)
    return np.stack([low, np.where(shown, published + slack, np.inf)], axis=1)


def pinned(seen: Seen, *, most: int, seed: int = 0) -> list[Finding]:
    """A6: no interval narrower than five, and 99 in 100 at least ten wide."""
    found = widths(seen, most=most, seed=seed)
    tried = len(found)
    narrow = int((found < NARROW - 1e-6).sum())
    thin = float((found < WIDE - 1e-6).mean()) if tried else 0.0
    least = f"narrowest {found.min():.1f}" if tried else "nothing is hidden"
    return [
        Finding("A6", "Bounds by linear programming", tried, narrow, 0, "narrower than 5", least),
        Finding(
            "A6",
            "Bounds: under 10 wide",
            tried,
            thin,
            1 - WIDE_SHARE,
            "share of hidden",
            together=Together.MEAN,
        ),
    ]
