"""Placing, looking again at, and lifting legal holds."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from app.audit.events import Entry, Event
from app.audit.service import append
from app.common.clock import local_date
from app.retention import queries
from app.retention.models import LegalHold, Wanted
from app.security.viewer import Viewer

LONGEST_REVIEW = timedelta(days=366)
"""A named human looks at each hold at least once a year."""


class HoldError(Exception):
    """It cannot be done; the message says why, for the person at the form."""


def place(session: Session, *, viewer: Viewer, wanted: Wanted, now: datetime) -> LegalHold:
    """Let nothing about a person or an incident be removed until the hold is lifted.

    Raises:
        HoldError: there is no such record, or more than one.
    """
    find = queries.people_called if wanted.is_person else queries.incidents_called
    found = find(viewer, session, name=wanted.subject)
    if not found:
        message = "There is no record with this reference"
        raise HoldError(message)
    if len(found) > 1:
        message = "More than one system uses this reference: write it as system:reference"
        raise HoldError(message)
    row = LegalHold(
        person_id=found[0] if wanted.is_person else None,
        incident_id=None if wanted.is_person else found[0],
        reason=wanted.reason,
        reference=wanted.reference,
        review_on=wanted.review_on,
        untold=wanted.untold,
        since=now,
        by_account_id=viewer.account_id,
    )
    session.add(row)
    session.flush()
    told = wanted.untold.value if wanted.untold else "yes"
    details: dict[str, object] = {
        "hold": row.public_id,
        "reason": wanted.reason.value,
        "told": told,
    }
    _note(session, Event.LEGAL_HOLD_PLACED, viewer, row, now, details)
    return row


def review(
    session: Session, *, viewer: Viewer, public_id: str, review_on: date, now: datetime
) -> None:
    """Keep a hold after having looked at it again.

    Raises:
        HoldError: it does not stand any more.
    """
    row = _standing(session, viewer, public_id)
    row.review_on = review_on
    session.add(row)
    _note(session, Event.LEGAL_HOLD_REVIEWED, viewer, row, now, {"hold": row.public_id})


def lift(session: Session, *, viewer: Viewer, public_id: str, now: datetime) -> None:
    """Say that a hold is not needed any more; it holds for some days still.

    Raises:
        HoldError: it does not stand any more.
    """
    row = _standing(session, viewer, public_id)
    row.lifted_at, row.lifted_by_account_id = now, viewer.account_id
    session.add(row)
    _note(session, Event.LEGAL_HOLD_LIFTED, viewer, row, now, {"hold": row.public_id})


def longest_review(now: datetime) -> date:
    """The last day on which a hold that is placed or looked at now may be looked at again."""
    return local_date(now) + LONGEST_REVIEW


def _standing(session: Session, viewer: Viewer, public_id: str) -> LegalHold:
    row = queries.hold_to_change(viewer, session, public_id=public_id)
    if row is None:
        message = "This hold was lifted meanwhile"
        raise HoldError(message)
    return row


def _note(
    session: Session,
    event: Event,
    viewer: Viewer,
    row: LegalHold,
    now: datetime,
    details: dict[str, object],
) -> None:
    entry = Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=row.person_id,
        details=details,
    )
    append(session, [entry])
