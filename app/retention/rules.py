"""When a period is over: pure.

A period counts in months from a day in London, and ends with the corresponding day of the last
month or, where that month is shorter, with its last day. What is due is removed on a later day than
that, never on it.
"""

from datetime import date, timedelta

from app.common.clock import months_after


def first_kept(today: date, months: int) -> date:
    """The earliest day of which records are still kept: everything of before it is due."""
    day = months_after(today, -months)
    # From the end of a short month the way back is longer than the way there.
    while months_after(day, months) < today:
        day += timedelta(days=1)
    return day


def end_of_month(day: date) -> date:
    """The last day of a day's month."""
    return months_after(day.replace(day=1), 1) - timedelta(days=1)
