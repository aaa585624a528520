"""How dates, times, counts and percentages are worded, and where templates come from.

Every date and time is shown as in London. Nothing here reads the clock: what depends on the present
takes ``now``.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from app.common.clock import local
from app.web.fields import TEMPLATE_GLOBALS

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOON = timedelta(hours=24)
NOON = 12
Level = Literal["ok", "soon", "overdue"]


class TimeLeft(NamedTuple):
    """How long until a deadline, in words, and how pressing that is."""

    words: str
    level: Level


def _date(value: date) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date) -> str:
    """A date as "23 November 2026"."""
    when = _date(value)
    return f"{when.day} {when:%B %Y}"


def short_day(value: date) -> str:
    """A date as "23 Nov 2026", for tables."""
    when = _date(value)
    return f"{when.day} {when:%b %Y}"


def weekday(value: date) -> str:
    """A date as "Monday 23 November"."""
    when = _date(value)
    return f"{when:%A} {when.day} {when:%B}"


def month(value: date) -> str:
    """A month as "November 2026"."""
    return f"{_date(value):%B %Y}"


def short_month(value: date) -> str:
    """A month as "Nov 26", for tables."""
    return f"{_date(value):%b %y}"


def machine_month(value: date) -> str:
    """A month as "2026-11", for addresses."""
    return f"{_date(value):%Y-%m}"


def near_day(value: date, today: date) -> str:
    """A day near at hand as "today", "tomorrow" or "Wednesday 25 November"."""
    return {0: "today", 1: "tomorrow"}.get((value - today).days) or weekday(value)


def clock_time(value: datetime) -> str:
    """A time of day as "3:05pm", "9am", "midday" or "midnight"."""
    when = local(value)
    if when.minute == 0:
        return hour_of_day(when.hour)
    half = "am" if when.hour < NOON else "pm"
    return f"{when.hour % NOON or NOON}:{when.minute:02}{half}"


def hour_of_day(hour: int) -> str:
    """A whole hour, counted from 0 to 23, as "9am", "midday" or "midnight"."""
    if hour in {0, NOON}:
        return "midnight" if hour == 0 else "midday"
    return f"{hour % NOON}{'am' if hour < NOON else 'pm'}"


def moment(value: datetime) -> str:
    """A moment as "23 November 2026 at 3:05pm"."""
    return f"{day(value)} at {clock_time(value)}"


def machine_time(value: date) -> str:
    """For a ``<time>`` element's ``datetime`` attribute."""
    if isinstance(value, datetime):
        return local(value).isoformat(timespec="seconds")
    return value.isoformat()


def _length(span: timedelta) -> str:
    """A length of time in its largest sensible unit, rounded down: nobody is given extra time."""
    if span >= 2 * DAY:
        return plural(span // DAY, "day")
    if span >= HOUR:
        return plural(span // HOUR, "hour")
    return plural(max(span // MINUTE, 1), "minute")


def time_left(due: datetime, now: datetime) -> TimeLeft:
    """Time to a deadline: "2 days left", "5 hours overdue". Soon means within 24 hours."""
    if due < now:
        return TimeLeft(f"{_length(now - due)} overdue", "overdue")
    left = due - now
    return TimeLeft(f"{_length(left)} left", "soon" if left <= SOON else "ok")


def ago(value: datetime, now: datetime) -> str:
    """How old something is: "just now", "5 minutes ago", "3 days ago"."""
    return "just now" if now - value < MINUTE else f"{_length(now - value)} ago"


def number(value: int) -> str:
    """A whole number with thousands set apart by commas."""
    return f"{value:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count and its noun: "1 day", "2 days", "3 people"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(part: int, whole: int) -> str:
    """A percentage to one decimal place.

    Never rounds something to nothing nor almost all to all; an empty base has no percentage.
    """
    if whole <= 0:
        return "no percentage"
    exact = Decimal(part) * 100 / Decimal(whole)
    shown = exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if shown == 0 and part > 0:
        return "under 0.1%"
    if shown == 100 and part < whole:  # noqa: PLR2004
        return "over 99.9%"
    return f"{shown}%"


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


BAR_STEP, BAR_WIDTH, BAR_FLOOR, BAR_HEIGHT, SMALLEST_TOP = 6, 4, 20, 18, 4


@lru_cache(maxsize=4096)
def bars(counts: tuple[int, ...]) -> str:
    """Counts as the path of an SVG: a bar for each, the tallest 18 high, a line for nothing."""
    top = max(*counts, SMALLEST_TOP)
    heights = [round(count * BAR_HEIGHT / top, 1) or 1 for count in counts]
    return "".join(
        f"M{place * BAR_STEP} {BAR_FLOOR}v-{height}h{BAR_WIDTH}v{height}z"
        for place, height in enumerate(heights)
    )


def lookup(code: str, words: Mapping[str, str]) -> str:
    """The words for a code, for ``map("lookup", words)``; the code itself when it has none."""
    return words.get(code, code)


FILTERS = (
    ago,
    bars,
    clock_time,
    day,
    listed,
    lookup,
    machine_month,
    machine_time,
    moment,
    month,
    near_day,
    number,
    percent,
    plural,
    short_day,
    short_month,
    time_left,
    weekday,
)


def init_app(app: Flask) -> None:
    """Register the filters, and the Design System's macros as ``govuk_frontend_jinja/…``."""
    app.jinja_env.filters.update({function.__name__: function for function in FILTERS})
    app.jinja_env.globals.update(TEMPLATE_GLOBALS)
    own = app.jinja_loader
    design_system = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([own, design_system] if own else [design_system])
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
