"""Browser sessions that nobody can use any more are removed."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app.security.sessions import delete_expired

KEPT = timedelta(hours=24)


def run(*, session: Session, now: datetime) -> str:
    """Delete them; says how many."""
    return f"{delete_expired(session, before=now - KEPT)} sessions removed"
