"""From a person's exposures to the prompts they should have: pure, so order cannot matter.

The answer is a function of the whole sorted set. When a late, corrected or withdrawn record changes
the set, the answer is worked out afresh and compared with what is stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from app.common.clock import day_in_words, local_date
from app.exposure.models import PromptKind
from app.incidents.framework import CumulativeRule, Framework


@dataclass(frozen=True)
class Fact:
    """One exposure, as the rules see it."""

    incident_id: int
    type_code: str
    occurred_at: datetime
    unit_id: int | None
    framework_number: int
    incident_ref: str = ""
    """The source's own name of the incident: settles which of two at the same moment came first,
    as the number, given in order of arrival, must not."""

    @cached_property
    def day(self) -> date:
        """The day in London."""
        return local_date(self.occurred_at)


@dataclass(frozen=True)
class Because:
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


@dataclass(frozen=True)
class Wanted:
    """A prompt that should exist for one person."""

    natural_key: str
    kind: PromptKind
    rule_code: str
    framework_number: int
    incident_id: int
    why: str
    due_at: datetime
    because: tuple[Because, ...]


def prompts_for(
    person_id: int,
    facts: Sequence[Fact],
    *,
    frameworks: dict[int, Framework],
    has_started: Callable[[int | None, date], bool],
) -> list[Wanted]:
    """Every prompt one person should have.

    A rule speaks once, then stays quiet for its own window, so that a busy month asks for one
    conversation and not ten. Where an incident that always prompts also completes a rule, the two
    reasons share one prompt.
    """
    ordered = sorted(facts, key=lambda fact: (fact.occurred_at, fact.incident_ref))
    spoke: dict[str, date] = {}
    wanted: list[Wanted] = []
    for index, fact in enumerate(ordered):
        if not has_started(fact.unit_id, fact.day):
            continue
        framework = frameworks[fact.framework_number]
        always = fact.type_code in framework.always()
        reached = [
            Because(rule, met)
            for rule in framework.rules
            if (met := _reached(rule, ordered, index, spoke))
        ]
        for reason in reached:
            if reason.rule is not None:
                spoke[reason.rule.code] = fact.day
        if always or reached:
            wanted.append(_wanted(person_id, fact, framework, always=always, reached=reached))
    return wanted


def _reached(
    rule: CumulativeRule, ordered: Sequence[Fact], index: int, spoke: dict[str, date]
) -> tuple[int, ...]:
    """The incidents that meet a rule at one place in the order; none when they do not."""
    latest = ordered[index]
    if rule.types and latest.type_code not in rule.types:
        return ()
    last = spoke.get(rule.code)
    if last is not None and (latest.day - last).days < rule.days:
        return ()
    first_day = latest.day - timedelta(days=rule.days - 1)
    met: list[int] = []
    for place in range(index, -1, -1):
        fact = ordered[place]
        if fact.day < first_day:
            break
        if not rule.types or fact.type_code in rule.types:
            met.append(fact.incident_id)
    return tuple(met) if len(met) >= rule.count else ()


def _wanted(
    person_id: int,
    fact: Fact,
    framework: Framework,
    *,
    always: bool,
    reached: Sequence[Because],
) -> Wanted:
    when = day_in_words(fact.day)
    sums = " and ".join(
        f"{len(reason.incident_ids)} incidents in {reason.rule.days} days"
        for reason in reached
        if reason.rule is not None
    )
    alone = (Because(None, (fact.incident_id,)),) if always else ()
    if always:
        name = framework.type_names().get(fact.type_code, fact.type_code)
        why = f"{name} on {when}." + (f" Also {sums}." if sums else "")
        key, kind, code = f"incident:{fact.incident_id}", PromptKind.INCIDENT, fact.type_code
    else:
        why = f"{sums}, the latest on {when}."
        key = f"cumulative:{person_id}:{fact.incident_id}"
        kind, code = PromptKind.CUMULATIVE, reached[0].rule.code if reached[0].rule else ""
    return Wanted(
        natural_key=key,
        kind=kind,
        rule_code=code,
        framework_number=fact.framework_number,
        incident_id=fact.incident_id,
        why=why,
        due_at=fact.occurred_at + timedelta(hours=framework.debrief_hours),
        because=(*alone, *reached),
    )
