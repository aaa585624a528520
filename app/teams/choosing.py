"""Which rows of a team's table are shown, and in which order: pure.

What somebody chooses travels in addresses and in the page, so it is made of codes from closed lists
and of nothing else. A type of incident is named there by a code that does not read as words.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2s
from typing import NamedTuple
from urllib.parse import urlencode

from app.common.clock import local_date
from app.exposure.models import PromptState
from app.teams.queries import TeamRow


class Show(StrEnum):
    """Kinds of rows to look at; several mean any of them."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    CHECK_IN = "check_in"
    AWAY = "away"


SHOW: dict[Show, str] = {
    Show.WAITING: "Waiting for a conversation",
    Show.OVERDUE: "Past the time limit",
    Show.CHECK_IN: "Check-in due",
    Show.AWAY: "Not here today",
}
QUIET = (28, 56, 91, 182)
"""Days since the last conversation from which one may choose."""
FIRST = "left"
"""How a table is sorted unless somebody chooses: the least time left first."""
DOWN = "-"
"""Before the code of a column: the other way round."""


@lru_cache(maxsize=1024)
def type_tag(type_code: str) -> str:
    """What stands for a type in an address."""
    return blake2s(type_code.encode(), digest_size=4).hexdigest()


class Column(NamedTuple):
    """A column by which the table can be sorted. ``words``: what comes first when somebody chooses
    it; ``high_first``: that is the most rather than the least."""

    code: str
    label: str
    words: str
    high_first: bool = False
    is_number: bool = False

    @property
    def sort(self) -> str:
        """What an address says to sort by it, what one looks for first."""
        return (DOWN if self.high_first else "") + self.code


def table_columns(windows: Iterable[int]) -> list[Column]:
    """The columns in the order of the page."""
    return [
        Column("name", "Person", "Name, A to Z"),
        Column("why", "Why", "Most reasons to talk", high_first=True),
        Column(FIRST, "Time left", "Least time left"),
        *(
            Column(
                f"d{days}", f"{days} days", f"Most in {days} days", high_first=True, is_number=True
            )
            for days in windows
        ),
        Column("months", "By month", "Most in 12 months", high_first=True),
        Column("last", "Last spoke", "Longest since a conversation"),
        Column("next", "Check-in", "Next check-in"),
    ]


@dataclass(frozen=True)
class Choice:
    """What somebody chose to see, and in which order."""

    show: tuple[Show, ...] = ()
    quiet: int | None = None
    type_code: str = ""
    sort: str = FIRST
    down: bool = False

    @property
    def narrows(self) -> bool:
        """Whether any row may be left out."""
        return bool(self.show or self.quiet or self.type_code)

    def query(self) -> str:
        """As it stands in an address after the question mark; empty when nothing is chosen."""
        values: list[tuple[str, object]] = [("show", one.value) for one in self.show]
        if self.quiet:
            values.append(("quiet", self.quiet))
        if self.type_code:
            values.append(("type", type_tag(self.type_code)))
        if self.sorting != FIRST:
            values.append(("sort", self.sorting))
        return urlencode(values)

    @property
    def sorting(self) -> str:
        """The column and the direction, as an address says them."""
        return (DOWN if self.down else "") + self.sort


def read_choice(
    asked: Mapping[str, Sequence[str]], *, windows: Iterable[int], types: Collection[str]
) -> Choice:
    """What an address asks for. Whatever is not in a closed list is as if it were not there."""
    show = tuple(one for one in Show if one in asked.get("show", ()))
    quiet = next((days for days in QUIET if str(days) in asked.get("quiet", ())), None)
    tags = asked.get("type", ())
    type_code = next((code for code in types if tags and type_tag(code) in tags), "")
    wanted = next(iter(asked.get("sort", ())), "")
    known = {column.code for column in table_columns(windows)}
    if wanted.removeprefix(DOWN) not in known:
        wanted = FIRST
    return Choice(show, quiet, type_code, wanted.removeprefix(DOWN), wanted.startswith(DOWN))


# --- Choosing rows --------------------------------------------------------------------------------


def chosen(
    rows: Iterable[TeamRow], choice: Choice, *, now: datetime, with_type: Collection[int]
) -> list[TeamRow]:
    """The rows to show, in order. ``with_type``: who was exposed to the type that is chosen."""
    day = local_date(now)
    found = [
        row
        for row in rows
        if (not choice.show or any(TESTS[one](row, now) for one in choice.show))
        and (not choice.quiet or not_spoken_for(row, choice.quiet, day))
        and (not choice.type_code or row.member.id in with_type)
    ]
    return ordered(found, choice)


def _is_waiting(row: TeamRow, _now: datetime) -> bool:
    return row.urgent is not None and row.urgent.state is PromptState.OPEN


def _is_overdue(row: TeamRow, now: datetime) -> bool:
    urgent = row.urgent
    return urgent is not None and urgent.state is PromptState.OPEN and urgent.due_at < now


def check_in_due(row: TeamRow, day: date) -> bool:
    """The day agreed for the next contact has come."""
    return bool(row.contact and row.contact.next_on and row.contact.next_on <= day)


TESTS: dict[Show, Callable[[TeamRow, datetime], bool]] = {
    Show.WAITING: _is_waiting,
    Show.OVERDUE: _is_overdue,
    Show.CHECK_IN: lambda row, now: check_in_due(row, local_date(now)),
    Show.AWAY: lambda row, _now: row.gone is not None,
}


def not_spoken_for(row: TeamRow, days: int, day: date) -> bool:
    """Nobody has recorded a conversation with them for that long, or ever."""
    return row.contact is None or (day - row.contact.last_on).days >= days


Key = tuple[float, float]
"""What rows are compared by."""


def ordered(rows: Iterable[TeamRow], choice: Choice) -> list[TeamRow]:
    """Rows, given by family name, sorted by a column. Those with nothing in it come last either
    way; equals stay by name."""
    by_name = list(rows)
    if choice.sort == "name":
        return by_name[::-1] if choice.down else by_name
    keys = [(_key(row, choice.sort), row) for row in by_name]
    held = [(key, row) for key, row in keys if key is not None]
    # Sorting keeps the order of equals, also when it is the other way round.
    held.sort(key=lambda pair: pair[0], reverse=choice.down)
    return [row for _key, row in held] + [row for key, row in keys if key is None]


def _key(row: TeamRow, sort: str) -> Key | None:
    if sort == FIRST:
        return _time_left(row)
    if sort == "why":
        return (len(row.prompts), 0.0) if row.prompts else None
    if sort == "months":
        return (sum(row.counts.months), 0.0)
    if sort == "last":
        # Never is the longest ago.
        return (row.contact.last_on.toordinal() if row.contact else 0, 0.0)
    if sort == "next":
        on = row.contact.next_on if row.contact else None
        return (on.toordinal(), 0.0) if on else None
    return (row.counts.windows[int(sort.removeprefix("d"))], 0.0)


def _time_left(row: TeamRow) -> Key | None:
    urgent = row.urgent
    if urgent is None:
        return None
    if urgent.deferred_until is not None:
        return (1.0, urgent.deferred_until.toordinal())
    return (0.0, urgent.due_at.timestamp())


# --- What the page offers -------------------------------------------------------------------------


class Header(NamedTuple):
    """A column's heading. ``sorted``: ``ascending``, ``descending`` or nothing; ``address``: where
    the table is sorted by it, or the other way round."""

    column: Column
    sorted: str
    address: str


def address_of(address: str, choice: Choice) -> str:
    """An address of a team's table, as it is chosen."""
    query = choice.query()
    return f"{address}?{query}" if query else address


def headers(choice: Choice, windows: Iterable[int], address: str) -> list[Header]:
    """The headings of the table."""
    found: list[Header] = []
    for column in table_columns(windows):
        here = column.code == choice.sort
        down = not choice.down if here else column.high_first
        word = ("descending" if choice.down else "ascending") if here else ""
        other = replace(choice, sort=column.code, down=down)
        found.append(Header(column, word, address_of(address, other)))
    return found


class Chosen(NamedTuple):
    """One thing that is chosen, in words, and the address of the table without it."""

    words: str
    address: str


def taken_away(
    choice: Choice, *, type_names: Mapping[str, str], longest: int, address: str
) -> list[Chosen]:
    """Everything that narrows the table, each with the way to take it away."""
    found = [
        (SHOW[one], replace(choice, show=tuple(other for other in choice.show if other is not one)))
        for one in choice.show
    ]
    if choice.quiet:
        found.append((f"Not spoken to for {choice.quiet} days", replace(choice, quiet=None)))
    if choice.type_code:
        name = type_names.get(choice.type_code, choice.type_code)
        found.append((f"{name}, last {longest} days", replace(choice, type_code="")))
    return [Chosen(words, address_of(address, without)) for words, without in found]
