"""Requests that were never sent, previews that were never confirmed, and questions without a name
to which nobody has written for 90 days are removed."""

from datetime import datetime

from sqlmodel import Session

from app.common.clock import local_date
from app.support import drafts, questions, sharing


def run(*, session: Session, now: datetime) -> str:
    """Delete them; says how many."""
    begun = drafts.forget(session, now=now)
    begun += sharing.forget_previews(session, now=now)
    old = questions.forget(session, day=local_date(now))
    return f"{begun} begun and {old} old ones removed"
