"""How long until a conversation: known answers, worked by hand or printed in textbooks."""

from datetime import date, timedelta

import pytest

from app.debriefs.timing import Asking, Point, measure, spoken_at
from app.exposure.models import PromptState
from tests.factories import at

NOW = at("2026-11-23")
LIMIT = timedelta(hours=72)


def asking(state, hours, *, followed=1000.0, known=0.0, person=1):
    """A prompt about an incident ``followed`` hours ago, answered ``hours`` after it and first
    known here ``known`` hours after it."""
    occurred = NOW - timedelta(hours=followed)
    answered = None if hours is None else occurred + timedelta(hours=hours)
    return Asking(person, state, occurred, occurred + timedelta(hours=known), LIMIT, answered)


def held(hours, **more):
    return asking(PromptState.HELD, hours, **more)


def waits(hours):
    """A prompt about an incident of so many hours ago that is still open."""
    return asking(PromptState.OPEN, None, followed=hours)


def test_the_estimate_is_the_one_that_textbooks_print():
    # Remission under 6-MP, Freireich and others (1963), as in Kleinbaum & Klein: median 23.
    done = [held(hours) for hours in (6, 6, 6, 7, 10, 13, 16, 22, 23)]
    going = [waits(hours) for hours in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)]
    found = measure(done + going, now=NOW)
    assert found.median_hours == 23
    # Printed as 0.753 at 10 weeks and 0.448 at 23.
    assert dict(found.curve)[12] == pytest.approx(1 - 0.753, abs=0.001)
    assert dict(found.curve)[24] == pytest.approx(1 - 0.448, abs=0.001)
    # Nobody has been followed for 36 hours, so nothing is said of them.
    assert Point(36, None) in found.curve


def test_open_prompts_count_and_the_mean_of_the_finished_would_not_say_so():
    # By hand: at 10 hours 1 of 4 (0.25); one is lost from sight at 15; at 20 hours 1 of the 2
    # that are left: 1 - 0.75 x 0.5 = 0.625. Half is reached at 20; the finished took 15 on average.
    asked = [held(10), held(20), waits(15), waits(30)]
    found = measure(asked, now=NOW)
    assert found.median_hours == 20
    assert found.curve[:4] == (
        Point(0, 0.0),
        Point(12, pytest.approx(0.25)),
        Point(24, pytest.approx(0.625)),
        Point(36, None),
    )


@pytest.mark.parametrize("state", [PromptState.DECLINED, PromptState.NOT_NEEDED])
def test_who_declined_counts_as_not_spoken_with_and_helps_no_figure(state):
    two = [held(10), held(20)]
    assert measure(two, now=NOW).median_hours == 10
    answered = measure([*two, asking(state, 1), asking(state, 1), asking(state, 1)], now=NOW)
    # 2 of 5 in the end. Had they been taken out when they declined, it would be 2 of 2.
    assert answered.median_hours is None
    assert dict(answered.curve)[168] == pytest.approx(0.4)


def test_half_is_half_and_not_a_hair_less():
    assert measure([held(5), held(8), held(11), waits(500)], now=NOW).median_hours == 8


@pytest.mark.parametrize("asked", [[], [waits(5), waits(50)]])
def test_nothing_is_reached_where_nobody_was_spoken_with(asked):
    found = measure(asked, now=NOW)
    assert (found.median_hours, found.held, found.prompted) == (None, 0, len(asked))


def test_shares_have_the_prompts_whose_time_is_over_as_their_base():
    found = measure(
        [
            held(70),
            held(74),
            # Known two days late: the supervisor still had three days from then.
            held(100, known=48),
            asking(PromptState.DECLINED, 30),
            asking(PromptState.NOT_NEEDED, 30, person=2),
            asking(PromptState.DEFERRED, None, followed=500, person=2),
            # Not over yet, however it ends.
            held(2, followed=10, person=3),
            waits(10),
        ],
        now=NOW,
    )
    assert (found.prompted, found.over) == (8, 6)
    assert (found.held_in_time, found.offered_in_time) == (2, 3)
    assert (found.held, found.declined, found.not_needed) == (4, 1, 1)
    assert (found.put_off, found.still_open) == (1, 1)
    assert (found.people, found.people_held) == (3, 2)


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        # The same day: when it was recorded.
        (at("2026-07-02", 15), at("2026-07-02", 15)),
        # Days later: the end of its day, which in summer is 11pm in UTC.
        (at("2026-07-06", 9), at("2026-07-02", 23)),
    ],
)
def test_nobody_is_given_time_for_a_day_without_an_hour(recorded, expected):
    assert spoken_at(date(2026, 7, 2), recorded) == expected


def test_a_conversation_before_the_incident_took_no_time():
    # A corrected time of the incident can come after what was recorded.
    assert measure([held(-3)], now=NOW).median_hours == 0
