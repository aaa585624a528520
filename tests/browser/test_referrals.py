"""A practitioner's work from the inbox to the end, with a keyboard's and a phone's means."""

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from app.people.models import Person
from app.referrals.models import Outcome, Referral, ReferralState, Support
from app.security.permissions import Role
from tests.browser.conftest import PHONE


def waiting(site):
    """Who waits for a peer supporter and is not late yet."""
    with site.reading() as session:
        row, person = session.exec(
            select(Referral, Person)
            .join(Person, Person.id == Referral.person_id)
            .where(Referral.service == Support.PEER_SUPPORT, Referral.state == ReferralState.SENT)
            .order_by(Referral.sent_at.desc())
        ).first()
    return row, f"{person.given_name} {person.family_name}"


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"viewport": PHONE, "java_script_enabled": False}])
def test_a_practitioner_takes_somebody_on_reaches_them_meets_and_closes(site, open_as, options):
    looking = open_as(Role.WELLBEING_PRACTITIONER, **options)
    page, (row, name) = looking.page, waiting(site)
    page.goto("/referrals")
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Take it on").click()
    page.get_by_role("button", name="Record first contact").click()
    page.locator("a[href$='/first_meeting']").click()
    page.get_by_label("It took place").check()
    page.get_by_role("button", name="Save").click()
    table = page.get_by_role("table", name="Planned meetings")
    expect(table.get_by_role("row").nth(1)).to_contain_text("23 November 2026")
    page.get_by_role("button", name="Close it").click()
    page.get_by_label("Signposted elsewhere").check()
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Referrals")
    expect(page.get_by_role("link", name=name)).to_have_count(0)
    with site.reading() as session:
        assert session.get(Referral, row.id).outcome is Outcome.SIGNPOSTED
    assert looking.problems == []


@pytest.mark.slow
def test_somebody_takes_their_own_referral_back(site, open_as):
    page = open_as(Role.STAFF).page
    page.goto("/my-record/conversations")
    page.get_by_role("link", name="Take it back").first.click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("You took it back")).to_be_visible()


@pytest.mark.slow
def test_mistakes_on_the_forms_have_no_barrier_either(site, open_as):
    looking = open_as(Role.WELLBEING_PRACTITIONER)
    page = looking.page
    with site.reading() as session:
        row = session.exec(
            select(Referral).where(
                Referral.service == Support.PEER_SUPPORT,
                Referral.state == ReferralState.CONTACTED,
            )
        ).first()
    page.goto(f"/referrals/{row.public_id}/close")
    page.get_by_label("Passed on to another service").check()
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    assert looking.barriers() == []
    page.goto(f"/referrals/{row.public_id}")
    assert looking.barriers() == []
