"""``python -m jobs``: the job runner, in a process of its own."""

import logging
import signal
import sys
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine

import app.accounts.models  # noqa: F401 - prompts name the account that changed them
from app.common.clock import LONDON, utc_now
from app.config import read_settings
from app.database import make_engine, transaction
from app.scheduling.service import finish, turn
from app.security.key_store import opened_store
from app.security.sealing import make_ready
from jobs.schedule import JOBS, Job

log = logging.getLogger("jobs")
LOOK_BACK = (timedelta(seconds=10), timedelta(minutes=2), timedelta(hours=2), timedelta(hours=25))
"""Ever further, the last longer than the longest time between two runs of any job: what runs every
few seconds is not to be counted through from yesterday."""


def slot_of(trigger: BaseTrigger, now: datetime) -> datetime:
    """The newest planned moment that has come: the same in every runner, however late it is."""
    slot = None
    for back in LOOK_BACK:
        planned = trigger.get_next_fire_time(None, now - back)
        while planned is not None and planned <= now:
            slot = planned
            planned = trigger.get_next_fire_time(planned, planned + timedelta(seconds=1))
        if slot is not None:
            break
    return (slot or now).astimezone(UTC)


def run_once(engine: Engine, job: Job, slot: datetime) -> bool:
    """Run a job for one slot, unless it is done or another runner is at it; ``True`` if it ran."""
    with turn(engine, job=job.name, slot=slot) as mine:
        if mine:
            _work(engine, job, slot)
    return mine


def _work(engine: Engine, job: Job, slot: datetime) -> None:
    try:
        with transaction(engine) as session:
            outcome = job.run(session=session, now=utc_now())
            finish(session, job=job.name, slot=slot, outcome=outcome, now=utc_now())
    except Exception:
        log.exception("%s failed", job.name)
        outcome = "failed"
        with transaction(engine) as session:
            finish(session, job=job.name, slot=slot, outcome=outcome, now=utc_now())
    if outcome:
        log.info("%s: %s", job.name, outcome)


def catch_up(engine: Engine) -> None:
    """Run what was missed while no runner was up, and what a runner that died left unfinished."""
    for job in JOBS:
        run_once(engine, job, slot_of(job.trigger, utc_now()))


def main() -> None:
    """Run every job at its time until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    settings = read_settings()
    engine = make_engine(settings.database_url)
    with opened_store(settings.keys_address, settings.instance) as keys:
        make_ready(engine, keys, now=utc_now())
    scheduler = BlockingScheduler(timezone=LONDON)
    catch_up(engine)
    scheduler.add_job(
        lambda: catch_up(engine), CronTrigger(second=30), id="catch_up", max_instances=1
    )
    for job in JOBS:
        scheduler.add_job(
            lambda job=job: run_once(engine, job, slot_of(job.trigger, utc_now())),
            job.trigger,
            id=job.name,
            coalesce=True,
            misfire_grace_time=3600,
            max_instances=1,
        )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        scheduler.shutdown(wait=False)
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.start()


if __name__ == "__main__":
    main()
