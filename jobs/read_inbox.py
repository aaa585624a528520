"""Every minute, files that the force's systems have put into the inbox are taken in."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.config import instance_folder
from app.feeds.folder import forget_old, read_inbox


def run(*, session: Session, now: datetime) -> str:
    """Take them in; says how many were read and how many were rejected."""
    # Each batch of rows is a transaction of its own, so the job's own is not used.
    instance = instance_folder()
    engine: Any = session.get_bind()
    done = read_inbox(engine, instance, now=now)
    forget_old(instance, now=now)
    return f"{done['read']} files read, {done['rejected']} rejected, {done['left']} left"
