"""0012: conversations keep the day that was agreed, both ways."""

from datetime import date

from sqlalchemy import text

from app import migrate
from app.database import writing

BEFORE = "0010"
"""The migration before this one."""
PERSON = """INSERT INTO person (id, public_id, source_system, source_ref, source_version, digest,
    given_name, family_name, staff_type, rank, leaver_version, leaver_digest, only_number)
    VALUES (1, 'p', 'hr', 'P1', 0, '', 'Sam', 'Field', 'officer', '', -1, '', false)"""
TALK = """INSERT INTO debrief (id, public_id, held_on, setting, recorded_at)
    VALUES (1, 'd', '2026-11-01', 'phone', '2026-11-01 09:00:00')"""
PART = """INSERT INTO debrief_person (id, public_id, debrief_id, person_id, primary_support,
    next_contact_on, sealed_factors) VALUES (1, 'x', 1, 1, 'none', '2026-12-01', :sealed)"""
KEPT = "SELECT next_contact_on, sealed_factors FROM debrief_person"


def test_what_was_agreed_is_kept(engine):
    migrate.migrate(engine, to=BEFORE)
    with writing(engine).begin() as connection:
        for statement in (PERSON, TALK):
            connection.execute(text(statement))
        connection.execute(text(PART), {"sealed": b"\x00sealed"})
    migrate.migrate(engine)
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT next_contact_revision, next_contact_changed_at,"
                " next_contact_changed_by_account_id FROM debrief_person"
            )
        ).one()
        assert tuple(row) == (0, None, None)
    migrate.migrate(engine, to=BEFORE)
    with engine.connect() as connection:
        day, sealed = connection.execute(text(KEPT)).one()
        assert (str(day), bytes(sealed)) == (str(date(2026, 12, 1)), b"\x00sealed")
    migrate.migrate(engine)
