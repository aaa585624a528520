"""What feeds brought and nobody needs is removed: old rows set aside, and incidents that stayed
irrelevant."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app.feeds.forgetting import delete_not_relevant, delete_set_aside

NOT_RELEVANT_KEPT = timedelta(days=28)
"""Long enough for a closing code to come."""
SET_ASIDE_KEPT = timedelta(days=90)


def run(*, session: Session, now: datetime) -> str:
    """Delete them; says how many."""
    incidents = delete_not_relevant(session, before=now - NOT_RELEVANT_KEPT)
    rows = delete_set_aside(session, before=now - SET_ASIDE_KEPT)
    return f"{incidents} irrelevant incidents and {rows} rows set aside removed"
