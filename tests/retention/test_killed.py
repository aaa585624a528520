"""The work of a night killed at any moment: what was removed is counted, what is left is whole."""

from datetime import date, timedelta

import pytest
from sqlmodel import func, select

from app.database import make_engine, reading, transaction
from app.exposure.service import differences
from app.incidents.models import Attendance, DisposedRecord, Incident
from app.people.models import Person
from app.retention.models import RetentionCount, RetentionRun
from tests.conftest import BOTH
from tests.factories import Force, at
from tests.killing import Killable, moments
from tests.retention.conftest import counted, noon

pytestmark = pytest.mark.slow
NIGHT = """
from datetime import datetime
from pathlib import Path
from app.database import make_engine
from app.retention.running import run
from app.security.key_store import open_store

def work(url, instance, now):
    keys = open_store(f"sqlite:///{instance}/keys.db", Path(instance))
    run(make_engine(url), keys=keys, now=datetime.fromisoformat(now), batch=3)
"""
TONIGHT = noon(date(2026, 11, 23)).isoformat()
MANY, GONE = 40, 20
"""Incidents, and how many of them are past their period; as are three people."""


def give_work(url):
    """Incidents on days around the one that decides, and people who left around theirs."""
    engine = make_engine(url)
    with transaction(engine) as session:
        force = Force(session)
        people = [force.person(f"P {number}", team=force.team()) for number in range(6)]
        incidents = []
        for number in range(MANY):
            day = at("2019-11-22") + timedelta(days=20 - number)
            incidents.append(force.incident("suicide", day))
            force.attend(people[number % 6], incidents[-1])
        counted(session, force, incidents)
        for number, person in enumerate(people[:4]):
            session.get(Person, person).left_on = date(2025, 11, 20) + timedelta(days=number)
    engine.dispose()


def state(url):
    """What is left, and what the night says that it removed."""
    engine = make_engine(url)
    with reading(engine) as session:
        assert differences(session) == []
        sizes = [
            session.exec(select(func.count()).select_from(model)).one()
            for model in (Incident, Attendance, DisposedRecord)
        ]
        counts = [
            (one.class_code, one.due, one.removed, one.held, one.finished)
            for one in session.exec(select(RetentionCount).order_by(RetentionCount.class_code))
        ]
        runs = [one.finished_at is not None for one in session.exec(select(RetentionRun))]
        names = session.exec(select(Person.family_name).order_by(Person.id)).all()
    engine.dispose()
    return sizes, counts, runs, names


@pytest.mark.parametrize("system", BOTH)
def test_a_night_killed_at_any_moment(system, copied, instance):
    interrupted = 0
    with Killable(NIGHT) as nights:
        url = copied(system, "empty")
        give_work(url)
        length = nights.run(url, instance, TONIGHT)
        expected = state(url)
        assert expected[0] == [MANY - GONE, MANY - GONE, GONE + 3]
        for waits in moments(f"night:{system}", length):
            url = copied(system, "empty")
            give_work(url)
            interrupted += sum(nights.kill(wait, url, instance, TONIGHT) for wait in waits)
            # Whatever was done was done wholly, and what was removed was counted.
            sizes, counts, *_rest = state(url)
            removed = {code: went for code, _due, went, *_rest in counts}
            assert MANY - sizes[0] == removed.get("incidents", 0)
            nights.run(url, instance, TONIGHT)
            assert state(url) == expected
    assert interrupted >= 3
