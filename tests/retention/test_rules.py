"""When a period is over."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common.clock import months_after
from app.retention.rules import end_of_month, first_kept

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
MONTHS = st.integers(0, 130)


@given(DAYS, MONTHS, st.integers(-40, 40))
def test_what_is_due_is_past_its_anniversary_and_the_rest_is_not(today, months, offset):
    day = months_after(today, -months) + timedelta(days=offset)
    assert (day < first_kept(today, months)) == (months_after(day, months) < today)


@pytest.mark.parametrize(
    ("day", "months", "last_kept"),
    [
        (date(2019, 11, 23), 84, date(2026, 11, 23)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2020, 2, 29), 84, date(2027, 2, 28)),
        (date(2020, 2, 29), 48, date(2024, 2, 29)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_the_last_day_on_which_something_is_kept(day, months, last_kept):
    assert day >= first_kept(last_kept, months)
    assert day < first_kept(last_kept + timedelta(days=1), months)


@given(DAYS)
def test_a_month_ends_before_the_next_begins(day):
    last = end_of_month(day)
    assert last >= day
    assert (last + timedelta(days=1)).day == 1
    assert (last.year, last.month) == (day.year, day.month)
