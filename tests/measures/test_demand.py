from datetime import date

import pytest

from app.measures.demand import Demand, Forecast, forecast, load
from tests.measures.worlds import WORLDS, played

LAST = date(2026, 10, 31)
YEAR = [9, 11, 10, 8, 12, 10, 9, 11, 10, 12, 8, 10]


@pytest.mark.parametrize("months", [12, 24])
@pytest.mark.parametrize("world", WORLDS)
def test_what_comes_lies_in_the_ranges_as_often_as_they_say(world, months):
    held = [played(world, mean=mean, months=months, times=250) for mean in (8, 30)]
    likely = [share for one in held for share in (one.likely_month, one.likely_three)]
    wide = [share for one in held for share in (one.wide_month, one.wide_three)]
    # Three standard errors of 250 plays: never too narrow, and not so wide that they say nothing.
    assert all(72 <= share <= 93 for share in likely), held
    assert all(90 <= share <= 100 for share in wide), held


def test_ranges_of_one_level_alone_would_not_hold_a_level_that_moves():
    moving = [4, 5, 5, 7, 8, 8, 10, 12, 13, 15, 17, 18, 21, 24]
    assert forecast(moving, last=LAST).together.expected > 3 * sum(moving) / len(moving)


@pytest.mark.parametrize(
    "counts",
    [
        [],
        [5] * 11,
        [2] * 7 + [1] * 5,
        [0] * 24,
        [30] * 12 + [None],
        [30] * 5 + [None] + [30] * 11,
    ],
)
def test_too_little_says_nothing(counts):
    assert forecast(counts, last=LAST) is None


def test_just_enough_says_something_and_what_comes_before_a_gap_is_not_used():
    assert forecast([2] * 8 + [1] * 4, last=LAST) is not None
    assert forecast([900, None, *YEAR], last=LAST) == forecast(YEAR, last=LAST)
    assert forecast([900, *YEAR, *YEAR], last=LAST) == forecast(YEAR * 2, last=LAST)


def test_known_answer():
    found = forecast(YEAR, last=LAST)
    assert [(first, month.expected) for first, month in found.months] == [
        (date(2026, 11, 1), 10),
        (date(2026, 12, 1), 10),
        (date(2027, 1, 1), 10),
    ]
    assert found.together.expected == 30
    assert not found.more_than_chance
    low, high = found.months[0][1].likely
    # A Poisson count with a mean of 10 lies between 6 and 14 in 85% of cases.
    assert (low, high) == (6, 14)
    wide = found.months[0][1].wide
    assert wide[0] < low < high < wide[1]


def test_months_that_come_in_bursts_widen_the_ranges():
    calm, bursts = forecast([10] * 24, last=LAST), forecast([2, 18] * 12, last=LAST)
    assert bursts.more_than_chance
    assert not calm.more_than_chance
    assert bursts.together.likely[1] > calm.together.likely[1]
    assert bursts.together.likely[0] < calm.together.likely[0]


def test_rounded_counts_give_rounded_answers_no_narrower():
    exact, rounded = forecast(YEAR, last=LAST), forecast(YEAR, last=LAST, step=5)
    for one, other in zip(exact.months, rounded.months, strict=True):
        numbers = (other[1].expected, *other[1].likely, *other[1].wide)
        assert all(number % 5 == 0 for number in numbers)
        assert other[1].likely[0] <= one[1].likely[0]
        assert other[1].likely[1] >= one[1].likely[1]


def test_how_full_a_service_would_be():
    demand = Demand((), Forecast(30, (24, 36), (20, 42)), more_than_chance=False)
    # Ten a month who stay two months are twenty at once.
    found = load(demand, months_open=2, places=40)
    assert (found.percent, found.low, found.high) == (50, 40, 60)
    assert load(demand, months_open=2, places=0) is None
