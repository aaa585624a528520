"""0017: nothing of before is touched; holds, periods and the evidence go with a downgrade."""

from datetime import date

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.incidents.models import DisposalLine
from app.people.models import Person
from app.retention.models import HoldReason, LegalHold, RetentionRun
from tests.factories import Force, account, at

BEFORE = "0012"
TABLES = {
    "account_closing",
    "audit_anchor",
    "disposal_line",
    "disposed_record",
    "legal_hold",
    "retention_count",
    "retention_period",
    "retention_run",
    "rule_spoke",
}
PERSON = """INSERT INTO person (id, public_id, source_system, source_ref, source_version, digest,
    given_name, family_name, staff_type, rank, leaver_version, leaver_digest, only_number)
    VALUES (1, 'p', 'hr', 'P1', 0, '', 'Sam', 'Field', 'officer', '', -1, '', false)"""


def test_people_are_kept_both_ways_and_what_is_newer_goes(engine):
    migrate.migrate(engine, to=BEFORE)
    with writing(engine).begin() as connection:
        connection.execute(text(PERSON))
    migrate.migrate(engine)
    with Session(writing(engine)) as session:
        session.add(RetentionRun(day=date(2026, 11, 23), started_at=at("2026-11-23")))
        line = date(2019, 11, 23)
        session.add(DisposalLine(disposed_before=line, settled_before=line))
        hold(session, person_id=1)
        session.commit()
    migrate.migrate(engine, to=BEFORE)
    assert not TABLES & set(inspect(engine).get_table_names())
    migrate.migrate(engine)
    with Session(engine) as session:
        assert [one.family_name for one in session.exec(select(Person))] == ["Field"]
        assert session.exec(select(LegalHold)).all() == []


def hold(session, **subject):
    session.add(
        LegalHold(
            reason=HoldReason.INQUEST,
            reference="L/1",
            review_on=date(2027, 5, 1),
            since=at("2026-11-01"),
            by_account_id=account(session),
            **subject,
        )
    )
    session.flush()


@pytest.mark.parametrize("both", [True, False])
def test_a_hold_is_about_a_person_or_an_incident(session, both):
    force = Force(session)
    subject = {
        "person_id": force.person(),
        "incident_id": force.incident("suicide", at("2026-11-01")),
    }
    with pytest.raises(IntegrityError):
        hold(session, **(subject if both else {}))
