"""Every few seconds, packs that somebody asked for are made, and those of the month."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.config import instance_folder
from app.packs.making import make_waiting
from app.security.encryption import load_key_ring


def run(*, session: Session, now: datetime) -> str:
    """Make them; says how many, or nothing when none waited."""
    # Each step of each pack is a transaction of its own, so the job's own is not used.
    engine: Any = session.get_bind()
    made, failed = make_waiting(engine, ring=load_key_ring(instance_folder()), now=now)
    return f"{made} packs made, {failed} not" if made or failed else ""
