"""Referrals that wait in a service's inbox, and who is told of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_
from sqlmodel import Session, col

from app.accounts.models import Account, RoleGrant
from app.accounts.queries import Holder
from app.common.clock import local_date
from app.database import columns
from app.people.duty import Duties
from app.people.models import Person, Posting
from app.people.queries import counts_since, covers, is_current
from app.referrals.cases import OPEN, works_for
from app.referrals.models import Referral, ServicePractitioner, Support
from app.referrals.queries import due_of, limits, steps_of
from app.security.permissions import Role


class Request(NamedTuple):
    """Somebody to be told of one referral. ``overseen``: as the wellbeing lead of that part of the
    force, because nobody has taken it on in time."""

    account_id: int
    subject: str
    late: bool
    overseen: bool = False


@dataclass(frozen=True)
class _Open:
    row: Referral
    unit_id: int | None
    held: bool
    late: bool


class _Seat(NamedTuple):
    account_id: int
    person_id: int | None
    service: Support
    unit_id: int | None


def requests(
    session: Session, *, duties: Duties, leads: Sequence[Holder], now: datetime
) -> Iterator[Request]:
    """Every open referral that nobody has taken on, or in which something is overdue. Nobody is
    told of their own. A fixed number of statements."""
    day = local_date(now)
    seats = _seats(session, day)
    for one in _open(session, now):
        above = set(duties.up(one.unit_id))
        if one.held:
            if one.late and one.row.practitioner_account_id is not None:
                yield Request(one.row.practitioner_account_id, one.row.public_id, late=True)
            continue
        for seat in seats:
            if seat.service is one.row.service and _reaches(seat, one.row, above):
                yield Request(seat.account_id, one.row.public_id, one.late)
        if one.late:
            yield from _overseen(one, leads, above)


def _overseen(one: _Open, leads: Iterable[Holder], above: set[int]) -> Iterator[Request]:
    for lead in leads:
        if _reaches(lead, one.row, above):
            yield Request(lead.account_id, one.row.public_id, late=True, overseen=True)


def _reaches(seat: _Seat | Holder, row: Referral, above: set[int]) -> bool:
    mine = seat.person_id is not None and seat.person_id == row.person_id
    return not mine and (seat.unit_id is None or seat.unit_id in above)


def _open(session: Session, now: datetime) -> list[_Open]:
    day = local_date(now)
    held = works_for(col(Referral.practitioner_account_id), col(Referral.service), day)
    statement: Any = (
        columns(Referral, Posting.unit_id, held)
        .join(Person, col(Person.id) == col(Referral.person_id))
        .outerjoin(Posting, and_(col(Posting.person_id) == col(Person.id), is_current(day)))
        .where(counts_since(col(Referral.agreed_at)), OPEN)
        .order_by(col(Referral.id))
    )
    found = session.exec(statement).all()
    steps = steps_of(session, [row.id for row, *_rest in found])
    held_to = limits(session)
    made = []
    for row, unit_id, is_held in found:
        due = due_of(row, steps.get(row.id, []), held_to, held_by=bool(is_held))
        made.append(_Open(row, unit_id, bool(is_held), due is not None and due.late(now)))
    return made


def _seats(session: Session, day: date) -> list[_Seat]:
    """Who works for which service today, and for which part of the force."""
    statement = (
        columns(
            ServicePractitioner.account_id,
            Account.person_id,
            ServicePractitioner.service,
            ServicePractitioner.unit_id,
        )
        .join(Account, col(Account.id) == col(ServicePractitioner.account_id))
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            col(ServicePractitioner.active).is_(True),
            col(Account.active).is_(True),
            RoleGrant.role == Role.WELLBEING_PRACTITIONER,
            covers(RoleGrant, day),
        )
        .order_by(col(ServicePractitioner.id))
    )
    return [_Seat._make(row) for row in session.exec(statement)]
