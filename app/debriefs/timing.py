"""How long it takes from an incident to a conversation, open prompts counted too: pure.

Those who are still waiting have waited at least until now. Leaving them out would make a team that
talks to few people, but quickly, look better than one that talks to everybody. So the share is
estimated as survival times are (Kaplan and Meier), with every prompt that led to no conversation
counted as "not yet" up to now. That goes for those who declined, too. Taking them out when they
decline would suppose that they are spoken with later as often as the others; as everybody is
followed up to the same moment, keeping them in is what gives the share of all who were prompted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from app.common.clock import start_of_day
from app.exposure.models import WAITING, PromptState

HOUR = timedelta(hours=1)
STEP_HOURS, LAST_HOUR = 12, 168
HALF = 0.5


@dataclass(frozen=True)
class Asking:
    """One prompt of one person: when it began and what came of it."""

    person_id: int
    state: PromptState
    occurred_at: datetime
    """When the incident was; for one that adds incidents up, the last of them."""
    opened_at: datetime
    """When it was first known here."""
    limit: timedelta
    """How long the framework gave, from then on."""
    answered_at: datetime | None
    """When they spoke, or when it was declined or found not needed."""

    @property
    def due_at(self) -> datetime:
        """Until when an answer is in time."""
        return max(self.opened_at, self.occurred_at) + self.limit

    @property
    def in_time(self) -> bool:
        """Whether it was answered in time."""
        return self.answered_at is not None and self.answered_at <= self.due_at


class Point(NamedTuple):
    """The share of prompts that had led to a conversation so many hours after the incident.

    No share: nobody has been followed for that long yet.
    """

    hours: int
    share: float | None


@dataclass(frozen=True)
class Timeliness:
    """What came of the prompts of a period, in counts of prompts unless it says people."""

    prompted: int = 0
    held: int = 0
    declined: int = 0
    not_needed: int = 0
    put_off: int = 0
    still_open: int = 0
    over: int = 0
    """Prompts whose time is over, whatever came of them: the base of the next two."""
    held_in_time: int = 0
    offered_in_time: int = 0
    """Spoken with, or declined."""
    people: int = 0
    people_held: int = 0
    median_hours: float | None = None
    """None: fewer than half have been spoken with."""
    curve: tuple[Point, ...] = ()


def spoken_at(held_on: date, recorded_at: datetime) -> datetime:
    """The latest moment at which a conversation of a day can have been: nobody is given time.

    A day is all that is kept of it. It was over when it was recorded, or when the day was.
    """
    return min(recorded_at, start_of_day(held_on + timedelta(days=1)))


def measure(asked: Sequence[Asking], *, now: datetime) -> Timeliness:
    """Count what came of prompts, and estimate how long a conversation takes."""
    states = [one.state for one in asked]
    over = [one for one in asked if one.due_at <= now]
    held = [one for one in asked if one.state is PromptState.HELD]
    median, curve = _estimate(asked, now)
    return Timeliness(
        prompted=len(asked),
        held=len(held),
        declined=states.count(PromptState.DECLINED),
        not_needed=states.count(PromptState.NOT_NEEDED),
        put_off=states.count(PromptState.DEFERRED),
        still_open=states.count(PromptState.OPEN),
        over=len(over),
        held_in_time=sum(one.in_time for one in over if one.state is PromptState.HELD),
        offered_in_time=sum(
            one.in_time for one in over if one.state in {PromptState.HELD, PromptState.DECLINED}
        ),
        people=len({one.person_id for one in asked}),
        people_held=len({one.person_id for one in held}),
        median_hours=median,
        curve=curve,
    )


def _hours(one: Asking, now: datetime) -> float:
    spoken = one.answered_at if one.state is PromptState.HELD else None
    return max(((spoken or now) - one.occurred_at) / HOUR, 0.0)


def _estimate(asked: Sequence[Asking], now: datetime) -> tuple[float | None, tuple[Point, ...]]:
    if not asked:
        return None, ()
    # Takes a second to load, which no other page should wait for.
    from scipy.stats import CensoredData, ecdf  # noqa: PLC0415

    hours = [_hours(one, now) for one in asked]
    waiting = [one.state is not PromptState.HELD for one in asked]
    spoken: Any = ecdf(CensoredData.right_censored(hours, waiting)).cdf
    reached = zip(spoken.quantiles, spoken.probabilities, strict=True)
    # The shares are sums of floating-point numbers: a half may be a hair less.
    median = next((float(at) for at, share in reached if share >= HALF - 1e-9), None)
    # Once the one followed longest has been spoken with, the share stays as it is.
    whole = float(spoken.probabilities[-1]) >= 1 - 1e-9
    steps = range(0, LAST_HOUR + 1, STEP_HOURS)
    curve = tuple(
        Point(at, float(share) if whole or at <= max(hours) else None)
        for at, share in zip(steps, spoken.evaluate(list(steps)), strict=True)
    )
    return median, curve


def answered(state: PromptState, spoken: datetime | None, changed_at: datetime) -> datetime | None:
    """When a prompt was answered; nothing while it waits."""
    if state in WAITING:
        return None
    return spoken if state is PromptState.HELD and spoken else changed_at
