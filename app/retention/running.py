"""Each night's work: class by class, some rows at a time, and what it did in counts.

Each lot and its count are one transaction, so whoever is killed on the way has removed some lots
wholly and counted them, and whoever comes next goes on.
"""

from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session, select

from app.common.clock import local_date
from app.database import reading, transaction
from app.exposure import settling
from app.retention import periods
from app.retention.classes import CLASSES, RetentionClass
from app.retention.leaving import destroy_keys, open_again
from app.retention.models import RetentionCount, RetentionRun
from app.retention.removers import REMOVERS
from app.retention.rules import first_kept
from app.security.key_store import KeyStore

BATCH = 500


def run(engine: Engine, *, keys: KeyStore, now: datetime, batch: int = BATCH) -> str:
    """Do what is due today, or what is left of it; says in a few words what happened."""
    day = local_date(now)
    number = _start(engine, day, now)
    if number is None:
        return ""
    with reading(engine) as session:
        held = periods.changed(session)
    months = {one.code: periods.months_on(one, held.get(one.code), day) for one in CLASSES}
    _settle(engine, first_kept(day, months["incidents"]))
    with transaction(engine) as session:
        open_again(session, now=now)
    for one in CLASSES:
        _work_through(engine, number, one, months[one.code], now, batch)
    with transaction(engine) as session:
        destroy_keys(session, keys, now=now)
        row = session.get_one(RetentionRun, number)
        row.finished_at = now
        session.add(row)
        counts = session.exec(select(RetentionCount).where(RetentionCount.run_id == number)).all()
        removed = sum(one.removed for one in counts)
        return f"{removed} records removed, {sum(one.held for one in counts)} held back"


def _start(engine: Engine, day: date, now: datetime) -> int | None:
    """The run of a day, begun or to be gone on with; ``None`` if it is done."""
    with transaction(engine) as session:
        row = session.exec(select(RetentionRun).where(RetentionRun.day == day)).first()
        if row is None:
            row = RetentionRun(day=day, started_at=now)
            session.add(row)
            session.flush()
        return None if row.finished_at else row.id


def _settle(engine: Engine, disposed_before: date) -> None:
    """Before the incidents of a day go, keep what rules said while they were there."""
    with reading(engine) as session:
        before = settling.settled_when(session, disposed_before=disposed_before)
    last, more = 0, True
    while more:
        with transaction(engine) as session:
            people = settling.people_to_settle(session, before=before, after=last)
            settling.settle(session, person_ids=people, before=before)
            last, more = (people[-1], True) if people else (last, False)
    with transaction(engine) as session:
        settling.draw_line(session, disposed_before=disposed_before, settled_before=before)


def _work_through(
    engine: Engine, run_id: int, one: RetentionClass, months: int, now: datetime, batch: int
) -> None:
    before = first_kept(local_date(now), months)
    more = True
    while more:
        with transaction(engine) as session:
            row = _count(session, run_id, one, months)
            more = not row.finished and _remove_some(session, row, before, now, batch)
            session.add(row)


def _count(session: Session, run_id: int, one: RetentionClass, months: int) -> RetentionCount:
    found = session.get(RetentionCount, (run_id, one.code))
    return found or RetentionCount(run_id=run_id, class_code=one.code, months=months)


def _remove_some(
    session: Session, row: RetentionCount, before: date, now: datetime, batch: int
) -> bool:
    """Remove one lot and count it; ``False`` when there was none, and the class is done."""
    remover = REMOVERS[row.class_code]
    numbers = remover.some(session, before=before, now=now, limit=batch)
    if numbers:
        remover.remove(session, numbers, now=now)
        # Afterwards, because a remover may read everything anew.
        row.removed += len(numbers)
    else:
        row.held = remover.left(session, before=before)
        row.finished = True
    row.due = row.removed + row.held
    return bool(numbers)
