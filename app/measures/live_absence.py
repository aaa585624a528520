"""Psychological absence and leaving, of the people a question is about."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, Integer, and_, case, cast, distinct, false, func
from sqlmodel import Session, col, select

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


def _spells(session: Session, asked: Asked, question: Question) -> Any:
    """Spells that lie in the period at least in part, days as numbers. A spell that goes on, goes
    on until today, or until the person's last day."""
    starts = day_number(session, col(AbsenceSpell.starts_on))
    known = day_number(session, asked.people.as_of)
    said = func.coalesce(day_number(session, col(AbsenceSpell.ends_on)), known)
    ended = case((said > known, known), else_=said)
    since = asked.people.since
    return (
        columns(
            col(AbsenceSpell.person_id).label("person_id"),
            cast(col(AbsenceSpell.psychological), Integer()).label("psychological"),
            starts.label("starts"),
            case((ended < starts, starts), else_=ended).label("ends"),
            cast(col(AbsenceSpell.hours_lost), Float()).label("hours"),
        )
        .join(asked.table, asked.people.id == col(AbsenceSpell.person_id))
        .where(
            *spells(question),
            since.is_(None) | (since <= col(AbsenceSpell.starts_on)),
        )
        .subquery()
    )


def absence(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> Absence:
    """Psychological absence, as a share of contracted hours and in people."""
    today = local_date(now)
    asked = Asked.of(viewer, session, question, today=today)
    one = _spells(session, asked, question)
    first, last = number_of(question.first), number_of(question.last)
    until = case((one.c.ends > last, last), else_=one.c.ends)
    since = case((one.c.starts < first, first), else_=one.c.starts)
    lost = one.c.hours * (until - since + 1) / (one.c.ends - one.c.starts + 1)
    mental = one.c.psychological == 1
    whole = columns(
        func.count(),
        func.coalesce(func.sum(lost), 0.0),
        func.coalesce(func.sum(one.c.psychological), 0),
        func.count(case((and_(mental, one.c.starts >= first), 1))),
        func.count(distinct(case((mental, one.c.person_id)))),
        func.count(
            distinct(case((and_(mental, until - one.c.starts >= LONG_TERM_DAYS), one.c.person_id)))
        ),
    ).where(one.c.ends >= first)
    count, all_hours, spell_count, started, people, long = session.connection().execute(whole).one()
    daily = _daily(session, one, first, last)
    parts = list(parts_of(question))
    contracted, known = _contracted(session, asked, question)
    hours = round(float(daily.sum()), 2)
    months = tuple(_month(part, daily, contracted, question) for part in parts)
    whole_hours = round(sum(month.hours.base for month in months), 2)
    return Absence(
        hours=Number(hours, whole_hours, Unit.HOURS),
        of_all_hours=Number(hours, round(float(all_hours), 2), Unit.HOURS),
        spells=Number(spell_count, count, Unit.SPELLS),
        started=started,
        people=Number(people, len(asked.ids), Unit.PEOPLE),
        long_term=Number(long, people, Unit.PEOPLE),
        contracted_people=Number(known, len(asked.ids), Unit.PEOPLE),
        months=months,
    )


def long_spells(session: Session, asked: Asked, question: Question, *, only_long: bool) -> Any:
    """A select of people with psychological absence in the period, or with a long spell of it."""
    one = _spells(session, asked, question)
    first, last = number_of(question.first), number_of(question.last)
    until = case((one.c.ends > last, last), else_=one.c.ends)
    found = select(one.c.person_id).where(one.c.psychological == 1, one.c.ends >= first)
    return (found.where(until - one.c.starts >= LONG_TERM_DAYS) if only_long else found).distinct()


def _daily(session: Session, one: Any, first: int, last: int) -> "NDArray[np.float64]":
    """Psychological hours lost on each day of the period: a spell's are spread evenly over its
    days."""
    import numpy as np  # noqa: PLC0415 - loaded where it is needed

    statement = columns(one.c.starts, one.c.ends, one.c.hours).where(
        one.c.psychological == 1, one.c.ends >= first
    )
    rows = np.array(session.connection().execute(statement).all(), dtype=np.float64)
    rows = rows.reshape(-1, 3)
    starts, ends = rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64)
    each = rows[:, 2] / (ends - starts + 1)
    days = last - first + 1
    from_day = np.clip(starts - first, 0, days)
    to_day = np.clip(ends - first + 1, 0, days)
    begins = np.bincount(from_day, weights=each, minlength=days + 1)
    stops = np.bincount(to_day, weights=each, minlength=days + 1)
    return np.cumsum(begins - stops)[:days]


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
    months = col(ContractedHours.month).between(month_of(question.first), question.last)
    stands = (col(ContractedHours.withdrawn).is_(False), months)
    by_month = (
        columns(ContractedHours.month, func.sum(cast(col(ContractedHours.hours), Float())))
        .join(asked.table, asked.people.id == col(ContractedHours.person_id))
        .where(*stands)
        .group_by(col(ContractedHours.month))
    )
    sums = {month: float(hours) for month, hours in session.connection().execute(by_month)}
    theirs = select(ContractedHours.id).where(
        col(ContractedHours.person_id) == asked.people.id, *stands
    )
    known = (
        columns(func.count()).select_from(asked.table).where(theirs.correlate(asked.table).exists())
    )
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
