"""Sealing what somebody wishes and what they share: the one place of this area that uses keys.

A value opens for the person and the referral it was sealed for, and for no other.
"""

import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session

from app.referrals.models import Referral
from app.security.encryption import KEY_BYTES, NONCE_BYTES, KeyRing, SealedError, seal, unseal


def _owner(row: Referral) -> int:
    """Whose key: the number under which it was sealed stays the key's owner when it is carried."""
    return row.named_id or row.person_id


def seal_for(session: Session, ring: KeyRing, row: Referral, *, field: str, value: object) -> bytes:
    """Seal a JSON value about one referral with its person's own key."""
    name = f"{field}.{row.public_id}"
    return seal(session, ring, person_id=_owner(row), field=name, value=value)


def open_for(
    session: Session, ring: KeyRing, row: Referral, *, field: str, sealed: bytes
) -> object:
    """Open what :func:`seal_for` made.

    Raises:
        SealedError: the person's key is gone, or it was sealed for another referral.
    """
    name = f"{field}.{row.public_id}"
    return unseal(session, ring, person_id=_owner(row), field=name, sealed=sealed)


def seal_share(
    session: Session, ring: KeyRing, row: Referral, *, share: str, content: object
) -> tuple[bytes, bytes]:
    """Seal what is shared with a key made for it alone: the sealed content, and the sealed key.

    The key is sealed with the person's own, so destroying either makes the content unreadable.
    """
    key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
    clear = json.dumps(content, separators=(",", ":")).encode()
    sealed = nonce + AESGCM(key).encrypt(nonce, clear, share.encode())
    return sealed, seal_for(session, ring, row, field=f"share.{share}", value=key.hex())


def open_share(
    session: Session, ring: KeyRing, row: Referral, *, share: str, sealed: bytes, sealed_key: bytes
) -> object:
    """Open what :func:`seal_share` made.

    Raises:
        SealedError: a key is gone, or the content is not what was sealed for this share.
    """
    key = open_for(session, ring, row, field=f"share.{share}", sealed=sealed_key)
    try:
        clear = AESGCM(bytes.fromhex(str(key))).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], share.encode()
        )
    except (InvalidTag, ValueError) as error:
        message = "What was shared could not be opened."
        raise SealedError(message) from error
    content: object = json.loads(clear)
    return content
