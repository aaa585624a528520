"""Every minute, open team pages are told of feeds that became late, or are late no more."""

from datetime import datetime

from sqlmodel import Session

from app.feeds.freshness import tell


def run(*, session: Session, now: datetime) -> str:
    """Tell them; says how many feeds changed."""
    return f"{tell(session, now=now)} feeds became late or came again"
