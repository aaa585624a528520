"""Asking a service to make contact with somebody who agreed to it."""

from datetime import datetime

from sqlmodel import Session

from app.referrals.models import Referral, ReferralState, Support

SERVICES = (
    Support.PEER_SUPPORT,
    Support.TRIM,
    Support.OCCUPATIONAL_HEALTH,
    Support.EMPLOYEE_ASSISTANCE,
    Support.CHAPLAIN,
)
"""Services inside the force's reach that make contact once somebody accepts."""


def refer(
    session: Session,
    *,
    person_id: int,
    service: Support,
    agreed_at: datetime,
    debrief_person_id: int | None = None,
    actor: int,  # noqa: ARG001 - who asked and when are for the audit of what follows
    now: datetime,  # noqa: ARG001
) -> Referral:
    """Ask a service to make contact. ``agreed_at``: when the person agreed, without which there is
    no referral. ``debrief_person_id``: their part of the conversation it came from, if any."""
    row = Referral(
        person_id=person_id,
        debrief_person_id=debrief_person_id,
        service=service,
        state=ReferralState.SENT,
        agreed_at=agreed_at,
    )
    session.add(row)
    session.flush()
    return row
