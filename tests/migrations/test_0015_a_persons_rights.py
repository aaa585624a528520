"""0015: accounts and roles stay, both ways; the role that is new goes with the tables."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app import migrate
from app.database import writing

BEFORE = "0014"
"""The migration before this one."""
ACCOUNT = """INSERT INTO account (id, public_id, username, display_name, password_hash, active,
    created_at) VALUES (1, 'a', 'jo', 'Jo Stone', '!', true, '2026-01-01 09:00:00')"""
GRANT = """INSERT INTO role_grant (id, account_id, role, starts_on)
    VALUES (:id, 1, :role, '2026-01-01')"""
ROLES = "SELECT role FROM role_grant ORDER BY id"


def _grant(engine, number: int, role: str) -> None:
    with writing(engine).begin() as connection:
        connection.execute(text(GRANT), {"id": number, "role": role})


def _asked(engine, statement: str) -> list[tuple]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_accounts_have_read_no_notice_yet_and_the_new_role_goes_again(engine):
    migrate.migrate(engine, to=BEFORE)
    with writing(engine).begin() as connection:
        connection.execute(text(ACCOUNT))
    _grant(engine, 1, "supervisor")
    migrate.migrate(engine)
    assert _asked(engine, "SELECT notice_version, notice_read_at FROM account") == [(0, None)]
    _grant(engine, 2, "data_protection_officer")
    with pytest.raises(IntegrityError):
        _grant(engine, 3, "conduct_officer")
    migrate.migrate(engine, to=BEFORE)
    assert _asked(engine, ROLES) == [("supervisor",)]
    with pytest.raises(IntegrityError):
        _grant(engine, 2, "data_protection_officer")
    assert _asked(engine, "SELECT display_name FROM account") == [("Jo Stone",)]
    migrate.migrate(engine)
