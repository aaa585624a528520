"""One measure's people in one period, ready to be counted into a table: a row is a person.

Frames are made from rows about people and are never shown or kept; only what is protected is.
Loads numpy: import it where a release is made, not where pages are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from app.measures.vocabulary import Category, Dimension, Measure, Period


@dataclass(frozen=True)
class People:
    """Everybody who can be in a base in one period, and the categories they are in.

    ``ids``: their public ids, each once. ``categories``: the fixed code list of each dimension.
    ``member[dimension]``: true at [person, category]; one true in each row, except for a
    dimension that is many-valued, where any number of them are.
    """

    period: Period
    ids: Sequence[str]
    categories: Mapping[Dimension, tuple[Category, ...]]
    member: Mapping[Dimension, NDArray[np.bool_]]
    merged: Mapping[Dimension, Mapping[str, str]] = field(default_factory=dict)
    """Which answer is in which category, so that other periods can have the same lists."""
    at: datetime | None = None
    """The moment they are counted at, while the period is not over."""


@dataclass(frozen=True)
class Frame:
    """Who is in the base of one measure and who of them is counted: one truth value a person, in
    the order of ``people.ids``. Nobody is counted who is not in the base."""

    measure: Measure
    people: People
    base: NDArray[np.bool_]
    counted: NDArray[np.bool_]
