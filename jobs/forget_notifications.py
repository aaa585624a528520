"""Every night, what people were told is removed a while after it was over, and e-mails with it."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app.notifications.outbox import forget

KEPT = timedelta(days=28)


def run(*, session: Session, now: datetime) -> str:
    """Delete them; says how many."""
    return f"{forget(session, before=now - KEPT)} notifications and e-mails removed"
