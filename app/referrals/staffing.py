"""Who works for which service, within which limits, and that somebody asks how they are."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.audit import service as audit
from app.audit.events import Entry, Event
from app.referrals import shares
from app.referrals.models import (
    CareKind,
    PractitionerCare,
    Referral,
    ReferralState,
    ServicePractitioner,
    ShareEnd,
    Support,
    SupportService,
)
from app.referrals.rules import Limits
from app.security.key_store import KeyStore
from app.security.viewer import Viewer


def set_limits(
    session: Session, *, viewer: Viewer, service: Support, limits: Limits, now: datetime
) -> None:
    """Say what holds for a service from now on. Meetings that are planned stay as planned."""
    row = SupportService(
        service=service,
        offered=limits.offered,
        accept_hours=limits.accept_hours,
        contact_hours=limits.contact_hours,
        follow_up_days=limits.follow_up_days,
        works_weekends=limits.works_weekends,
        changed_at=now,
        changed_by_account_id=viewer.account_id,
    )
    session.merge(row)
    session.flush()
    _note(session, viewer, Event.SERVICE_CHANGED, now, service=service.value)


def add_practitioner(
    session: Session,
    *,
    viewer: Viewer,
    account: Account,
    service: Support,
    unit_id: int | None,
    caseload_limit: int,
    now: datetime,
) -> ServicePractitioner:
    """Let somebody work for a service; somebody who did before is taken back."""
    row = session.exec(
        select(ServicePractitioner).where(
            ServicePractitioner.account_id == account.id,
            ServicePractitioner.service == service,
        )
    ).first() or ServicePractitioner(
        account_id=account.id or 0, service=service, caseload_limit=caseload_limit, added_at=now
    )
    row.active, row.unit_id, row.caseload_limit = True, unit_id, caseload_limit
    session.add(row)
    session.flush()
    _note_practitioner(session, viewer, row, account, "added", now)
    return row


def change_practitioner(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    unit_id: int | None,
    caseload_limit: int,
    now: datetime,
) -> None:
    """Change how many people somebody may have at once, and from which part of the force.

    Nobody is taken from them: with a lower limit they take on nobody new until they are below it.
    """
    row = _practitioner(session, public_id)
    row.unit_id, row.caseload_limit = unit_id, caseload_limit
    session.add(row)
    session.flush()
    account = session.get_one(Account, row.account_id)
    _note_practitioner(session, viewer, row, account, "changed", now)


def remove_practitioner(
    session: Session,
    *,
    viewer: Viewer,
    public_id: str,
    now: datetime,
    keys: KeyStore | None = None,
) -> None:
    """Let somebody work for a service no longer; their people wait to be taken on by others."""
    row = _practitioner(session, public_id)
    row.active = False
    session.add(row)
    theirs = select(Referral).where(
        Referral.practitioner_account_id == row.account_id,
        Referral.service == row.service,
        Referral.state != ReferralState.CLOSED,
    )
    for referral in session.exec(theirs).all():
        shares.end_all(session, referral, keys=keys, why=ShareEnd.HANDED_OVER, now=now)
    session.exec(
        update(Referral)
        .where(
            col(Referral.practitioner_account_id) == row.account_id,
            col(Referral.service) == row.service,
            col(Referral.state) != ReferralState.CLOSED,
        )
        .values(practitioner_account_id=None, revision=col(Referral.revision) + 1)
    )
    session.flush()
    account = session.get_one(Account, row.account_id)
    _note_practitioner(session, viewer, row, account, "removed", now)


def _practitioner(session: Session, public_id: str) -> ServicePractitioner:
    return session.exec(
        select(ServicePractitioner)
        .where(ServicePractitioner.public_id == public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def ask_to_be_asked(session: Session, *, viewer: Viewer, now: datetime) -> None:
    """A practitioner says that this one stays with them, so that their lead asks how they are."""
    session.add(
        PractitionerCare(
            account_id=viewer.account_id,
            kind=CareKind.ASKED,
            at=now,
            by_account_id=viewer.account_id,
        )
    )
    session.flush()


def have_spoken(session: Session, *, viewer: Viewer, account: Account, now: datetime) -> None:
    """Keep that a wellbeing lead has talked with a practitioner about themselves; when, no more."""
    session.add(
        PractitionerCare(
            account_id=account.id or 0,
            kind=CareKind.SPOKEN,
            at=now,
            by_account_id=viewer.account_id,
        )
    )
    session.flush()
    _note(session, viewer, Event.PRACTITIONER_SPOKEN_TO, now, practitioner=account.public_id)


def _note_practitioner(
    session: Session,
    viewer: Viewer,
    row: ServicePractitioner,
    account: Account,
    change: str,
    now: datetime,
) -> None:
    _note(
        session,
        viewer,
        Event.PRACTITIONER_CHANGED,
        now,
        service=row.service.value,
        practitioner=account.public_id,
        change=change,
    )


def _note(session: Session, viewer: Viewer, event: Event, now: datetime, **details: object) -> None:
    entry = Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        details=details,
    )
    audit.append(session, [entry])
