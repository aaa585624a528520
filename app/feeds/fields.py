"""From the text of a cell to a value, or to a sentence that says what is wrong with it.

Each maker below is called once for a file and returns the function that is called for each cell.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.feeds.mapping import OTHERWISE, FeedMapping, MappingError

T = TypeVar("T")
LONGEST_CELL = 4_000
EARLIEST = date(1900, 1, 1)
EARLIEST_MOMENT = datetime(1900, 1, 1, tzinfo=UTC)
OPEN_END = date(2200, 1, 1)
"""HR systems write "no end" as a day in the year 4712 or 9999: an end from here on is none."""
DATE_ALONE = len("YYYY-MM-DD")
"""No text this short says at what time something happened."""
HIGHEST_VERSION = 2**62
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
REMEMBERED = 8_192
"""Dates repeat, so the newest ones are looked up instead of parsed."""

UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Control characters, and those that turn the direction of the text around them."""
WHOLE_NUMBER = re.compile(r"([+-]?)0*([0-9]+?)(?:\.0*)?$")
ROUNDED = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+$")


class BadValueError(Exception):
    """A value cannot be used. ``field`` is ours, ``reason`` a sentence that says what to do."""

    def __init__(self, field: str, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason
        self.value = value


HOURS = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,12})?")
MOST_HOURS = 99_999
HUNDREDTH = Decimal("0.01")
MISSING = "Nothing is given. Fill it in at the source and send the row again."


def text(field: str, raw: str, longest: int) -> str:
    """Words to be shown: kept exactly as they are, or refused."""
    if len(raw) > longest:
        reason = f"This is longer than {longest} characters. Shorten it at the source."
        raise BadValueError(field, reason, raw)
    # Letters, digits and spaces alone need no closer look.
    if not raw.isprintable() and UNFIT.search(raw):
        reason = "This contains control characters. Remove them at the source."
        raise BadValueError(field, reason, raw)
    return raw


def reference(field: str, raw: str, longest: int) -> str:
    """A reference, which must be there."""
    if not raw:
        raise BadValueError(field, MISSING)
    return text(field, raw, longest)


def whole_number(field: str, raw: str) -> str:
    """A reference that is a number, in one shape: ``36.0`` and ``036`` are ``36``."""
    found = WHOLE_NUMBER.match(raw)
    if found:
        sign, digits = found.groups()
        return f"-{digits}" if sign == "-" else digits
    if ROUNDED.match(raw):
        reason = "A spreadsheet has rounded this number. Export it again with the column as text."
        raise BadValueError(field, reason, raw)
    return raw


def join_reference(parts: list[str]) -> str:
    """One reference from several cells, different for every different list of cells."""
    joined = "|".join(parts)
    if joined.count("|") < len(parts) and "\\" not in joined:
        return joined if any(parts) else ""
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def birth_year(field: str, raw: str, latest: int) -> str:
    """A year in which somebody who works here can have been born, or nothing."""
    if raw and not (raw.isascii() and raw.isdigit() and EARLIEST.year <= int(raw) <= latest):
        reason = f"This is not a year from {EARLIEST.year} to {latest}. Correct it at the source."
        raise BadValueError(field, reason, raw)
    return raw


def hours_parser(field: str) -> Callable[[str], Decimal]:
    """Parses hours with at most two places after the point."""

    def parse(raw: str) -> Decimal:
        if not raw:
            raise BadValueError(field, MISSING)
        if not HOURS.fullmatch(raw):
            reason = f"This is no number of hours from 0 to {MOST_HOURS}. Correct it at the source."
            raise BadValueError(field, reason, raw)
        return Decimal(raw).quantize(HUNDREDTH, ROUND_HALF_UP)

    return parse


# --- Days and times -------------------------------------------------------------------------------


def day_parser(mapping: FeedMapping, field: str) -> Callable[[str], date]:
    """Parses one field's dates in the file's own form."""
    pattern = mapping.formats.date

    @lru_cache(maxsize=REMEMBERED)
    def parse(raw: str) -> date:
        if not raw:
            raise BadValueError(field, MISSING)
        try:
            day = (
                datetime.strptime(raw, pattern).date()  # noqa: DTZ007
                if pattern
                else date.fromisoformat(raw)
            )
        except ValueError:
            raise BadValueError(field, _not_a("date", pattern or "YYYY-MM-DD"), raw) from None
        if day < EARLIEST:
            reason = f"This day is before {EARLIEST.year}. Correct it at the source."
            raise BadValueError(field, reason, raw)
        return day

    return parse


def _not_a(what: str, form: str) -> str:
    return (
        f"This is not a {what} in the form {form}. "
        f"Correct it at the source, or set formats.{what} in the mapping."
    )


def planned_day(field: str, day: date, raw: str) -> date:
    """A day that may lie ahead, but not beyond anyone's lifetime."""
    if day >= OPEN_END:
        reason = "This day is in the far future. Correct it at the source."
        raise BadValueError(field, reason, raw)
    return day


def time_parser(mapping: FeedMapping, field: str) -> Callable[[str], time]:
    """Parses one field's times of day."""
    pattern = mapping.formats.time

    @lru_cache(maxsize=REMEMBERED)
    def parse(raw: str) -> time:
        if not raw:
            raise BadValueError(field, MISSING)
        try:
            if pattern:
                return datetime.strptime(raw, pattern).time()  # noqa: DTZ007
            return time.fromisoformat(raw)
        except ValueError:
            raise BadValueError(field, _not_a("time", pattern or "HH:MM"), raw) from None

    return parse


def moment_parser(mapping: FeedMapping, field: str) -> Callable[[str], datetime]:
    """Parses one field's dates with times; those that name no offset are the file's clock time."""
    pattern = mapping.formats.datetime
    zone = ZoneInfo(mapping.time_zone)

    def parse(raw: str) -> datetime:
        if not raw:
            raise BadValueError(field, MISSING)
        try:
            if pattern:
                moment = datetime.strptime(raw, pattern)  # noqa: DTZ007
            else:
                moment = datetime.fromisoformat(raw if len(raw) > DATE_ALONE else "")
            return as_utc(moment, zone)
        except (ValueError, OverflowError):
            form = pattern or "YYYY-MM-DD HH:MM"
            raise BadValueError(field, _not_a("datetime", form), raw) from None

    return parse


def as_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment in UTC; of an hour that the autumn change repeats, the first (as ``clock`` does)."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def past_moment(field: str, moment: datetime, latest: datetime) -> datetime:
    """A moment at which something can have happened already."""
    if moment > latest:
        reason = "This is in the future. Correct it at the source and send the row again."
        raise BadValueError(field, reason, moment.isoformat())
    if moment < EARLIEST_MOMENT:
        reason = f"This is before {EARLIEST.year}. Correct it at the source."
        raise BadValueError(field, reason, moment.isoformat())
    return moment


def microseconds(moment: datetime) -> int:
    """A moment as a number that grows with time."""
    return (moment - EPOCH) // MICROSECOND


def version_parser(mapping: FeedMapping) -> Callable[[str], int]:
    """Parses the source's own version of a row: a whole number, or when it was last changed."""
    moment = moment_parser(mapping, "version")

    def number(raw: str) -> int:
        if raw.isascii() and raw.isdigit() and int(raw[:20]) < HIGHEST_VERSION:
            return int(raw)
        reason = "This is not a whole number. For times, set formats.version to timestamp."
        raise BadValueError(field="version", reason=reason, value=raw)

    def timestamp(raw: str) -> int:
        return max(microseconds(moment(raw)), 0)

    return timestamp if mapping.formats.version == "timestamp" else number


# --- Choices --------------------------------------------------------------------------------------


def boolean_parser(mapping: FeedMapping, field: str) -> Callable[[str], bool]:
    """Parses yes or no in the file's own words; nothing means no."""

    def parse(raw: str) -> bool:
        word = raw.lower()
        if not word or word in mapping.no:
            return False
        if word in mapping.yes:
            return True
        reason = "This is neither yes nor no. Add the word to yes or no in the mapping."
        raise BadValueError(field, reason, raw)

    return parse


def choice_parser(
    mapping: FeedMapping,
    field: str,
    values: Mapping[str, T],
    *,
    codes: Mapping[str, str | None] | None = None,
) -> Callable[[str], T | None]:
    """Parses a code by the mapping's list, or else one of our own words.

    ``None`` stands for a code that the mapping leaves out, and for nothing at all.

    Raises:
        MappingError: the list or the default leads to something that does not exist.
    """
    codes = mapping.codes.get(field, {}) if codes is None else codes
    table: dict[str, T | None] = {
        code: None if ours is None else _ours(f"codes.{field}", ours, values)
        for code, ours in codes.items()
    }
    own = {} if codes else {name.lower(): value for name, value in values.items()}
    default = mapping.defaults.get(field)
    table[""] = table.get("") if default is None else _ours(f"defaults.{field}", default, values)

    def parse(raw: str) -> T | None:
        if raw in table:
            return table[raw]
        if raw.lower() in own:
            return own[raw.lower()]
        if OTHERWISE in table:
            return table[OTHERWISE]
        raise BadValueError(field, unknown_code(field, raw), raw)

    return parse


def _ours(place: str, ours: str, values: Mapping[str, T]) -> T:
    if ours not in values:
        message = (
            f"The mapping cannot be used: {place} leads to {ours}, which is not known. "
            f"Use one of: {', '.join(values)}."
        )
        raise MappingError(message)
    return values[ours]


def unknown_code(field: str, raw: str) -> str:
    """What to do about a code that the mapping does not list."""
    shown = UNFIT.sub("\N{REPLACEMENT CHARACTER}", raw[:60])
    return f"The code “{shown}” is not in the mapping. Add it to codes.{field} and import again."
