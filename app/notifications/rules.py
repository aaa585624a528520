"""When an e-mail may go: quiet hours, the hour of a digest, how many a day, when again. Pure.

Hours are those of the clock in London, which is set forward and back twice a year: each spell is
worked out as two moments, and never by comparing what a clock shows.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from app.common.clock import LONDON, local, local_date
from app.notifications.models import Delivery

BUDGET = 6
"""How many e-mails one person gets a day as things happen; what comes after waits for the
digest."""
DUE_SOON = timedelta(hours=24)
LAST_TRY = timedelta(hours=24)
"""An e-mail that could not be sent for so long is given up: what waits is told of in the next."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))
"""How long to wait after each failure; the last of them from then on."""


class Choices(NamedTuple):
    """How somebody wants to be told. ``quiet_from`` and ``quiet_to``: both or neither."""

    delivery: Delivery = Delivery.IMMEDIATE
    digest_hour: int = 8
    quiet_from: int | None = 22
    quiet_to: int | None = 7


def _moments(day: date, hour: int) -> list[datetime]:
    """When a clock shows an hour: twice when it is set back, once at any other time. An hour that
    is skipped is the moment at which the clock jumps."""
    shown = datetime.combine(day, time(hour), tzinfo=LONDON)
    twice = [shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    return [moment for moment in twice if local(moment).hour == hour] or twice[:1]


def is_quiet(choices: Choices, now: datetime) -> bool:
    """Whether no e-mail may go now. Quiet from the first time the clock shows the one hour until
    the last time it shows the other, on the next day if that is earlier."""
    start, end = choices.quiet_from, choices.quiet_to
    if start is None or end is None:
        return False
    over_midnight = timedelta(days=end <= start)
    today = local_date(now)
    return any(
        _moments(day, start)[0] <= now < _moments(day + over_midnight, end)[-1]
        for day in (today - timedelta(days=1), today)
    )


def last_digest(choices: Choices, now: datetime) -> datetime:
    """The newest moment that has come at which this person's digest is due."""
    today = local_date(now)
    moment = _moments(today, choices.digest_hour)[0]
    return moment if moment <= now else _moments(today - timedelta(days=1), choices.digest_hour)[0]


def may_go(choices: Choices, now: datetime) -> bool:
    """Whether somebody wants e-mails at all, and not in their quiet hours."""
    return choices.delivery is not Delivery.IN_APP and not is_quiet(choices, now)


def told_before(choices: Choices, *, sent_today: int, now: datetime) -> datetime | None:
    """Until when something must have been told to be in an e-mail now; ``None``: no e-mail now.

    As things happen, that is now; for a digest, and once the day's e-mails are used up, the last
    hour of the digest.
    """
    if not may_go(choices, now):
        return None
    at_once = choices.delivery is Delivery.IMMEDIATE and sent_today < BUDGET
    return now if at_once else last_digest(choices, now)


def next_try(tries: int, now: datetime) -> datetime:
    """When to try again after so many tries."""
    return now + WAITS[min(max(tries, 1), len(WAITS)) - 1]
