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
from app.referrals import fences, wishes
from app.referrals.cases import OPEN, works_for
from app.referrals.fences import Fence
from app.referrals.models import Referral, ServicePractitioner, Support
from app.referrals.queries import due_of, limits, steps_of
from app.security.key_store import KeyStore
from app.security.permissions import INBOX_ROLES
from app.support import questions


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
    fence: Fence


class _Seat(NamedTuple):
    account_id: int
    person_id: int | None
    service: Support
    unit_id: int | None


def requests(
    session: Session,
    *,
    duties: Duties,
    leads: Sequence[Holder],
    keys: KeyStore | None,
    now: datetime,
) -> Iterator[Request]:
    """Every open referral that nobody has taken on, or in which something is overdue. Nobody is
    told of their own, nor of one from which they are kept out. A fixed number of statements."""
    day = local_date(now)
    seats = _seats(session, day)
    for one in _open(session, keys, now):
        above = set(duties.up(one.unit_id))
        if one.held:
            if one.late and one.row.practitioner_account_id is not None:
                yield Request(one.row.practitioner_account_id, one.row.public_id, late=True)
            continue
        for seat in seats:
            if seat.service is one.row.service and _reaches(seat, one, above):
                yield Request(seat.account_id, one.row.public_id, one.late)
        if one.late:
            yield from _overseen(one, leads, above)


def unanswered(session: Session, *, now: datetime) -> Iterator[tuple[int, str]]:
    """Questions without a name that wait for an answer: an account that can give one, and which."""
    day = local_date(now)
    waiting = questions.unanswered(session, day=day)
    told = {(seat.account_id, seat.service) for seat in _seats(session, day)} if waiting else set()
    for account_id, service in sorted(told):
        yield from ((account_id, subject) for subject, to in waiting if to is service)


def _overseen(one: _Open, leads: Iterable[Holder], above: set[int]) -> Iterator[Request]:
    for lead in leads:
        if _reaches(lead, one, above):
            yield Request(lead.account_id, one.row.public_id, late=True, overseen=True)


def _reaches(seat: _Seat | Holder, one: _Open, above: set[int]) -> bool:
    mine = seat.person_id is not None and seat.person_id == one.row.person_id
    shut = one.fence.keeps_out(account_id=seat.account_id, person_id=seat.person_id)
    return not mine and not shut and (seat.unit_id is None or seat.unit_id in above)


def _open(session: Session, keys: KeyStore | None, now: datetime) -> list[_Open]:
    day = local_date(now)
    held = works_for(col(Referral.practitioner_account_id), col(Referral.service), day)
    statement: Any = (
        columns(Referral, Posting.unit_id, Account.person_id, held)
        .join(Person, col(Person.id) == col(Referral.person_id))
        .outerjoin(Posting, and_(col(Posting.person_id) == col(Person.id), is_current(day)))
        .outerjoin(Account, col(Account.id) == col(Referral.practitioner_account_id))
        .where(counts_since(col(Referral.agreed_at)), OPEN)
        .order_by(col(Referral.id))
    )
    found = session.exec(statement).all()
    rows = [row for row, *_rest in found]
    numbers = [row.id for row in rows]
    steps, wished = steps_of(session, numbers), wishes.of(session, referral_ids=numbers)
    kept_out = fences.around(session, rows=rows, wished=wished, day=day, keys=keys)
    held_to = limits(session)
    made = []
    for row, unit_id, by_person, is_held in found:
        fence, wish = kept_out.get(row.id, Fence()), wished.get(row.id)
        by = row.practitioner_account_id
        has = bool(is_held) and not fence.keeps_out(account_id=by, person_id=by_person)
        urgency = wish.urgency if wish else None
        due = due_of(row, steps.get(row.id, []), held_to, held_by=has, urgency=urgency)
        made.append(_Open(row, unit_id, has, due is not None and due.late(now), fence))
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
            col(RoleGrant.role).in_(INBOX_ROLES),
            covers(RoleGrant, day),
        )
        .order_by(col(ServicePractitioner.id))
    )
    return [_Seat._make(row) for row in session.exec(statement)]
