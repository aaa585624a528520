"""Every minute, people are told on the site of what waits for them."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.database import snapshot
from app.notifications import service, waiting


def run(*, session: Session, now: datetime) -> str:
    """Tell them; says of how many things."""
    # What waits is worked out in a session of its own, so that nobody who writes waits for it.
    engine: Any = session.get_bind()
    with snapshot(engine) as looking:
        changes = service.compare(looking, things=waiting.things(looking, now=now))
    if changes.new or changes.over:
        service.tell(session, changes=changes, now=now)
    return f"{len(changes.new)} things told, {len(changes.over)} over"
