"""Everything worked out from published figures, and their words: from the rounded numbers alone.

Nobody can learn more from a percentage, an interval or a comparison here than from the two numbers
it stands beside. Pure.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from math import ceil, floor, sqrt
from typing import NamedTuple

from app.common.disclosure import percent
from app.disclosure.cells import Cell, Why

CONFIDENCE = 1.96
"""Of a normal distribution, so many standard deviations either side hold 95 in 100."""

HIDDEN = {
    Why.GROUP: "group too small",
    Why.FEW: "very few or nearly all",
    Why.BESIDE: "not shown",
}
"""What stands in the place of a number."""

RULES = {
    Why.GROUP: "Group too small: there are too few people in it, or too few people outside it.",
    Why.FEW: (
        "Very few or nearly all: we do not show a result about fewer than 10 people, or one that "
        "leaves fewer than 10 out. We do not say which."
    ),
    Why.BESIDE: "Not shown: with it, a hidden number beside it could be worked out.",
}
"""Which rule hides a number, in a sentence."""


class Share(NamedTuple):
    """How many in a hundred, and where that most likely lies: whole points."""

    percent: int
    low: int
    high: int


class Apart(StrEnum):
    """How one group stands to another."""

    HIGHER = "higher"
    LOWER = "lower"
    TOO_FEW = "too few to say"


def share(cell: Cell | None) -> Share | None:
    """A published figure as a percentage with its 95% Wilson interval, widened to whole points.

    ``None`` where either number is hidden, or the group is published as nobody.
    """
    if cell is None or cell.counted is None or not cell.base:
        return None
    found = min(cell.counted, cell.base) / cell.base
    square = CONFIDENCE**2 / cell.base
    middle = (found + square / 2) / (1 + square)
    reach = CONFIDENCE * sqrt(found * (1 - found) / cell.base + square / (4 * cell.base))
    reach /= 1 + square
    # Points too small to matter are taken off, so that an end at 0 or 100 does not step over it.
    low = floor(100 * max(0, middle - reach) + 1e-9)
    high = ceil(100 * min(1, middle + reach) - 1e-9)
    return Share(percent(cell.counted, cell.base), low, high)


def apart(one: Cell | None, other: Cell | None) -> Apart:
    """Whether one group's share is higher or lower than another's.

    It is only where the two intervals do not touch. That can miss a difference; it seldom makes one
    up.
    """
    first, second = share(one), share(other)
    if first is None or second is None:
        return Apart.TOO_FEW
    if first.low > second.high:
        return Apart.HIGHER
    return Apart.LOWER if first.high < second.low else Apart.TOO_FEW


def percent_words(cell: Cell | None) -> str:
    """``29%``, or what stands in its place."""
    found = share(cell)
    return hidden_words(cell) if found is None else f"{found.percent}%"


def interval_words(cell: Cell | None) -> str:
    """``21% to 38%``; nothing where there is no percentage."""
    found = share(cell)
    return "" if found is None else f"{found.low}% to {found.high}%"


def counted_words(cell: Cell | None) -> str:
    """How many are counted, or what stands in its place."""
    if cell is None or cell.counted is None:
        return hidden_words(cell)
    return f"{cell.counted:,}"


def base_words(cell: Cell | None) -> str:
    """How many people there are in the group, or what stands in its place."""
    if cell is None or cell.base is None:
        return hidden_words(cell)
    return f"{cell.base:,}"


def of_words(cell: Cell | None, day: date) -> str:
    """``35 of 120 people, 30 September 2026``: what every percentage is printed with."""
    if cell is None or cell.base is None:
        return f"{hidden_words(cell)}, {day:%-d %B %Y}"
    of = ", of" if cell.why is Why.BESIDE else " of"
    return f"{counted_words(cell)}{of} {base_words(cell)} people, {day:%-d %B %Y}"


def hidden_words(cell: Cell | None) -> str:
    """What stands in the place of a hidden number, or of a figure that was never made."""
    if cell is None:
        return "no figure"
    return HIDDEN[cell.why] if cell.why else "no figure"


def rules(cells: Iterable[Cell | None]) -> tuple[str, ...]:
    """The rules that hide something among these figures, each once, in the order of the list."""
    found = {cell.why for cell in cells if cell is not None}
    return tuple(rule for why, rule in RULES.items() if why in found)
