"""After the key ring has a new key, what the older ones wrap is wrapped again with it."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.config import instance_folder, keys_address
from app.custody.service import rewrap
from app.security.key_store import opened_store


def run(*, session: Session, now: datetime) -> str:  # noqa: ARG001 - every job is told the time
    """Wrap them; says how many, or nothing when none were left."""
    # Each batch is a transaction of its own, so the job's own is not used.
    engine: Any = session.get_bind()
    with opened_store(keys_address(), instance_folder()) as keys:
        done = rewrap(engine, keys=keys)
    return f"{done} keys wrapped again" if done else ""
