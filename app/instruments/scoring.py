"""From answers to a result, by each questionnaire's own published rule: pure.

An answer that was left out is never counted as "No". Where a questionnaire's rule does not allow
for it there is no total, and that is said. Help now is shown for a risk answer whatever else is
missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.instruments.models import Band, Instrument, Item, Need, PartRule, Pattern

Answers = Mapping[str, int]
LEFT_OUT = "You left something out, so there is no number. That is fine. You can go back, or stop."


class AnswerError(ValueError):
    """Answers that this questionnaire cannot have."""


@dataclass(frozen=True)
class Part:
    """A part of the total. ``reached``: at its published cut-off or above."""

    name: str
    value: float
    words: str
    reached: bool


@dataclass(frozen=True)
class Rule:
    """Whether a published pattern is met. ``words`` is for occupational health only."""

    name: str
    met: bool
    words: str


@dataclass(frozen=True)
class Result:
    """What came of it. The person's page shows ``words``, the numbers and ``parts``; of a
    questionnaire that is ``for_clinicians``, ``words`` alone."""

    complete: bool
    """Whether the questionnaire's own rule allows for a result."""
    missing: tuple[str, ...]
    """Codes of the items left out, in order."""
    total: float | None
    """``None`` if incomplete, or if the questionnaire has no total."""
    bottom: float
    top: float
    """The smallest and the greatest total there can be; both 0 where there is no total."""
    higher_is_better: bool
    safety: bool
    """Whether a risk answer was given: show help now, even if incomplete."""
    words: str
    """A plain sentence for the person."""
    band: str = ""
    """The published word for the total, for clinicians; not shown to the person."""
    parts: tuple[Part, ...] = ()
    rules: tuple[Rule, ...] = ()


def score(instrument: Instrument, answers: Mapping[str, int | None]) -> Result:
    """Score one questionnaire.

    Args:
        instrument: one that has its words; an empty slot cannot be answered.
        answers: values by item code; one that is ``None`` or absent was left out.

    Raises:
        AnswerError: an item or a value that the questionnaire does not have.
    """
    given = _checked(instrument, answers)
    missing = tuple(item.code for item in instrument.items if item.code not in given)
    complete = len(missing) <= instrument.scoring.missing_allowed
    total = _total(instrument, given) if complete else None
    bottom, top = _range(instrument)
    band, words = _said(instrument, total) if complete else ("", LEFT_OUT)
    return Result(
        complete=complete,
        missing=missing,
        total=total,
        bottom=bottom,
        top=top,
        higher_is_better=instrument.scoring.higher_is_better,
        safety=any(given.get(code, -1) >= value for code, value in instrument.risk.items()),
        words=words,
        band=band,
        parts=_parts(instrument, given) if not missing else (),
        rules=_rules(instrument, given) if not missing else (),
    )


def _checked(instrument: Instrument, answers: Mapping[str, int | None]) -> Answers:
    if instrument.is_slot:
        message = f"{instrument.code} has no words yet, so nobody can have answered it."
        raise AnswerError(message)
    known = {item.code: {choice.value for choice in item.choices} for item in instrument.items}
    for code, value in answers.items():
        if code not in known or (value is not None and value not in known[code]):
            # Neither the answer nor its value is told: messages end up in logs.
            message = f"{instrument.code}: an answer that is not among the choices."
            raise AnswerError(message)
    return {code: value for code, value in answers.items() if value is not None}


def _total(instrument: Instrument, given: Answers) -> float | None:
    counted = [_counted(instrument, item, given) for item in instrument.items if item.code in given]
    scoring = instrument.scoring
    if scoring.way == "rule" or not counted:
        return None
    if scoring.way == "mean_prorated":
        return round(sum(counted) * len(instrument.items) / len(counted), 1)
    return _scaled(instrument, sum(counted))


def _scaled(instrument: Instrument, raw: int) -> float:
    scoring = instrument.scoring
    return scoring.table[raw] if scoring.way == "converted" else float(raw * scoring.times)


def _counted(instrument: Instrument, item: Item, given: Answers) -> int:
    value = given[item.code]
    return item.least + item.most - value if item.code in instrument.scoring.reversed else value


def _range(instrument: Instrument) -> tuple[float, float]:
    if instrument.scoring.way == "rule":
        return 0.0, 0.0
    least, most = (sum(ends) for ends in zip(*map(_ends, instrument.items), strict=True))
    return _scaled(instrument, least), _scaled(instrument, most)


def _ends(item: Item) -> tuple[int, int]:
    return item.least, item.most


def _said(instrument: Instrument, total: float | None) -> tuple[str, str]:
    if total is None or not instrument.scoring.bands:
        return "", instrument.scoring.words
    band = max((band for band in instrument.scoring.bands if band.start <= total), key=_start)
    return band.name, band.words


def _start(band: Band) -> float:
    return band.start


def _parts(instrument: Instrument, given: Answers) -> tuple[Part, ...]:
    items = {item.code: item for item in instrument.items}
    return tuple(
        _part(rule, sum(_counted(instrument, items[code], given) for code in rule.items))
        for rule in instrument.scoring.parts
    )


def _part(rule: PartRule, value: int) -> Part:
    reached = rule.cut_off is not None and value >= rule.cut_off
    return Part(rule.name, float(value), rule.reached if reached else rule.below, reached)


def _rules(instrument: Instrument, given: Answers) -> tuple[Rule, ...]:
    met = {name for name, needs in instrument.scoring.criteria.items() if _all_met(needs, given)}
    return tuple(_rule(pattern, met) for pattern in instrument.scoring.rules)


def _rule(pattern: Pattern, criteria_met: set[str]) -> Rule:
    met = criteria_met.issuperset(pattern.needs) and criteria_met.isdisjoint(pattern.without)
    return Rule(pattern.name, met, pattern.met if met else pattern.not_met)


def _all_met(needs: Iterable[Need], given: Answers) -> bool:
    return all(
        sum(given[code] >= need.value for code in need.of) >= need.at_least for need in needs
    )
