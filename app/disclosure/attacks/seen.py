"""One measure in one period as an attacker sees it, beside the truth by which they are scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.disclosure.attacks.scheme import Scheme
from app.disclosure.cells import Cell, Filter, Why
from app.measures.frames import Frame, People
from app.measures.vocabulary import MANY_VALUED

HIDDEN = -1
"""Where a number would be, if it were shown."""


def inside(people: People, filters: Sequence[Filter]) -> NDArray[np.bool_]:
    """Who is in all of these categories: one truth value a person."""
    kept = np.ones(len(people.ids), dtype=np.bool_)
    for dimension, code in filters:
        place = [category.code for category in people.categories[dimension]].index(code)
        kept &= people.member[dimension][:, place]
    return kept


class Groups:
    """Who is in which cell, worked out once for all measures of a period."""

    def __init__(self, people: People) -> None:
        self.people = people
        self._made: dict[tuple[tuple[Filter, ...], ...], csr_matrix] = {}

    def matrix(self, cells: Sequence[Cell]) -> csr_matrix:
        """One row a cell, one column a person, 1 where the person is in the cell."""
        key = tuple(cell.filters for cell in cells)
        if key not in self._made:
            rows = [np.flatnonzero(inside(self.people, filters)) for filters in key]
            ends = np.cumsum([0, *map(len, rows)])
            places = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
            shape = (len(rows), len(self.people.ids))
            self._made[key] = csr_matrix((np.ones(len(places)), places, ends), shape=shape)
        return self._made[key]


@dataclass(frozen=True)
class Line:
    """A whole and its parts, each person of the whole in exactly one part: places of cells."""

    whole: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Seen:
    """The published cells of one measure and period, and who was really in them.

    ``groups`` speaks of the same people as ``frame``; share it between the measures of a period.
    """

    cells: tuple[Cell, ...]
    frame: Frame
    groups: Groups
    scheme: Scheme
    release: int | None = None
    """Number of the release that is attacked; without it, of the newest of these figures."""

    @cached_property
    def fresh(self) -> NDArray[np.bool_]:
        """Which figures were made for this release: of the others the truth is an older one."""
        made = np.array([cell.as_of for cell in self.cells], dtype=np.int64)
        now = self.release if self.release is not None else made.max(initial=0)
        return np.asarray(made == now)

    @cached_property
    def within(self) -> csr_matrix:
        """Cells by people, only those in the base."""
        every = self.groups.matrix(self.cells)
        return every.multiply(self.frame.base[None, :].astype(np.float64)).tocsr()

    @cached_property
    def size(self) -> NDArray[np.int64]:
        """How many people each cell really has in its base."""
        return _whole(self.within @ np.ones(len(self.frame.base)))

    @cached_property
    def hits(self) -> NDArray[np.int64]:
        """How many of them are really counted."""
        return _whole(self.within @ self.frame.counted.astype(np.float64))

    @cached_property
    def base(self) -> NDArray[np.int64]:
        """The published bases; ``HIDDEN`` where there is none."""
        return np.array([HIDDEN if cell.base is None else cell.base for cell in self.cells])

    @cached_property
    def counted(self) -> NDArray[np.int64]:
        """The published numerators; ``HIDDEN`` where there is none."""
        return np.array([HIDDEN if cell.counted is None else cell.counted for cell in self.cells])

    def why(self, *reasons: Why) -> NDArray[np.bool_]:
        """Which cells are hidden for one of these reasons."""
        return np.array([cell.why in reasons for cell in self.cells], dtype=np.bool_)

    @cached_property
    def place(self) -> dict[tuple[Filter, ...], int]:
        """Where the cell of these filters is, in whichever order they come."""
        return {tuple(sorted(cell.filters)): at for at, cell in enumerate(self.cells)}

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every whole that the menu also shows in parts."""
        parts: dict[tuple[int, str], list[int]] = {}
        for at, cell in enumerate(self.cells):
            for filter_ in cell.filters:
                if filter_.dimension in MANY_VALUED:
                    continue
                rest = tuple(sorted(one for one in cell.filters if one != filter_))
                if rest in self.place:
                    key = (self.place[rest], filter_.dimension)
                    parts.setdefault(key, []).append(at)
        return tuple(
            Line(whole, tuple(places))
            for (whole, _), places in parts.items()
            if self.size[places].sum() == self.size[whole]
        )


def _whole(numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(numbers).astype(np.int64)
