"""``flask feeds import``, as an operator uses it."""

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from app.database import reading, transaction
from app.feeds.cli import feeds_cli
from app.incidents.models import FrameworkVersion
from app.people.models import Person

MAPPING = "kind: people\nversion: 1\nsystem: hr\ncolumns: {ref: Number, rank: Rank}\n"


@pytest.fixture
def run(feed, clock):
    """Run the command with these arguments."""
    app = Flask("feeds")
    app.extensions["engine"] = feed.engine
    app.cli.add_command(feeds_cli)
    feed.file(MAPPING, "people.yaml")
    feed.file("Number,Rank\nP1,Sergeant\n,Inspector\n", "people.csv")

    def invoke(*arguments):
        found = [
            str(feed.folder / argument) if "." in argument else argument for argument in arguments
        ]
        return app.test_cli_runner().invoke(args=["feeds", "import", *found])

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
