"""Where somebody was posted on a day: pure, and shared by every reader of postings."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple


class Spell(NamedTuple):
    """One posting of one person: first day, last day (``None``: still there), rank, unit."""

    starts_on: date
    ends_on: date | None
    precedence: str
    unit_id: int


def unit_on(spells: Sequence[Spell], day: date) -> int | None:
    """The unit a person was posted to on a day, or ``None`` when no posting covers it."""
    best: Spell | None = None
    for spell in spells:
        if spell.starts_on <= day and (spell.ends_on is None or spell.ends_on >= day):  # noqa: SIM102
            if best is None or spell.precedence > best.precedence:
                best = spell
    return best.unit_id if best else None


def units_on(spells_of: dict[int, list[Spell]], people: Iterable[int], day: date) -> set[int]:
    """The units in which some of these people are posted on a day."""
    units = (unit_on(spells_of.get(person, []), day) for person in people)
    return {unit for unit in units if unit is not None}
