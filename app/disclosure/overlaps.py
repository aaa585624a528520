"""Months in quarters in years: two figures of one question must not differ by a few people. Pure.

Where everybody who was counted in the shorter period was counted in the longer one too, and one to
nine people more were, the two figures together tell of those few. The one that is made later is
hidden: what has been published cannot be taken back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.disclosure import menu
from app.disclosure.cells import Cell
from app.disclosure.contributors import Contributors
from app.disclosure.gates import Flags
from app.disclosure.store import Filters
from app.measures.vocabulary import Period

COUNTED = 2


@dataclass
class Told:
    """What is published of one period, and who was counted in it."""

    known: Contributors
    cells: Sequence[Filters]
    member: sparse.csr_matrix
    shown: dict[str, set[Filters]] = field(default_factory=dict)
    """By the code of the measure."""

    def __post_init__(self) -> None:
        self.place = {filters: at for at, filters in enumerate(self.cells)}

    def add(self, cells: Iterable[Cell]) -> None:
        """Remember which results are shown."""
        for cell in cells:
            if cell.counted is not None:
                self.shown.setdefault(cell.measure, set()).add(cell.filters)

    def counted(self, measure: str) -> NDArray[np.bool_]:
        """Who is counted: one truth value a person."""
        status = self.known.status.get(measure)
        if status is None:
            return np.zeros(len(self.known.people.ids), dtype=bool)
        return np.asarray(status == COUNTED)

    def sizes(self, measure: str) -> NDArray[np.int64]:
        """How many are counted in each cell."""
        found = self.member @ self.counted(measure).astype(np.float64)
        return np.asarray(np.rint(found), dtype=np.int64)

    def who(self, measure: str, filters: Filters) -> set[int]:
        """Who is counted in one cell, as numbers."""
        inside = self.member[self.place[filters]].indices
        chosen = inside[self.counted(measure)[inside]]
        return set(self.known.numbers[chosen].tolist())


def told(known: Contributors, cells: Iterable[Cell]) -> Told:
    """What was published before of a period."""
    listed = tuple(cells)
    codes = {
        (dimension, category.code)
        for dimension, categories in known.people.categories.items()
        for category in categories
    }
    asked = tuple(
        sorted(
            {cell.filters for cell in listed if all(tuple(one) in codes for one in cell.filters)}
        )
    )
    found = Told(known, asked, menu.member_of(known.people, asked))
    found.add(cell for cell in listed if cell.filters in found.place)
    return found


def alike(new: Told, others: Iterable[Told], measure: str, *, apart: int) -> Flags:
    """Which results of a period that is being made would tell of a few people beside those of
    ``others``; ``apart``: how many more are enough."""
    found = np.zeros(len(new.cells), dtype=bool)
    mine = new.sizes(measure)
    for other in others:
        sign = _longer(new.known.people.period, other.known.people.period)
        if not sign or measure not in other.shown:
            continue
        theirs = other.sizes(measure)
        for filters in other.shown[measure] & new.place.keys():
            at = new.place[filters]
            more = sign * int(mine[at] - theirs[other.place[filters]])
            if 0 < more < apart and not found[at]:
                sets = new.who(measure, filters), other.who(measure, filters)
                found[at] = sets[0] > sets[1] if sign > 0 else sets[1] > sets[0]
    return found


def _longer(one: Period, other: Period) -> int:
    """1: the other lies in it; -1: it lies in the other; 0: neither."""
    if one == other:
        return 0
    if one.first <= other.first and other.last <= one.last:
        return 1
    return -1 if other.first <= one.first and one.last <= other.last else 0


def newest(known: Mapping[tuple[int, str], Contributors], period: str) -> Contributors | None:
    """Who was counted when a period was last made; ``None`` when it cannot change any more."""
    numbers = [number for number, code in known if code == period]
    return known[max(numbers), period] if numbers else None
