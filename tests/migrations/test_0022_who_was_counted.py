"""0022: who was counted in published figures is there, once for each period, and goes again."""

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.disclosure.models import ReleaseContributors
from tests.conftest import NOW

BEFORE = "0021"
"""The migration before this one."""


def _add(session, *, period: str) -> None:
    session.add(ReleaseContributors(release=1, period=period, sealed=b"sealed", made_at=NOW))
    session.flush()


def test_each_period_of_a_release_has_its_contributors_once(engine):
    with Session(writing(engine)) as session:
        _add(session, period="2026-10")
        _add(session, period="2026-Q3")
        session.commit()
    with Session(writing(engine)) as session, pytest.raises(IntegrityError):
        _add(session, period="2026-10")


def test_the_table_goes_and_comes_again(engine):
    with Session(writing(engine)) as session:
        _add(session, period="2026-10")
        session.commit()
    migrate.migrate(engine, to=BEFORE)
    assert "release_contributors" not in inspect(engine).get_table_names()
    migrate.migrate(engine)
    with Session(engine) as session:
        assert session.exec(select(ReleaseContributors)).all() == []
