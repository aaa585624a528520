"""Drafts of conversations go after a week, or when their author may no longer record."""

from datetime import datetime

from sqlmodel import Session

from app.debriefs.drafts import forget


def run(*, session: Session, now: datetime) -> str:
    """Delete them; says how many."""
    return f"{forget(session, now=now)} drafts removed"
