from datetime import timedelta

import pytest

from app.referrals import demand
from app.referrals.models import Outcome, Support
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.conftest import NOW

SERVICES = (Support.TRIM, Support.PEER_SUPPORT)
DAY = NOW.date()


def asked(services, viewer=None, months=24):
    found = demand.work(
        viewer or services.lead, services.session, services=SERVICES, months=months, day=DAY
    )
    return {one.service: one for one in found}


@pytest.fixture
def sent(services):
    """Two in September, none in October, one in this month, which is not over."""
    for name, days in (("Ann", 60), ("Bea", 55), ("Cy", 2)):
        person = services.force.person(f"{name} Hill", team=services.team)
        services.refer(person, now=NOW - timedelta(days=days))
    return services


def test_whole_months_are_counted_from_the_first_with_a_request(sent):
    found = asked(sent)
    assert found[Support.TRIM].counts == (2, 0)
    assert found[Support.TRIM].last.isoformat() == "2026-10-31"
    assert found[Support.PEER_SUPPORT].counts == ()
    assert asked(sent, months=1)[Support.TRIM].counts == ()


def test_a_lead_counts_their_own_part_and_never_their_own_request(sent):
    elsewhere = sent.force.unit("Dale")
    dale = sent.viewer(Role.WELLBEING_LEAD, "Dale Lead", unit=elsewhere)
    assert asked(sent, dale)[Support.TRIM].counts == ()
    me = sent.force.person("Lou Marsh", team=sent.team)
    sent.refer(me, now=NOW - timedelta(days=40))
    assert asked(sent)[Support.TRIM].counts == (2, 1)
    lead = sent.viewer(Role.WELLBEING_LEAD, "Lou Marsh", person=me)
    assert asked(sent, lead)[Support.TRIM].counts == (2, 0)
    nobody = Viewer(lead.account_id, None, "Jo", (Grant(Role.SUPERVISOR, None),))
    assert asked(sent, nobody)[Support.TRIM].counts == ()


def test_places_are_for_whoever_leads_in_the_whole_force(sent):
    sent.practitioner("Ada Moss", limit=6)
    sent.practitioner("Bo Fenn", limit=4)
    assert asked(sent)[Support.TRIM].places == 10
    assert asked(sent)[Support.PEER_SUPPORT].places == 0
    dale = sent.viewer(Role.WELLBEING_LEAD, "Dale Lead", unit=sent.force.unit("Dale"))
    assert asked(sent, dale)[Support.TRIM].places == 0


def test_how_long_one_stays_open_is_said_from_ten_that_are_closed(services):
    trim = services.practitioner("Ada Moss", limit=100)
    for place in range(demand.FEWEST_CLOSED):
        assert asked(services)[Support.TRIM].months_open is None
        person = services.force.person(f"Ann {place} Hill", team=services.team)
        row = services.refer(person, now=NOW - timedelta(days=61))
        row = services.take_on(trim, row)
        row = services.contact(trim, row)
        services.close(trim, row, Outcome.COMPLETED)
    found = asked(services)[Support.TRIM].months_open
    assert found == pytest.approx(61 / demand.DAYS_A_MONTH)
