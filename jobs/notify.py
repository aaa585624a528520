"""Every minute, people are told on the site of what waits for them."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.config import figures_address, instance_folder, keys_address
from app.database import reading, snapshot
from app.disclosure.store import Published, latest, open_reader
from app.notifications import service, waiting
from app.packs.queries import ready
from app.security.key_store import opened_store


def run(*, session: Session, now: datetime) -> str:
    """Tell them; says of how many things."""
    # What waits is worked out in a session of its own, so that nobody who writes waits for it.
    engine: Any = session.get_bind()
    with opened_store(keys_address(), instance_folder()) as keys, snapshot(engine) as looking:
        told = [
            *waiting.things(looking, keys=keys, now=now),
            *waiting.packs(ready(looking, now=now)),
            *waiting.board_packs(looking, published=_published(), now=now),
        ]
        changes = service.compare(looking, things=told)
    if changes.new or changes.over:
        service.tell(session, changes=changes, now=now)
    return f"{len(changes.new)} things told, {len(changes.over)} over"


def _published() -> Published | None:
    """The newest release, from its own database, which this only reads.

    Whoever waits for something else is told of that whether or not figures can be reached.
    """
    engine = open_reader(figures_address())
    try:
        with reading(engine) as session:
            return latest(session)
    except DBAPIError:
        return None
    finally:
        engine.dispose()
