"""How a referral comes to be: somebody agreed, or asked themself, and that is written down."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.accounts.queries import viewer_for
from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.people.models import Person
from app.referrals import queries
from app.referrals.models import Referral, ReferralState, Support
from app.security.viewer import Viewer


@dataclass(frozen=True)
class Agreement:
    """When somebody agreed to be contacted, and who says so: a viewer, or an account's number."""

    at: datetime
    by: Viewer | int
    debrief_person_id: int | None = None
    """The conversation in which they agreed, if it was one."""
    private: bool = False
    """No supervisor is to know."""


def refer(
    session: Session, *, person_id: int, service: Support, agreed: Agreement, now: datetime
) -> Referral | None:
    """Ask a service to make contact with somebody who has agreed to it.

    An open referral of the same person to the same service is returned instead of a second one:
    of those that no supervisor is to know of, or of the others. One never stands in for the other,
    or a supervisor who refers somebody could tell that they had asked already.

    Returns:
        The referral, or ``None`` where this force has no such service: nobody would receive it.

    Raises:
        ValueError: the agreement is said to be in the future.
    """
    if agreed.at > now:
        message = "Nobody can have agreed in the future."
        raise ValueError(message)
    if service not in queries.receiving(session):
        return None
    # One at a time for each person, or two forms saved at once make two referrals.
    one = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    session.exec(one).one()
    known = open_referral(session, person_id=person_id, service=service, private=agreed.private)
    if known is not None:
        return known
    by = agreed.by if isinstance(agreed.by, Viewer) else _viewer(session, agreed.by, now)
    row = Referral(
        person_id=person_id,
        debrief_person_id=agreed.debrief_person_id,
        service=service,
        state=ReferralState.SENT,
        agreed_at=agreed.at,
        agreement_by_account_id=by.account_id,
        sent_at=now,
        supervisor_sees=not agreed.private,
    )
    session.add(row)
    session.flush()
    note(session, by, row, Event.REFERRAL_MADE, now)
    return row


def open_referral(
    session: Session, *, person_id: int, service: Support, private: bool
) -> Referral | None:
    """Somebody's open referral to a service, of those that supervisors may know of or not."""
    return session.exec(
        select(Referral)
        .where(
            Referral.person_id == person_id,
            Referral.service == service,
            Referral.state != ReferralState.CLOSED,
            col(Referral.supervisor_sees).is_not(private),
        )
        .order_by(col(Referral.id))
    ).first()


def _viewer(session: Session, account_id: int, now: datetime) -> Viewer:
    found = viewer_for(session, account_id=account_id, day=local_date(now))
    return found or Viewer(account_id, None, "", ())


def note(
    session: Session, viewer: Viewer, row: Referral, event: Event, now: datetime, **more: object
) -> None:
    """Write down what was done with a referral, where its person sees it."""
    details: dict[str, object] = {"referral": row.public_id, "service": row.service.value}
    entry = Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=row.person_id,
        details=details | more,
    )
    audit.append(session, [entry])
