"""What a pack is made of: tables, some with a chart; drawn on pages and written into sheets."""

from dataclasses import dataclass
from datetime import date, datetime

Cell = str | int | date
NAMED_MARKING = "OFFICIAL - SENSITIVE: PERSONAL"
BRIEFING_MARKING = "OFFICIAL"


@dataclass(frozen=True)
class Chart:
    """A drawing of one column of a table by another, and the words that say what it shows."""

    kind: str
    """``bars``, or ``steps``."""
    label: int
    value: int
    """The columns' places."""
    unit: str
    alt: str


@dataclass(frozen=True)
class Table:
    """One table: a sheet of its own, and a part of the pages."""

    sheet: str
    """At most 31 characters, and no two alike."""
    title: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    """What is said when there are no rows."""
    chart: Chart | None = None


@dataclass(frozen=True)
class Contents:
    """A whole pack."""

    title: str
    team: str
    above: str
    period: str
    as_of: str
    """The moment from which everything in it is, in words."""
    made_at: datetime
    marking: str
    opening: tuple[str, ...]
    """What it is, and is not, in sentences."""
    tables: tuple[Table, ...]
