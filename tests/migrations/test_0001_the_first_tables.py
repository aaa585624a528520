"""0001: the first tables take real rows, hold what they promise, and go when undone."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from app import migrate
from app.accounts.models import Account, RoleGrant
from app.exposure.models import Exposure, MonthTally
from app.incidents.models import FrameworkStatus, FrameworkVersion, Incident
from app.people.models import Person, Posting, PostingKind, StaffType, Unit, UnitKind
from app.security.permissions import Role

AT = datetime(2026, 3, 2, 4, 5, tzinfo=UTC)


def fill(session) -> None:
    """A unit, a person posted to it, an incident and what follows from it."""
    unit = Unit(source_system="hr", source_ref="U1", name="Response A", kind=UnitKind.TEAM)
    person = Person(source_system="hr", source_ref="P1", staff_type=StaffType.OFFICER)
    incident = Incident(
        source_system="cad", source_ref="I1", occurred_at=AT, type_code="suicide", received_at=AT
    )
    version = FrameworkVersion(
        number=1,
        status=FrameworkStatus.ACTIVE,
        effective_from=date(2026, 1, 1),
        document={},
        created_at=AT,
    )
    session.add_all([unit, person, incident, version])
    session.flush()
    account = Account(
        username="a", display_name="A", password_hash="x", person_id=person.id, created_at=AT
    )
    session.add(account)
    session.flush()
    session.add_all(
        [
            Posting(
                source_system="hr",
                source_ref="O1",
                person_id=person.id,
                unit_id=unit.id,
                kind=PostingKind.SUBSTANTIVE,
                starts_on=date(2025, 1, 1),
                precedence="1",
            ),
            RoleGrant(
                account_id=account.id,
                role=Role.SUPERVISOR,
                unit_id=unit.id,
                starts_on=date(2025, 1, 1),
            ),
            Exposure(
                person_id=person.id,
                incident_id=incident.id,
                type_code="suicide",
                occurred_at=AT,
                occurred_on=AT.date(),
                unit_id=unit.id,
                framework_number=1,
            ),
            MonthTally(person_id=person.id, month=date(2026, 3, 1), type_code="suicide", count=1),
        ]
    )
    session.flush()


def test_moments_come_back_as_the_same_aware_moments(session):
    fill(session)
    session.expire_all()
    assert session.get(Incident, 1).occurred_at == AT


def test_an_exposure_of_somebody_unknown_is_refused(session):
    fill(session)
    session.add(MonthTally(person_id=99, month=date(2026, 3, 1), type_code="suicide", count=1))
    with pytest.raises(IntegrityError):
        session.flush()


def test_one_person_is_exposed_once_to_one_incident(session):
    fill(session)
    session.add(
        Exposure(
            person_id=1,
            incident_id=1,
            type_code="suicide",
            occurred_at=AT,
            occurred_on=AT.date(),
            framework_number=1,
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_posting_cannot_end_before_it_starts(session):
    fill(session)
    session.get(Posting, 1).ends_on = date(2024, 12, 31)
    with pytest.raises(IntegrityError):
        session.flush()


def test_undoing_it_with_rows_inside_removes_every_table(engine, session):
    fill(session)
    session.commit()
    session.close()
    migrate.migrate(engine, to="base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
