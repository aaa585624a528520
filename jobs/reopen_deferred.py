"""Prompts that were deferred to a day that has come are open again."""

from datetime import datetime

from sqlmodel import Session

from app.exposure.service import reopen_deferred


def run(*, session: Session, now: datetime) -> str:
    """Open them; says how many."""
    return f"{reopen_deferred(session, now=now)} prompts opened again"
