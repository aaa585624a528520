"""What somebody has answered so far: kept for a day, sealed, for its author alone."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete

from app.security.encryption import SealedError
from app.security.key_store import KeyStore, Purpose
from app.security.sealing import seal, unseal
from app.security.viewer import Viewer
from app.support.models import SupportDraft

KEPT = timedelta(days=1)
Answers = dict[str, dict[str, list[str]]]
"""For each page what its form sent: fields and their values, as typed."""


def _field(viewer: Viewer) -> str:
    return f"support_draft.{viewer.account_id}"


def find(viewer: Viewer, session: Session, *, keys: KeyStore, now: datetime) -> Answers:
    """What the viewer has answered so far; nothing where that is too old or cannot be opened."""
    row = session.get(SupportDraft, viewer.account_id)
    if row is None or viewer.person_id is None or now - row.saved_at > KEPT:
        return {}
    try:
        found: Any = unseal(
            keys,
            owner=viewer.person_id,
            purpose=Purpose.RECORD,
            field=_field(viewer),
            sealed=row.sealed,
        )
    except SealedError:
        return {}
    return dict(found)


def keep(
    session: Session, *, keys: KeyStore, viewer: Viewer, answers: Answers, now: datetime
) -> None:
    """Keep what was answered, in place of what was kept before."""
    sealed = seal(
        keys,
        owner=viewer.person_id or 0,
        purpose=Purpose.RECORD,
        field=_field(viewer),
        value=answers,
    )
    session.merge(SupportDraft(account_id=viewer.account_id, sealed=sealed, saved_at=now))
    session.flush()


def discard(session: Session, *, viewer: Viewer) -> None:
    """Forget it: it was sent, or its author changed their mind."""
    mine = col(SupportDraft.account_id) == viewer.account_id
    session.exec(delete(SupportDraft).where(mine))


def forget(session: Session, *, now: datetime) -> int:
    """Remove what nobody went on with; returns how many."""
    old = col(SupportDraft.saved_at) < now - KEPT
    return int(session.exec(delete(SupportDraft).where(old)).rowcount)
