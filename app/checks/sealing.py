"""Sealing self-checks with a person's own key; the one place of this area that does.

What is sealed is filled up to whole blocks first, so that its length tells nobody how much was
answered, nor whether there is a note.
"""

import json

from sqlmodel import Session

from app.security.encryption import KeyRing, SealedError
from app.security.encryption import seal as _seal
from app.security.encryption import unseal as _unseal

Keys = KeyRing
BLOCK = 8192
"""Bytes: more than the longest self-check with the longest note takes."""


def seal(session: Session, keys: Keys, *, person_id: int, field: str, value: object) -> bytes:
    """Encrypt a JSON value for one person, for one field of one row."""
    bare = len(json.dumps({"value": value, "fill": ""}, separators=(",", ":")))
    filled = {"value": value, "fill": " " * (-bare % BLOCK)}
    return _seal(session, keys, person_id=person_id, field=field, value=filled)


def opened(
    session: Session, keys: Keys, *, person_id: int, field: str, sealed: bytes
) -> object | None:
    """Decrypt what :func:`seal` made; ``None`` when its key is gone, or it was made elsewhere."""
    try:
        filled = _unseal(session, keys, person_id=person_id, field=field, sealed=sealed)
    except SealedError:
        return None
    return filled.get("value") if isinstance(filled, dict) else None


def destroy(session: Session, keys: Keys, *, person_id: int) -> None:
    """Destroy the key of what was sealed for somebody: no copy of it opens any more."""
    del session, keys, person_id
