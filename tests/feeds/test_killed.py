"""Whatever takes rows in, killed at any moment and run again, ends as if nothing had happened."""

import json
import os
import signal
import socket
import threading
import time
from datetime import timedelta
from http.client import HTTPConnection, HTTPException

import pytest
from sqlmodel import select

from app.common.clock import utc_now
from app.database import make_engine, reading, transaction
from app.exposure.models import Exposure, MonthTally
from app.exposure.service import differences
from app.feeds.models import QuarantinedRow
from app.incidents.models import Attendance, Incident
from app.people.models import Person
from app.security import tokens
from tests.conftest import BOTH, NOW
from tests.feeds.conftest import prepared
from tests.feeds.test_folder import FILES, Inbox, check_all_read, fill
from tests.killing import Killable, moments

pytestmark = pytest.mark.slow
KINDS = ["people", "incidents", "attendance"]
IMPORTER = """
from datetime import UTC, datetime
from pathlib import Path
from app.database import make_engine
from app.feeds import service
from app.feeds.mapping import parse_mapping
from app.feeds.models import FeedKind

service.BATCH = 40
COLUMNS = {
    "attendance": ("ref", "person_ref", "incident_ref"),
    "incidents": ("ref", "occurred_at", "type"),
    "people": ("ref",),
}

def work(url, folder):
    engine = make_engine(url)
    for kind, names in COLUMNS.items():
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
            path=Path(folder) / f"{kind}.csv",
            mapping=parse_mapping(mapping),
            now=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        )
"""
READER = """
from datetime import datetime
from pathlib import Path
from app.database import make_engine
from app.feeds import folder, service

service.BATCH = 20

def work(url, instance, now):
    folder.read_inbox(make_engine(url), Path(instance), now=datetime.fromisoformat(now))
"""
SERVER = """
from datetime import timedelta
from pathlib import Path
from werkzeug.serving import make_server
from app.config import Settings
from app.factory import create_app
from app.feeds import service
import logging

service.BATCH = 40
logging.disable(logging.CRITICAL)

def work(url, instance, port):
    app = create_app(Settings(
        instance=Path(instance), database_url=url, secret_key="only-for-tests-" * 4, demo="tiny",
        force_name="Northmoor Police", secure_cookies=False,
        idle_limit=timedelta(minutes=30), absolute_limit=timedelta(hours=10),
    ))
    make_server("127.0.0.1", int(port), app, threaded=True).serve_forever()
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


def fresh(copied, system, folder):
    """A database with a framework and nothing else; its address."""
    url = copied(system, "empty")
    engine = make_engine(url)
    prepared(engine, folder)
    engine.dispose()
    return url


@pytest.mark.parametrize("system", BOTH)
def test_an_import_killed_at_any_moment(system, copied, tmp_path):
    write_files(tmp_path)
    interrupted = 0
    with Killable(IMPORTER) as importer:
        undisturbed = fresh(copied, system, tmp_path)
        length = importer.run(undisturbed, tmp_path)
        expected = state(undisturbed)
        assert len(expected["exposures"]) > 200
        assert expected["waiting"], "one person never arrives"
        for waits in moments(f"importer:{system}", length):
            url = fresh(copied, system, tmp_path)
            interrupted += sum(importer.kill(wait, url, tmp_path) for wait in waits)
            importer.run(url, tmp_path)
            assert state(url) == expected
    assert interrupted >= 3


@pytest.mark.parametrize("system", BOTH)
def test_the_reader_of_the_folder_killed_at_any_moment(system, copied, tmp_path):
    interrupted, length = 0, 0.0
    with Killable(READER) as reader:
        for number, waits in enumerate([[], *moments(f"folder:{system}", 1.0)]):
            url = copied(system, "empty")
            engine = make_engine(url)
            inbox = Inbox(prepared(engine, tmp_path), tmp_path / f"instance-{number}")
            engine.dispose()
            fill(inbox)
            words = (url, inbox.instance, NOW.isoformat())
            interrupted += sum(reader.kill(wait * length, *words) for wait in waits)
            length = max(length, reader.run(*words))
            runs = check_all_read(url, inbox)
            finished = {run.file_name for run in runs}
            assert finished == {f"{n}.csv" for n in range(FILES)}
    assert interrupted >= 3


# The server of the API. Whoever sends rows to it sends them again until they are answered.


def requests():
    """What a system sends, in this order, forty rows at a time."""
    people = [{"ref": f"P{n}"} for n in range(60)]
    incidents = [
        {
            "ref": f"I{n}",
            "occurred_at": f"2026-{n % 11 + 1:02}-{n % 28 + 1:02}T12:00:00Z",
            "type": "suicide",
        }
        for n in range(200)
    ]
    attendance = [
        {"ref": f"A{n}", "person_ref": f"P{n * 7 % 61}", "incident_ref": f"I{n % 200}"}
        | {"role": "at_scene"}
        for n in range(300)
    ]
    for kind, rows in (("attendance", attendance), ("incidents", incidents), ("people", people)):
        for start in range(0, len(rows), 100):
            yield kind, rows[start : start + 100]


def send(port, token, kind, rows, key):
    """One try: the status of the answer, 0 when there was none."""
    body = json.dumps({"system": "s", "rows": rows})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    http = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        http.request("POST", f"/api/v1/feeds/{kind}", body, headers | {"Idempotency-Key": key})
        reply = http.getresponse()
        reply.read()
    except (OSError, HTTPException):
        return 0
    finally:
        http.close()
    return reply.status


class Battered:
    """A server that is killed a while after each start, for as long as there are moments left."""

    def __init__(self, server, words, waits):
        self.server, self.words, self.waits = server, words, list(waits)
        self.kills = 0
        self.start()

    def start(self):
        """Start it, and see to it that it dies."""
        self.killed = threading.Event()
        self.child = self.server.start(*self.words)
        wait = self.waits.pop(0) if self.waits else threading.TIMEOUT_MAX
        self.timer = threading.Timer(wait, self.kill)
        self.timer.daemon = True
        self.timer.start()

    def kill(self):
        self.killed.set()
        os.kill(self.child, signal.SIGKILL)

    def no_answer(self):
        """It is dead, or it does not listen yet."""
        if not self.killed.is_set():
            time.sleep(0.02)
            return
        assert not self.server.ended()
        self.kills += 1
        self.start()

    def stop(self):
        self.timer.cancel()
        if not self.killed.is_set():
            self.kill()
        self.timer.join()
        assert not self.server.ended()


def deliver(server, words, token, waits):
    """Send everything, each request until it is answered; how often the server was killed."""
    battered = Battered(server, words, waits)
    for number, (kind, rows) in enumerate(requests()):
        status, again = None, 0
        while status not in {200, 207}:
            status = send(words[-1], token, kind, rows, f"{number}-{again}")
            assert status in {0, 200, 207, 409}
            # What was killed counts for a while as being worked on: it needs a new key.
            again += status == 409
            if status == 0:
                battered.no_answer()
    battered.stop()
    return battered.kills


def receiver(copied, system, folder):
    """A fresh database and a token for it."""
    url = fresh(copied, system, folder)
    engine = make_engine(url)
    with transaction(engine) as session:
        _, token = tokens.make(
            session, name="s", system="s", kinds=KINDS, life=timedelta(days=1), now=utc_now()
        )
    engine.dispose()
    return url, token


@pytest.mark.parametrize("system", BOTH)
def test_the_server_of_the_api_killed_at_any_moment(system, copied, tmp_path, instance):
    kills = 0
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Killable(SERVER) as server:
        url, token = receiver(copied, system, tmp_path)
        started = time.monotonic()
        assert deliver(server, (url, instance, port), token, []) == 0
        length = time.monotonic() - started
        expected = state(url)
        assert len(expected["exposures"]) > 200
        for waits in moments(f"api:{system}", length / 4):
            url, token = receiver(copied, system, tmp_path)
            kills += deliver(server, (url, instance, port), token, waits)
            assert state(url) == expected
    assert kills >= 3
