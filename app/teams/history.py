"""A team month by month: of those who are in it today, and of nobody else.

Nobody who has left is read, not even as part of a sum, so nothing about them can be worked out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from app.common.clock import month_of, months_after
from app.exposure import by_type
from app.exposure.by_type import Counted
from app.people import queries as people
from app.people.queries import Member, UnitCard
from app.security.viewer import Viewer

MONTHS = 12
EARLIEST = date(1990, 1, 1)
MONTH_LETTERS = len("2026-11")


@dataclass(frozen=True)
class History:
    """Twelve months, oldest first, the last of which is looked at more closely."""

    months: tuple[date, ...]
    members: tuple[Member, ...]
    """Who is in the team today, whether anything was counted for them or not."""
    by_type: dict[str, tuple[int, ...]]
    """Type code → how many in each month, the most frequent type first."""
    by_person: dict[int, dict[str, int]]
    """Of the last month: person → type code → how many."""
    earlier: date | None
    """The month before the one that is looked at, and the one after; nothing at either end."""
    later: date | None

    @property
    def month(self) -> date:
        """The month that is looked at: its first day."""
        return self.months[-1]

    @property
    def totals(self) -> tuple[int, ...]:
        """How many in each month."""
        return tuple(sum(column) for column in zip(*self.by_type.values(), strict=True)) or (
            (0,) * len(self.months)
        )

    @property
    def types_of_month(self) -> list[str]:
        """The types that somebody met in the last month."""
        return [code for code, counts in self.by_type.items() if counts[-1]]


def month_asked(asked: str | None, today: date) -> date:
    """The month that an address asks for; this month for anything that is not one."""
    this = month_of(today)
    try:
        found = date.fromisoformat(f"{asked}-01") if asked and len(asked) == MONTH_LETTERS else this
    except ValueError:
        return this
    return max(EARLIEST, min(found, this))


def team_history(
    viewer: Viewer, session: Session, *, unit: UnitCard, month: date, day: date
) -> History:
    """The twelve months that end with ``month``, for a viewer who may see the unit's table; two
    statements, however many members."""
    months = tuple(months_after(month, -back) for back in reversed(range(MONTHS)))
    members = people.members(viewer, session, unit_id=unit.id, day=day)
    counted = by_type.months_in_unit(
        session,
        person_ids=[member.id for member in members],
        unit_id=unit.id,
        first=months[0],
        end=months_after(month, 1),
    )
    return History(
        months,
        tuple(members),
        _by_type(counted, months),
        _by_person(counted, month),
        months_after(month, -1) if month > EARLIEST else None,
        months_after(month, 1) if month < month_of(day) else None,
    )


def _by_type(counted: Sequence[Counted], months: Sequence[date]) -> dict[str, tuple[int, ...]]:
    places = {month: place for place, month in enumerate(months)}
    found: dict[str, list[int]] = {}
    for one in counted:
        found.setdefault(one.type_code, [0] * len(months))[places[one.month]] += one.count
    ranked = sorted(found.items(), key=lambda item: (-sum(item[1]), item[0]))
    return {code: tuple(counts) for code, counts in ranked}


def _by_person(counted: Sequence[Counted], month: date) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for one in counted:
        if one.month == month:
            found.setdefault(one.person_id, {})[one.type_code] = one.count
    return found
