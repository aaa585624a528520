"""Psychological absence and leaving, of the people a question is about."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Float, Integer, case, cast, false, func
from sqlmodel import Session, col

from app.common.clock import local_date, month_of, months_after
from app.database import columns
from app.measures.asked import Absence, AbsenceMonth, Attrition, Number, Question, Unit
from app.measures.moments import day_number, number_of
from app.measures.population import Asked, leavers, population, spells
from app.people.models import AbsenceSpell, ContractedHours, LeavingReason, Person
from app.security.viewer import Viewer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONG_TERM_DAYS = 28
"""A longer spell is a long one, as the Home Office counts."""
OF_WELLBEING = frozenset({LeavingReason.VOLUNTARY_RESIGNATION, LeavingReason.MEDICAL_RETIREMENT})


@dataclass(frozen=True)
class Part:
    """As much of a month as lies in a period."""

    month: date
    first: date
    last: date

    @property
    def share(self) -> float:
        """How much of the month that is."""
        return ((self.last - self.first).days + 1) / monthrange(self.month.year, self.month.month)[
            1
        ]


def parts_of(question: Question) -> Iterator[Part]:
    """The months of a period, oldest first."""
    month = month_of(question.first)
    while month <= question.last:
        following = months_after(month, 1)
        ends = following - timedelta(days=1)
        yield Part(month, max(month, question.first), min(ends, question.last))
        month = following


# --- Absence --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spells:
    """Spells that lie in a period at least in part, in columns; days count from its first. A spell
    that goes on, goes on until today, or until the person's last day."""

    people: "NDArray[np.int64]"
    psychological: "NDArray[np.bool_]"
    starts: "NDArray[np.int64]"
    ends: "NDArray[np.int64]"
    hours: "NDArray[np.float64]"
    days: int
    """Of the period."""

    @cached_property
    def long(self) -> "NDArray[np.bool_]":
        """Whether it had lasted for long by the end of the period."""
        import numpy as np  # noqa: PLC0415 - loaded where it is needed

        lasted: NDArray[np.int64] = np.minimum(self.ends, self.days - 1) - self.starts + 1
        return lasted > LONG_TERM_DAYS

    def daily(self, which: "NDArray[np.bool_]") -> "NDArray[np.float64]":
        """Hours lost on each day of the period: a spell's are spread evenly over its days."""
        import numpy as np  # noqa: PLC0415

        starts, ends = self.starts[which], self.ends[which]
        each = self.hours[which] / (ends - starts + 1)
        begins, stops = (
            np.bincount(np.clip(day, 0, self.days), weights=each, minlength=self.days + 1)
            for day in (starts, ends + 1)
        )
        return np.cumsum(begins - stops)[: self.days]


def spells_of(session: Session, asked: Asked, question: Question) -> Spells:
    """The spells of the people asked about."""
    import numpy as np  # noqa: PLC0415

    first = number_of(question.first)
    known = day_number(session, asked.people.as_of)
    since = asked.people.since
    statement = (
        columns(
            AbsenceSpell.person_id,
            cast(col(AbsenceSpell.psychological), Integer()),
            day_number(session, col(AbsenceSpell.starts_on)) - first,
            func.coalesce(day_number(session, col(AbsenceSpell.ends_on)), known) - first,
            known - first,
            cast(col(AbsenceSpell.hours_lost), Float()),
        )
        .join(asked.table, asked.people.id == col(AbsenceSpell.person_id))
        .where(*spells(question), since.is_(None) | (since <= col(AbsenceSpell.starts_on)))
    )
    rows = session.connection().execute(statement).all()
    people, psychological, starts, said, until = (
        np.array([row[at] for row in rows], dtype=np.int64) for at in range(5)
    )
    hours = np.array([row[5] for row in rows], dtype=np.float64)
    ends = np.maximum(starts, np.minimum(said, until))
    here = ends >= 0
    return Spells(
        people[here],
        psychological[here] == 1,
        starts[here],
        ends[here],
        hours[here],
        (question.last - question.first).days + 1,
    )


def absence(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> Absence:
    """Psychological absence, as a share of contracted hours and in people."""
    asked = Asked.of(viewer, session, question, today=local_date(now))
    found = spells_of(session, asked, question)
    mental = found.psychological
    daily = found.daily(mental)
    contracted, known = _contracted(session, asked, question)
    months = tuple(_month(part, daily, contracted, question) for part in parts_of(question))
    hours, every = (round(float(one.sum()), 2) for one in (daily, found.daily(mental | True)))
    people = len(set(found.people[mental].tolist()))
    long = len(set(found.people[mental & found.long].tolist()))
    return Absence(
        hours=Number(hours, round(sum(one.hours.base for one in months), 2), Unit.HOURS),
        of_all_hours=Number(hours, every, Unit.HOURS),
        spells=Number(int(mental.sum()), len(mental), Unit.SPELLS),
        started=int((mental & (found.starts >= 0)).sum()),
        people=Number(people, len(asked.ids), Unit.PEOPLE),
        long_term=Number(long, people, Unit.PEOPLE),
        contracted_people=Number(known, len(asked.ids), Unit.PEOPLE),
        months=months,
    )


def absent(session: Session, asked: Asked, question: Question, *, long: bool) -> set[int]:
    """People with psychological absence in the period, or with a long spell of it."""
    found = spells_of(session, asked, question)
    which = found.psychological & found.long if long else found.psychological
    return set(found.people[which].tolist())


def _month(
    part: Part, daily: "NDArray[np.float64]", contracted: dict[date, float], question: Question
) -> AbsenceMonth:
    place = slice((part.first - question.first).days, (part.last - question.first).days + 1)
    lost, base = float(daily[place].sum()), contracted.get(part.month, 0.0) * part.share
    return AbsenceMonth(part.month, Number(round(lost, 2), round(base, 2), Unit.HOURS))


def _contracted(
    session: Session, asked: Asked, question: Question
) -> tuple[dict[date, float], int]:
    """Contracted hours of whole months, and of how many people they are known in the period."""
    theirs = (
        columns(
            ContractedHours.month,
            ContractedHours.person_id,
            cast(col(ContractedHours.hours), Float()).label("hours"),
        )
        .join(asked.table, asked.people.id == col(ContractedHours.person_id))
        .where(
            col(ContractedHours.withdrawn).is_(False),
            col(ContractedHours.month).between(month_of(question.first), question.last),
        )
    )
    one = theirs.subquery()
    by_month = columns(one.c.month, func.sum(one.c.hours)).group_by(one.c.month)
    sums = {month: float(hours) for month, hours in session.connection().execute(by_month)}
    people = theirs.with_only_columns(ContractedHours.person_id).distinct().subquery()
    known = columns(func.count()).select_from(people)
    return sums, session.connection().execute(known).scalar_one()


# --- Leaving --------------------------------------------------------------------------------------


def attrition(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> Attrition:
    """Who left, with transfers to other forces and without."""
    today = local_date(now)
    everybody = population(viewer, question, today=today).subquery()
    gone = case((func.coalesce(leavers(question), false()), 1), else_=0)
    statement = (
        columns(gone, Person.leaving_reason, func.count())
        .join(everybody, everybody.c.id == col(Person.id))
        .group_by(gone, col(Person.leaving_reason))
    )
    base, reasons = 0, dict.fromkeys(LeavingReason, 0)
    for left, reason, count in session.connection().execute(statement):
        base += count
        if left:
            reasons[reason or LeavingReason.NOT_RECORDED] += count
    every = sum(reasons.values())
    stayed = every - reasons[LeavingReason.TRANSFER]
    wellbeing = sum(reasons[one] for one in OF_WELLBEING)
    return Attrition(
        wellbeing=Number(wellbeing, base, Unit.PEOPLE),
        without_transfers=Number(stayed, base, Unit.PEOPLE),
        with_transfers=Number(every, base, Unit.PEOPLE),
        reasons=reasons,
    )
