"""Where somebody was posted on a day, whose a number was, from when a person counts: pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, TypeVar

from app.common.clock import start_of_day


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


def units_near(spells_of: dict[int, list[Spell]], people: Iterable[int], day: date) -> set[int]:
    """The units in which some of these people are posted on a day, or would be but for another
    posting that counts instead: where they were has to notice that they went."""
    return {
        spell.unit_id
        for person in people
        for spell in spells_of.get(person, [])
        if spell.starts_on <= day and (spell.ends_on is None or spell.ends_on >= day)
    }


# --- Numbers --------------------------------------------------------------------------------------

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""From when things count for a number that is nobody's own."""


class Going(NamedTuple):
    """A spell in which somebody went by a number. ``order`` tells spells of one start apart."""

    starts_on: date
    order: tuple[str, str]
    ends_on: date | None
    person_id: int


def holder_on(spells: Iterable[Going], day: date) -> int | None:
    """Whose a number was on a day: of several, theirs who got it last; ``None``: nobody's."""
    covering = [
        spell
        for spell in spells
        if spell.starts_on <= day and (spell.ends_on is None or spell.ends_on >= day)
    ]
    return max(covering).person_id if covering else None


def counts_from(
    *, joined_on: date | None, given_up_on: date | None, same_since: date | None
) -> datetime | None:
    """From when things count for whoever has a staff number now; ``None``: from the beginning.

    A number whose holder joined after somebody's last day was given again, or its holder came back.
    Until somebody says that it is the same person, nobody inherits a record.
    """
    if joined_on is None or given_up_on is None or joined_on <= given_up_on:
        return None
    return None if same_since == joined_on else start_of_day(joined_on)


# --- Circles --------------------------------------------------------------------------------------

Node = TypeVar("Node", int, str)


def in_circles(following: dict[Node, Node]) -> set[Node]:
    """Everything from which following leads back to itself."""
    found: set[Node] = set()
    done: set[Node] = set()
    for first in following:
        path: list[Node] = []
        here: Node | None = first
        while here is not None and here not in done:
            done.add(here)
            path.append(here)
            here = following.get(here)
        if here in path:
            found.update(path[path.index(here) :])
    return found


def last_of(following: dict[int, int], first: int) -> int:
    """Where following ends. There must be no circles."""
    while first in following:
        first = following[first]
    return first


# --- Units that were closed -----------------------------------------------------------------------

MOST_STEPS = 10
"""How many closed units in a row a posting goes through: a key in the table is no longer."""


class Closing(NamedTuple):
    """A unit's last day, and the unit in which its people are from the day after."""

    closed_on: date
    becomes_id: int


def carried(
    unit_id: int, starts_on: date, ends_on: date | None, closings: dict[int, Closing]
) -> list[tuple[int, date]]:
    """The units in which a posting goes on because its own was closed, each with the first day."""
    found: list[tuple[int, date]] = []
    while unit_id in closings and len(found) < MOST_STEPS:
        closing = closings[unit_id]
        starts_on = max(starts_on, closing.closed_on + timedelta(days=1))
        if ends_on is not None and ends_on < starts_on:
            break
        unit_id = closing.becomes_id
        found.append((unit_id, starts_on))
    return found
