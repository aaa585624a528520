"""The job runner killed at any moment: every slot is worked through once, and none is lost.

Making figures takes longer than all else, so it is killed in a test of its own, and this month's
are there when the runner is killed.
"""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.database import make_engine, reading, transaction
from app.disclosure import queries
from app.disclosure.models import ReleaseContributors
from app.disclosure.store import open_reader
from app.exposure.models import PromptPerson, PromptState, Recount
from app.exposure.service import differences
from app.scheduling.models import JobSlot
from app.security.models import BrowserSession
from jobs.schedule import JOBS
from tests.conftest import BOTH, NOW
from tests.killing import Killable, moments

pytestmark = pytest.mark.slow
RUNNER = """
import os
from datetime import datetime
import time_machine
from app.database import make_engine
from jobs.__main__ import catch_up

def work(url, instance, now):
    os.environ["INSTANCE"] = instance
    # Standing still: on a slow machine the next turn of what runs every few seconds would come.
    with time_machine.travel(datetime.fromisoformat(now), tick=False):
        catch_up(make_engine(url))
"""

FIGURES = """
import os
from datetime import datetime
from app.database import make_engine, reading
from jobs import releases

def work(url, instance, now):
    os.environ["INSTANCE"] = instance
    with reading(make_engine(url)) as session:
        releases.run(session=session, now=datetime.fromisoformat(now))
"""
LATE = (0.3, 0.9, 0.96, 0.98, 1.0)
"""When to kill the making of figures, as parts of its length: it writes at its end."""


def give_work(url):
    """Put off two prompts to a day that has come, and leave a browser's session behind."""
    engine = make_engine(url)
    with transaction(engine) as session:
        waiting = select(PromptPerson).where(PromptPerson.state == PromptState.OPEN)
        put_off = session.exec(waiting.order_by(PromptPerson.id).limit(2)).all()
        for row in put_off:
            row.state, row.deferred_until = PromptState.DEFERRED, NOW.date()
        session.add(
            BrowserSession(
                token_hash="x" * 64, created_at=NOW - timedelta(9), seen_at=NOW - timedelta(9)
            )
        )
        refs = [row.id for row in put_off]
    engine.dispose()
    return refs


def releases(instance):
    """How many releases of figures there are in the store."""
    engine = open_reader(f"sqlite:///{instance / 'releases.db'}")
    with reading(engine) as session:
        found = len(queries.releases(session, last=9))
    engine.dispose()
    return found


def without_figures(instance):
    """No release has been made yet."""
    for path in instance.glob("releases.db*"):
        path.unlink()


def state(url, refs):
    """What the jobs have done: the slots and how they ended, the recounts, the prompts."""
    engine = make_engine(url)
    with reading(engine) as session:
        slots = session.exec(select(JobSlot).order_by(JobSlot.job)).all()
        assert all(slot.finished_at is not None for slot in slots)
        found = {
            "slots": [(slot.job, slot.slot, slot.outcome) for slot in slots],
            "recounts": len(session.exec(select(Recount.id)).all()),
            "sessions": len(session.exec(select(BrowserSession.token_hash)).all()),
            "prompts": [
                (row.state, row.revision)
                for row in session.exec(select(PromptPerson).where(PromptPerson.id.in_(refs)))
            ],
        }
        assert differences(session) == []
    engine.dispose()
    return found


@pytest.mark.parametrize("system", BOTH)
def test_the_job_runner_killed_at_any_moment(system, copied, instance):
    interrupted = 0
    with Killable(RUNNER) as runner:
        # The first makes the figures, and leaves them for all the others.
        runner.run(copied(system, "demo"), instance, NOW.isoformat())
        url = copied(system, "demo")
        refs = give_work(url)
        length = runner.run(url, instance, NOW.isoformat())
        expected = state(url, refs)
        assert expected["recounts"] == 1
        assert expected["sessions"] == 0
        assert {job for job, *_rest in expected["slots"]} == {job.name for job in JOBS}
        assert {state for state, _revision in expected["prompts"]} == {PromptState.OPEN}
        for waits in moments(f"runner:{system}", length):
            url = copied(system, "demo")
            refs = give_work(url)
            words = (url, instance, NOW.isoformat())
            interrupted += sum(runner.kill(wait, *words) for wait in waits)
            runner.run(*words)
            assert state(url, refs) == expected
    assert interrupted >= 3


@pytest.mark.parametrize("system", BOTH)
def test_making_figures_killed_at_any_moment(system, copied, instance):
    url = copied(system, "demo")
    words = (url, instance, NOW.isoformat())
    with Killable(FIGURES) as maker:
        length = maker.run(*words)
        assert releases(instance) == 1
        for part in LATE:
            without_figures(instance)
            maker.kill(length * part, *words)
        maker.run(*words)
    assert releases(instance) == 1
    engine = make_engine(url)
    with reading(engine) as session:
        rows = session.exec(select(ReleaseContributors)).all()
    engine.dispose()
    assert {row.release for row in rows} == {1}
