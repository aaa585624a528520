"""0004: incidents of before belong to no event and have no codes; what is new can be undone."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.exposure.models import Recount
from app.incidents.models import Incident, PastKind, RecordPast

AT = datetime(2026, 3, 2, 4, 5, tzinfo=UTC)
INCIDENTS = (
    "INSERT INTO incident (id, public_id, source_system, source_ref, source_version, digest, "
    "occurred_at, type_code, area, withdrawn, received_at) VALUES "
    "(1, 'a', 'cad', 'I1', 0, '', '2026-03-02 04:05:00+00:00', 'suicide', '', false, "
    "'2026-03-02 04:05:00+00:00'), "
    "(2, 'b', 'rms', 'R1', 0, '', '2026-03-02 04:05:00+00:00', 'suicide', '', false, "
    "'2026-03-02 04:05:00+00:00')"
)
RECOUNT = (
    "INSERT INTO recount (id, at, people, exposures, tallies, prompts) VALUES "
    "(1, '2026-03-02 04:05:00+00:00', 5, 0, 1, 0)"
)


def test_incidents_of_before_are_kept_both_ways(engine):
    migrate.migrate(engine, to="0002")
    with engine.connect() as connection:
        connection.execute(text(INCIDENTS))
        connection.execute(text(RECOUNT))
        connection.commit()
    migrate.migrate(engine)
    with Session(writing(engine)) as session:
        one, other = session.exec(select(Incident).order_by(Incident.id)).all()
        assert (one.event_id, one.same_as_ref, one.closing_code, one.provisional) == (
            None,
            None,
            "",
            False,
        )
        assert session.exec(select(Recount)).one().differences == 1
        other.same_as_system, other.same_as_ref = "cad", "I1"
        one.event_id = other.event_id = 1
        one.closing_code, one.typed_by = "SUI", 1
        session.add(
            RecordPast(
                kind=PastKind.INCIDENTS,
                source_system="cad",
                source_ref="I1",
                version=0,
                said={"type_code": "other"},
                known_until=AT,
            )
        )
        session.commit()
    migrate.migrate(engine, to="0002")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT id, type_code FROM incident ORDER BY id")).all()
        assert [tuple(row) for row in found] == [(1, "suicide"), (2, "suicide")]
    migrate.migrate(engine)
