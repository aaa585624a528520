"""An import killed at any moment, and run again, ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time

import pytest
from sqlmodel import select

from app.database import make_engine, reading
from app.exposure.models import Exposure, MonthTally
from app.exposure.service import differences
from app.feeds.models import QuarantinedRow
from app.incidents.models import Attendance, Incident
from app.people.models import Person
from tests.feeds.conftest import prepared

CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.database import make_engine
from app.feeds import service
from app.feeds.mapping import parse_mapping
from app.feeds.models import FeedKind

url, folder = sys.argv[1], Path(sys.argv[2])
service.BATCH = 40
columns = {
    "attendance": ("ref", "person_ref", "incident_ref"),
    "incidents": ("ref", "occurred_at", "type"),
    "people": ("ref",),
}
engine = make_engine(url)
print("ready", flush=True)
for kind, names in columns.items():
    mapping = {
        "kind": kind,
        "version": "1",
        "system": "s",
        "columns": {name: name for name in names},
        "defaults": {"role": "at_scene"} if kind == "attendance" else {},
    }
    service.load_file(
        engine,
        kind=FeedKind(kind),
        path=folder / f"{kind}.csv",
        mapping=parse_mapping(mapping),
        now=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    )
print("done", flush=True)
"""


def write_files(folder):
    people = ["ref", *(f"P{n}" for n in range(60))]
    incidents = [
        "ref,occurred_at,type",
        *(f"I{n},2026-{n % 11 + 1:02}-{n % 28 + 1:02} 12:00,suicide" for n in range(200)),
    ]
    attendance = [
        "ref,person_ref,incident_ref",
        *(f"A{n},P{n * 7 % 61},I{n % 200}" for n in range(300)),
    ]
    for name, lines in (("people", people), ("incidents", incidents), ("attendance", attendance)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def start(url, folder):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, url, str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "."},
    )


def run_and_kill(url, folder, after):
    """Start an import and kill it after so many seconds; returns whether it was still at work."""
    with start(url, folder) as child:
        assert child.stdout.readline() == b"ready\n"
        time.sleep(after)
        os.kill(child.pid, signal.SIGKILL)
        return child.stdout.readline() == b""


def state(url):
    """What stands, without the numbers that a database gives away in order of arrival."""
    engine = make_engine(url)
    with reading(engine) as session:
        people = dict(session.exec(select(Person.id, Person.source_ref)).all())
        incidents = dict(session.exec(select(Incident.id, Incident.source_ref)).all())
        found = {
            "people": sorted(people.values()),
            "incidents": sorted(incidents.values()),
            "attendance": sorted(session.exec(select(Attendance.source_ref))),
            "exposures": sorted(
                (people[row.person_id], incidents[row.incident_id], row.occurred_on)
                for row in session.exec(select(Exposure))
            ),
            "tallies": sorted(
                (people[row.person_id], row.month, row.type_code, row.count)
                for row in session.exec(select(MonthTally))
            ),
            "waiting": sorted(
                (row.record_ref, row.waiting_for)
                for row in session.exec(select(QuarantinedRow))
                if row.waiting_for
            ),
        }
        assert differences(session) == []
    engine.dispose()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("system", ["sqlite", "postgresql"])
def test_killed_at_any_moment_and_run_again(system, copied, tmp_path):
    write_files(tmp_path)
    clean, battered = copied(system, "empty"), copied(system, "empty")
    for url in (clean, battered):
        engine = make_engine(url)
        prepared(engine, tmp_path)
        engine.dispose()
    with start(clean, tmp_path) as child:
        assert child.stdout.readline() == b"ready\n"
        started = time.monotonic()
        assert child.stdout.readline() == b"done\n"
    length = time.monotonic() - started
    expected = state(clean)
    assert len(expected["exposures"]) > 200
    assert expected["waiting"], "one person never arrives"

    moments = (0.05, 0.5, 0.25, 0.75)
    interrupted = sum(run_and_kill(battered, tmp_path, length * part) for part in moments)
    assert interrupted >= 1
    with start(battered, tmp_path) as child:
        child.wait()
        assert child.returncode == 0
    assert state(battered) == expected
