"""Who works for which service, with how many people, and how they are themselves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.accounts.models import Account, RoleGrant
from app.database import columns
from app.people.models import Unit, UnitKind
from app.people.queries import covers
from app.referrals.cases import works_for
from app.referrals.models import (
    CareKind,
    PractitionerCare,
    Referral,
    ReferralState,
    ServicePractitioner,
    Support,
)
from app.referrals.rules import CARE_AFTER, CARE_DAYS, HARD
from app.security.permissions import INBOX_ROLES

OPEN = col(Referral.state) != ReferralState.CLOSED


@dataclass(frozen=True)
class Practitioner:
    """Somebody who works for a service."""

    public_id: str
    account_id: int
    person_id: int | None
    service: Support
    name: str
    unit_public_id: str
    unit: str
    caseload_limit: int
    people: int
    """How many open referrals of this service they have."""
    can_open: bool
    """Whether their account is open and in the role, without which the inbox stays shut."""

    @property
    def full(self) -> bool:
        """Whether they can take on nobody more."""
        return self.people >= self.caseload_limit


def _practitioners(day: date) -> Any:
    people = (
        select(func.count())
        .where(
            col(Referral.practitioner_account_id) == col(ServicePractitioner.account_id),
            col(Referral.service) == col(ServicePractitioner.service),
            OPEN,
        )
        .correlate(ServicePractitioner)
        .scalar_subquery()
    )
    named = select(RoleGrant.id).where(
        col(RoleGrant.account_id) == col(Account.id),
        col(RoleGrant.role).in_(INBOX_ROLES),
        col(Account.active).is_(True),
        covers(RoleGrant, day),
    )
    return (
        columns(
            ServicePractitioner.public_id,
            ServicePractitioner.account_id,
            Account.person_id,
            ServicePractitioner.service,
            Account.display_name,
            func.coalesce(Unit.public_id, ""),
            func.coalesce(Unit.name, ""),
            ServicePractitioner.caseload_limit,
            people,
            named.correlate(Account).exists(),
        )
        .join(Account, col(Account.id) == col(ServicePractitioner.account_id))
        .outerjoin(Unit, col(Unit.id) == col(ServicePractitioner.unit_id))
        .where(col(ServicePractitioner.active).is_(True))
        .order_by(col(Account.display_name), col(Account.id))
    )


def practitioners(session: Session, *, day: date) -> list[Practitioner]:
    """Everybody who works for a service, by name. Who they are is no secret among those who may
    ask; whom they look after is."""
    return [Practitioner(*row) for row in session.exec(_practitioners(day))]


def candidates(session: Session, *, service: Support, day: date) -> dict[str, str]:
    """Accounts in the role that do not work for a service yet: public id → name."""
    there = select(ServicePractitioner.account_id).where(
        ServicePractitioner.service == service, col(ServicePractitioner.active).is_(True)
    )
    statement = (
        columns(Account.public_id, Account.display_name)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            col(Account.active).is_(True),
            col(RoleGrant.role).in_(INBOX_ROLES),
            covers(RoleGrant, day),
            col(Account.id).not_in(there),
        )
        .order_by(col(Account.display_name), col(Account.id))
    )
    return dict(session.exec(statement).all())


def account_named(session: Session, *, public_id: str) -> Account | None:
    """An account by the name it has in addresses and forms."""
    return session.exec(select(Account).where(Account.public_id == public_id)).first()


def public_ids(session: Session, *, account_ids: Collection[int]) -> dict[int, str]:
    """The names accounts have in addresses."""
    statement = columns(Account.id, Account.public_id).where(col(Account.id).in_(account_ids))
    return dict(session.exec(statement).all())


def districts(session: Session) -> dict[str, str]:
    """Parts of the force somebody may work for: public id → name."""
    statement = (
        columns(Unit.public_id, Unit.name)
        .where(Unit.kind == UnitKind.DISTRICT, col(Unit.closed_on).is_(None))
        .order_by(col(Unit.name))
    )
    return dict(session.exec(statement).all())


def unit_named(session: Session, *, public_id: str) -> Unit | None:
    """A unit by the name it has in forms."""
    return session.exec(select(Unit).where(Unit.public_id == public_id)).first()


def seat(
    session: Session, *, account_id: int, service: Support, day: date
) -> ServicePractitioner | None:
    """Somebody's place in a service, if they can open its inbox today; locked, so that two
    referrals taken on at once are counted one after the other."""
    return session.exec(
        select(ServicePractitioner)
        .where(
            ServicePractitioner.account_id == account_id,
            ServicePractitioner.service == service,
            works_for(account_id, service, day),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def caseload(session: Session, *, account_id: int, service: Support) -> int:
    """How many open referrals of a service somebody has."""
    return session.exec(
        select(func.count())
        .select_from(Referral)
        .where(Referral.practitioner_account_id == account_id, Referral.service == service, OPEN)
    ).one()


# --- How practitioners are themselves -------------------------------------------------------------


@dataclass(frozen=True)
class Welfare:
    """What counts towards asking a practitioner how they are; since they were last asked."""

    people: int = 0
    hard: int = 0
    asked: bool = False
    spoken_at: datetime | None = None

    @property
    def due(self) -> bool:
        """Whether they should talk with somebody."""
        return self.people >= CARE_AFTER or self.hard > 0 or self.asked


def welfare(session: Session, *, account_ids: Collection[int], now: datetime) -> dict[int, Welfare]:
    """How much each of these practitioners has taken on in four weeks; no word on whom."""
    since = now - timedelta(days=CARE_DAYS)
    spoken = _newest(session, account_ids, CareKind.SPOKEN)
    asked = _newest(session, account_ids, CareKind.ASKED)
    people: dict[int, set[int]] = {}
    hard: dict[int, int] = {}
    statement = columns(
        Referral.practitioner_account_id,
        Referral.person_id,
        Referral.accepted_at,
        Referral.closed_at,
        Referral.outcome,
    ).where(
        col(Referral.practitioner_account_id).in_(account_ids),
        (col(Referral.accepted_at) >= since) | (col(Referral.closed_at) >= since),
    )
    for account_id, person_id, accepted_at, closed_at, outcome in session.exec(statement):
        start = max(since, spoken.get(account_id, since))
        if accepted_at is not None and accepted_at >= start:
            people.setdefault(account_id, set()).add(person_id)
        if outcome in HARD and closed_at is not None and closed_at >= start:
            hard[account_id] = hard.get(account_id, 0) + 1
    return {
        number: Welfare(
            people=len(people.get(number, ())),
            hard=hard.get(number, 0),
            asked=number in asked and asked[number] > spoken.get(number, since),
            spoken_at=spoken.get(number),
        )
        for number in account_ids
    }


def _newest(session: Session, account_ids: Collection[int], kind: CareKind) -> dict[int, datetime]:
    statement = (
        columns(PractitionerCare.account_id, func.max(PractitionerCare.at))
        .where(
            col(PractitionerCare.account_id).in_(account_ids),
            PractitionerCare.kind == kind,
        )
        .group_by(PractitionerCare.account_id)
    )
    return dict(session.exec(statement).all())
