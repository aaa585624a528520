"""What services can expect, for wellbeing leads: workload and room, and nobody's name."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from app.common.clock import months_after
from app.database import transaction
from app.people.models import Person
from app.referrals.models import Outcome, Referral, ReferralState, Support
from app.security.permissions import Role
from tests.conftest import NOW


def closed(person: int, sent: datetime) -> Referral:
    """A referral that was over after four weeks."""
    return Referral(
        person_id=person,
        service=Support.OCCUPATIONAL_HEALTH,
        state=ReferralState.CLOSED,
        outcome=Outcome.COMPLETED,
        agreed_at=sent,
        sent_at=sent,
        closed_at=sent + timedelta(days=28),
    )


@pytest.fixture
def two_years(site):
    """Ten requests a month for two years, and none from anybody else."""
    with transaction(site.engine) as session:
        people = session.exec(select(Person.id).limit(10)).all()
        for back in range(1, 25):
            sent = NOW.replace(day=3)
            month = months_after(sent.date(), -back)
            when = sent.replace(year=month.year, month=month.month)
            session.add_all(closed(person, when) for person in people)


def test_what_comes_and_that_there_is_no_room_are_said(site, two_years):
    page = site.sign_in_as(Role.WELLBEING_LEAD).get("/force/demand").page
    words = page.words("main")
    assert "A forecast of workload, never of a person." in words
    assert "November 2026 10 " in words
    assert "All three months 30 " in words
    assert "weeks" in words or "How full the service would be is said" in words


def test_too_little_is_said_to_be_too_little(site):
    words = site.sign_in_as(Role.WELLBEING_LEAD).get("/force/demand").page.words("main")
    assert "Too few to say" in words


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.SENIOR_LEADER, Role.WELLBEING_PRACTITIONER])
def test_for_nobody_else(site, role):
    site.sign_in_as(role).get("/force/demand", status=403)
