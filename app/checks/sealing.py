"""Sealing self-checks with a person's own key for their answers; the one place of this area that
does.

What is sealed is filled up to whole blocks first, so that its length tells nobody how much was
answered, nor whether there is a note.
"""

import json
from datetime import datetime

from sqlmodel import Session

from app.security import sealing
from app.security.encryption import SealedError
from app.security.key_store import KeyStore, Purpose

BLOCK = 8192
"""Bytes: about as much as the longest questionnaire and the longest note take."""


def seal(keys: KeyStore, *, person_id: int, field: str, value: object) -> bytes:
    """Encrypt a JSON value for one person, for one field of one row."""
    bare = len(json.dumps({"value": value, "fill": ""}, separators=(",", ":")))
    filled = {"value": value, "fill": " " * (-bare % BLOCK)}
    return sealing.seal(keys, owner=person_id, purpose=Purpose.ANSWERS, field=field, value=filled)


def opened(keys: KeyStore, *, person_id: int, field: str, sealed: bytes) -> object | None:
    """Decrypt what :func:`seal` made; ``None`` when its key is gone, or it was made elsewhere."""
    try:
        filled = sealing.unseal(
            keys, owner=person_id, purpose=Purpose.ANSWERS, field=field, sealed=sealed
        )
    except SealedError:
        return None
    return filled.get("value") if isinstance(filled, dict) else None


def destroy(session: Session, keys: KeyStore, *, person_id: int, now: datetime) -> None:
    """Destroy somebody's key for their answers, at once and for good: no copy opens any more. What
    others noted about them has another key, and stays."""
    sealing.destroy(session, keys, owner=person_id, purpose=Purpose.ANSWERS, now=now)
