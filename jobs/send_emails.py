"""Every minute, what people were told goes out by e-mail, to those who like."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.common.clock import local_date
from app.config import read_mail_server
from app.database import snapshot, transaction
from app.notifications import asked, outbox


def run(*, session: Session, now: datetime) -> str:
    """Send them; says how many."""
    server = read_mail_server()
    if server is None:
        return "no mail server"
    # Each e-mail is a transaction of its own, so the job's own is not used.
    engine: Any = session.get_bind()
    with snapshot(engine) as looking:
        away = asked.away(looking, day=local_date(now))
        plans = outbox.planned(looking, away=away, now=now)
    if plans:
        with transaction(engine) as planning:
            outbox.keep(planning, plans=plans, now=now)
    return outbox.deliver(engine, server, away=away, now=now)
