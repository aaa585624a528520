"""0018: roles stay, both ways; the one that is new goes with its migration."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app import migrate
from app.database import writing

BEFORE = "0017"
"""The migration before this one."""
AFTER = "0018"
ACCOUNT = """INSERT INTO account (id, public_id, username, display_name, password_hash, active,
    notice_version, created_at)
    VALUES (1, 'a', 'jo', 'Jo Stone', '!', true, 0, '2026-01-01 09:00:00')"""
GRANT = """INSERT INTO role_grant (id, account_id, role, starts_on)
    VALUES (:id, 1, :role, '2026-01-01')"""


def _grant(engine, number: int, role: str) -> None:
    with writing(engine).begin() as connection:
        connection.execute(text(GRANT), {"id": number, "role": role})


def _roles(engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT role FROM role_grant ORDER BY id")).scalars())


def test_roles_stay_and_the_new_one_goes_again(engine):
    migrate.migrate(engine, to=BEFORE)
    with writing(engine).begin() as connection:
        connection.execute(text(ACCOUNT))
    _grant(engine, 1, "evaluator")
    with pytest.raises(IntegrityError):
        _grant(engine, 2, "staff_network")
    migrate.migrate(engine, to=AFTER)
    _grant(engine, 2, "staff_network")
    with pytest.raises(IntegrityError):
        _grant(engine, 3, "conduct_officer")
    assert _roles(engine) == ["evaluator", "staff_network"]
    migrate.migrate(engine, to=BEFORE)
    assert _roles(engine) == ["evaluator"]
    migrate.migrate(engine)
