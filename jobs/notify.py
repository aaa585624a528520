"""Every minute, people are told of what waits for them: on the site, and by e-mail if they like."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.common.clock import local_date
from app.config import read_mail_server
from app.database import reading, transaction
from app.notifications import asked, outbox, service, waiting


def run(*, session: Session, now: datetime) -> str:
    """Tell them; says of how many things, and how many e-mails went out."""
    # What waits is worked out without keeping writers waiting, and each e-mail is a transaction of
    # its own, so the job's own is not used.
    engine: Any = session.get_bind()
    with reading(engine) as looking:
        changes = service.compare(looking, things=waiting.things(looking, now=now))
    if changes.new or changes.over:
        with transaction(engine) as telling:
            service.tell(telling, changes=changes, now=now)
    told = f"{len(changes.new)} things told, {len(changes.over)} over"
    server = read_mail_server()
    if server is None:
        return told
    with reading(engine) as looking:
        away = asked.away(looking, day=local_date(now))
        plans = outbox.planned(looking, away=away, now=now)
    if plans:
        with transaction(engine) as planning:
            outbox.keep(planning, plans=plans, now=now)
    return f"{told}; {outbox.deliver(engine, server, away=away, now=now)}"
