"""Taking a slot of a job, so that several runners do each piece of work once, and none is lost.

Two things are kept apart: *whose turn it is*, a lock that ends with the process that holds it, and
*what is done*, a row. A slot that is claimed and not finished while nobody holds the lock belonged
to a runner that died, and the next one that looks takes it again.
"""

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, insert, or_, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.database import reading, transaction
from app.scheduling.models import JobSlot

LOCK = 7_221_002
"""Any number of our own: the first half of PostgreSQL's advisory lock on a job."""


@contextmanager
def alone(engine: Engine, job: str) -> Iterator[bool]:
    """Whether this process alone may run a job until the block ends; not if another runs it now.

    Whoever holds the lock holds no transaction, so a long job keeps nobody who writes waiting.
    """
    if engine.dialect.name == "postgresql":
        with _alone_on_the_server(engine, job) as mine:
            yield mine
    else:
        with _alone_on_this_machine(engine, job) as mine:
            yield mine


@contextmanager
def _alone_on_the_server(engine: Engine, job: str) -> Iterator[bool]:
    numbers = {"ours": LOCK, "job": zlib.crc32(job.encode()) - 2**31}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = connection.execute(text("SELECT pg_try_advisory_lock(:ours, :job)"), numbers)
        if not mine.scalar():
            yield False
            return
        try:
            yield True
        finally:
            # The connection goes back to its pool and would keep the lock.
            connection.execute(text("SELECT pg_advisory_unlock(:ours, :job)"), numbers)


@contextmanager
def _alone_on_this_machine(engine: Engine, job: str) -> Iterator[bool]:
    database = Path(engine.url.database or "")
    with database.with_name(f"{database.name}.{job}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def turn(engine: Engine, *, job: str, slot: datetime) -> Iterator[bool]:
    """Whether a slot of a job is this process's to work through until the block ends.

    Not if it is done, nor if another process is at it. Whoever gets ``True`` calls :func:`finish`.
    """
    with reading(engine) as session:
        done = is_done(session, job=job, slot=slot)
    if done:
        yield False
        return
    with alone(engine, job) as free:
        if not free:
            yield False
            return
        with transaction(engine) as session:
            mine = claim(session, job=job, slot=slot)
        yield mine


def is_done(session: Session, *, job: str, slot: datetime) -> bool:
    """Whether a slot, or a later one, was finished. Only reads."""
    found = session.exec(
        select(JobSlot.job).where(
            JobSlot.job == job,
            col(JobSlot.slot) >= slot,
            col(JobSlot.finished_at).is_not(None),
        )
    ).first()
    return found is not None


def claim(session: Session, *, job: str, slot: datetime) -> bool:
    """Take one slot of a job; ``False`` when it is done or a later one is.

    For whoever is alone with the job: a slot that was claimed and not finished is taken again.
    """
    table = JobSlot.__table__  # type: ignore[attr-defined]
    unfinished = (table.c.slot == slot) & table.c.finished_at.is_(None)
    taken = session.exec(
        update(table)
        .where(table.c.job == job, or_(table.c.slot < slot, unfinished))
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
    """Note how a slot ended, in the transaction of its work: the one is never kept without the
    other."""
    session.exec(
        update(JobSlot)
        .where(col(JobSlot.job) == job, col(JobSlot.slot) == slot)
        .values(finished_at=now, outcome=outcome[:300])
    )
