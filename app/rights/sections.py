"""What is held about one person, as sections: a title, why it is held, and rows.

Each area's part is a few :class:`Collector` objects. Which tables they speak for is declared, and a
test holds that every table about people is spoken for, or left out with a reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, or_, true
from sqlmodel import Session, col, select

from app.accounts import queries as accounts
from app.common.clock import local_date
from app.people.models import Person
from app.security.key_store import KeyStore
from app.security.viewer import Viewer
from app.web.filters import day as day_words
from app.web.filters import moment

Value = str | int | bool | date | datetime | Decimal | tuple[str, ...] | None
Row = tuple[Value, ...]
SOMEBODY = "An account that was closed"


@dataclass(frozen=True)
class Subject:
    """Whose data is collected: the viewer's own, and nobody else's."""

    viewer: Viewer
    session: Session
    keys: KeyStore
    now: datetime
    numbers: tuple[int, ...]
    """Their own entry and those of former staff numbers; none when HR does not know them."""
    since: datetime | None
    """Before this, their staff number was somebody else's."""

    @property
    def person_id(self) -> int:
        """Their own entry; 0 when HR does not know them."""
        return self.viewer.person_id or 0

    @property
    def day(self) -> date:
        """Today."""
        return local_date(self.now)

    def theirs(self, person_id: Any) -> ColumnElement[bool]:
        """That a row is about them, under any number of theirs."""
        return col(person_id).in_(self.numbers)

    def counts(self, when: Any) -> ColumnElement[bool]:
        """That a row is not from the time when their staff number was somebody else's."""
        if self.since is None:
            return true()
        column: Any = col(when)
        by_day = isinstance(column.type, Date)
        since: ColumnElement[bool] = column >= (local_date(self.since) if by_day else self.since)
        return since

    def names(self, account_ids: Iterable[int | None]) -> Callable[[int | None], str | None]:
        """Who recorded or did something, by account."""
        wanted = {one for one in account_ids if one}
        found = accounts.names(self.session, account_ids=wanted) if wanted else {}
        return lambda number: found.get(number, SOMEBODY) if number else None


def subject_of(viewer: Viewer, session: Session, *, keys: KeyStore, now: datetime) -> Subject:
    """The viewer, as the subject of their own record."""
    own = session.get(Person, viewer.person_id) if viewer.person_id else None
    former: list[int] = []
    if own is not None:
        found = session.exec(select(Person.id).where(or_(col(Person.became_id) == own.id)))
        former = sorted(number or 0 for number in found)
    return Subject(
        viewer=viewer,
        session=session,
        keys=keys,
        now=now,
        numbers=(own.id or 0, *former) if own else (),
        since=own.counts_from if own else None,
    )


@dataclass(frozen=True)
class Collector:
    """One section and how it is filled."""

    key: str
    """Its name in the JSON file; kept for as long as the file's version is."""
    title: str
    why: str
    columns: tuple[tuple[str, str], ...]
    """For each column its name in the JSON file and its heading."""
    tables: tuple[str, ...]
    """The tables of which it says everything that is held about the person."""
    rows: Callable[[Subject], Iterable[Row]]


@dataclass(frozen=True)
class Section:
    """One section, filled."""

    key: str
    title: str
    why: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]

    @property
    def headings(self) -> list[str]:
        """The headings of its columns."""
        return [heading for _name, heading in self.columns]

    @property
    def words(self) -> list[list[str]]:
        """Its rows as people read them."""
        return [[in_words(value) for value in row] for row in self.rows]


def collect(subject: Subject, collectors: Iterable[Collector]) -> list[Section]:
    """Fill sections, the empty ones too: that nothing is held is an answer."""
    return [
        Section(one.key, one.title, one.why, one.columns, tuple(one.rows(subject)))
        for one in collectors
    ]


def in_words(value: Value) -> str:
    """A value as people read it."""
    if value is None or value in ("", ()):
        return "\u2013"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, tuple):
        return "; ".join(value)
    return str(value)


def in_json(value: Value) -> Any:
    """A value as the JSON file holds it: days and moments in ISO 8601, moments in UTC."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return list(value) if isinstance(value, tuple) else value
