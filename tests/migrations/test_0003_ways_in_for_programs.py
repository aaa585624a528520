"""0003: imports keep what they say, tokens have names and hashes of their own, replies a key."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.feeds.models import FeedReply, ImportRun
from app.security.models import FeedToken

AT = datetime(2026, 3, 2, 4, 5, tzinfo=UTC)
OLD = (
    "INSERT INTO import_run (id, kind, file_name, mapping, started_at, state, message, read, "
    "stored, updated, unchanged, superseded, ignored, quarantined, released) VALUES "
    "(1, 'people', 'a.csv', 'hr people, version 1', '2026-03-02 04:05:00+00:00', 'finished', '', "
    "3, 2, 0, 0, 0, 0, 1, 0)"
)


def token(**changes) -> FeedToken:
    values = {
        "name": "hr",
        "system": "hr",
        "kinds": ["people"],
        "token_hash": "a" * 64,
        "created_at": AT,
        "expires_at": AT,
    }
    return FeedToken(**(values | changes))


def test_imports_of_before_are_kept_both_ways(engine):
    migrate.migrate(engine, to="0001")
    with engine.connect() as connection:
        connection.execute(text(OLD))
        connection.commit()
    migrate.migrate(engine)
    with Session(engine) as session:
        run = session.exec(select(ImportRun)).one()
        assert (run.file_name, run.read, run.quarantined, run.feed_token_id) == (
            "a.csv",
            3,
            1,
            None,
        )
    migrate.migrate(engine, to="0001")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT file_name, read FROM import_run")).one() == (
            "a.csv",
            3,
        )
    migrate.migrate(engine)


@pytest.mark.parametrize("changes", [{"token_hash": "b" * 64}, {"name": "cad"}])
def test_names_and_hashes_are_given_once(session, changes):
    session.add(token())
    session.flush()
    session.add(token(**changes))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_reply_belongs_to_a_token_and_has_one_key(session):
    session.add(FeedReply(token_id=99, key="k", digest="d", received_at=AT))
    with pytest.raises(IntegrityError):
        session.flush()


def test_tokens_and_replies_go_when_undone(engine):
    with Session(writing(engine)) as session:
        session.add(token(id=1))
        session.flush()
        session.add(FeedReply(token_id=1, key="k", digest="d", received_at=AT, reply=b"x"))
        session.commit()
    migrate.migrate(engine, to="0001")
    migrate.migrate(engine)
    with Session(engine) as session:
        assert session.exec(select(FeedToken)).all() == []
