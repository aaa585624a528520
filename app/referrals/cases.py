"""Referrals as services and wellbeing leads see them: open ones, and whom to reach."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import Session, col, select

from app.accounts.models import Account, RoleGrant
from app.common.clock import local_date
from app.database import columns
from app.people.models import Person, Posting, Unit, UnitAncestor
from app.people.queries import counts_since, covers, is_current
from app.referrals import fences, wishes
from app.referrals.models import (
    Outcome,
    Referral,
    ReferralState,
    ReferralWish,
    ServicePractitioner,
    Urgency,
)
from app.referrals.queries import Step, due_of, limits, steps_of
from app.referrals.rules import TOLD_WITHDRAWN_DAYS, Due
from app.security.key_store import KeyStore
from app.security.permissions import INBOX_ROLES, Role
from app.security.viewer import Viewer


@dataclass(frozen=True)
class Case:
    """A referral as the service sees it: whom to reach, since when, what is due. Nothing of what
    somebody was exposed to, of what weighed on them, or of another service."""

    row: Referral
    person_public_id: str
    name: str
    rank: str
    ref: str
    unit: str
    left_on: date | None
    practitioner: str
    held: bool
    """Somebody who works for the service today has taken it on."""
    mine: bool
    steps: tuple[Step, ...]
    due: Due | None
    urgency: Urgency | None
    """How soon the person would like to be contacted, where they asked themself."""

    def late(self, now: datetime) -> bool:
        """Whether what is due next is overdue."""
        return self.due is not None and self.due.late(now)


def works_for(account_id: Any, service: Any, day: date) -> ColumnElement[bool]:
    """An account that can open a service's inbox today: named for it, and in the role."""
    return (
        select(ServicePractitioner.id)
        .join(Account, col(Account.id) == col(ServicePractitioner.account_id))
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            col(ServicePractitioner.account_id) == account_id,
            col(ServicePractitioner.service) == service,
            col(ServicePractitioner.active).is_(True),
            col(Account.active).is_(True),
            col(RoleGrant.role).in_(INBOX_ROLES),
            covers(RoleGrant, day),
        )
        .correlate_except(ServicePractitioner, Account, RoleGrant)
        .exists()
    )


def _held(day: date) -> ColumnElement[bool]:
    return works_for(col(Referral.practitioner_account_id), col(Referral.service), day)


def _cases(viewer: Viewer, day: date, *conditions: ColumnElement[bool]) -> Any:
    """Never the viewer's own: nobody looks after themselves."""
    return (
        columns(
            Referral,
            Person.public_id,
            Person.given_name,
            Person.family_name,
            Person.rank,
            Person.source_ref,
            Unit.name,
            Person.left_on,
            Account.display_name,
            Account.person_id,
            _held(day),
        )
        .join(Person, col(Person.id) == col(Referral.person_id))
        .outerjoin(Posting, and_(col(Posting.person_id) == col(Person.id), is_current(day)))
        .outerjoin(Unit, col(Unit.id) == col(Posting.unit_id))
        .outerjoin(Account, col(Account.id) == col(Referral.practitioner_account_id))
        .where(
            counts_since(col(Referral.agreed_at)),
            col(Referral.person_id) != (viewer.person_id or 0),
            *conditions,
        )
        .order_by(col(Referral.sent_at), col(Referral.id))
    )


def _in_service(viewer: Viewer, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(ServicePractitioner.id)
        .where(
            col(ServicePractitioner.account_id) == viewer.account_id,
            col(ServicePractitioner.service) == col(Referral.service),
            col(ServicePractitioner.active).is_(True),
            *more,
        )
        .correlate(Referral, Posting)
        .exists()
    )


def _below(unit_id: Any) -> ColumnElement[bool]:
    return (
        select(UnitAncestor.unit_id)
        .where(
            col(UnitAncestor.unit_id) == col(Posting.unit_id),
            col(UnitAncestor.ancestor_id) == unit_id,
        )
        .correlate(Posting, ServicePractitioner)
        .exists()
    )


def _for_practitioner(viewer: Viewer, day: date) -> ColumnElement[bool]:
    """A practitioner's own cases wherever the person is posted now, and in their part of the
    force those that nobody has; somebody's own request is looked at again in :func:`_read`."""
    place = col(ServicePractitioner.unit_id)
    mine = and_(col(Referral.practitioner_account_id) == viewer.account_id, _in_service(viewer))
    asked = select(ReferralWish.referral_id).where(
        col(ReferralWish.referral_id) == col(Referral.id)
    )
    free = or_(~_held(day), asked.correlate(Referral).exists())
    waiting = and_(free, _in_service(viewer, or_(place.is_(None), _below(place))))
    return or_(mine, waiting)


def for_lead(viewer: Viewer) -> ColumnElement[bool]:
    """Of people posted to a wellbeing lead's part of the force; the statement joins postings."""
    units = [grant.unit_id for grant in viewer.grants if grant.role is Role.WELLBEING_LEAD]
    if not units:
        return false()
    if None in units:
        return true()
    return or_(*(_below(unit_id) for unit_id in units))


OPEN = col(Referral.state) != ReferralState.CLOSED


@dataclass(frozen=True)
class _Looking:
    """Who reads, when, and with which keys."""

    viewer: Viewer
    session: Session
    now: datetime
    keys: KeyStore | None

    @property
    def day(self) -> date:
        return local_date(self.now)


def _read(looking: _Looking, statement: Any, *, all_held: bool = False) -> list[Case]:
    """Cases, without those from which the viewer is kept out.

    Somebody who has a case and is kept out of it since (they lead the person now) has it no more.
    ``all_held``: also those that a colleague has.
    """
    viewer, session = looking.viewer, looking.session
    found = session.exec(statement).all()
    rows = [row[0] for row in found]
    steps, held_to = steps_of(session, [row.id for row in rows]), limits(session)
    wished = wishes.of(session, referral_ids=[row.id for row in rows])
    kept_out = fences.around(session, rows=rows, wished=wished, day=looking.day, keys=looking.keys)
    cases: list[Case] = []
    for row, public_id, given, family, rank, ref, unit, left_on, name, by_person, held in found:
        fence, wish = kept_out.get(row.id, fences.Fence()), wished.get(row.id)
        holder = row.practitioner_account_id
        held = bool(held) and not fence.keeps_out(account_id=holder, person_id=by_person)  # noqa: PLW2901
        mine = held and holder == viewer.account_id
        shut = fence.keeps_out(account_id=viewer.account_id, person_id=viewer.person_id)
        if shut or (held and not mine and not all_held):
            continue
        theirs, urgency = steps.get(row.id, []), wish.urgency if wish else None
        due = due_of(row, theirs, held_to, held_by=held, urgency=urgency)
        cases.append(
            Case(
                row=row,
                person_public_id=public_id,
                name=f"{given} {family}".strip(),
                rank=rank,
                ref=ref,
                unit=unit or "",
                left_on=left_on,
                practitioner=name or "",
                held=held,
                mine=mine,
                steps=tuple(theirs),
                due=due,
                urgency=urgency,
            )
        )
    return cases


PLACES = {urgency: place for place, urgency in enumerate(Urgency)}


def _order(now: datetime) -> Callable[[Case], tuple[bool, int, datetime]]:
    """What is overdue first, then whoever asked to be contacted soonest and waits, then by due."""

    def place(case: Case) -> tuple[bool, int, datetime]:
        waits = case.urgency is not None and case.row.contacted_on is None
        urgency = PLACES[case.urgency] if waits and case.urgency else len(PLACES)
        due = case.due.at if case.due and case.due.at else case.row.sent_at + timedelta(days=10_000)
        return (not case.late(now), urgency, due)

    return place


def inbox(
    viewer: Viewer, session: Session, *, now: datetime, keys: KeyStore | None = None
) -> list[Case]:
    """Open referrals that a practitioner has or may take on, what presses most at the top.

    In this and in what follows: without the ``keys``, requests whose person named somebody who must
    not be given them are left out.
    """
    looking = _Looking(viewer, session, now, keys)
    statement = _cases(viewer, looking.day, OPEN, _for_practitioner(viewer, looking.day))
    return sorted(_read(looking, statement), key=_order(now))


def withdrawn_lately(
    viewer: Viewer, session: Session, *, now: datetime, keys: KeyStore | None = None
) -> list[Case]:
    """Referrals that the person took back in the last two weeks, so that nobody contacts them."""
    looking = _Looking(viewer, session, now, keys)
    statement = _cases(
        viewer,
        looking.day,
        col(Referral.outcome) == Outcome.WITHDRAWN,
        col(Referral.closed_at) >= now - timedelta(days=TOLD_WITHDRAWN_DAYS),
        _for_practitioner(viewer, looking.day),
    )
    return _read(looking, statement)


def case(
    viewer: Viewer, session: Session, *, public_id: str, now: datetime, keys: KeyStore | None = None
) -> Case | None:
    """One open referral that a practitioner has or may take on."""
    looking, named = _Looking(viewer, session, now, keys), col(Referral.public_id) == public_id
    statement = _cases(viewer, looking.day, OPEN, named, _for_practitioner(viewer, looking.day))
    found = _read(looking, statement)
    return found[0] if found else None


def agreement_by(session: Session, *, row: Referral) -> str:
    """Who said that the person agreed; empty where that is not known."""
    statement = select(Account.display_name).where(Account.id == row.agreement_by_account_id)
    return session.exec(statement).first() or ""


def was_theirs(
    viewer: Viewer, session: Session, *, public_id: str, now: datetime, keys: KeyStore | None = None
) -> bool:
    """Whether a referral is one of the viewer's services', whoever has it: they are told that
    somebody was first, and no more."""
    looking = _Looking(viewer, session, now, keys)
    named = col(Referral.public_id) == public_id
    statement = _cases(viewer, looking.day, named, _in_service(viewer))
    return bool(_read(looking, statement, all_held=True))


def overseen(
    viewer: Viewer, session: Session, *, now: datetime, keys: KeyStore | None = None
) -> list[Case]:
    """Every open referral in a wellbeing lead's part of the force, what presses most at the top."""
    looking = _Looking(viewer, session, now, keys)
    statement = _cases(viewer, looking.day, OPEN, for_lead(viewer))
    return sorted(_read(looking, statement, all_held=True), key=_order(now))


def overseen_case(
    viewer: Viewer, session: Session, *, public_id: str, now: datetime, keys: KeyStore | None = None
) -> Case | None:
    """One open referral in a wellbeing lead's part of the force."""
    looking, named = _Looking(viewer, session, now, keys), col(Referral.public_id) == public_id
    found = _read(
        looking, _cases(viewer, looking.day, OPEN, named, for_lead(viewer)), all_held=True
    )
    return found[0] if found else None


def fence_of(
    session: Session, *, row: Referral, day: date, keys: KeyStore | None = None
) -> fences.Fence:
    """Who must not be given one referral."""
    wished = wishes.of(session, referral_ids=[row.id or 0])
    found = fences.around(session, rows=[row], wished=wished, day=day, keys=keys)
    return found.get(row.id or 0, fences.Fence())
