"""Ending what somebody shared: its key and its content go, in the transaction that ends it."""

from datetime import datetime

from sqlmodel import Session, col, select

from app.referrals.models import Referral, ReferralShare, ShareEnd, ShareState


def end(session: Session, row: ReferralShare, *, why: ShareEnd, now: datetime) -> None:
    """Make one share unreadable for good."""
    row.state, row.ended_at, row.ended_why = ShareState.ENDED, now, why
    row.sealed = row.sealed_key = None
    session.add(row)
    session.flush()


def end_all(
    session: Session,
    referral: Referral,
    *,
    why: ShareEnd,
    now: datetime,
    but_of: int | None = None,
) -> None:
    """End everything that is shared about one referral, previews included.

    ``but_of``: the account of whoever keeps the referral, and so what was shared with them.
    """
    standing = select(ReferralShare).where(
        ReferralShare.referral_id == referral.id, ReferralShare.state != ShareState.ENDED
    )
    if but_of is not None:
        standing = standing.where(col(ReferralShare.recipient_account_id) != but_of)
    for row in session.exec(standing).all():
        end(session, row, why=why, now=now)
