"""0013: what is sealed comes and goes with its tables; people and accounts stay."""

from sqlalchemy import inspect
from sqlmodel import Session, select

from app import migrate
from app.checks.models import CheckDraft, CheckOffer, SelfCheck
from app.database import writing
from app.people.models import Person
from tests.factories import Force, account, at

BEFORE = "0012"
"""The migration before this one."""
TABLES = {"check_draft", "check_offer", "self_check"}


def test_what_is_kept_is_sealed_and_goes_with_its_tables(engine):
    migrate.migrate(engine, to=BEFORE)
    with Session(writing(engine)) as session:
        person, who = Force(session).person("Sam Field"), account(session)
        session.commit()
    migrate.migrate(engine)
    with Session(writing(engine)) as session:
        session.add(CheckDraft(person_id=person, sealed=b"\x00a", delete_after=at("2026-11-24")))
        session.add(SelfCheck(person_id=person, sealed=b"\x00b", year=2026))
        session.add(CheckOffer(code="gad7", switched_on_at=at("2026-11-23"), by_account_id=who))
        session.commit()
    with Session(engine) as session:
        assert session.exec(select(SelfCheck.sealed)).one() == b"\x00b"
    migrate.migrate(engine, to=BEFORE)
    assert not TABLES & set(inspect(engine).get_table_names())
    with Session(engine) as session:
        assert session.exec(select(Person.given_name)).all() == ["Sam"]
    migrate.migrate(engine)
    with Session(engine) as session:
        assert session.exec(select(SelfCheck)).all() == []
