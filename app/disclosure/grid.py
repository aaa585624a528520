"""Which periods a release speaks of, and which of them are worked out again. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta

from app.measures.vocabulary import MONTHS, Period, PeriodKind

KEPT = {PeriodKind.MONTH: 13, PeriodKind.QUARTER: 8, PeriodKind.YEAR: 3}
"""How many periods of each kind a first release goes back."""
REVISED = timedelta(days=400)
"""For so long after its end a period is worked out again, once a quarter."""
APRIL = 4


def ended(day: date) -> tuple[Period, ...]:
    """The periods that were over by the end of a day, newest first."""
    found = [one for kind, count in KEPT.items() for one in _back(kind, day, count)]
    return tuple(sorted(found, key=lambda one: (one.last, one.first), reverse=True))


def _back(kind: PeriodKind, day: date, count: int) -> Iterator[Period]:
    first = _first(kind, day)
    if Period(first, kind).last > day:
        first = _before(first, kind)
    for _ in range(count):
        yield Period(first, kind)
        first = _before(first, kind)


def _first(kind: PeriodKind, day: date) -> date:
    if kind is PeriodKind.YEAR:
        return date(day.year if day.month >= APRIL else day.year - 1, APRIL, 1)
    step = MONTHS[kind]
    return date(day.year, (day.month - 1) // step * step + 1, 1)


def _before(first: date, kind: PeriodKind) -> date:
    months = first.year * 12 + first.month - 1 - MONTHS[kind]
    return date(months // 12, months % 12 + 1, 1)


def revises(day: date, *, last_day: date | None) -> bool:
    """Whether a release is the first one since a quarter ended: late and corrected records, and
    people who were erased, reach older figures then and at no other time."""
    if last_day is None:
        return False
    return _first(PeriodKind.QUARTER, day) != _first(PeriodKind.QUARTER, last_day)


def revised(period: Period, day: date) -> bool:
    """Whether a period is recent enough to be worked out again."""
    return day - period.last <= REVISED
