"""Time: aware UTC in the database, Europe/London on screen, one clock passed in."""

from calendar import monthrange
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def utc_now() -> datetime:
    """The present moment, aware, in UTC: the only place the system clock is read."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """An aware moment as wall-clock time in London."""
    return moment.astimezone(LONDON)


def local_date(moment: datetime) -> date:
    """The calendar day in London on which an aware moment falls."""
    return moment.astimezone(LONDON).date()


def from_local(day: date, at: time) -> datetime:
    """A London wall-clock time as aware UTC.

    A time that the spring change skips is moved on by the hour that was skipped; a time that
    the autumn change repeats is read as its first occurrence. Both are what PEP 495 gives for
    ``fold=0``, and both keep imports repeatable.
    """
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """Midnight at the start of a London day, as aware UTC."""
    return from_local(day, time.min)


def day_in_words(day: date) -> str:
    """A date as people write it: 3 March 2026."""
    return f"{day.day} {day:%B %Y}"


def month_of(day: date) -> date:
    """The first day of the month a date falls in."""
    return day.replace(day=1)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day when it is shorter."""
    first = day.year * 12 + day.month - 1 + months
    year, month = divmod(first, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
