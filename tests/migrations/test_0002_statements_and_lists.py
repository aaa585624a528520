"""0002: exposures that are there already rest on a force system's word, and nothing is lost."""

from sqlalchemy import text

from app import migrate

AT = "2026-03-02 04:05:00"


def _fill_0001(connection) -> None:
    for statement in (
        (
            "INSERT INTO unit (id, public_id, source_system, source_ref, name, name_version, kind,"
            " version) VALUES (1, 'u', 'hr', 'U1', 'Response A', -1, 'team', 0)"
        ),
        (
            "INSERT INTO person (id, public_id, source_system, source_ref, source_version, digest,"
            " given_name, family_name, staff_type, rank, leaver_version, leaver_digest)"
            " VALUES (1, 'p', 'hr', 'P1', 0, '', '', '', 'officer', '', -1, '')"
        ),
        (
            "INSERT INTO incident (id, public_id, source_system, source_ref, source_version,"
            " digest, occurred_at, type_code, area, withdrawn, received_at)"
            f" VALUES (1, 'i', 'cad', 'I1', 0, '', '{AT}', 'suicide', '', false, '{AT}')"
        ),
        (
            f"INSERT INTO framework_version (number, status, effective_from, document, created_at)"
            f" VALUES (1, 'active', '2026-01-01', '{{}}', '{AT}')"
        ),
        (
            f"INSERT INTO exposure (person_id, incident_id, type_code, occurred_at, occurred_on,"
            f" unit_id, remote, framework_number)"
            f" VALUES (1, 1, 'suicide', '{AT}', '2026-03-02', 1, false, 1)"
        ),
    ):
        connection.execute(text(statement))


def test_exposures_keep_their_place_and_are_marked_as_fed(engine):
    migrate.migrate(engine, to="0001")
    with engine.execution_options(writes=True).begin() as connection:
        _fill_0001(connection)
    migrate.migrate(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT person_id, origin FROM exposure")).all()
    assert rows == [(1, "fed")]
    migrate.migrate(engine, to="0001")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT person_id FROM exposure")).all() == [(1,)]
