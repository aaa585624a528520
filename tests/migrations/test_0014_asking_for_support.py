"""0014: a role and a kind are added and taken away again; what was asked for stays a referral."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import migrate
from app.accounts.models import RoleGrant
from app.database import writing
from app.notifications.models import Kind, Notification
from app.referrals.models import Referral, ReferralState, ReferralWish, Support, Urgency
from app.security.permissions import Role
from tests.factories import Force, account, at

BEFORE = "0013"
THEN = at("2026-03-02")


def kept(engine) -> dict[str, list]:
    with engine.connect() as connection:
        return {
            "roles": connection.execute(text("SELECT role FROM role_grant ORDER BY 1")).all(),
            "kinds": connection.execute(text("SELECT kind FROM notification ORDER BY 1")).all(),
            "referrals": connection.execute(
                text("SELECT service, supervisor_sees FROM referral")
            ).all(),
        }


@pytest.fixture
def filled(engine):
    """One of everything that the migration touches, old and new."""
    with Session(writing(engine)) as session:
        who, person = account(session), Force(session).person("Sam Field")
        for role in (Role.WELLBEING_LEAD, Role.SUPPORT_PRACTITIONER):
            session.add(RoleGrant(account_id=who, role=role, starts_on=THEN.date()))
        for kind in (Kind.PROMPT, Kind.QUESTION):
            session.add(
                Notification(account_id=who, kind=kind, subject="s", topic="t", told_at=THEN)
            )
        row = Referral(
            person_id=person,
            service=Support.TRIM,
            state=ReferralState.SENT,
            agreed_at=THEN,
            sent_at=THEN,
            supervisor_sees=False,
        )
        session.add(row)
        session.flush()
        session.add(ReferralWish(referral_id=row.id, urgency=Urgency.TODAY, outside_line=True))
        session.commit()
    return engine


def test_going_back_keeps_the_request_private_and_forgets_the_rest(filled):
    before = kept(filled)
    assert [role for (role,) in before["roles"]] == ["support_practitioner", "wellbeing_lead"]
    migrate.migrate(filled, to=BEFORE)
    after = kept(filled)
    assert [role for (role,) in after["roles"]] == ["wellbeing_lead"]
    assert [kind for (kind,) in after["kinds"]] == ["prompt"]
    assert after["referrals"] == before["referrals"]
    assert not after["referrals"][0][1]
    migrate.migrate(filled)
    assert kept(filled) == after
    with Session(filled) as session:
        assert session.exec(select(ReferralWish)).all() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE role_grant SET role = 'conduct' WHERE role = 'wellbeing_lead'",
        "UPDATE notification SET kind = 'gossip' WHERE kind = 'prompt'",
        "UPDATE referral_wish SET urgency = 'soon'",
    ],
)
def test_closed_sets_stay_closed(filled, statement):
    with pytest.raises(IntegrityError), writing(filled).begin() as connection:
        connection.execute(text(statement))
