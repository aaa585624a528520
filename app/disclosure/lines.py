"""Which cells add up to which: everything a reader can subtract. Pure, but for numpy."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.disclosure.cells import Filter
from app.disclosure.store import Filters
from app.measures.vocabulary import MANY_VALUED, Dimension

NOBODY = -1


class Lines(NamedTuple):
    """``parts``: a row a line, the places of its cells, filled up with ``NOBODY``; together they
    are the cell at ``wholes``, but for whoever is in none of them."""

    wholes: NDArray[np.int64]
    parts: NDArray[np.int64]

    @property
    def real(self) -> NDArray[np.bool_]:
        """Where ``parts`` holds a cell."""
        return np.asarray(self.parts != NOBODY)


def lines_of(cells: Sequence[Filters]) -> Lines:
    """Every line of a menu: one dimension in all, and in a crossed table each row and column."""
    places = {filters: place for place, filters in enumerate(cells)}
    found: dict[tuple[Filters, Dimension], list[int]] = {}
    for place, filters in enumerate(cells):
        for whole, varied in _wholes(filters):
            if whole in places and varied not in MANY_VALUED:
                found.setdefault((whole, varied), []).append(place)
    longest = max((len(parts) for parts in found.values()), default=0)
    parts = np.full((len(found), longest), NOBODY, dtype=np.int64)
    for row, one in enumerate(found.values()):
        parts[row, : len(one)] = one
    wholes = np.array([places[whole] for whole, _ in found], dtype=np.int64)
    return Lines(wholes, parts)


def _wholes(filters: Filters) -> Iterable[tuple[tuple[Filter, ...], Dimension]]:
    for one in filters:
        yield tuple(other for other in filters if other != one), one.dimension
