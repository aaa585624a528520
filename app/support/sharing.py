"""Sharing: a second choice, apart from asking. What is confirmed is what was previewed.

A share is for the one person who has the request, never for a service: whoever takes over next is
somebody the person has not chosen, so they are asked again.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.referrals import shares
from app.referrals.models import Referral, ReferralShare, ShareEnd, ShareState
from app.referrals.sealing import open_share, seal_share
from app.referrals.service import ConflictError
from app.security.key_store import KeyStore
from app.security.viewer import Viewer
from app.support import queries
from app.support.contents import Content

PREVIEWED = timedelta(days=1)
"""For so long is a preview kept that was neither confirmed nor thrown away."""


def prepare(
    session: Session,
    *,
    keys: KeyStore,
    viewer: Viewer,
    row: Referral,
    content: Content,
    now: datetime,
) -> ReferralShare:
    """Keep a preview, for the viewer alone, in place of an earlier one.

    Raises:
        ConflictError: nobody has the request, so there is nobody to share with.
    """
    holder = queries.holder(viewer, session, row=row, keys=keys, now=now)
    if holder is None:
        raise ConflictError
    session.exec(
        delete(ReferralShare).where(
            col(ReferralShare.referral_id) == row.id,
            col(ReferralShare.state) == ShareState.PREVIEW,
        )
    )
    share = ReferralShare(
        referral_id=row.id or 0,
        recipient_account_id=holder.id or 0,
        state=ShareState.PREVIEW,
        prepared_at=now,
    )
    share.sealed = seal_share(
        keys, row, share=share.public_id, content=content.model_dump(mode="json")
    )
    session.add(share)
    session.flush()
    return share


def confirm(
    session: Session, *, keys: KeyStore, viewer: Viewer, public_id: str, now: datetime
) -> Referral:
    """Let whoever has the request read it; what was shared before ends. Twice is once.

    Raises:
        ConflictError: it is no preview of the viewer's, or somebody else has the request now.
    """
    share, row = _own(session, viewer, public_id)
    if share.state is ShareState.SHARED:
        return row
    holder = queries.holder(viewer, session, row=row, keys=keys, now=now)
    if share.state is ShareState.ENDED or holder is None or holder.id != share.recipient_account_id:
        raise ConflictError
    for older in queries.shares_of(viewer, session, row=row):
        if older.state is ShareState.SHARED:
            shares.end(session, older, keys=keys, why=ShareEnd.WITHDRAWN, now=now)
    share.state, share.shared_at = ShareState.SHARED, now
    session.add(share)
    session.flush()
    _note(session, viewer, share, row, Event.SHARE_MADE, now)
    return row


def withdraw(
    session: Session, *, keys: KeyStore, viewer: Viewer, public_id: str, now: datetime
) -> Referral:
    """Take back what was shared, or throw a preview away: at once, for good, without a reason.

    Raises:
        ConflictError: it is not the viewer's.
    """
    share, row = _own(session, viewer, public_id)
    if share.state is ShareState.PREVIEW:
        session.delete(share)
        session.flush()
    elif share.state is ShareState.SHARED:
        shares.end(session, share, keys=keys, why=ShareEnd.WITHDRAWN, now=now)
        _note(session, viewer, share, row, Event.SHARE_WITHDRAWN, now)
    return row


def _own(session: Session, viewer: Viewer, public_id: str) -> tuple[ReferralShare, Referral]:
    # Locked, so that confirming and handing over wait for each other.
    session.exec(
        select(ReferralShare).where(ReferralShare.public_id == public_id).with_for_update()
    ).first()
    found = queries.own_share(viewer, session, public_id=public_id)
    if found is None:
        raise ConflictError
    return found


def content_of(*, keys: KeyStore, share: ReferralShare, row: Referral) -> Content | None:
    """What is in a share that has not ended; the caller has asked who reads. ``None`` once it has.

    Raises:
        SealedError: the person's key has been destroyed.
    """
    if share.sealed is None:
        return None
    return Content.model_validate(open_share(keys, row, share=share.public_id, sealed=share.sealed))


def opened(viewer: Viewer, share: ReferralShare, row: Referral, now: datetime) -> Entry:
    """What is written down before somebody is shown what was shared with them."""
    return _entry(viewer, share, row, Event.SHARE_OPENED, now)


def _note(
    session: Session,
    viewer: Viewer,
    share: ReferralShare,
    row: Referral,
    event: Event,
    now: datetime,
) -> None:
    audit.append(session, [_entry(viewer, share, row, event, now)])


def _entry(
    viewer: Viewer, share: ReferralShare, row: Referral, event: Event, now: datetime
) -> Entry:
    # Not which parts: that somebody has a self-check at all is theirs to tell.
    return Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=row.person_id,
        details={"share": share.public_id, "service": row.service.value},
    )


def forget_previews(session: Session, *, now: datetime) -> int:
    """Remove previews that nobody went on with; returns how many."""
    old = delete(ReferralShare).where(
        col(ReferralShare.state) == ShareState.PREVIEW,
        col(ReferralShare.prepared_at) < now - PREVIEWED,
    )
    return int(session.exec(old).rowcount)
