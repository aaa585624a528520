"""What an attacker knows of the protection: all of it but the secret. Pure."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Scheme:
    """The published parameters. ``spread`` 0: nothing is adjusted."""

    few: int = 10
    group: int = 30
    apart: int = 10
    spread: float = 4.0
    cut: int = 12
    rounding: int = 5
    changed: int = 10

    @cached_property
    def noise(self) -> NDArray[np.float64]:
        """The chance of each adjustment from ``-cut`` to ``cut``."""
        if not self.spread:
            return np.ones(1)
        steps = np.arange(-self.cut, self.cut + 1)
        weights: NDArray[np.float64] = np.exp(-(steps**2) / (2 * self.spread**2))
        return np.asarray(weights / weights.sum())

    @property
    def reach(self) -> int:
        """By how much a number is adjusted at most, before it is rounded."""
        return self.cut if self.spread else 0

    @property
    def slack(self) -> float:
        """How far from the truth a shown number can be."""
        return self.reach + (self.rounding / 2 if self.rounding > 1 else 0)

    @property
    def variance(self) -> float:
        """Of a shown number about the truth; never 0, so that one can divide by it."""
        steps = np.arange(-self.reach, self.reach + 1)
        return float((self.noise * steps**2).sum() + (self.rounding**2 - 1) / 12) or 0.01

    def adjusted(self, true: NDArray[np.int64]) -> NDArray[np.int64]:
        """Every adjusted number there can be for each true one: [true, adjustment]."""
        return true[:, None] + np.arange(-self.reach, self.reach + 1)[None, :]

    def rounded(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """To the nearest multiple; there are no ties when that is odd."""
        return (numbers + self.rounding // 2) // self.rounding * self.rounding


OURS = Scheme()
THRESHOLD = Scheme(few=10, group=0, apart=0, spread=0.0, cut=0, rounding=1, changed=0)
"""Numbers under ten are not shown, and nothing else is done: what many dashboards do."""
RAW = Scheme(few=0, group=0, apart=0, spread=0.0, cut=0, rounding=1, changed=0)
"""Nothing is done at all."""
