"""Categories that are large enough: small ones are put together, by a rule that anybody can repeat.

Nothing here knows a person: only how many there are of each answer. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from app.measures.vocabulary import OTHER, Category

SMALLEST = 30
"""A category of fewer people, in the whole force, is put together with another."""
Sizes = Mapping[str, int]
Groups = list[list[int]]
"""Neighbouring places in a list of bands, each in one group."""


def neighbours(sizes: Sequence[int], smallest: int = SMALLEST) -> Groups:
    """Bands in their order, the smallest joined to the smaller of its neighbours until none is too
    small; of two that are alike, the lower."""
    groups: Groups = [[place] for place in range(len(sizes))]
    counts = list(sizes)
    while len(groups) > 1 and min(counts) < smallest:
        place = counts.index(min(counts))
        beside = [at for at in (place - 1, place + 1) if 0 <= at < len(groups)]
        other = min(beside, key=lambda at: counts[at])
        low, high = sorted((place, other))
        groups[low] += groups.pop(high)
        counts[low] += counts.pop(high)
    return groups


def small_ones(sizes: Sizes, smallest: int = SMALLEST) -> set[str]:
    """The codes that go into one category together: those too small, and the next smallest as long
    as what is together is too small itself. Of two that are alike, the first by its code."""
    by_size = sorted(sizes, key=lambda code: (sizes[code], code))
    together = {code for code in by_size if sizes[code] < smallest}
    if not together:
        return together
    if OTHER in sizes:
        together.add(OTHER)
    for code in by_size:
        if sum(sizes[one] for one in together) >= smallest:
            break
        together.add(code)
    return together


def listed(
    categories: Sequence[Category], sizes: Sizes, together: Callable[[list[str]], str]
) -> tuple[tuple[Category, ...], dict[str, str]]:
    """The categories of a list without order, and which answer is in which.

    Args:
        categories: Every answer there may be, in the order in which they are shown.
        sizes: How many people gave each; an answer that nobody gave is in no list.
        together: What the small ones are called together, from their labels.
    """
    given = [one for one in categories if sizes.get(one.code)]
    small = small_ones({one.code: sizes[one.code] for one in given})
    into = {one.code: OTHER if one.code in small else one.code for one in given}
    kept = tuple(one for one in given if one.code not in small)
    if len(small) == 1:
        # One alone keeps its name: there is nothing to put it together with.
        return tuple(given), {one.code: one.code for one in given}
    if small:
        labels = [one.label for one in given if one.code in small]
        kept = (*kept, Category(OTHER, together(labels) if kept else "Any answer"))
    return kept, into


def any_other(labels: list[str]) -> str:
    """What small categories are called together: their names, so that nobody has to guess."""
    return f"{' or '.join(filter(None, [', '.join(labels[:-1]), labels[-1]]))}, together"


class Bands:
    """Numbers in bands, such as years of service: ``bounds`` are the first of each band.

    ``past``: the last of a band is one less than the next band's first, as ages are told; otherwise
    it is "under" it, as years of service are.
    """

    def __init__(self, bounds: Sequence[int], unit: str = "", *, past: bool = False) -> None:
        self.bounds = tuple(bounds)
        self.unit = unit
        self.past = past

    def place(self, number: int) -> int:
        """The band a number is in."""
        return max(at for at, bound in enumerate(self.bounds) if at == 0 or bound <= number)

    def category(self, places: Sequence[int]) -> Category:
        """One band, or several neighbouring ones."""
        low = self.bounds[places[0]]
        after = self.bounds[places[-1] + 1] if places[-1] + 1 < len(self.bounds) else None
        first = places[0] == 0
        code = f"{low}_{'up' if after is None else after}"
        if first and after is None:
            return Category(code, "Any")
        if first:
            return Category(code, f"Under {after}{self._unit(after or 0)}")
        if after is None:
            words = f"Over {low - 1}" if self.past else f"{low}{self._unit(low)} or more"
            return Category(code, words)
        last = f"{after - 1}" if self.past else f"under {after}{self._unit(after)}"
        return Category(code, f"{low} to {last}")

    def _unit(self, number: int) -> str:
        return f" {self.unit}{'' if number == 1 else 's'}" if self.unit else ""

    def grouped(self, sizes: Sequence[int]) -> tuple[tuple[Category, ...], dict[str, str]]:
        """The bands that are large enough, and which single band is in which."""
        groups = neighbours(sizes)
        found = [self.category(group) for group in groups]
        into = {
            self.category([place]).code: category.code
            for group, category in zip(groups, found, strict=True)
            for place in group
        }
        return tuple(found), into

    def codes(self) -> list[str]:
        """The code of each single band."""
        return [self.category([place]).code for place in range(len(self.bounds))]


SERVICE = Bands((0, 1, 2, 3, 5, 10, 15, 20, 25), "year")
AGE = Bands((0, 26, 41, 56), past=True)
for _bands in (SERVICE, AGE):
    # A bound that is out of order would put people into the wrong band without a word.
    if any(low >= high for low, high in pairwise(_bands.bounds)):
        raise ValueError(_bands.bounds)
