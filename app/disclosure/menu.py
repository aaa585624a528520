"""Which figures there are. What is not on the menu is nowhere in the store, so nobody can ask it.

One measure, one period, and at most two filters of one category each: every dimension by itself,
and the district crossed with one thing that is not organisation. Pure, but for numpy.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.disclosure.cells import Filter
from app.disclosure.parameters import Parameters
from app.disclosure.store import Filters
from app.measures.frames import People
from app.measures.vocabulary import SENSITIVE, Dimension, PeriodKind

Line = tuple[Dimension, ...]
"""What a table is told apart by: nothing, one dimension, or the district and one dimension."""

CROSSED_KINDS = (PeriodKind.QUARTER, PeriodKind.YEAR)
"""Months have no crossed tables: too few people and too many overlaps."""
CROSSED = (
    Dimension.SEX,
    Dimension.ETHNICITY,
    Dimension.STAFF_TYPE,
    Dimension.RANK,
    Dimension.DISABILITY,
    Dimension.AGE,
    Dimension.SERVICE,
    Dimension.HOURS,
    Dimension.RELIGION,
    Dimension.ORIENTATION,
    Dimension.CARING,
    Dimension.GENDER_IDENTITY,
)
"""What the district may be crossed with, first things first: the menu ends where somebody would be
in too many figures. A dimension with several values a person is never crossed."""


class Plan(NamedTuple):
    """The cells of one period. ``member``: sparse, a row a cell, a column a person."""

    lines: tuple[Line, ...]
    cells: tuple[Filters, ...]
    member: sparse.csr_matrix
    sensitive: NDArray[np.bool_]


def plan(people: People, *, parameters: Parameters) -> Plan:
    """Which cells a period has: lines are added while nobody is in more cells than allowed."""
    teams = _large_teams(people, parameters)
    size = len(people.ids)
    lines: list[Line] = [()]
    held = np.ones(size, dtype=np.int64)
    for line in _wanted(people):
        more = _cells_each(people, line, teams)
        if more.size and int((held + more).max(initial=0)) <= parameters.most_cells:
            if line == (Dimension.TEAM,) and not teams.any():
                continue
            lines.append(line)
            held += more
    cells = [filters for line in lines for filters in _cells_of(people, line, teams)]
    return Plan(tuple(lines), tuple(cells), member_of(people, cells), sensitive_of(cells))


def only(plan: Plan, kept: Collection[Filters]) -> Plan:
    """The same menu without the cells that a period never had."""
    at = [place for place, filters in enumerate(plan.cells) if filters in kept]
    cells = tuple(plan.cells[place] for place in at)
    return Plan(plan.lines, cells, plan.member[at], plan.sensitive[at])


def member_of(people: People, cells: Sequence[Filters]) -> sparse.csr_matrix:
    """Who is in each cell: a row a cell, a column a person."""
    places = {
        Filter(dimension, category.code): place
        for dimension, listed in people.categories.items()
        for place, category in enumerate(listed)
    }
    inside = np.ones((len(cells), len(people.ids)), dtype=bool)
    for row, filters in enumerate(cells):
        for one in filters:
            inside[row] &= people.member[one.dimension][:, places[one]]
    return sparse.csr_matrix(inside, dtype=np.float64)


def sensitive_of(cells: Sequence[Filters]) -> NDArray[np.bool_]:
    """Which cells are told apart by something that needs a larger group."""
    return np.array([any(one.dimension in SENSITIVE for one in cell) for cell in cells], dtype=bool)


def _wanted(people: People) -> list[Line]:
    held = people.categories
    found: list[Line] = [(one,) for one in Dimension if one in held]
    if people.period.kind in CROSSED_KINDS and Dimension.DISTRICT in held:
        found += [(Dimension.DISTRICT, one) for one in CROSSED if one in held]
    return found


def _large_teams(people: People, parameters: Parameters) -> NDArray[np.bool_]:
    if Dimension.TEAM not in people.member:
        return np.zeros(0, dtype=bool)
    sizes = people.member[Dimension.TEAM].sum(axis=0)
    return np.asarray(sizes >= parameters.smallest_group)


def _cells_each(people: People, line: Line, teams: NDArray[np.bool_]) -> NDArray[np.int64]:
    """In how many cells of a line each person is."""
    found = np.ones(len(people.ids), dtype=np.int64)
    for dimension in line:
        member = people.member[dimension]
        if dimension is Dimension.TEAM:
            member = member[:, teams]
        found *= member.sum(axis=1)
    return found


def _cells_of(people: People, line: Line, teams: NDArray[np.bool_]) -> Iterable[Filters]:
    listed = [
        [
            Filter(dimension, category.code)
            for at, category in enumerate(people.categories[dimension])
            if dimension is not Dimension.TEAM or teams[at]
        ]
        for dimension in line
    ]
    return product(*listed)
