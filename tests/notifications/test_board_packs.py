"""A new release is announced to those who lead, without a figure, for two weeks."""

from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.models import RoleGrant
from app.disclosure.store import Published
from app.notifications import waiting
from app.notifications.models import Kind
from app.security.permissions import Role
from tests.conftest import NOW
from tests.factories import account

RELEASE = Published(3, NOW.date(), NOW, "Sam", "Dana", {})


@pytest.fixture
def leader(session) -> int:
    number = account(session)
    for role in (Role.SENIOR_LEADER, Role.DEI_ANALYST):
        session.add(RoleGrant(account_id=number, role=role, starts_on=NOW.date()))
    other = account(session, name="Lou Marsh")
    session.add(RoleGrant(account_id=other, role=Role.SUPERVISOR, starts_on=NOW.date()))
    session.flush()
    return number


@pytest.mark.parametrize(("days", "told"), [(0, True), (14, True), (15, False)])
def test_a_leader_is_told_once_for_two_weeks(session, leader, days, told):
    now = NOW + timedelta(days=days)
    found = waiting.board_packs(session, published=RELEASE, now=now)
    expected = waiting.Thing(leader, Kind.PACK, "release-3", waiting.BOARD)
    assert found == ([expected] if told else [])


def test_nobody_is_told_before_the_first_release(session, leader):
    assert waiting.board_packs(session, published=None, now=datetime(2026, 1, 1, tzinfo=UTC)) == []
