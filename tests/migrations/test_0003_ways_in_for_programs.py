"""0003: imports keep what they say, tokens have names and hashes of their own, replies a key."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.feeds.models import FeedKind, FeedReply, ImportRun, RunState
from app.people.models import Supervision
from app.security.models import FeedToken

AT = datetime(2026, 3, 2, 4, 5, tzinfo=UTC)
OLD = (
    "INSERT INTO import_run (id, kind, file_name, mapping, started_at, state, message, read, "
    "stored, updated, unchanged, superseded, ignored, quarantined, released) VALUES "
    "(1, 'people', 'a.csv', 'hr people, version 1', '2026-03-02 04:05:00+00:00', 'finished', '', "
    "3, 2, 0, 0, 0, 0, 1, 0)"
)

UNIT = (
    "INSERT INTO unit (id, public_id, source_system, source_ref, name, name_version, kind, "
    "version) VALUES (1, 'u', 'hr', 'U1', 'A', -1, 'team', 0)"
)
PERSON = (
    "INSERT INTO person (id, public_id, source_system, source_ref, source_version, digest, "
    "given_name, family_name, staff_type, rank, leaver_version, leaver_digest) VALUES "
    "(1, 'p', 'hr', 'P1', 0, '', '', '', 'officer', '', -1, '')"
)
LEADING = (
    "INSERT INTO supervision (id, unit_id, person_id, kind, starts_on) VALUES "
    "(1, 1, 1, 'supervisor', '2026-01-01'), (2, 1, 1, 'deputy', '2026-01-01')"
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


def test_spells_of_before_are_kept_both_ways(engine):
    migrate.migrate(engine, to="0001")
    with engine.connect() as connection:
        for statement in (UNIT, PERSON, LEADING):
            connection.execute(text(statement))
        connection.commit()
    migrate.migrate(engine)
    with Session(writing(engine)) as session:
        rows = session.exec(select(Supervision).order_by(Supervision.id)).all()
        assert [(row.source_ref, row.withdrawn) for row in rows] == [(None, False)] * 2
        rows[1].source_system, rows[1].source_ref, rows[1].withdrawn = "hr", "L1", True
        session.add(run_of(FeedKind.SUPERVISORS))
        session.commit()
    migrate.migrate(engine, to="0001")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id, kind FROM supervision")).all() == [
            (1, "supervisor")
        ]
        assert connection.execute(text("SELECT id FROM import_run")).all() == []
    migrate.migrate(engine)


def run_of(kind) -> ImportRun:
    return ImportRun(kind=kind, file_name="a", mapping="b", started_at=AT, state=RunState.FINISHED)


def test_a_kind_that_nobody_knows_is_refused(engine):
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(OLD.replace("'people'", "'victims'")))


@pytest.mark.parametrize("kind", FeedKind)
def test_every_kind_is_taken(session, kind):
    session.add(run_of(kind))
    session.flush()


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
