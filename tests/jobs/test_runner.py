"""Jobs: each slot once, whatever the number of runners, and nothing missed."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from apscheduler.triggers.cron import CronTrigger
from sqlmodel import select

from app.common.clock import LONDON
from app.database import reading, transaction
from app.scheduling.models import JobSlot
from app.scheduling.service import claim, finish
from jobs import __main__ as runner
from jobs.schedule import JOBS, Job
from tests.factories import at

DAILY = CronTrigger(hour=3, minute=10, timezone=LONDON)


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        # Winter: London is UTC.
        (datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 3, 10, tzinfo=UTC)),
        (datetime(2026, 11, 23, 3, 9, tzinfo=UTC), datetime(2026, 11, 22, 3, 10, tzinfo=UTC)),
        # The day the clocks go forward, and the day they go back.
        (datetime(2026, 3, 29, 9, tzinfo=UTC), datetime(2026, 3, 29, 2, 10, tzinfo=UTC)),
        (datetime(2026, 10, 25, 9, tzinfo=UTC), datetime(2026, 10, 25, 3, 10, tzinfo=UTC)),
    ],
)
def test_a_slot_is_the_planned_time_in_london(moment, slot):
    assert runner.slot_of(DAILY, moment) == slot


def test_a_slot_is_taken_until_it_is_done_and_no_older_one_after_it(engine):
    def take(day):
        with transaction(engine) as session:
            return claim(session, job="count", slot=at(day))

    # Whoever claimed the first one died: it is taken again.
    assert [take("2026-11-22"), take("2026-11-22")] == [True, True]
    with transaction(engine) as session:
        finish(session, job="count", slot=at("2026-11-22"), outcome="", now=at("2026-11-22"))
    assert [take("2026-11-22"), take("2026-11-23"), take("2026-11-22")] == [False, True, False]


def test_while_one_runner_works_no_other_does_the_same_job(engine):
    ran = []

    def work(*, session, now):
        ran.append("first")
        assert not runner.run_once(engine, Job("count", second, DAILY), at("2026-11-22"))
        assert runner.run_once(engine, Job("another", lambda **_: "done", DAILY), at("2026-11-22"))
        return "done"

    def second(*, session, now):
        ran.append("second")
        return "done"

    assert runner.run_once(engine, Job("count", work, DAILY), at("2026-11-22"))
    assert not runner.run_once(engine, Job("count", second, DAILY), at("2026-11-22"))
    assert ran == ["first"]


def test_what_a_job_did_and_that_it_did_it_are_kept_together(engine, monkeypatch):
    def work(*, session, now):
        session.add(JobSlot(job="trace", slot=now))
        return "done"

    monkeypatch.setattr(runner, "finish", fail_once(runner.finish))
    assert runner.run_once(engine, Job("count", work, DAILY), at("2026-11-22"))
    with reading(engine) as session:
        found = dict(session.exec(select(JobSlot.job, JobSlot.outcome)).all())
    assert found == {"count": "failed"}


def fail_once(function):
    """The function, failing the first time."""
    calls = []

    def call(*args, **named):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError
        return function(*args, **named)

    return call


def test_a_job_that_fails_is_noted_and_the_next_slot_runs(engine):
    def fail(*, session, now):
        raise RuntimeError

    assert runner.run_once(engine, Job("fails", fail, DAILY), at("2026-11-22"))
    with reading(engine) as session:
        assert session.exec(select(JobSlot.outcome)).one() == "failed"
    assert runner.run_once(engine, Job("fails", lambda **_: "done", DAILY), at("2026-11-23"))
    with reading(engine) as session:
        assert session.exec(select(JobSlot.outcome)).one() == "done"


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_runs_on_an_empty_force(engine, job, instance, monkeypatch):
    monkeypatch.setenv("INSTANCE", str(instance))
    with transaction(engine) as session:
        from app.incidents.service import install_shipped_framework  # noqa: PLC0415

        install_shipped_framework(session, now=at("2026-11-22"))
    assert runner.run_once(engine, job, at("2026-11-22"))
    with reading(engine) as session:
        finished_at, outcome = session.exec(select(JobSlot.finished_at, JobSlot.outcome)).one()
    assert finished_at is not None
    assert outcome != "failed"


def test_the_runner_knows_every_table_that_its_own_refer_to():
    # In a process of its own: here, other tests have loaded them all.
    code = "import jobs.__main__; from sqlmodel import SQLModel; SQLModel.metadata.sorted_tables"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
