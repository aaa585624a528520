"""How many requests came to each service, month by month, and what room it has: counts alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import and_
from sqlmodel import Session, col

from app.common.clock import local_date, month_of, months_after, start_of_day
from app.database import columns
from app.people.models import Person, Posting
from app.people.queries import counts_since, is_current
from app.referrals.cases import for_lead
from app.referrals.models import Referral, Support
from app.referrals.workload import practitioners
from app.security.permissions import Role
from app.security.viewer import Viewer

FEWEST_CLOSED = 10
"""From fewer of them nothing is said of how long a request stays open."""
DAYS_A_MONTH = 365.25 / 12


class _Sent(NamedTuple):
    service: Support
    on: date
    open_for: timedelta | None


@dataclass(frozen=True)
class Work:
    """What one service was asked for, and how much it can take on."""

    service: Support
    counts: tuple[int, ...]
    """Requests sent in each whole month, oldest first, from the first in which there was one."""
    last: date
    """The last day before the month that is not over."""
    months_open: float | None
    """How long a request that is closed was open, on average; nothing where too few are."""
    places: int
    """What everybody who works for it may take on, added up; for whoever leads in the whole force,
    because those places are for all of it."""


def work(
    viewer: Viewer, session: Session, *, services: Sequence[Support], months: int, day: date
) -> list[Work]:
    """Each of these services in the viewer's part of the force, over at most so many months.

    Counts go into forecasts and are not for showing: a month of one request points to somebody.
    """
    this_month = month_of(day)
    sent = _sent(viewer, session, since=months_after(this_month, -months), day=day)
    seats = practitioners(session, day=day) if _leads_everywhere(viewer) else []
    return [
        Work(
            service,
            _by_month([one.on for one in sent if one.service is service], months, this_month),
            this_month - timedelta(days=1),
            _months_open([one for one in sent if one.service is service]),
            sum(seat.caseload_limit for seat in seats if seat.service is service),
        )
        for service in services
    ]


def _leads_everywhere(viewer: Viewer) -> bool:
    return any(one.role is Role.WELLBEING_LEAD and one.unit_id is None for one in viewer.grants)


def _sent(viewer: Viewer, session: Session, *, since: date, day: date) -> list[_Sent]:
    """Never the viewer's own."""
    statement = (
        columns(Referral.service, Referral.sent_at, Referral.closed_at)
        .join(Person, col(Person.id) == col(Referral.person_id))
        .outerjoin(Posting, and_(col(Posting.person_id) == col(Person.id), is_current(day)))
        .where(
            counts_since(col(Referral.agreed_at)),
            col(Referral.person_id) != (viewer.person_id or 0),
            col(Referral.sent_at) >= start_of_day(since),
            for_lead(viewer),
        )
    )
    return [
        _Sent(service, local_date(sent), closed - sent if closed else None)
        for service, sent, closed in session.exec(statement)
    ]


def _by_month(days: Sequence[date], months: int, this_month: date) -> tuple[int, ...]:
    firsts = [months_after(this_month, back) for back in range(-months, 0)]
    counts = [sum(month_of(day) == first for day in days) for first in firsts]
    begun = next((place for place, count in enumerate(counts) if count), months)
    return tuple(counts[begun:])


def _months_open(sent: Sequence[_Sent]) -> float | None:
    spans = [one.open_for.total_seconds() / 86_400 for one in sent if one.open_for is not None]
    return sum(spans) / len(spans) / DAYS_A_MONTH if len(spans) >= FEWEST_CLOSED else None
