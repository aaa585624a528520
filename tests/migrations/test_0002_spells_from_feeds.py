"""0002: who leads is kept both ways, and imports of every kind are taken."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.feeds.models import FeedKind, ImportRun, RunState
from app.people.models import Supervision

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
