"""Every night, what is past its period is removed, and how much of each class is written down."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.config import instance_folder, keys_address
from app.retention.running import run as work
from app.security.key_store import opened_store


def run(*, session: Session, now: datetime) -> str:
    """Do it; says how much."""
    # Each lot is a transaction of its own, so the job's own is not used.
    engine: Any = session.get_bind()
    with opened_store(keys_address(), instance_folder()) as keys:
        return work(engine, keys=keys, now=now)
