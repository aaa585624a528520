"""Referrals as services and wellbeing leads see them: open ones, and whom to reach."""

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
from app.referrals.models import Outcome, Referral, ReferralState, ServicePractitioner
from app.referrals.queries import Step, due_of, limits, steps_of
from app.referrals.rules import TOLD_WITHDRAWN_DAYS, Due
from app.security.permissions import Role
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
            col(RoleGrant.role) == Role.WELLBEING_PRACTITIONER,
            covers(RoleGrant, day),
        )
        .correlate(Referral)
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
    force those that nobody has."""
    place = col(ServicePractitioner.unit_id)
    mine = and_(col(Referral.practitioner_account_id) == viewer.account_id, _in_service(viewer))
    waiting = and_(~_held(day), _in_service(viewer, or_(place.is_(None), _below(place))))
    return or_(mine, waiting)


def _for_lead(viewer: Viewer) -> ColumnElement[bool]:
    units = [grant.unit_id for grant in viewer.grants if grant.role is Role.WELLBEING_LEAD]
    if not units:
        return false()
    if None in units:
        return true()
    return or_(*(_below(unit_id) for unit_id in units))


OPEN = col(Referral.state) != ReferralState.CLOSED


def _read(viewer: Viewer, session: Session, statement: Any) -> list[Case]:
    found = session.exec(statement).all()
    steps = steps_of(session, [row[0].id for row in found])
    held_to = limits(session)
    cases: list[Case] = []
    for row, public_id, given, family, rank, ref, unit, left_on, practitioner, held in found:
        theirs = steps.get(row.id, [])
        cases.append(
            Case(
                row=row,
                person_public_id=public_id,
                name=f"{given} {family}".strip(),
                rank=rank,
                ref=ref,
                unit=unit or "",
                left_on=left_on,
                practitioner=practitioner or "",
                held=bool(held),
                mine=bool(held) and row.practitioner_account_id == viewer.account_id,
                steps=tuple(theirs),
                due=due_of(row, theirs, held_to, held_by=bool(held)),
            )
        )
    return cases


def _by_due(case: Case) -> datetime:
    return case.due.at if case.due and case.due.at else case.row.sent_at + timedelta(days=10_000)


def inbox(viewer: Viewer, session: Session, *, now: datetime) -> list[Case]:
    """Open referrals that a practitioner has or may take on, what is due first at the top."""
    day = local_date(now)
    statement = _cases(viewer, day, OPEN, _for_practitioner(viewer, day))
    return sorted(_read(viewer, session, statement), key=_by_due)


def withdrawn_lately(viewer: Viewer, session: Session, *, now: datetime) -> list[Case]:
    """Referrals that the person took back in the last two weeks, so that nobody contacts them."""
    day = local_date(now)
    statement = _cases(
        viewer,
        day,
        col(Referral.outcome) == Outcome.WITHDRAWN,
        col(Referral.closed_at) >= now - timedelta(days=TOLD_WITHDRAWN_DAYS),
        _for_practitioner(viewer, day),
    )
    return _read(viewer, session, statement)


def case(viewer: Viewer, session: Session, *, public_id: str, now: datetime) -> Case | None:
    """One open referral that a practitioner has or may take on."""
    day, named = local_date(now), col(Referral.public_id) == public_id
    found = _read(viewer, session, _cases(viewer, day, OPEN, named, _for_practitioner(viewer, day)))
    return found[0] if found else None


def agreement_by(session: Session, *, row: Referral) -> str:
    """Who said that the person agreed; empty where that is not known."""
    statement = select(Account.display_name).where(Account.id == row.agreement_by_account_id)
    return session.exec(statement).first() or ""


def was_theirs(viewer: Viewer, session: Session, *, public_id: str) -> bool:
    """Whether a referral is one of the viewer's services', whoever has it: they are told that
    somebody was first, and no more."""
    statement = select(Referral.id).where(
        col(Referral.public_id) == public_id,
        col(Referral.person_id) != (viewer.person_id or 0),
        _in_service(viewer),
    )
    return session.exec(statement).first() is not None


def overseen(viewer: Viewer, session: Session, *, now: datetime) -> list[Case]:
    """Every open referral in a wellbeing lead's part of the force, what is due first at the top."""
    statement = _cases(viewer, local_date(now), OPEN, _for_lead(viewer))
    return sorted(_read(viewer, session, statement), key=_by_due)


def overseen_case(
    viewer: Viewer, session: Session, *, public_id: str, now: datetime
) -> Case | None:
    """One open referral in a wellbeing lead's part of the force."""
    named = col(Referral.public_id) == public_id
    statement = _cases(viewer, local_date(now), OPEN, named, _for_lead(viewer))
    found = _read(viewer, session, statement)
    return found[0] if found else None
