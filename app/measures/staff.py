"""Everybody who was in the force in a period, and when they came and went. For the engine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import Session, col, select

from app.common.clock import local_date, start_of_day
from app.database import columns
from app.exposure.models import MonthTally
from app.measures.places import NEVER, Flags, Numbers, ordinals
from app.people.models import LeavingReason, Person, StaffType
from app.people.queries import listed


class Member(NamedTuple):
    """One person, as HR tells it."""

    id: int
    public_id: str
    staff_type: StaffType
    rank: str
    joined_on: date | None
    left_on: date | None
    leaving_reason: LeavingReason | None
    counts_from: datetime | None

    @property
    def is_back(self) -> bool:
        """They left and have joined again since."""
        return bool(self.joined_on and self.left_on and self.joined_on > self.left_on)


@dataclass(frozen=True)
class Staff:
    """The people of a period, in the order of their public ids."""

    first: date
    last: date
    members: tuple[Member, ...]

    @cached_property
    def positions(self) -> Mapping[int, int]:
        """Where each person's number stands in the list."""
        return {member.id: place for place, member in enumerate(self.members)}

    @cached_property
    def joined(self) -> Numbers:
        """First days; long ago where none is known."""
        return ordinals([member.joined_on for member in self.members], 0)

    @cached_property
    def left(self) -> Numbers:
        """Last days of those who are gone; never for those who are here, or back."""
        days = [None if member.is_back else member.left_on for member in self.members]
        return ordinals(days, NEVER)

    @cached_property
    def since(self) -> Numbers:
        """From which day things count for whoever has the number now."""
        days = [local_date(one.counts_from) if one.counts_from else None for one in self.members]
        return ordinals(days, 0)

    @cached_property
    def last_days(self) -> Numbers:
        """The last day of the period, or of service where that is before."""
        return np.minimum(self.left, self.last.toordinal())

    @cached_property
    def nobody(self) -> Flags:
        """A truth value for each of them: no."""
        return np.zeros(len(self.members), dtype=np.bool_)

    def flags(self, numbers: Iterable[int]) -> Flags:
        """Which of the people have a number that is among these."""
        found, positions = self.nobody.copy(), self.positions
        found[[positions[number] for number in numbers if number in positions]] = True
        return found


def staff(session: Session, *, first: date, last: date) -> Staff:
    """Everybody who was in the force on any day from ``first`` to ``last``.

    Whoever was exposed to an incident in one of these months was there, whatever day HR gives.
    """
    gone = and_(
        col(Person.left_on) < first,
        or_(
            col(Person.joined_on).is_(None),
            col(Person.joined_on) <= col(Person.left_on),
            col(Person.joined_on) > last,
        ),
    )
    here = and_(
        or_(
            col(Person.joined_on).is_(None),
            col(Person.joined_on) <= last,
            col(Person.left_on) >= first,
        ),
        or_(col(Person.left_on).is_(None), ~gone),
    )
    exposed = select(MonthTally.person_id).where(
        col(MonthTally.month).between(first.replace(day=1), last)
    )
    found = _members(session, or_(here, col(Person.id).in_(exposed)))
    return Staff(first, last, tuple(sorted(found, key=lambda member: member.public_id)))


def staff_of(session: Session, ids: Sequence[str], *, first: date, last: date) -> Staff:
    """Those whose public ids these are, in that order.

    Raises:
        LookupError: somebody is not there any more.
    """
    by_id = {member.public_id: member for member in _members(session, true())}
    if not by_id.keys() >= set(ids):
        message = "Somebody's record went while figures were made. Begin again."
        raise LookupError(message)
    return Staff(first, last, tuple(by_id[one] for one in ids))


def _members(session: Session, chosen: ColumnElement[bool]) -> list[Member]:
    statement = columns(
        Person.id,
        Person.public_id,
        Person.staff_type,
        Person.rank,
        Person.joined_on,
        Person.left_on,
        Person.leaving_reason,
        Person.counts_from,
    ).where(listed(), chosen)
    return [Member._make(row) for row in session.connection().execute(statement)]


def end_of(day: date) -> datetime:
    """The moment at which a day of London's is over."""
    return start_of_day(date.fromordinal(day.toordinal() + 1))
