"""Worlds in which a forecast can be held against what then came: how often its ranges hold it.

``python -m tests.measures.worlds`` plays 2,000 of each; the suite plays some. Printed: the first
month within the likely and within the wide range, then all three months together, in per cent.
"""

from collections.abc import Callable, Iterator
from datetime import date
from sys import stdout
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from app.measures import demand

LAST = date(2026, 10, 31)
MONTHS = (12, 24)
A_MONTH = (2, 8, 30)


class Held(NamedTuple):
    """The share of plays in which the truth was within, in per cent."""

    likely_month: float
    wide_month: float
    likely_three: float
    wide_three: float


def by_chance(mean: float, months: int, chance: Generator) -> NDArray[np.int64]:
    return chance.poisson(mean, months)


def in_bursts(mean: float, months: int, chance: Generator) -> NDArray[np.int64]:
    """The variance is three times the mean: several come after one incident."""
    return chance.negative_binomial(mean / 2, 1 / 3, months)


def drifting(mean: float, months: int, chance: Generator) -> NDArray[np.int64]:
    """The level moves by about a twentieth each month."""
    return chance.poisson(mean * np.exp(np.cumsum(chance.normal(0, 0.05, months))))


WORLDS: dict[str, Callable[[float, int, Generator], NDArray[np.int64]]] = {
    "by chance": by_chance,
    "in bursts": in_bursts,
    "drifting": drifting,
}


def played(world: str, *, mean: float, months: int, times: int) -> Held:
    """Play it so often, from a seed of its own."""
    chance = np.random.default_rng([months, int(mean), list(WORLDS).index(world)])
    found = [_within(past, then) for past, then in _pasts(world, mean, months, times, chance)]
    return Held(*(100 * np.mean(found, axis=0)))


def _pasts(
    world: str, mean: float, months: int, times: int, chance: Generator
) -> Iterator[tuple[list[int], list[int]]]:
    for _ in range(times):
        counts = WORLDS[world](mean, months + demand.AHEAD, chance).tolist()
        if sum(counts[:months]) >= demand.FEWEST:
            yield counts[:months], counts[months:]


def _within(past: list[int], then: list[int]) -> tuple[bool, bool, bool, bool]:
    told = demand.forecast(past, last=LAST)
    assert told is not None
    month, three = told.months[0][1], told.together
    return (
        month.likely[0] <= then[0] <= month.likely[1],
        month.wide[0] <= then[0] <= month.wide[1],
        three.likely[0] <= sum(then) <= three.likely[1],
        three.wide[0] <= sum(then) <= three.wide[1],
    )


if __name__ == "__main__":
    for name in WORLDS:
        for length in MONTHS:
            for level in A_MONTH:
                held = played(name, mean=level, months=length, times=2000)
                shares = "  ".join(f"{share:5.1f}" for share in held)
                stdout.write(f"{name:10}  {length} months of {level:2}:  {shares}\n")
