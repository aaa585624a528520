"""When an e-mail may go, by the clock in London, also in the nights when it is changed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common.clock import local
from app.notifications.models import Delivery
from app.notifications.rules import (
    BUDGET,
    WAITS,
    Choices,
    is_quiet,
    last_digest,
    next_try,
    told_before,
)

MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
HOURS = st.integers(0, 23)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def quiet(start: int | None, end: int | None) -> Choices:
    return Choices(quiet_from=start, quiet_to=end)


@pytest.mark.parametrize(
    ("now", "start", "end", "expected"),
    [
        # Winter: London is UTC. From ten at night to seven in the morning, unless chosen.
        ("2026-11-23T21:59", 22, 7, False),
        ("2026-11-23T22:00", 22, 7, True),
        ("2026-11-24T06:59", 22, 7, True),
        ("2026-11-24T07:00", 22, 7, False),
        # Somebody who works nights sleeps by day.
        ("2026-11-23T08:00", 8, 16, True),
        ("2026-11-23T16:00", 8, 16, False),
        ("2026-11-23T03:00", 8, 16, False),
        # Summer: an hour earlier in UTC.
        ("2026-07-01T20:59", 22, 7, False),
        ("2026-07-01T21:00", 22, 7, True),
        ("2026-07-02T06:00", 22, 7, False),
        # 29 March: one o'clock does not exist. Quiet until one ends when the clock jumps to two.
        ("2026-03-29T00:59", 22, 1, True),
        ("2026-03-29T01:00", 22, 1, False),
        # Quiet from one begins then, and not an hour early.
        ("2026-03-29T00:30", 1, 5, False),
        ("2026-03-29T01:00", 1, 5, True),
        ("2026-03-29T06:59", 22, 7, False),
        ("2026-03-29T05:59", 22, 7, True),
        # 25 October: one o'clock comes twice. Quiet from the first and until the last.
        ("2026-10-25T00:00", 1, 5, True),
        ("2026-10-25T00:30", 22, 1, True),
        ("2026-10-25T00:59", 22, 1, True),
        ("2026-10-25T01:00", 22, 1, False),
        ("2026-10-25T06:59", 22, 7, True),
        ("2026-10-25T07:00", 22, 7, False),
    ],
)
def test_quiet_hours_are_those_of_the_clock_on_the_wall(now, start, end, expected):
    assert is_quiet(quiet(start, end), moment(now)) is expected


@given(now=MOMENTS, start=HOURS, end=HOURS)
def test_in_any_hour_shown_as_quiet_it_is_quiet_and_long_before_and_after_it_is_not(
    now, start, end
):
    if start == end:
        return
    shown = local(now).hour
    inside = start <= shown < end if start < end else shown >= start or shown < end
    # Only within an hour of a change of the clock can the two differ, and then to be quiet.
    changes = (
        local(now - timedelta(hours=1)).utcoffset() != local(now + timedelta(hours=1)).utcoffset()
    )
    if not changes:
        assert is_quiet(quiet(start, end), now) is inside


@given(now=MOMENTS)
def test_without_quiet_hours_it_is_never_quiet(now):
    assert not is_quiet(quiet(None, None), now)


@given(now=MOMENTS, hour=HOURS)
def test_a_digest_is_due_once_in_every_day_of_23_24_or_25_hours(now, hour):
    choices = Choices(delivery=Delivery.DIGEST, digest_hour=hour)
    due = last_digest(choices, now)
    assert due <= now < due + timedelta(hours=25)
    assert last_digest(choices, due) == due
    before = last_digest(choices, due - timedelta(seconds=1))
    assert timedelta(hours=23) <= due - before <= timedelta(hours=25)


NOON = moment("2026-11-23T12:00")
EIGHT = moment("2026-11-23T08:00")


@pytest.mark.parametrize(
    ("choices", "sent", "now", "expected"),
    [
        (Choices(), 0, NOON, NOON),
        (Choices(), BUDGET - 1, NOON, NOON),
        # The day's e-mails are used up: what came after this morning's hour waits for tomorrow's.
        (Choices(), BUDGET, NOON, EIGHT),
        (Choices(delivery=Delivery.DIGEST), 0, NOON, EIGHT),
        (Choices(delivery=Delivery.IN_APP), 0, NOON, None),
        (Choices(), 0, moment("2026-11-23T23:00"), None),
        # A digest that falls into quiet hours goes when they end.
        (Choices(Delivery.DIGEST, 4), 0, moment("2026-11-23T04:00"), None),
        (
            Choices(Delivery.DIGEST, 4),
            0,
            moment("2026-11-23T07:00"),
            moment("2026-11-23T04:00"),
        ),
    ],
)
def test_what_an_e_mail_may_tell_now(choices, sent, now, expected):
    assert told_before(choices, sent_today=sent, now=now) == expected


def test_each_try_waits_longer_than_the_one_before():
    waits = [next_try(tries, NOON) - NOON for tries in range(1, 10)]
    assert waits[: len(WAITS)] == list(WAITS)
    assert waits == sorted(waits)
    assert waits[-1] == WAITS[-1]
