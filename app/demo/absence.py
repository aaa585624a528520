"""Spells of sickness absence, shaped like the published figures of English forces."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from app.common.clock import from_local, local_date
from app.demo.chance import Chance
from app.demo.people import Everyone, Human
from app.demo.plan import Plan

SHORT_A_YEAR = 1.05
LONG_A_YEAR = 0.1
"""Spells for each person. Long: more than 28 calendar days, the Home Office's line."""
LONG_FROM = 29
PSYCHOLOGICAL_SHORT = 0.1
PSYCHOLOGICAL_LONG = 0.68
"""Shares of spells. Together they put about 47% of days down to psychological causes, as Avon and
Somerset's officers had in 2023 (46.9%)."""
WORKED = Decimal(5) / 7
HOURS_A_DAY = Decimal(8)
WINTER = (1, 2, 11, 12)


@dataclass(slots=True, eq=False)
class Away:
    """One spell; ``ends_on`` is ``None`` while it lasts."""

    human: Human
    starts_on: date
    ends_on: date | None
    psychological: bool
    hours: Decimal
    recorded_at: datetime


@dataclass
class Absences:
    """Every spell, and a quick way to ask who is away."""

    spells: list[Away] = field(default_factory=list)
    starts: dict[int, list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))

    def away(self, person_id: int, day: date) -> bool:
        """Whether somebody is off sick on a day."""
        mine = self.starts.get(person_id)
        if not mine:
            return False
        index = bisect_right(mine, (day, date.max)) - 1
        return index >= 0 and mine[index][1] >= day


def build(plan: Plan, everyone: Everyone, now: datetime, chance: Chance) -> Absences:
    """Absence through the plan's period, for as long as each person was in the force."""
    absences = Absences()
    today = local_date(now)
    for human in everyone:
        first = max(human.joined_on, today - timedelta(days=plan.days))
        last = human.left_on or today
        free_from = first
        for starts, length, long in sorted(_spells(first, last, chance)):
            ends = starts + timedelta(days=length - 1)
            close = human.steady and ends >= today - timedelta(days=60)
            if starts < free_from or close:
                continue
            away = _away(human, (starts, ends, last), long=long, chance=chance)
            away.recorded_at = min(away.recorded_at, now)
            absences.spells.append(away)
            absences.starts[human.id].append((starts, away.ends_on or date.max))
            # A day between, so that two spells are never one.
            free_from = ends + timedelta(days=2)
    return absences


def _spells(first: date, last: date, chance: Chance) -> Iterator[tuple[date, int, bool]]:
    years = max((last - first).days, 0) / 365
    for _ in range(chance.poisson(SHORT_A_YEAR * years)):
        starts = chance.day(first, last)
        if starts.month not in WINTER and chance.happens(0.25):
            starts = chance.day(first, last)
        yield starts, min(1 + int(chance.expovariate(1 / 4.0)), LONG_FROM - 1), False
    for _ in range(chance.poisson(LONG_A_YEAR * years)):
        length = LONG_FROM + int(chance.lognormvariate(3.6, 0.8))
        yield chance.day(first, last), min(length, 400), True


def _away(human: Human, days: tuple[date, date, date], *, long: bool, chance: Chance) -> Away:
    starts, ends, last = days
    open_ended = ends >= last and human.left_on is None
    counted = min(ends, last)
    hours = Decimal((counted - starts).days + 1) * WORKED * HOURS_A_DAY
    noted = from_local(starts, time(chance.randint(6, 17), chance.randint(0, 59)))
    return Away(
        human=human,
        starts_on=starts,
        ends_on=None if open_ended else counted,
        psychological=chance.happens(PSYCHOLOGICAL_LONG if long else PSYCHOLOGICAL_SHORT),
        hours=hours.quantize(Decimal("0.01")),
        recorded_at=noted,
    )
