"""How dates, times, counts and percentages are worded."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web import filters

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 11, 3), "3 November 2026"),
        (datetime(2026, 11, 23, 9, 30, tzinfo=UTC), "23 November 2026"),
        # Half past eleven at night in UTC is the next day in a British summer.
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "2 July 2026"),
    ],
)
def test_a_day_is_the_day_in_london(value, words):
    assert filters.day(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 11, 23, 15, 5, tzinfo=UTC), "3:05pm"),
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "9am"),
        (datetime(2026, 11, 23, 12, 0, tzinfo=UTC), "midday"),
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), "midnight"),
        (datetime(2026, 11, 23, 0, 1, tzinfo=UTC), "12:01am"),
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "1pm"),
        # One in the morning happens twice on the night the clocks go back.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "1:30am"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "1:30am"),
    ],
)
def test_a_time_is_read_off_a_london_clock(value, words):
    assert filters.clock_time(value) == words


def test_other_ways_to_write_a_date():
    moment = datetime(2026, 11, 23, 15, 5, tzinfo=UTC)
    assert filters.moment(moment) == "23 November 2026 at 3:05pm"
    assert filters.short_day(moment) == "23 Nov 2026"
    assert filters.weekday(moment) == "Monday 23 November"
    assert filters.machine_time(moment) == "2026-11-23T15:05:00+00:00"
    assert filters.machine_time(date(2026, 7, 1)) == "2026-07-01"
    assert filters.machine_time(datetime(2026, 7, 1, 12, tzinfo=UTC)) == "2026-07-01T13:00:00+01:00"


@pytest.mark.parametrize(
    ("left", "words", "level"),
    [
        (timedelta(days=3), "3 days left", "ok"),
        (timedelta(hours=71, minutes=59), "2 days left", "ok"),
        (timedelta(hours=47), "47 hours left", "ok"),
        (timedelta(hours=24, seconds=1), "24 hours left", "ok"),
        (timedelta(hours=24), "24 hours left", "soon"),
        (timedelta(hours=1), "1 hour left", "soon"),
        (timedelta(minutes=59), "59 minutes left", "soon"),
        (timedelta(0), "1 minute left", "soon"),
        (timedelta(seconds=-1), "1 minute overdue", "overdue"),
        (timedelta(hours=-5, minutes=-50), "5 hours overdue", "overdue"),
        (timedelta(days=-2), "2 days overdue", "overdue"),
    ],
)
def test_time_left_says_how_long_and_how_pressing(left, words, level):
    assert filters.time_left(NOW + left, NOW) == (words, level)


@given(st.timedeltas(min_value=timedelta(days=-4000), max_value=timedelta(days=4000)))
def test_time_left_never_promises_more_than_there_is(left):
    words, level = filters.time_left(NOW + left, NOW)
    count, unit = words.split()[:2]
    length = int(count.replace(",", "")) * timedelta(**{unit.rstrip("s") + "s": 1})
    assert length <= max(abs(left), timedelta(minutes=1))
    assert words.endswith("overdue" if level == "overdue" else "left")
    assert (level == "overdue") == (left < timedelta(0))


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=30), "30 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(seconds=-20), "just now"),
    ],
)
def test_age(age, words):
    assert filters.ago(NOW - age, NOW) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (412, 490, "84.1%"),
        (49, 490, "10.0%"),
        (20, 490, "4.1%"),
        (9, 490, "1.8%"),
        (0, 490, "0.0%"),
        (490, 490, "100.0%"),
        (1, 10_000, "under 0.1%"),
        (9_999, 10_000, "over 99.9%"),
        (0, 0, "no percentage"),
        (1, 16, "6.3%"),
    ],
)
def test_percentages_never_hide_a_person(part, whole, words):
    assert filters.percent(part, whole) == words


def test_counts_and_lists():
    assert filters.number(1234567) == "1,234,567"
    assert filters.plural(1, "day") == "1 day"
    assert filters.plural(0, "day") == "0 days"
    assert filters.plural(1200, "person", "people") == "1,200 people"
    assert filters.listed([]) == ""
    assert filters.listed(["a"]) == "a"
    assert filters.listed(["a", "b", "c"]) == "a, b and c"
