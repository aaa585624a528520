"""A0: the same people's figures with no protection, so that attacks have something to win."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from app.disclosure.attacks.differencing import isolated_people
from app.disclosure.attacks.findings import Finding
from app.disclosure.attacks.scheme import Scheme
from app.disclosure.attacks.seen import HIDDEN, Groups, Seen
from app.disclosure.cells import Cell, Filter, Why
from app.measures.frames import Frame
from app.measures.vocabulary import Dimension

MOST_FILTERS = 3


def every_cell(frame: Frame, scheme: Scheme, *, filters: int = MOST_FILTERS) -> list[Cell]:
    """Every group of up to ``filters`` filters that holds anybody, counted as it is.

    A numerator or base under the scheme's threshold is hidden; nothing else is done.
    """
    found = []
    for length in range(filters + 1):
        for dimensions in combinations(_single(frame), length):
            found += list(_table(frame, dimensions, scheme))
    return found


def _single(frame: Frame) -> list[Dimension]:
    """Dimensions in which each person is in one category, teams left out: 12 are crossed."""
    return [
        dimension
        for dimension, table in frame.people.member.items()
        if dimension is not Dimension.TEAM and (table.sum(axis=1) == 1).all()
    ]


def _table(frame: Frame, dimensions: tuple[Dimension, ...], scheme: Scheme) -> Iterator[Cell]:
    people = frame.people
    shape = tuple(len(people.categories[one]) for one in dimensions)
    codes = np.zeros(len(people.ids), dtype=np.int64)
    for dimension, width in zip(dimensions, shape, strict=True):
        codes = codes * width + people.member[dimension].argmax(axis=1)
    count = int(np.prod(shape))
    sizes = np.bincount(codes[frame.base], minlength=count)
    hits = np.bincount(codes[frame.counted], minlength=count)
    for at in np.flatnonzero(sizes):
        places = np.unravel_index(at, shape) if shape else ()
        filters = tuple(
            Filter(dimension, people.categories[dimension][int(place)].code)
            for dimension, place in zip(dimensions, places, strict=True)
        )
        size, hit = int(sizes[at]), int(hits[at])
        why = Why.GROUP if size < scheme.few else Why.FEW if hit < scheme.few else None
        yield Cell(
            frame.measure.code,
            people.period.code,
            filters,
            None if why is Why.GROUP else size,
            None if why else hit,
            why,
            0,
        )


def unprotected(frame: Frame, scheme: Scheme, *, groups: Groups | None = None) -> Seen:
    """Three filters freely crossed, as an attacker sees them; only groups that say something."""
    kept = [cell for cell in every_cell(frame, scheme) if cell.base is not None]
    return Seen(tuple(kept), frame, groups or Groups(frame.people), scheme)


def same_menu(seen: Seen, scheme: Scheme) -> Seen:
    """The cells of a protected release with the true numbers in them, but for a threshold."""
    cells = []
    for cell, size, hit in zip(seen.cells, seen.size, seen.hits, strict=True):
        why = Why.GROUP if size < scheme.few else Why.FEW if hit < scheme.few else None
        base = None if why is Why.GROUP else int(size)
        counted = None if why else int(hit)
        cells.append(cell._replace(base=base, counted=counted, why=why))
    return Seen(tuple(cells), seen.frame, seen.groups, scheme)


def teeth(seen: Seen) -> list[Finding]:
    """A0: people whom pairs of unprotected figures give away. Success is what is asked for here,
    so the finding is how far the attack falls short."""
    people, right = isolated_people(seen)
    shown = int((seen.counted != HIDDEN).sum())
    detail = f"{people} people, {right:.1%} right, {shown:,} figures"
    return [
        Finding("A0", "Pairs give people away: too few", people, max(300 - people, 0), 0, "people"),
        Finding("A0", "Pairs give people away: wrong", people, 1 - right, 0.01, "share", detail),
    ]
