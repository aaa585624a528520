"""What wellbeing leads chose to see goes at the end of its day, and why they asked with the log."""

from datetime import datetime

from sqlmodel import Session

from app.force.service import forget


def run(*, session: Session, now: datetime) -> str:
    """Delete them; says how many."""
    return f"{forget(session, now=now)} questions removed"
