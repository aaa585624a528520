"""0019: exposures stay as they are both ways; their columns go, and are made again."""

from sqlalchemy import inspect, text
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.exposure import service
from app.exposure.models import Exposure, ExposureDay
from tests.conftest import NOW
from tests.factories import Force, at

BEFORE = "0018"


def test_exposures_are_kept_both_ways_and_columns_are_made_again(engine):
    with Session(writing(engine)) as session:
        force = Force(session)
        incident = force.incident("suicide", at("2026-11-01"))
        force.attend(force.person(team=force.team()), incident)
        service.refresh(session, incident_ids=[incident], person_ids=[], now=NOW)
        assert service.pack(session, now=NOW) == 22
        session.commit()
    migrate.migrate(engine, to=BEFORE)
    assert not {"exposure_day", "exposure_type"} & set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM exposure")).scalar_one() == 1
    migrate.migrate(engine)
    with Session(writing(engine)) as session:
        assert session.exec(select(ExposureDay)).all() == []
        assert service.pack(session, now=NOW) == 22
        assert len(session.exec(select(Exposure)).all()) == 1
        assert service.differences(session) == []
