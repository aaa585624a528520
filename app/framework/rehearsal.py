"""What rules would have done with the past year: counts, and never a name.

Two sets of rules, the draft's and those that hold, are played over the same stored exposures as if
each had held, and everybody had been prompted, all year long.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from statistics import median

from sqlmodel import Session

from app.common.clock import local_date, month_of
from app.exposure.models import PromptKind
from app.exposure.rules import Fact, Wanted, prompts_for
from app.exposure.stored import prompting_starts
from app.framework import queries
from app.incidents.framework import Framework

YEAR = timedelta(days=364)
FOLLOWS = timedelta(days=28)
"""A conversation up to this long after a prompt is taken to have come of it."""
BUSIEST = 20
Starts = dict[int | None, date]


@dataclass
class Played:
    """What one set of rules would have done."""

    prompts: int = 0
    people: int = 0
    months: Counter[date] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    units: Counter[int | None] = field(default_factory=Counter)
    asked: int = 0
    """Prompts where and when prompting was on, whose time limit has passed."""
    in_time: int = 0
    """Of those, how many were followed by a conversation within the limit."""
    spoken: int = 0
    """People spoken to who would have been prompted shortly before."""


@dataclass(frozen=True)
class Load:
    """How many prompts each supervisor would have had, by the teams they lead today."""

    most: int
    middle: float


@dataclass(frozen=True)
class TeamLoad:
    """How many prompts a team's supervisor would have had."""

    name: str
    above: str
    draft: int
    active: int


@dataclass(frozen=True)
class Rehearsal:
    """Both sets of rules over one year."""

    first: date
    last: date
    draft: Played
    active: Played
    exposures: int
    exposed: int
    """People with an exposure in the year."""
    spoken: int
    """People spoken to in the year."""
    months: list[date]
    reasons: list[tuple[str, int, int]]
    teams: list[TeamLoad]
    supervisors: int
    draft_load: Load
    active_load: Load


@dataclass(frozen=True)
class _Year:
    """What a prompt is compared with."""

    first: date
    warm_up: date
    """Rules are played from here, so that on the first day some have spoken already."""
    starts: Starts
    spoken: dict[int, list[date]]
    now: datetime


def rehearse(session: Session, *, draft: Framework, active: Framework, now: datetime) -> Rehearsal:
    """Play both over the year that ends today. A fixed number of statements."""
    last = local_date(now)
    first = last - YEAR
    longest = timedelta(days=max((rule.days for rule in (*draft.rules, *active.rules)), default=1))
    year = _Year(
        first=first,
        warm_up=first - longest,
        starts=prompting_starts(session),
        spoken=queries.spoken_on(session, first=first, last=last),
        now=now,
    )
    # Before the warm-up, one window more is counted.
    rows = queries.happened(session, since=year.warm_up - longest, until=last)
    played, exposures, exposed = _play(rows, (draft, active), year)
    teams = queries.units(session)
    leading = queries.supervised(session, day=last)
    return Rehearsal(
        first=first,
        last=last,
        draft=played[0],
        active=played[1],
        exposures=exposures,
        exposed=exposed,
        spoken=len(year.spoken),
        months=_months(first, last),
        reasons=_reasons(played[0], played[1]),
        teams=_teams(played[0], played[1], teams),
        supervisors=len(leading),
        draft_load=_load(played[0], leading),
        active_load=_load(played[1], leading),
    )


def _play(
    rows: Iterable[queries.Happened], rules: Sequence[Framework], year: _Year
) -> tuple[list[Played], int, int]:
    played = [Played() for _ in rules]
    exposures = exposed = 0
    for person_id, mine in groupby(rows, key=lambda row: row.person_id):
        facts = [_fact(row) for row in mine]
        recent = sum(fact.day >= year.first for fact in facts)
        exposures, exposed = exposures + recent, exposed + bool(recent)
        for framework, counts in zip(rules, played, strict=True):
            _count(counts, _prompts(person_id, facts, framework, year), framework, person_id, year)
    return played, exposures, exposed


def _fact(row: queries.Happened) -> Fact:
    return Fact(row.incident_id, row.type_code, row.occurred_at, row.unit_id, framework_number=0)


def _prompts(
    person_id: int, facts: Sequence[Fact], framework: Framework, year: _Year
) -> list[tuple[Fact, Wanted]]:
    """The prompts of one person in the year, each with the exposure that completed its reason."""

    def began(_unit: int | None, day: date) -> bool:
        return day >= year.warm_up

    by_incident = {fact.incident_id: fact for fact in facts}
    wanted = prompts_for(person_id, facts, frameworks={0: framework}, has_started=began)
    found = [(by_incident[item.incident_id], item) for item in wanted]
    return [(fact, item) for fact, item in found if fact.day >= year.first]


def _count(
    counts: Played,
    prompts: Sequence[tuple[Fact, Wanted]],
    framework: Framework,
    person_id: int,
    year: _Year,
) -> None:
    spoken = year.spoken.get(person_id, [])
    counts.prompts += len(prompts)
    counts.people += bool(prompts)
    for fact, item in prompts:
        counts.months[month_of(fact.day)] += 1
        counts.reasons[_reason(item, framework)] += 1
        counts.units[fact.unit_id] += 1
        start = year.starts.get(fact.unit_id, year.starts.get(None))
        if start is not None and start <= fact.day and item.due_at < year.now:
            counts.asked += 1
            counts.in_time += _between(spoken, fact.day, local_date(item.due_at))
    days = sorted(fact.day for fact, _item in prompts)
    counts.spoken += any(_between(days, talked - FOLLOWS, talked) for talked in spoken)


def _between(days: Sequence[date], first: date, last: date) -> bool:
    """Whether one of these days, in order, lies between two others (included)."""
    return bisect_left(days, first) < bisect_right(days, last)


def _reason(item: Wanted, framework: Framework) -> str:
    if item.kind is PromptKind.INCIDENT:
        return framework.type_names()[item.rule_code]
    rule = next(rule for rule in framework.rules if rule.code == item.rule_code)
    some = " of some types" if rule.types else ""
    return f"{rule.count} incidents in {rule.days} days{some}"


def _months(first: date, last: date) -> list[date]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _reasons(draft: Played, active: Played) -> list[tuple[str, int, int]]:
    both = draft.reasons | active.reasons
    found = [(reason, draft.reasons[reason], active.reasons[reason]) for reason in both]
    return sorted(found, key=lambda row: (-max(row[1:]), row[0]))


def _teams(
    draft: Played, active: Played, units: dict[int, tuple[str, int | None]]
) -> list[TeamLoad]:
    """The busiest teams by either set of rules, those with most by the draft's first."""

    def words(number: int | None) -> str:
        return units.get(number or 0, ("No team recorded", None))[0]

    def above(number: int | None) -> str:
        parent = units.get(number or 0, ("", None))[1]
        return units[parent][0] if parent else ""

    def order(number: int | None) -> tuple[int, int, str]:
        return (-draft.units[number], -active.units[number], words(number))

    busiest = sorted(draft.units | active.units, key=order)[:BUSIEST]
    return [
        TeamLoad(words(number), above(number), draft.units[number], active.units[number])
        for number in busiest
    ]


def _load(played: Played, leading: dict[int, list[int]]) -> Load:
    sums = [sum(played.units[unit] for unit in units) for units in leading.values()]
    return Load(max(sums, default=0), median(sums) if sums else 0)
