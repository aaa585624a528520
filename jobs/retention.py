"""Every night, what is past its period is removed, and how much of each class is written down."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.retention.running import run as work


def run(*, session: Session, now: datetime) -> str:
    """Do it; says how much."""
    # Each lot is a transaction of its own, so the job's own is not used.
    engine: Any = session.get_bind()
    return work(engine, now=now)
