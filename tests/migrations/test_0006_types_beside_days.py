"""0006: exposures stay as they are while their index changes, both ways."""

from sqlalchemy import inspect
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.exposure import service
from app.exposure.models import Exposure
from tests.factories import Force, at


def indexed(engine) -> list[str]:
    return next(
        found["column_names"]
        for found in inspect(engine).get_indexes("exposure")
        if found["name"] == "ix_exposure_person_day"
    )


def test_exposures_are_kept_and_the_index_has_their_types(engine):
    with Session(writing(engine)) as session:
        force = Force(session)
        incident = force.incident("suicide", at("2026-03-01"))
        force.attend(force.person(team=force.team()), incident)
        service.refresh(session, incident_ids=[incident], person_ids=[], now=at("2026-03-02"))
        session.commit()
    assert indexed(engine) == ["person_id", "occurred_on", "type_code"]
    migrate.migrate(engine, to="0005")
    assert indexed(engine) == ["person_id", "occurred_on"]
    migrate.migrate(engine)
    assert indexed(engine) == ["person_id", "occurred_on", "type_code"]
    with Session(engine) as session:
        assert session.exec(select(Exposure.type_code)).all() == ["suicide"]
