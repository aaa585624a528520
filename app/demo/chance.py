"""Seeded chance: the same name gives the same sequence on every machine and every start."""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random  # noqa: TID251 - this is the seeded generator that is passed in
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")
SEED = "northmoor-1"


class Chance(Random):
    """A source of chance for one part of the force, so that changing one part leaves the others."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{SEED}:{part}")

    def happens(self, share: float) -> bool:
        """True in this share of cases, 0 to 1."""
        return self.random() < share

    def pick(self, weights: Mapping[T, float]) -> T:
        """One key, as often as its weight says."""
        return self.choices(list(weights), list(weights.values()))[0]

    def poisson(self, mean: float) -> int:
        """A count with this mean (Knuth's product of uniforms, split so it cannot underflow)."""
        count = 0
        while mean > 0:
            part = min(mean, 30.0)
            mean -= part
            limit, product = math.exp(-part), self.random()
            while product > limit:
                count += 1
                product *= self.random()
        return count

    def day(self, first: date, last: date) -> date:
        """A day from ``first`` to ``last``, both included; ``first`` when they are reversed."""
        return first + timedelta(days=self.randint(0, max((last - first).days, 0)))

    def public_id(self) -> str:
        """An identifier shaped like ``app.common.identifiers.new_public_id``, but repeatable."""
        return UUID(int=self.getrandbits(128), version=4).hex
