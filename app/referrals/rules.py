"""What a service owes somebody who agreed to be contacted, and by when: pure.

The numbers are ours, made to be changed on the services' page. TRiM's published habit (a first
meeting about three days and a second about a month after) is where two of them come from.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.common.clock import local, local_date, start_of_day
from app.referrals.models import ON_REQUEST, Outcome, ReferralState, StepKind, Support, Urgency

SATURDAY = 5
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
CARE_AFTER = 6
"""So many people in ``CARE_DAYS`` days, and a practitioner is asked how they are themselves."""
CARE_DAYS = 28
HARD = frozenset({Outcome.NOT_REACHED})
"""Endings that leave a practitioner without knowing what became of somebody."""
TOLD_WITHDRAWN_DAYS = 14
"""For so long a service is told that somebody withdrew, so that nobody contacts them after all."""
FIRST_MEETING_DAYS = 3
MEETS_TWICE = frozenset({Support.TRIM, Support.PEER_SUPPORT})


@dataclass(frozen=True)
class Limits:
    """What holds for one service: hours and days are upper limits."""

    offered: bool
    accept_hours: int
    contact_hours: int
    follow_up_days: int
    works_weekends: bool


def usual(service: Support) -> Limits:
    """What holds until a wellbeing lead says otherwise."""
    peers = service in {Support.PEER_SUPPORT, Support.TRIM, Support.CHAPLAIN}
    return Limits(
        offered=service not in ON_REQUEST,
        accept_hours=24,
        contact_hours=48 if service in MEETS_TWICE else 72,
        follow_up_days=28,
        works_weekends=peers,
    )


HURRY: Mapping[Urgency, tuple[int, int]] = {Urgency.TODAY: (4, 12), Urgency.THREE_DAYS: (24, 72)}
"""Hours to take somebody on, and to contact them, who said how soon they would like that."""


def hurried(limits: Limits, urgency: Urgency | None) -> Limits:
    """What holds for somebody who said how urgent it is: never longer than the service's own."""
    if urgency is None or urgency not in HURRY:
        return limits
    accept, contact = HURRY[urgency]
    return replace(
        limits,
        accept_hours=min(limits.accept_hours, accept),
        contact_hours=min(limits.contact_hours, contact),
    )


def after(moment: datetime, hours: int, *, works_weekends: bool) -> datetime:
    """A moment so many hours later; hours of Saturdays and Sundays only count for a service that
    works then. Bank holidays are not known here and count like any other day."""
    if works_weekends:
        return moment + timedelta(hours=hours)
    left = timedelta(hours=hours)
    while True:
        today = local_date(moment)
        midnight = start_of_day(today + DAY)
        if local(moment).weekday() >= SATURDAY:
            moment = midnight
        elif moment + left <= midnight:
            return moment + left
        else:
            left -= midnight - moment
            moment = midnight


def planned(service: Support, limits: Limits, sent_at: datetime) -> dict[StepKind, date]:
    """The meetings to plan when somebody takes a referral on, with the last day for each."""
    sent = local_date(sent_at)
    last = sent + timedelta(days=limits.follow_up_days)
    if service not in MEETS_TWICE:
        return {StepKind.FOLLOW_UP: last}
    first = sent + timedelta(days=FIRST_MEETING_DAYS)
    return {StepKind.FIRST_MEETING: first, StepKind.MONTH_MEETING: last}


class Duty(StrEnum):
    """What is to be done next."""

    TAKE_ON = "take_on"
    CONTACT = "contact"
    FIRST_MEETING = "first_meeting"
    MONTH_MEETING = "month_meeting"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"


@dataclass(frozen=True)
class Due:
    """What is to be done next and by when; ``at`` is ``None`` where no limit is set."""

    duty: Duty
    at: datetime | None = None

    @property
    def day(self) -> date | None:
        """The last day on which it is in time."""
        return local_date(self.at - INSTANT) if self.at else None

    def late(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return self.at is not None and self.at < now


def next_due(
    *,
    sent_at: datetime,
    contacted: bool,
    held: bool,
    steps: Mapping[StepKind, date],
    limits: Limits,
) -> Due:
    """What an open referral waits for.

    Args:
        sent_at: When the service could first see it.
        contacted: Whether somebody has made contact.
        held: Whether somebody who works for the service has taken it on.
        steps: Meetings that have not taken place, by kind, with their last day.
        limits: What holds for the service.
    """
    weekends = limits.works_weekends
    if not held:
        at = after(sent_at, limits.accept_hours, works_weekends=weekends)
        return Due(Duty.TAKE_ON, at)
    if not contacted:
        return Due(Duty.CONTACT, after(sent_at, limits.contact_hours, works_weekends=weekends))
    if not steps:
        return Due(Duty.CLOSE)
    kind = min(steps, key=lambda one: steps[one])
    return Due(Duty(kind.value), start_of_day(steps[kind] + DAY))


FROM_CONTACT = frozenset({Outcome.COMPLETED, Outcome.SIGNPOSTED})
"""Endings that need contact to have been made."""


def endings(state: ReferralState, *, elsewhere: Collection[Support]) -> list[Outcome]:
    """How a practitioner may close a referral in a state, given the other services there are."""
    mine = [one for one in Outcome if one not in {Outcome.WITHDRAWN, Outcome.NOT_RECORDED}]
    if state is not ReferralState.CONTACTED:
        mine = [one for one in mine if one not in FROM_CONTACT]
    return [one for one in mine if one is not Outcome.PASSED_ON or elsewhere]
