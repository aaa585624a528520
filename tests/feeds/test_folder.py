"""The watched folder: every file is read once, whole, and ends in one place, whatever happens."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.database import make_engine, reading
from app.feeds import folder
from app.feeds.models import ImportRun, RunState
from app.people.models import Person
from tests.feeds.conftest import NOW, prepared

MAPPING = "kind: people\nversion: 1\nsystem: hr\ncolumns: {ref: ref, rank: rank}\n"
BEFORE = NOW - timedelta(minutes=1)


class Inbox:
    """An instance folder that a test puts files into."""

    def __init__(self, feed, instance: Path) -> None:
        self.feed = feed
        self.instance = instance
        (instance / "mappings").mkdir(parents=True)
        (instance / "mappings" / "people-hr.yaml").write_text(MAPPING)

    def put(self, text="ref,rank\nP1,Sergeant\n", name="a.csv", under="people-hr", changed=BEFORE):
        """Put down a file that last changed at a moment."""
        path = self.instance / "inbox" / under / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (changed.timestamp(), changed.timestamp()))
        return path

    def read(self, now=NOW):
        """One run of the job."""
        return dict(folder.read_inbox(self.feed.engine, self.instance, now=now))

    def files(self) -> dict[str, str]:
        """Where every file is now, without the marks of files being read; and what is in it."""
        found = {}
        for above in ("inbox", "working", "archive", "rejected"):
            for path in (self.instance / above).rglob("*"):
                if path.is_file():
                    name = path.name if above == "inbox" else path.name[folder.MARK + 1 :]
                    place = path.parent.relative_to(self.instance)
                    found[f"{place}/{name}"] = path.read_text()
        return dict(sorted(found.items()))

    def people(self):
        """Who is known, with their rank."""
        return {ref: person.rank for ref, person in self.feed.all("people").items()}


@pytest.fixture
def inbox(feed_both, tmp_path):
    return Inbox(feed_both, tmp_path / "instance")


@pytest.fixture
def quick(feed, tmp_path):
    return Inbox(feed, tmp_path / "instance")


def test_a_file_is_read_and_archived_by_day(inbox):
    inbox.put()
    assert inbox.read() == {"read": 1}
    assert inbox.people() == {"P1": "Sergeant"}
    assert list(inbox.files()) == ["archive/people-hr/2026-11-23/a.csv"]
    run = inbox.feed.query(select(ImportRun))[0]
    assert (run.file_name, run.state) == ("a.csv", RunState.FINISHED)
    assert inbox.read() == {}


@pytest.mark.parametrize("name", ["a.csv.part", "a.tmp", "a.CSV.tmp", ".a.csv", "a.xlsx", "a"])
def test_what_is_no_finished_file_is_left(quick, name):
    quick.put(name=name)
    assert quick.read() == {}
    assert list(quick.files()) == [f"inbox/people-hr/{name}"]


def test_a_file_that_changed_just_now_is_left_until_it_has_settled(quick):
    quick.put(changed=NOW - timedelta(seconds=29))
    assert quick.read() == {}
    assert quick.read(NOW + timedelta(seconds=1)) == {"read": 1}


def test_a_link_out_of_the_folder_is_not_followed(quick, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("ref,rank\nP1,x\n")
    quick.put("", name="b.part")
    (quick.instance / "inbox" / "people-hr" / "a.csv").symlink_to(secret)
    assert quick.read() == {}


@pytest.mark.parametrize(
    ("text", "under", "reason"),
    [
        ("Nummer\nP1\n", "people-hr", "The file has no column ref"),
        ("", "people-hr", "The file is empty"),
        ("ref,rank\nP1,x\n", "nobody", "The mapping nobody.yaml cannot be opened"),
    ],
)
def test_what_cannot_be_read_as_a_whole_is_rejected_with_the_reason(inbox, text, under, reason):
    inbox.put(text, under=under)
    assert inbox.read() == {"rejected": 1}
    kept, why = inbox.files().items()
    assert kept == (f"rejected/{under}/2026-11-23/a.csv", text)
    assert why[0] == f"rejected/{under}/2026-11-23/a.csv.reason.txt"
    assert reason in why[1]
    assert f"put the file back into inbox/{under}" in why[1]
    assert inbox.people() == {}


def test_two_files_of_one_name_are_both_kept(quick):
    for rank in ("Sergeant", "Inspector"):
        quick.put(f"ref,rank\nP1,{rank}\n")
        quick.read()
    kept = list((quick.instance / "archive" / "people-hr" / "2026-11-23").iterdir())
    assert len(kept) == 2


def test_rows_without_a_version_are_as_new_as_their_file(quick):
    quick.put("ref,rank\nP1,Inspector\n", "new.csv", changed=NOW - timedelta(hours=1))
    quick.put("ref,rank\nP1,Sergeant\n", "old.csv", changed=NOW - timedelta(hours=2))
    quick.read()
    assert quick.people() == {"P1": "Inspector"}
    assert quick.feed.aside() == []


def test_a_fault_of_ours_leaves_the_file_to_be_tried_again(quick, monkeypatch):
    def fail(*_args, **_named):
        message = "on purpose"
        raise RuntimeError(message)

    quick.put(name="a.csv")
    quick.put("ref,rank\nP2,x\n", name="b.csv")
    monkeypatch.setattr("app.feeds.service.apply", fail)
    assert quick.read() == {"left": 2}
    monkeypatch.undo()
    assert quick.read() == {"read": 2}
    assert set(quick.people()) == {"P1", "P2"}


def test_files_are_forgotten_after_a_month(quick):
    quick.put()
    quick.read()
    quick.put("", name="empty.csv")
    quick.read()
    assert folder.forget_old(quick.instance, now=NOW + timedelta(days=30)) == 0
    assert folder.forget_old(quick.instance, now=NOW + timedelta(days=31)) == 2
    assert quick.files() == {}


# Several at once.

CHILD = """
import sys
from datetime import datetime
from pathlib import Path
from app.database import make_engine
from app.feeds import folder, service

service.BATCH = 20
engine = make_engine(sys.argv[1])
print(dict(folder.read_inbox(engine, Path(sys.argv[2]), now=datetime.fromisoformat(sys.argv[3]))))
"""
FILES, ROWS = 6, 200


def start(url, instance):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, url, str(instance), NOW.isoformat()],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "."},
    )


def fill(inbox):
    for n in range(FILES):
        rows = "".join(f"P{n}-{row},Sergeant\n" for row in range(ROWS))
        inbox.put(f"ref,rank\n{rows}", name=f"{n}.csv")


def check_all_read(url, inbox):
    engine = make_engine(url)
    with reading(engine) as session:
        assert len(session.exec(select(Person.id)).all()) == FILES * ROWS
        finished = select(ImportRun).where(ImportRun.state == RunState.FINISHED)
        runs = session.exec(finished).all()
    engine.dispose()
    where = "archive/people-hr/2026-11-23"
    assert list(inbox.files()) == [f"{where}/{n}.csv" for n in range(FILES)]
    assert len(list((inbox.instance / where).iterdir())) == FILES
    return runs


@pytest.mark.slow
@pytest.mark.parametrize("system", ["sqlite", "postgresql"])
def test_two_runners_never_read_the_same_file(system, copied, tmp_path):
    url = copied(system, "empty")
    engine = make_engine(url)
    inbox = Inbox(prepared(engine, tmp_path), tmp_path / "instance")
    engine.dispose()
    fill(inbox)
    children = [start(url, inbox.instance) for _ in range(3)]
    for child in children:
        child.communicate()
        assert child.returncode == 0
    runs = check_all_read(url, inbox)
    assert sorted(run.file_name for run in runs) == [f"{n}.csv" for n in range(FILES)]
