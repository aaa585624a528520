"""What programs were answered is kept for a day, in case they ask again, and then removed."""

from datetime import datetime

from sqlmodel import Session

from app.feeds.receiving import REMEMBERED, delete_replies


def run(*, session: Session, now: datetime) -> str:
    """Delete them; says how many."""
    return f"{delete_replies(session, before=now - REMEMBERED)} replies removed"
