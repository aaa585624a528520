"""What is due next, and by when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.referrals.models import Outcome, ReferralState, StepKind, Support
from app.referrals.rules import Duty, after, endings, next_due, planned, usual

FRIDAY = datetime(2026, 11, 20, 16, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 10, tzinfo=UTC)
PEERS, NURSES = usual(Support.TRIM), usual(Support.OCCUPATIONAL_HEALTH)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        (FRIDAY, 8, datetime(2026, 11, 21, tzinfo=UTC)),
        (FRIDAY, 24, datetime(2026, 11, 23, 16, tzinfo=UTC)),
        (FRIDAY, 72, datetime(2026, 11, 25, 16, tzinfo=UTC)),
        (SATURDAY, 24, datetime(2026, 11, 24, tzinfo=UTC)),
        (FRIDAY - timedelta(days=2), 24, FRIDAY - timedelta(days=1)),
        # The clocks go back on Sunday 25 October 2026: the weekend is 49 hours long.
        (datetime(2026, 10, 23, 12, tzinfo=UTC), 24, datetime(2026, 10, 26, 13, tzinfo=UTC)),
    ],
)
def test_weekends_do_not_count_where_a_service_rests(start, hours, expected):
    assert after(start, hours, works_weekends=False) == expected
    assert after(start, hours, works_weekends=True) == start + timedelta(hours=hours)


def test_trim_meets_after_three_days_and_after_a_month_and_others_follow_up():
    assert planned(Support.TRIM, PEERS, FRIDAY) == {
        StepKind.FIRST_MEETING: date(2026, 11, 23),
        StepKind.MONTH_MEETING: date(2026, 12, 18),
    }
    assert planned(Support.CHAPLAIN, usual(Support.CHAPLAIN), FRIDAY) == {
        StepKind.FOLLOW_UP: date(2026, 12, 18)
    }


STEPS = {StepKind.MONTH_MEETING: date(2026, 12, 18), StepKind.FIRST_MEETING: date(2026, 11, 23)}


@pytest.mark.parametrize(
    ("held", "contacted", "steps", "duty", "day"),
    [
        (False, False, {}, Duty.TAKE_ON, date(2026, 11, 21)),
        # Taken on and left behind: it waits for somebody again, whatever was done before.
        (False, True, STEPS, Duty.TAKE_ON, date(2026, 11, 21)),
        (True, False, STEPS, Duty.CONTACT, date(2026, 11, 22)),
        (True, True, STEPS, Duty.FIRST_MEETING, date(2026, 11, 23)),
        (True, True, {}, Duty.CLOSE, None),
    ],
)
def test_what_is_due_next(held, contacted, steps, duty, day):
    due = next_due(sent_at=FRIDAY, contacted=contacted, held=held, steps=steps, limits=PEERS)
    assert (due.duty, due.day) == (duty, day)


def test_a_meeting_is_late_when_its_last_day_is_over_and_not_before():
    due = next_due(sent_at=FRIDAY, contacted=True, held=True, steps=STEPS, limits=PEERS)
    assert not due.late(datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    assert due.late(datetime(2026, 11, 24, 0, 1, tzinfo=UTC))


def test_nothing_is_completed_before_contact_and_only_the_person_withdraws():
    early = endings(ReferralState.ACCEPTED, elsewhere=[Support.TRIM])
    late = endings(ReferralState.CONTACTED, elsewhere=[])
    assert Outcome.COMPLETED not in early
    assert Outcome.COMPLETED in late
    assert Outcome.PASSED_ON in early
    assert Outcome.PASSED_ON not in late
    assert not {Outcome.WITHDRAWN, Outcome.NOT_RECORDED} & {*early, *late}
