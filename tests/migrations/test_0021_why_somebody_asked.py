"""0021: nothing of before is touched; purposes and questions go with a downgrade."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import migrate
from app.audit.models import Purpose, StatedPurpose
from app.database import writing
from app.force.models import ForceQuestion
from tests.conftest import NOW
from tests.factories import account

BEFORE = "0020"
TABLES = {"stated_purpose", "force_question"}


def test_what_is_newer_goes_and_what_was_there_stays(engine):
    migrate.migrate(engine)
    with Session(writing(engine)) as session:
        number = account(session, name="Kept")
        session.add(
            StatedPurpose(account_id=number, purpose=Purpose.AUDIT, reason="Looking", stated_at=NOW)
        )
        session.add(ForceQuestion(account_id=number, chosen={"period": "d28"}, asked_at=NOW))
        session.commit()
    migrate.migrate(engine, to=BEFORE)
    assert not TABLES & set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM account")).scalars().all() == [number]
    migrate.migrate(engine)
    with Session(engine) as session:
        assert session.exec(select(StatedPurpose)).all() == []
        assert session.exec(select(ForceQuestion)).all() == []


def test_a_purpose_is_one_of_a_closed_list(session):
    number = account(session)
    with pytest.raises(IntegrityError):
        session.connection().execute(
            text(
                "INSERT INTO stated_purpose (public_id, account_id, purpose, reason, stated_at) "
                "VALUES ('x', :number, 'curiosity', 'Why not', '2026-11-23')"
            ),
            {"number": number},
        )
