"""What a page of figures says, as data. The page, its charts, the print and every file are made of
this and of nothing else, so a figure is the same everywhere. Pure.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Drawing(StrEnum):
    """How a table is drawn above itself; the values are those of ``components/chart.html``."""

    BARS = "bar"
    SIDEWAYS = "sideways"
    """Bars that lie down, for long names."""
    LINES = "line"


class Chart(NamedTuple):
    """Which columns of a table are drawn, against its first."""

    drawing: Drawing
    columns: tuple[int, ...]
    """Their places, counted from 0; the first column is never among them."""
    unit: str
    """What stands on the axis: "% of people"."""


@dataclass(frozen=True)
class Table:
    """Rows of final strings: nothing is rounded, formatted or worded after this.

    The first column says what a row is about. Every row has as many strings as there are columns.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chart: Chart | None = None
    notes: tuple[str, ...] = ()
    """Sentences that belong to this table: what is hidden and why, how complete a list is."""

    def points(self, column: int) -> list[int | None]:
        """The numbers in a column as a chart draws them; ``None`` where words stand."""
        return [_point(row[column]) for row in self.rows]


@dataclass(frozen=True)
class View:
    """A page of figures, a file of them or a printed sheet."""

    title: str
    question: str
    """What was asked, in words and whole: measure, period and every filter."""
    day: date
    """The date of the data."""
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    """Sentences about all of it: who prepared and approved it, how it is protected."""


def _point(text: str) -> int | None:
    number = text.removesuffix("%").replace(",", "")
    return int(number) if number.isdigit() else None
