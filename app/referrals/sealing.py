"""Sealing what somebody wishes and what they share: the one place of this area that uses keys.

A value opens for the person and the referral it was sealed for, and for no other.
"""

from datetime import datetime

from sqlmodel import Session

from app.referrals.models import Referral
from app.security import sealing
from app.security.encryption import SealedError
from app.security.key_store import KeyStore, Purpose

SHARED = "referral_share.sealed"


def _owner(row: Referral) -> int:
    """Whose key: the number under which it was sealed stays the key's owner when it is carried."""
    return row.named_id or row.person_id


def seal_for(keys: KeyStore, row: Referral, *, field: str, value: object) -> bytes:
    """Seal a JSON value about one referral with its person's own key."""
    name = f"{field}.{row.public_id}"
    return sealing.seal(keys, owner=_owner(row), purpose=Purpose.RECORD, field=name, value=value)


def open_for(keys: KeyStore, row: Referral, *, field: str, sealed: bytes) -> object:
    """Open what :func:`seal_for` made.

    Raises:
        SealedError: the person's key is gone, or it was sealed for another referral.
    """
    name = f"{field}.{row.public_id}"
    return sealing.unseal(
        keys, owner=_owner(row), purpose=Purpose.RECORD, field=name, sealed=sealed
    )


def _share(public_id: str) -> str:
    return f"share:{public_id}"


def seal_share(keys: KeyStore, row: Referral, *, share: str, content: object) -> bytes:
    """Seal what is shared twice: with the person's key for their answers, and with one of its own.

    Destroying either makes it unreadable: somebody who has their answers erased has erased what
    they shared of them.
    """
    inner = sealing.seal(
        keys, owner=_owner(row), purpose=Purpose.ANSWERS, field=f"{SHARED}.{share}", value=content
    )
    return sealing.seal(
        keys, owner=_share(share), purpose=Purpose.ANSWERS, field=SHARED, value=inner.hex()
    )


def open_share(keys: KeyStore, row: Referral, *, share: str, sealed: bytes) -> object:
    """Open what :func:`seal_share` made.

    Raises:
        SealedError: a key is gone, or the content is not what was sealed for this share.
    """
    inner = sealing.unseal(
        keys, owner=_share(share), purpose=Purpose.ANSWERS, field=SHARED, sealed=sealed
    )
    if not isinstance(inner, str):
        message = "What was shared could not be opened."
        raise SealedError(message)
    return sealing.unseal(
        keys,
        owner=_owner(row),
        purpose=Purpose.ANSWERS,
        field=f"{SHARED}.{share}",
        sealed=bytes.fromhex(inner),
    )


def destroy_share(session: Session, keys: KeyStore, *, share: str, now: datetime) -> None:
    """Destroy the key of one share: no copy of it opens any more, in a backup or elsewhere."""
    sealing.destroy(session, keys, owner=_share(share), now=now)
