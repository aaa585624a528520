"""0003: units and people of before are kept both ways; what only the newer tables can say goes."""

from sqlalchemy import text

from app import migrate

BEFORE = (
    (
        "INSERT INTO unit (id, public_id, source_system, source_ref, name, name_version, kind, "
        "version, parent_id) VALUES (1, 'f', 'own', 'F', 'Force', -1, 'force', 0, NULL), "
        "(2, 'd', 'hr', 'D', 'North', -1, 'district', 0, 1), "
        "(3, 'u', 'hr', 'U', 'A', 4, 'team', 0, 2)"
    ),
    (
        "INSERT INTO person (id, public_id, source_system, source_ref, source_version, digest, "
        "given_name, family_name, staff_type, rank, leaver_version, leaver_digest, left_on, "
        "leaving_reason) VALUES "
        "(1, 'p', 'hr', 'P1', 0, '', '', '', 'officer', '', 1, 'x', '2026-03-01', 'transfer')"
    ),
    (
        "INSERT INTO posting (id, source_system, source_ref, source_version, digest, person_id, "
        "unit_id, kind, starts_on, withdrawn, precedence) VALUES "
        "(1, 'hr', 'S1', 0, '', 1, 3, 'substantive', '2026-01-01', false, 'a')"
    ),
)
SINCE = (
    (
        "INSERT INTO person (id, public_id, source_system, source_ref, source_version, digest, "
        "given_name, family_name, staff_type, rank, leaver_version, leaver_digest, only_number) "
        "VALUES (2, 'n', 'cad', '12', -1, '', '', '', 'not_recorded', '', -1, '', true)"
    ),
    (
        "INSERT INTO person_number (id, source_system, source_ref, source_version, digest, "
        "withdrawn, person_id, number_id, starts_on) VALUES "
        "(1, 'hr', 'N1', 0, '', false, 1, 2, '2026-01-01')"
    ),
    (
        "INSERT INTO posting (id, source_system, source_ref, source_version, digest, person_id, "
        "unit_id, kind, starts_on, withdrawn, precedence, carried_from_id) VALUES "
        "(2, 'tracker', '1/1', 0, '', 1, 2, 'substantive', '2026-02-01', false, 'a+', 1)"
    ),
    (
        "INSERT INTO skill (id, source_system, source_ref, source_version, digest, withdrawn, "
        "person_id, name, starts_on) VALUES (1, 'cad', 'K1', 0, '', false, 2, 'x', '2026-01-01')"
    ),
)


def test_what_was_there_is_kept_both_ways(engine):
    migrate.migrate(engine, to="0002")
    with engine.connect() as connection:
        for statement in BEFORE:
            connection.execute(text(statement))
        connection.commit()
    migrate.migrate(engine, to="0003")
    with engine.connect() as connection:
        said = text("SELECT id, named_in_postings, parent_said_id, source_version FROM unit")
        assert sorted(connection.execute(said).all()) == [
            (1, "", None, -1),
            (2, "", None, -1),
            (3, "A", 2, -1),
        ]
        left = connection.execute(text("SELECT left_said, reason_said, given_up_on FROM person"))
        assert [tuple(map(str, row)) for row in left] == [("2026-03-01", "transfer", "2026-03-01")]
        for statement in SINCE:
            connection.execute(text(statement))
        connection.commit()
    migrate.migrate(engine, to="0002")
    with engine.connect() as connection:
        for table, ids in (("person", [1]), ("posting", [1]), ("skill", []), ("unit", [1, 2, 3])):
            found = connection.execute(text(f"SELECT id FROM {table} ORDER BY id")).all()
            assert [row[0] for row in found] == ids
    migrate.migrate(engine)
