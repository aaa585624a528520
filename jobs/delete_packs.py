"""Every hour, packs whose days are over are deleted, files and all."""

from datetime import datetime

from sqlmodel import Session

from app.packs.service import delete_expired


def run(*, session: Session, now: datetime) -> str:
    """Delete them; says how many."""
    return f"{delete_expired(session, now=now)} packs deleted"
