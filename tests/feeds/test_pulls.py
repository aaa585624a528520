"""Pulls: a view of another database is read and never written, and what is new is read once."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from app.feeds import pulls
from app.feeds.models import FeedBookmark, ImportRun, RunState
from app.feeds.pulls import PullError, as_text, load_pull
from tests.feeds.conftest import NOW

MAPPING = """
kind: people
version: 1
system: hr
columns: {ref: person_no, rank: grade, joined_on: joined, version: changed_no}
"""
PULL = """
database: HR_VIEW
select: SELECT person_no, grade, joined, changed_no FROM tracker_people WHERE grade <> ':none'
mapping: people-hr
increasing: changed_no
every_minutes: 15
"""
TABLE = "CREATE TABLE people (person_no INTEGER, grade TEXT, joined DATE, changed_no INTEGER)"
VIEW = "CREATE VIEW tracker_people AS SELECT * FROM people"


class Other:
    """Another system's database, with a view for us."""

    def __init__(self, url: str, feed, instance: Path) -> None:
        self.url = url
        self.feed = feed
        self.instance = instance
        self.change(TABLE, VIEW)
        self.write("mappings/people-hr.yaml", MAPPING)
        self.write("pulls/hr.yaml", PULL)

    def write(self, name, content):
        path = self.instance / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def change(self, *statements):
        engine = create_engine(self.url)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def people(self, *rows):
        for number, grade, changed in rows:
            self.change(f"INSERT INTO people VALUES ({number}, '{grade}', '2020-01-06', {changed})")

    def pull(self, now=NOW):
        return pulls.pull_all(self.feed.engine, self.instance, now=now)

    def runs(self):
        return self.feed.query(select(ImportRun).order_by(ImportRun.id))

    def known(self):
        return {ref: person.rank for ref, person in self.feed.all("people").items()}


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request, feed_both, copied, tmp_path, monkeypatch):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'hr.db'}"
    else:
        url = copied("postgresql", "empty").replace("postgresql://", "postgresql+psycopg://")
    monkeypatch.setenv("HR_VIEW", url)
    return Other(url, feed_both, tmp_path / "instance")


@pytest.fixture
def quick(feed, tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'hr.db'}"
    monkeypatch.setenv("HR_VIEW", url)
    return Other(url, feed, tmp_path / "instance")


def test_a_view_is_read_and_then_only_what_is_new(other):
    other.people((1, "PC", 10), (2, "Sgt", 20))
    assert other.pull() == (1, 0)
    assert other.known() == {"1": "PC", "2": "Sgt"}
    assert other.feed.all("people")["1"].joined_on == date(2020, 1, 6)
    other.people((3, "PC", 30))
    other.change("UPDATE people SET grade = 'Insp', changed_no = 40 WHERE person_no = 1")
    assert other.pull(NOW + timedelta(minutes=15)) == (1, 0)
    assert other.known() == {"1": "Insp", "2": "Sgt", "3": "PC"}
    runs = other.runs()
    assert [run.file_name for run in runs] == ["Pulled by hr", "Pulled by hr"]
    assert [(run.read, run.stored, run.updated, run.unchanged) for run in runs] == [
        (2, 2, 0, 0),
        (3, 1, 1, 1),  # The newest row of before is read again: another may share its number.
    ]


def test_killed_between_batches_it_goes_on_from_there(other, monkeypatch):
    other.people(*((n, "PC", n) for n in range(1, 8)))
    monkeypatch.setattr("app.feeds.service.BATCH", 2)
    apply, calls = pulls.load.__globals__["apply"], []

    def die(*arguments, **named):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return apply(*arguments, **named)

    monkeypatch.setattr("app.feeds.service.apply", die)
    with pytest.raises(KeyboardInterrupt):
        other.pull()
    assert len(other.known()) == 4
    assert other.feed.query(select(FeedBookmark.value)) == ['["plain", 4]']
    assert other.pull(NOW + timedelta(minutes=15)) == (1, 0)
    assert len(other.known()) == 7
    assert other.runs()[-1].read == 4


def test_each_pull_is_made_once_in_its_time_whoever_asks(other):
    other.people((1, "PC", 10))
    moments = [0, 0, 14, 15, 29, 30]
    assert [other.pull(NOW + timedelta(minutes=m))[0] for m in moments] == [1, 0, 0, 1, 0, 1]


def test_a_pull_whose_process_died_is_made_again(other, monkeypatch):
    other.people((1, "PC", 10))
    with monkeypatch.context() as patch:
        # As far as the database can tell, a process that dies never says that it has finished.
        patch.setattr(pulls, "finish", lambda *_args, **_named: None)
        assert other.pull()[0] == 1
    assert [other.pull()[0] for _ in range(2)] == [1, 0]


def test_a_pull_that_fails_waits_for_its_next_time(other, monkeypatch):
    other.people((1, "PC", 10))
    with monkeypatch.context() as patch:
        patch.delenv("HR_VIEW")
        assert other.pull() == (0, 1)
    assert [other.pull(NOW + timedelta(minutes=m)) for m in (1, 15)] == [(0, 0), (1, 0)]


def test_nothing_can_be_written_there(other):
    path = other.instance / "pulls" / "hr.yaml"
    for statement in (
        "DELETE FROM people",
        "SELECT 1; DELETE FROM people",
        "WITH gone AS (DELETE FROM people RETURNING *) SELECT * FROM gone",
    ):
        path.write_text(f"database: HR_VIEW\nmapping: people-hr\nselect: |\n  {statement}\n")
        with pytest.raises(PullError, match="one SELECT, without a semicolon"):
            load_pull(path)
    other.people((1, "PC", 10))
    statement = "SELECT 1) AS a, (DELETE FROM people RETURNING person_no"
    path.write_text(f"database: HR_VIEW\nmapping: people-hr\nselect: |\n  {statement}\n")
    assert other.pull() == (0, 1)
    pull = load_pull(other.write("pulls/x.yaml", PULL))
    with pulls._view(pull, None) as rows, pytest.raises(SQLAlchemyError):
        rows.result.connection.execute(text("DELETE FROM people"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("colour: red", "colour: Extra inputs are not permitted"),
        ("database: sqlite:///x.db", "database: String should match"),
        ("increasing: a b", "increasing: String should match"),
        ("every_minutes: 0", "every_minutes: Input should be greater"),
        ("mapping: ../x", "mapping: String should match"),
    ],
)
def test_a_pull_that_says_what_cannot_be_is_refused(tmp_path, change, words):
    name = change.split(":", 1)[0]
    kept = "".join(f"{line}\n" for line in PULL.splitlines() if not line.startswith(f"{name}:"))
    path = tmp_path / "hr.yaml"
    path.write_text(f"{kept}{change}\n")
    with pytest.raises(PullError, match=f"hr.yaml cannot be used: {words}"):
        load_pull(path)


@pytest.mark.parametrize("content", ["", "- a\n", "a: [", "\x00"])
def test_what_is_no_pull_says_so(tmp_path, content):
    path = tmp_path / "hr.yaml"
    path.write_text(content)
    with pytest.raises(PullError, match=r"The pull hr\.yaml cannot be"):
        load_pull(path)


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://localhost/x", "sqlite:////no/where"])
def test_a_database_that_cannot_be_read_fails_and_the_next_pull_is_made(
    quick, monkeypatch, address
):
    quick.people((1, "PC", 10))
    quick.write("pulls/broken.yaml", PULL.replace("HR_VIEW", "ELSEWHERE"))
    monkeypatch.setenv("ELSEWHERE", address)
    assert quick.pull() == (1, 1)
    assert quick.known() == {"1": "PC"}


def test_a_view_without_the_columns_is_refused_in_words(quick):
    quick.write("pulls/hr.yaml", PULL.replace("person_no, grade", "grade"))
    assert quick.pull() == (0, 1)
    run = quick.runs()[0]
    assert run.state is RunState.REFUSED
    assert "The view has no one column person_no" in run.message


def test_rows_without_a_version_are_as_new_as_the_reading(quick):
    quick.write("mappings/people-hr.yaml", MAPPING.replace(", version: changed_no", ""))
    quick.people((1, "PC", 10))
    quick.pull()
    quick.change("UPDATE people SET grade = 'Sgt'")
    quick.pull(NOW + timedelta(hours=1))
    assert quick.known() == {"1": "Sgt"}
    assert quick.feed.aside() == []


def test_late_rows_are_read_when_the_pull_steps_back(other, monkeypatch):
    moment = "TIMESTAMP" if "postgresql" in other.url else "TEXT"
    other.change(
        "DROP VIEW tracker_people",
        f"CREATE TABLE seen (person_no INTEGER, grade TEXT, at {moment})",
        "INSERT INTO seen VALUES (1, 'PC', '2026-11-23 09:00:00')",
    )
    other.write(
        "mappings/people-hr.yaml", MAPPING.replace(", joined_on: joined, version: changed_no", "")
    )
    other.write(
        "pulls/hr.yaml",
        "database: HR_VIEW\nmapping: people-hr\nincreasing: at\nagain_minutes: 60\n"
        "select: SELECT person_no, grade, at FROM seen\n",
    )
    other.pull()
    other.change("INSERT INTO seen VALUES (2, 'PC', '2026-11-23 08:30:00')")
    other.change("INSERT INTO seen VALUES (3, 'PC', '2026-11-23 07:30:00')")
    other.pull(NOW + timedelta(minutes=15))
    assert set(other.known()) == {"1", "2"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        ("a", "a"),
        (True, "yes"),
        (7, "7"),
        (7.0, "7"),
        (37.5, "37.5"),
        (Decimal("37.50"), "37.50"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00+00:00"),
        (time(3, 4), "03:04:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_values_are_written_as_a_file_would(value, words):
    assert as_text(value) == words


def test_what_no_file_could_hold_sets_its_row_aside(quick):
    quick.change("INSERT INTO people VALUES (x'00', 'PC', '2020-01-06', 1)")
    quick.people((2, "PC", 2))
    quick.pull()
    assert quick.known() == {"2": "PC"}
    assert "no text, number or time" in quick.feed.aside()[0].reason
