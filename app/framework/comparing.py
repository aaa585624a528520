"""What differs between two versions, in words: pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.framework.editing import Item, key_of
from app.incidents.framework import CodeRow, CumulativeRule, Factor, Framework, IncidentType

ADDED, CHANGED, REMOVED = "Added", "Changed", "Removed"
RETIRED, BACK = "Retired", "In use again"
FIELD_WORDS = {"opening": "opening code", "closing": "closing code", "qualifier": "qualifier"}


@dataclass(frozen=True)
class Change:
    """One difference. ``part``: which list or setting it is in; ``what``: what happened to it."""

    part: str
    what: str
    words: str


def differences(older: Framework, newer: Framework) -> list[Change]:
    """Everything that differs, in the order the pages show the parts."""
    return [
        *_lists("Incident types", older.types, newer.types, _type_changes),
        *_lists("Situational factors", older.factors, newer.factors, _factor_changes),
        *_rules(older, newer),
        *_settings(older, newer),
        *_code_map(older, newer),
        *_weights(older, newer),
    ]


def rule_in_words(rule: CumulativeRule, names: dict[str, str]) -> str:
    """A rule as a person would say it."""
    sentence = f"{rule.count} incidents in {rule.days} days"
    if rule.types:
        sentence += f", counting only: {', '.join(names.get(code, code) for code in rule.types)}"
    return sentence


def days_in_words(row: CodeRow) -> str:
    """From when to when a row of the code map holds."""
    first = f"from {row.starts_on:%d/%m/%Y}" if row.starts_on else ""
    last = f"to {row.ends_on:%d/%m/%Y}" if row.ends_on else ""
    return " ".join(part for part in (first, last) if part) or "always"


def code_in_words(row: CodeRow) -> str:
    """What a row of the code map is about."""
    also = f" with qualifier {row.qualifier}" if row.qualifier else ""
    return f"{row.system}, {FIELD_WORDS[row.field]} {row.code}{also}"


def _lists(part: str, older: Sequence[Item], newer: Sequence[Item], how: object) -> list[Change]:
    before = {key_of(item): item for item in older}
    after = {key_of(item): item for item in newer}
    found = [
        Change(part, ADDED, f"{_name(item)} ({key})")
        for key, item in after.items()
        if key not in before
    ]
    found += [
        Change(part, REMOVED, f"{_name(item)} ({key})")
        for key, item in before.items()
        if key not in after
    ]
    for key, item in after.items():
        if key in before and before[key] != item and callable(how):
            found += [Change(part, what, words) for what, words in how(before[key], item)]
    return found


def _name(item: Item) -> str:
    return item.name if isinstance(item, IncidentType | Factor) else key_of(item)


def _factor_changes(
    old: IncidentType | Factor, new: IncidentType | Factor
) -> Iterator[tuple[str, str]]:
    if old.name != new.name:
        yield CHANGED, f"“{old.name}” is now called “{new.name}”"
    if old.retired != new.retired:
        yield (RETIRED if new.retired else BACK), new.name


def _type_changes(old: IncidentType, new: IncidentType) -> Iterator[tuple[str, str]]:
    yield from _factor_changes(old, new)
    if old.always_prompts != new.always_prompts:
        does = "asks" if new.always_prompts else "no longer asks"
        yield CHANGED, f"{new.name}: one attendance {does} for a conversation"
    if old.weight != new.weight:
        yield CHANGED, f"{new.name}: weight {new.weight}, was {old.weight}"


def _rules(older: Framework, newer: Framework) -> Iterator[Change]:
    names = older.type_names() | newer.type_names()
    before = {rule.code: rule_in_words(rule, names) for rule in older.rules}
    after = {rule.code: rule_in_words(rule, names) for rule in newer.rules}
    yield from _worded("Rules that add up", before, after)


def _worded(part: str, before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
    for key, words in after.items():
        if key not in before:
            yield Change(part, ADDED, words)
        elif before[key] != words:
            yield Change(part, CHANGED, f"{words} (was: {before[key]})")
    for key, words in before.items():
        if key not in after:
            yield Change(part, REMOVED, words)


def _settings(older: Framework, newer: Framework) -> Iterator[Change]:
    part = "Windows and time limits"
    if older.windows != newer.windows:
        yield Change(
            part, CHANGED, f"Windows: {_days(newer.windows)} days (were {_days(older.windows)})"
        )
    if older.debrief_hours != newer.debrief_hours:
        words = f"Talk within {newer.debrief_hours} hours (was {older.debrief_hours})"
        yield Change(part, CHANGED, words)
    if older.check_in_days != newer.check_in_days:
        words = f"Check in after {newer.check_in_days} days (was {older.check_in_days})"
        yield Change(part, CHANGED, words)
    if older.wording != newer.wording:
        yield Change(
            "Whose words these are",
            CHANGED,
            f"{newer.wording or 'Nothing'} (was: {older.wording or 'nothing'})",
        )


def _days(windows: Sequence[int]) -> str:
    return ", ".join(str(days) for days in windows)


def _code_map(older: Framework, newer: Framework) -> Iterator[Change]:
    names = older.type_names() | newer.type_names()

    def words(framework: Framework) -> dict[str, str]:
        return {
            row.key: (
                f"{code_in_words(row)}: "
                f"{names.get(row.type, row.type) if row.type else 'not relevant'}, "
                f"{days_in_words(row)}"
            )
            for row in framework.code_map
        }

    yield from _worded("Code map", words(older), words(newer))


def _weights(older: Framework, newer: Framework) -> Iterator[Change]:
    if older.weights != newer.weights:
        words = "Switched off" if newer.weights == "off" else "Switched on, beside counts only"
        yield Change("Severity weights", CHANGED, words)
