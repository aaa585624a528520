"""Counts of a list: who was reached, by tier and by supervisor."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from app.common.clock import local_date
from app.major.queries import Listed, MajorCard

K = TypeVar("K")


@dataclass(frozen=True)
class Reached:
    """Of how many people, how many were contacted, in time, and how many are overdue."""

    people: int
    contacted: int
    in_time: int
    owed: int
    overdue: int
    followed_up: int


def reached(card: MajorCard, people: Iterable[Listed], now: datetime) -> Reached:
    """Count some people of a list."""
    rows = list(people)
    last_day = local_date(card.contact_by)
    owed = sum(row.owed for row in rows)
    return Reached(
        people=len(rows),
        contacted=sum(row.contacted for row in rows),
        in_time=sum(bool(row.first_spoken and row.first_spoken <= last_day) for row in rows),
        owed=owed,
        overdue=owed if now > card.contact_by else 0,
        followed_up=sum(
            bool(row.last_spoken and row.last_spoken >= card.follow_up_on) for row in rows
        ),
    )


def reached_by(
    card: MajorCard, people: Sequence[Listed], key: Callable[[Listed], K], now: datetime
) -> dict[K, Reached]:
    """The same for each group of people, in the order in which groups first appear."""
    groups: dict[K, list[Listed]] = {}
    for row in people:
        groups.setdefault(key(row), []).append(row)
    return {name: reached(card, rows, now) for name, rows in groups.items()}
