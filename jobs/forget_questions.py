"""Questions asked of published figures go after four weeks, unless they were kept under a name."""

from datetime import datetime

from sqlmodel import Session

from app.figures.service import forget


def run(*, session: Session, now: datetime) -> str:
    """Delete them, and what was noted of days that are over; says how many questions."""
    return f"{forget(session, now=now)} questions removed"
