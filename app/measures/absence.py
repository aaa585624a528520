"""Hours lost to sickness, spells, and leaving: sums, for named wellbeing roles alone.

Exact, and so not fit to be published. The caller has decided which units the viewer may ask about.
A share (how much of all sickness is psychological) and a rate (how much of working time is lost to
it) can move opposite ways, so both are always given, each with what it is a part of.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func
from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.database import columns
from app.measures.away import RESIGNED_OR_MEDICAL, Spells, spells
from app.measures.catalogue import LONG_TERM_DAYS
from app.measures.places import Flags, Postings
from app.measures.staff import Staff, staff
from app.people.models import ContractedHours, LeavingReason, UnitAncestor


@dataclass(frozen=True)
class Absence:
    """Sickness absence of some people between two days, both included."""

    first: date
    last: date
    people: int
    """In the force on any of these days, and last posted to the units asked about."""
    hours: float
    """Lost to any sickness. A spell's hours are spread evenly over its days."""
    psychological_hours: float
    contracted_hours: float
    """What these people were to work; nothing where HR has not sent it."""
    started: int
    """Spells that began on these days."""
    psychological_started: int
    absent: int
    """Different people off sick on any of these days."""
    absent_psychological: int
    long_term: int
    """Different people off for more than 28 days for a psychological reason by the last day."""

    @property
    def share(self) -> float | None:
        """Psychological hours as a percentage of all hours lost to sickness."""
        return percentage(self.psychological_hours, self.hours)

    @property
    def rate(self) -> float | None:
        """Psychological hours as a percentage of contracted hours."""
        return percentage(self.psychological_hours, self.contracted_hours)


@dataclass(frozen=True)
class Attrition:
    """People who left between two days, both included: three counts, each of ``people``."""

    people: int
    """In the force on any of these days."""
    resigned_or_medical: int
    without_transfers: int
    with_transfers: int


def percentage(part: float, whole: float) -> float | None:
    """The one as a percentage of the other; none of nothing."""
    return 100 * part / whole if whole else None


@dataclass(frozen=True)
class Scope:
    """Whose absence: everybody's, or that of units with all below them, or of named people too."""

    unit_ids: Collection[int] | None = None
    people: Collection[str] | None = None
    """Public ids."""


EVERYBODY = Scope()


@dataclass(frozen=True)
class _Read:
    """Everything there is to know about a period's people, read once."""

    session: Session
    staff: Staff
    scope: Scope
    today: date

    @cached_property
    def spells(self) -> Spells:
        return spells(self.session, self.staff, today=self.today.toordinal())

    @cached_property
    def postings(self) -> Postings:
        return Postings(self.session, self.staff.positions)

    @cached_property
    def units(self) -> NDArray[np.int64]:
        below = select(UnitAncestor.unit_id).where(
            col(UnitAncestor.ancestor_id).in_(self.scope.unit_ids or ())
        )
        return np.array(self.session.exec(below).all(), dtype=np.int64)

    @cached_property
    def named(self) -> Flags:
        wanted = self.scope.people
        chosen = [wanted is None or one.public_id in wanted for one in self.staff.members]
        return np.array(chosen, dtype=np.bool_)

    def within(self, first: date, last: date) -> Flags:
        """Who is asked about: in the force on any of the days, and posted here on the last."""
        staff = self.staff
        here = (staff.joined <= last.toordinal()) & (staff.left >= first.toordinal()) & self.named
        if self.scope.unit_ids is not None:
            days = np.minimum(staff.left, last.toordinal())
            here &= np.isin(self.postings.units_on(days), self.units)
        return here

    @cached_property
    def contracted(self) -> list[tuple[int, date, float]]:
        """The place of a person, a month, and the hours they were to work in it."""
        statement = columns(
            ContractedHours.person_id, ContractedHours.month, func.sum(ContractedHours.hours)
        ).where(
            col(ContractedHours.withdrawn).is_(False),
            col(ContractedHours.month).between(self.staff.first.replace(day=1), self.staff.last),
        )
        statement = statement.group_by(col(ContractedHours.person_id), col(ContractedHours.month))
        positions = self.staff.positions
        return [
            (positions[number], month, float(hours))
            for number, month, hours in self.session.connection().execute(statement)
            if number in positions
        ]


def absence(
    session: Session, *, first: date, last: date, now: datetime, scope: Scope = EVERYBODY
) -> Absence:
    """The sickness absence of some people from a month's first day to a month's last.

    Somebody who moves is where they were posted at the end: asked a month at a time, they are in
    each month where they were then.
    """
    return _sum(_read(session, first, last, now, scope), first, last)


def attrition(
    session: Session, *, first: date, last: date, now: datetime, scope: Scope = EVERYBODY
) -> Attrition:
    """How many of some people left."""
    read = _read(session, first, last, now, scope)
    reasons = [
        member.leaving_reason or LeavingReason.NOT_RECORDED
        for member, asked in zip(read.staff.members, read.within(first, last).tolist(), strict=True)
        if asked and member.left_on is not None and first <= member.left_on <= last
    ]
    return Attrition(
        people=int(read.within(first, last).sum()),
        resigned_or_medical=sum(reason in RESIGNED_OR_MEDICAL for reason in reasons),
        without_transfers=sum(reason is not LeavingReason.TRANSFER for reason in reasons),
        with_transfers=len(reasons),
    )


def _read(session: Session, first: date, last: date, now: datetime, scope: Scope) -> _Read:
    return _Read(session, staff(session, first=first, last=last), scope, local_date(now))


def _sum(read: _Read, first: date, last: date) -> Absence:
    start, end = first.toordinal(), last.toordinal()
    here = read.within(first, last)
    every = read.spells
    found = every.chosen(here[every.who] & (every.starts <= end) & (every.ends >= start))
    days = np.minimum(found.ends, end) - np.maximum(found.starts, start) + 1
    hours = found.hours * days / (found.ends - found.starts + 1)
    began = found.starts >= start
    psychological = found.psychological
    by_then = np.minimum(found.ends, end) - found.starts + 1
    return Absence(
        first=first,
        last=last,
        people=int(here.sum()),
        hours=_rounded(hours),
        psychological_hours=_rounded(hours[psychological]),
        contracted_hours=round(
            sum(
                hours
                for place, month, hours in read.contracted
                if here[place] and first.replace(day=1) <= month <= last
            ),
            2,
        ),
        started=int(began.sum()),
        psychological_started=int((began & psychological).sum()),
        absent=_different(found.who),
        absent_psychological=_different(found.who[psychological]),
        long_term=_different(found.who[psychological & (by_then > LONG_TERM_DAYS)]),
    )


def _rounded(hours: NDArray[np.float64]) -> float:
    # Hours are kept to the hundredth; adding them up must not show more.
    return round(float(hours.sum()), 2)


def _different(who: NDArray[np.int64]) -> int:
    return len(np.unique(who))
