"""The small adjustment of every number: a discrete Gaussian, cut off, chosen by a key. Pure.

The same key gives the same adjustment for ever, so asking twice tells nothing new.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

UNITS = 1 << 56
"""A draw is a whole number below this."""


def probabilities(spread: float, widest: int) -> list[float]:
    """How likely each adjustment from ``-widest`` to ``widest`` is.

    Of all distributions on these numbers with mean 0 and this standard deviation it is the one with
    the most entropy: weights ``exp(-l * i * i)``, with ``l`` found by halving.
    """
    low, high = 0.0, 50.0
    for _ in range(200):
        middle = (low + high) / 2
        weights = _weights(middle, widest)
        spread_of_it = sum(w * i * i for w, i in weights) / sum(w for w, _ in weights)
        low, high = (middle, high) if spread_of_it > spread * spread else (low, middle)
    weights = _weights(low, widest)
    whole = sum(weight for weight, _ in weights)
    return [weight / whole for weight, _ in weights]


def _weights(rate: float, widest: int) -> list[tuple[float, int]]:
    return [(float(np.exp(-rate * i * i)), i) for i in range(-widest, widest + 1)]


@lru_cache
def steps(spread: float, widest: int) -> NDArray[np.uint64]:
    """Where each adjustment ends on the scale of draws; the last one is the end of the scale."""
    ends = np.cumsum(probabilities(spread, widest))[:-1]
    return np.array([*(int(end * UNITS) for end in ends), UNITS], dtype=np.uint64)


def adjustments(draws: NDArray[np.uint64], *, spread: float, widest: int) -> NDArray[np.int64]:
    """The adjustment that each draw chooses: inverse of the distribution, in people."""
    return np.searchsorted(steps(spread, widest), draws, side="right").astype(np.int64) - widest
