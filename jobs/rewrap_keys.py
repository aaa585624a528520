"""After the key ring has a new key, what the older ones wrap is wrapped again with it."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.config import instance_folder, keys_address
from app.custody.service import rewrap
from app.security.key_store import open_store


def run(*, session: Session, now: datetime) -> str:  # noqa: ARG001 - every job is told the time
    """Wrap them; says how many, or nothing when none were left."""
    # Each batch is a transaction of its own, so the job's own is not used.
    engine: Any = session.get_bind()
    keys = open_store(keys_address(), instance_folder())
    try:
        done = rewrap(engine, keys=keys)
    finally:
        keys.engine.dispose()
    return f"{done} keys wrapped again" if done else ""
