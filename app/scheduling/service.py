"""Taking a slot of a job, so that several runners do each piece of work once."""

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.scheduling.models import JobSlot


def claim(session: Session, *, job: str, slot: datetime) -> bool:
    """Take one slot of a job; ``False`` when another runner has it or a later one.

    A runner that dies between claiming and finishing loses that slot: at most once, by design,
    because every job here does all outstanding work each time it runs.
    """
    table = JobSlot.__table__  # type: ignore[attr-defined]
    taken = session.exec(
        update(table)
        .where(table.c.job == job, table.c.slot < slot)
        .values(slot=slot, finished_at=None, outcome="")
    )
    if taken.rowcount:
        return True
    try:
        with session.begin_nested():
            session.execute(insert(table).values(job=job, slot=slot, outcome=""))
    except IntegrityError:
        return False
    return True


def finish(session: Session, *, job: str, slot: datetime, outcome: str, now: datetime) -> None:
    """Note how a slot ended."""
    session.exec(
        update(JobSlot)
        .where(col(JobSlot.job) == job, col(JobSlot.slot) == slot)
        .values(finished_at=now, outcome=outcome[:300])
    )
