"""Ending what somebody shared: its key and its content go, in the transaction that ends it."""

from datetime import datetime

from sqlmodel import Session, col, select

from app.referrals.models import Referral, ReferralShare, ShareEnd, ShareState
from app.referrals.sealing import destroy_share
from app.security.key_store import KeyStore


def end(
    session: Session,
    row: ReferralShare,
    *,
    keys: KeyStore | None,
    why: ShareEnd,
    now: datetime,
) -> None:
    """Make one share unreadable for good; without ``keys`` its key stays, for nothing."""
    row.state, row.ended_at, row.ended_why, row.sealed = ShareState.ENDED, now, why, None
    session.add(row)
    session.flush()
    if keys is not None:
        destroy_share(session, keys, share=row.public_id, now=now)


def end_all(
    session: Session,
    referral: Referral,
    *,
    keys: KeyStore | None,
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
        end(session, row, keys=keys, why=why, now=now)
