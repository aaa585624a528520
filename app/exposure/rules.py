"""From a person's exposures to the prompts they should have: pure, so order cannot matter.

The answer is a function of the whole sorted set. When a late, corrected or withdrawn record changes
the set, the answer is worked out afresh and compared with what is stored.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.common.clock import day_in_words, local_date
from app.exposure.models import PromptKind
from app.incidents.framework import CumulativeRule, Framework


class Fact(NamedTuple):
    """One exposure, as the rules see it."""

    incident_id: int
    type_code: str
    occurred_at: datetime
    unit_id: int | None
    framework_number: int
    incident_ref: str = ""
    """The source's own name of the incident: settles which of two at the same moment came first,
    as the number, given in order of arrival, must not. Not needed where there is one alone."""
    on: date | None = None
    """The day in London, where it is known."""

    @property
    def day(self) -> date:
        """The day in London."""
        return self.on or local_date(self.occurred_at)


class Because(NamedTuple):
    """One reason for a prompt: a rule and the incidents that met it, the latest first. No rule
    means that the type of the one incident is reason enough."""

    rule: CumulativeRule | None
    incident_ids: tuple[int, ...]

    @property
    def words(self) -> str:
        """The rule as people read it."""
        if self.rule is None:
            return "One incident of this type is reason enough to talk."
        counted = "incidents of the types this rule names" if self.rule.types else "incidents"
        return (
            f"{self.rule.count} {counted} within {self.rule.days} days are reason to talk. "
            f"After that, this rule stays quiet for {self.rule.days} days."
        )


class Wanted(NamedTuple):
    """A prompt that should exist for one person. What is seldom asked of it is worked out then:
    most prompts were answered long ago, and no word of them is looked at again."""

    natural_key: str
    kind: PromptKind
    rule_code: str
    incident_id: int
    due_at: datetime
    because: tuple[Because, ...]
    fact: Fact
    framework: Framework

    @property
    def framework_number(self) -> int:
        """The version that asks for it."""
        return self.fact.framework_number

    @property
    def why(self) -> str:
        """The reason, in the sentence that people read."""
        when = day_in_words(self.fact.day)
        sums = " and ".join(
            f"{len(reason.incident_ids)} incidents in {reason.rule.days} days"
            for reason in self.because
            if reason.rule is not None
        )
        if self.kind is PromptKind.CUMULATIVE:
            return f"{sums}, the latest on {when}."
        code = self.fact.type_code
        name = self.framework.type_names().get(code, code)
        return f"{name} on {when}." + (f" Also {sums}." if sums else "")


class Settled(NamedTuple):
    """What was decided of before a day stays decided. ``spoke``: when each rule last spoke before
    it, as far as that is remembered."""

    before: date
    spoke: Mapping[str, date]


def natural_key(kind: PromptKind, person_id: int, incident_id: int) -> str:
    """Names a prompt by what it is about: an incident, or one person's run up to an incident."""
    if kind is PromptKind.INCIDENT:
        return f"incident:{incident_id}"
    return f"cumulative:{person_id}:{incident_id}"


def prompts_for(
    person_id: int,
    facts: Sequence[Fact],
    *,
    frameworks: dict[int, Framework],
    has_started: Callable[[int | None, date], bool],
    settled: Settled | None = None,
) -> list[Wanted]:
    """Every prompt one person should have, of those that are not settled.

    A rule speaks once, then stays quiet for its own window, so that a busy month asks for one
    conversation and not ten. Where an incident that always prompts also completes a rule, the two
    reasons share one prompt.
    """
    past = _Past(facts)
    spoke = {code: day.toordinal() for code, day in settled.spoke.items()} if settled else {}
    wanted: list[Wanted] = []
    for index, fact in enumerate(past.facts):
        if settled and past.days[index] < settled.before:
            continue
        if not has_started(fact.unit_id, past.days[index]):
            continue
        framework = frameworks[fact.framework_number]
        always = fact.type_code in framework.always()
        reached = [
            Because(rule, past.incidents(met))
            for rule in framework.rules
            if (met := past.reached(rule, index, spoke.get(rule.code)))
        ]
        for reason in reached:
            if reason.rule is not None:
                spoke[reason.rule.code] = past.numbers[index]
        if always or reached:
            wanted.append(_wanted(person_id, fact, framework, always=always, reached=reached))
    return wanted


class _Past:
    """One person's incidents in the order in which they happened, and how many fell together.

    Days are numbers here, and windows are found by bisection: a career is asked about once for
    each of its incidents.
    """

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = sorted(facts, key=lambda fact: (fact.occurred_at, fact.incident_ref))
        self.days = [fact.day for fact in self.facts]
        self.numbers = [day.toordinal() for day in self.days]
        self._places: dict[tuple[str, ...], list[int]] = {}

    def reached(self, rule: CumulativeRule, index: int, spoke: int | None) -> Sequence[int]:
        """The places of the incidents that meet a rule with the one at ``index``, the earliest
        first; none when they do not, or while the rule is quiet since the day it last ``spoke``."""
        today = self.numbers[index]
        if spoke is not None and today - spoke < rule.days:
            return ()
        first_day = today - rule.days + 1
        if not rule.types:
            met: Sequence[int] = range(bisect_left(self.numbers, first_day, 0, index), index + 1)
        elif self.facts[index].type_code in rule.types:
            places = self._of(rule.types)
            first = bisect_left(places, first_day, key=self.numbers.__getitem__)
            met = places[first : bisect_right(places, index)]
        else:
            return ()
        return met if len(met) >= rule.count else ()

    def _of(self, types: tuple[str, ...]) -> list[int]:
        """The places of the incidents of some types."""
        if types not in self._places:
            self._places[types] = [
                at for at, fact in enumerate(self.facts) if fact.type_code in types
            ]
        return self._places[types]

    def incidents(self, places: Sequence[int]) -> tuple[int, ...]:
        """The numbers of the incidents at some places, the latest first."""
        return tuple(self.facts[place].incident_id for place in reversed(places))


def _wanted(
    person_id: int,
    fact: Fact,
    framework: Framework,
    *,
    always: bool,
    reached: Sequence[Because],
) -> Wanted:
    kind = PromptKind.INCIDENT if always else PromptKind.CUMULATIVE
    alone = (Because(None, (fact.incident_id,)),) if always else ()
    rule = reached[0].rule if reached else None
    return Wanted(
        natural_key=natural_key(kind, person_id, fact.incident_id),
        kind=kind,
        rule_code=fact.type_code if always or rule is None else rule.code,
        incident_id=fact.incident_id,
        due_at=fact.occurred_at + timedelta(hours=framework.debrief_hours),
        because=(*alone, *reached),
        fact=fact,
        framework=framework,
    )
