"""Every minute, views of other systems' databases are read, each as often as its file says."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.config import instance_folder
from app.feeds.pulls import pull_all


def run(*, session: Session, now: datetime) -> str:
    """Read them; says how many were read and how many could not be."""
    # Each batch of rows is a transaction of its own, so the job's own is not used.
    engine: Any = session.get_bind()
    made, failed = pull_all(engine, instance_folder(), now=now)
    return f"{made} views read, {failed} failed"
