"""A figure as it is published: rounded, or hidden with the rule that hides it. Pure.

What is here has been protected already. Everything shown anywhere, on screen, in a file or in a
chart, is worked out from these numbers alone.
"""

from enum import StrEnum
from typing import NamedTuple

from app.measures.vocabulary import Dimension


class Why(StrEnum):
    """Why a number is not shown. Each says the rule, never how far from it the group is."""

    GROUP = "group"
    """The group is too small, or differs from a larger one by too few people."""
    FEW = "few"
    """Fewer than ten people, nobody included, or all but fewer than ten. It is not said which: who
    reads that nearly all of a group are counted knows it of everybody in it."""
    BESIDE = "beside"
    """It would give away a hidden number beside it."""


class Filter(NamedTuple):
    """One category of one dimension."""

    dimension: Dimension
    code: str


class Cell(NamedTuple):
    """How many of how many, of one measure in one period, for the people of up to two filters.

    ``base`` and ``counted`` are rounded to five, or ``None`` with the reason in ``why``; with
    ``GROUP`` neither is known. ``as_of``: the release that gave the numbers, which stay as they are
    until enough records have changed.
    """

    measure: str
    period: str
    filters: tuple[Filter, ...]
    base: int | None
    counted: int | None
    why: Why | None
    as_of: int
