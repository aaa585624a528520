"""Asking for support oneself: nobody who supervises is told, whatever becomes of it."""

from datetime import datetime

from sqlmodel import Session

from app.audit.events import Event
from app.common.clock import local_date
from app.referrals import agreeing, queries, wishes
from app.referrals.agreeing import Agreement
from app.referrals.models import Referral, ReferralState, ReferralWish, Support
from app.referrals.wishes import Contact, Wish
from app.security.key_store import KeyStore
from app.security.viewer import Viewer
from app.support.queries import left, places


class NobodyLeftError(Exception):
    """Nobody of the service could take it on: it is not there, or everybody is kept out."""


class AlreadyAskedError(Exception):
    """The person has an open request to that service."""

    def __init__(self, row: Referral) -> None:
        super().__init__("An open request to this service")
        self.row = row


def asked_already(session: Session, *, viewer: Viewer, service: Support) -> Referral | None:
    """The viewer's own open request to a service, if they have made one."""
    row = agreeing.open_referral(
        session, person_id=viewer.person_id or 0, service=service, private=True
    )
    asked = row is not None and wishes.of(session, referral_ids=[row.id or 0])
    return row if asked else None


def ask(
    session: Session, *, keys: KeyStore, viewer: Viewer, service: Support, wish: Wish, now: datetime
) -> Referral:
    """Ask a service to make contact with the viewer; no supervisor sees it, ever.

    Raises:
        AlreadyAskedError: they have an open request to it.
        NobodyLeftError: nobody could take it on.
    """
    day = local_date(now)
    place = places(viewer, session, day=day).get(service)
    if place is None or not left(
        viewer,
        session,
        place=place,
        outside_line=wish.outside_line,
        avoided=wish.avoided,
        day=day,
    ):
        raise NobodyLeftError
    known = asked_already(session, viewer=viewer, service=service)
    if known is not None:
        raise AlreadyAskedError(known)
    agreed = Agreement(now, viewer, private=True)
    row = agreeing.refer(
        session, person_id=viewer.person_id or 0, service=service, agreed=agreed, now=now
    )
    if row is None:
        raise NobodyLeftError
    wishes.keep(session, keys, row, wish=wish)
    return row


def change_contact(
    session: Session,
    *,
    keys: KeyStore,
    viewer: Viewer,
    public_id: str,
    contact: Contact,
    now: datetime,
) -> bool:
    """Keep how the viewer wants to be reached from now on; ``False`` where they have no such open
    request."""
    row = queries.own_referral(viewer, session, public_id=public_id)
    held = session.get(ReferralWish, row.id) if row is not None else None
    if row is None or held is None or row.state is ReferralState.CLOSED:
        return False
    wishes.keep_contact(session, keys, row, held=held, contact=contact)
    agreeing.note(session, viewer, row, Event.REFERRAL_CHANGED, now, change="contact changed")
    return True
