"""``flask feeds import``, as an operator uses it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from app.audit.models import AuditEntry
from app.database import reading, transaction
from app.feeds.cli import feeds_cli
from app.feeds.mapping import load_mapping
from app.feeds.models import FeedKind, ImportRun, RunState
from app.feeds.service import load_file
from app.feeds.token_cli import token_cli
from app.incidents.models import FrameworkVersion
from app.people.models import Person
from app.security.models import FeedToken
from app.security.tokens import caller_of

MAPPING = "kind: people\nversion: 1\nsystem: hr\ncolumns: {ref: Number, rank: Rank}\n"


@pytest.fixture
def run(feed, clock):
    """Run the command with these arguments."""
    app = Flask("feeds")
    app.extensions["engine"] = feed.engine
    app.cli.add_command(feeds_cli)
    feeds_cli.add_command(token_cli)
    feed.file(MAPPING, "people.yaml")
    feed.file("Number,Rank\nP1,Sergeant\n,Inspector\n", "people.csv")

    def invoke(*arguments, command="import"):
        found = [
            str(feed.folder / argument) if "." in argument else argument for argument in arguments
        ]
        return app.test_cli_runner().invoke(args=["feeds", command, *found])

    return invoke


def ranks(feed):
    with reading(feed.engine) as session:
        return dict(session.exec(select(Person.source_ref, Person.rank)).all())


def test_a_file_is_imported_and_accounted_for(run, feed):
    result = run("people", "people.csv", "--map", "people.yaml")
    assert result.exit_code == 0, result.output
    assert ranks(feed) == {"P1": "Sergeant"}
    words = " ".join(result.output.split())
    assert "Rows read │ 2 │" in words
    assert "New │ 1 │" in words
    assert "Set aside │ 1 │" in words
    assert "See under Feeds on the site which rows were set aside" in words


def test_a_refused_file_says_why_and_fails(run, feed):
    feed.file("Nummer,Rank\nP1,x\n", "people.csv")
    result = run("people", "people.csv", "--map", "people.yaml")
    assert result.exit_code == 1
    assert "people.csv was refused; nothing of it was stored. The file has no column Number" in (
        result.output
    )
    assert ranks(feed) == {}


def test_a_refused_mapping_says_why_and_fails(run, feed):
    feed.file(MAPPING + "colour: red\n", "people.yaml")
    result = run("people", "people.csv", "--map", "people.yaml")
    assert result.exit_code == 1
    assert "The mapping people.yaml cannot be used: colour" in result.output


def test_a_file_that_is_not_there_says_so(run):
    result = run("people", "nobody.csv", "--map", "people.yaml")
    assert result.exit_code == 1
    assert "The file cannot be opened: No such file" in result.output


def test_a_later_extract_counts(run, feed):
    for day, rank in (("2026-11-02", "Inspector"), ("2026-11-01", "Sergeant")):
        feed.file(f"Number,Rank\nP1,{rank}\n", "people.csv")
        result = run("people", "people.csv", "--map", "people.yaml", "--extracted", day)
        assert result.exit_code == 0, result.output
    assert ranks(feed) == {"P1": "Inspector"}


def test_kinds_are_those_we_know(run):
    assert run("victims", "people.csv", "--map", "people.yaml").exit_code == 2


def test_a_database_in_trouble_is_told_in_a_sentence(run, monkeypatch):
    def fail(*_args, **_more):
        raise OperationalError(statement="INSERT", params={}, orig=OSError())

    monkeypatch.setattr("app.feeds.service.exposure.refresh", fail)
    result = run("people", "people.csv", "--map", "people.yaml")
    assert result.exit_code == 1
    assert "Run it again: nothing is lost or counted twice. The database said: Oper" in (
        result.output
    )


def test_a_database_that_was_never_prepared_says_so(run, feed):
    with transaction(feed.engine) as session:
        session.exec(delete(FrameworkVersion))
    result = run("people", "people.csv", "--map", "people.yaml")
    assert result.exit_code == 1
    assert "There is no active framework. Run" in result.output


# Checking a file.


def test_a_check_names_each_row_and_stores_nothing(run, feed):
    feed.file("Number,Rank\nP1,Sergeant\n,Inspector\nP3\n", "people.csv")
    result = run("people.csv", "--kind", "people", "--map", "people.yaml", command="check")
    assert result.exit_code == 1
    assert "Row 3, ref: Nothing is given." in result.output
    assert "Row 4, row: This row has 1 cells where the header has 2." in result.output
    assert "2 rows would be set aside." in result.output
    assert ranks(feed) == {}
    assert feed.query(select(ImportRun)) == []


def test_a_check_of_a_good_file_ends_well(run, feed):
    feed.file("Number,Rank\nP1,Sergeant\n", "people.csv")
    result = run("people.csv", "--kind", "people", "--map", "people.yaml", command="check")
    assert (result.exit_code, result.output) == (0, "Every row can be read.\n")


@pytest.mark.parametrize("kind", ["people", "leavers"])
def test_a_check_says_what_would_be_refused(run, feed, kind):
    feed.file("Nummer,Rank\nP1,x\n", "people.csv")
    result = run("people.csv", "--kind", kind, "--map", "people.yaml", command="check")
    assert result.exit_code == 1
    assert "people.csv would be refused. The " in result.output


# Beginning a file.


@pytest.mark.parametrize("kind", FeedKind)
def test_what_is_written_to_start_from_can_be_imported(run, feed, kind, now):
    result = run(kind.value, "--into", str(feed.folder / "new"), command="template")
    assert result.exit_code == 0, result.output
    folder = feed.folder / "new"
    mapping = load_mapping(folder / f"{kind}.yaml")
    done = load_file(feed.engine, kind=kind, path=folder / f"{kind}.csv", mapping=mapping, now=now)
    assert done.state is RunState.FINISHED, done.message
    assert done.read == 2
    assert all("not known yet" in row.reason for row in feed.aside())
    again = run(kind.value, "--into", str(folder), command="template")
    assert again.exit_code == 1
    assert "already" in again.output


# Tokens.


@pytest.fixture
def token(run, feed):
    """Run ``flask feeds token`` with these arguments."""

    def invoke(*arguments):
        return run(*arguments, command="token")

    return invoke


NEW = ("create", "hr-nightly", "--system", "hr", "--kind", "people", "--kind", "leavers")


def test_a_token_is_shown_once_and_works(token, feed, now):
    made = token(*NEW, "--life", "30d")
    assert made.exit_code == 0, made.output
    assert "Works until 2026-12-23 09:30. Keep it now" in made.stderr
    caller = caller_of(feed.engine, f"Bearer {made.stdout.strip()}", now=now)
    assert (caller.system, caller.kinds) == ("hr", {"people", "leavers"})
    listed = token("list").output
    assert "hr-nightly" in listed
    assert made.stdout.strip() not in listed


def test_rotating_and_revoking(token, feed, now):
    old = token(*NEW).stdout.strip()
    turned = token("rotate", "hr-nightly", "--overlap", "12h")
    new = turned.stdout.strip()
    assert "The old token works until 2026-11-23 21:30." in turned.stderr
    for one, hours, good in ((old, 11, True), (old, 12, False), (new, 12, True)):
        moment = now + timedelta(hours=hours)
        assert bool(caller_of(feed.engine, f"Bearer {one}", now=moment)) is good
    assert "the next request with it is refused" in token("revoke", "hr-nightly").output
    assert caller_of(feed.engine, f"Bearer {new}", now=now) is None
    assert "revoked" in token("list").output
    events = [row.event for row in feed.query(select(AuditEntry))]
    assert events == ["feed_key:made", "feed_key:rotated", "feed_key:revoked"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (NEW, "There is a token called hr-nightly already"),
        (("create", "HR!", *NEW[2:]), "The name HR! cannot be used"),
        (("create", "x2", "--system", "H R", "--kind", "people"), "The system H R cannot be used"),
        (("create", "x2", *NEW[2:], "--life", "731d"), "lives for 730 days at most"),
        (("create", "x2", *NEW[2:], "--life", "soon"), "soon is no length of time"),
        (("rotate", "nobody"), "No token called nobody is in use"),
        (("rotate", "hr-nightly", "--life", "900d"), "lives for 730 days at most"),
        (("revoke", "nobody"), "No token called nobody is in use"),
    ],
)
def test_what_cannot_be_done_says_why(token, feed, arguments, words):
    token(*NEW)
    result = token(*arguments)
    assert result.exit_code in {1, 2}
    assert words in result.output
    assert len(feed.query(select(FeedToken))) == 1


# --- How old feeds are ----------------------------------------------------------------------------


def test_the_status_of_feeds_is_told_and_alarms_when_one_is_late(run, clock):
    assert "No feed has come yet" in run(command="status").output
    assert run("people", "people.csv", "--map", "people.yaml").exit_code == 0
    fresh = run(command="status")
    assert (fresh.exit_code, "fresh" in fresh.output) == (0, True)
    assert "people       hr               2026-11-23 09:30  agreed: every 26 h" in fresh.output
    clock.shift(timedelta(hours=27))
    late = run(command="status")
    assert late.exit_code == 1
    assert "Later than agreed: people from hr." in late.output
