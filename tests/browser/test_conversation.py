"""Recording a conversation as a sergeant does: few clicks, interruptions, two at once."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import delete, select

from app.debriefs.models import DebriefDraft
from app.demo.accounts import DEMO_PASSWORD
from app.referrals.models import Referral, ReferralShare, ReferralStep, ReferralWish
from app.security.permissions import Role
from tests.browser.conftest import PHONE
from tests.browser.test_journeys import spoke, tab_to, talks
from tests.teams.conftest import desk, three  # noqa: F401
from tests.teams.filling import whose
from tests.teams.test_conversation import run_out

pytestmark = pytest.mark.slow
NARROW = {"width": 320, "height": 640}
COUNT = """() => { window.done = 0; document.addEventListener('click', e => {
    if (e.isTrusted) { window.done += 1; } }, true); }"""


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def section(page: Page, address: str):
    """One person's part of the second screen."""
    public_id = whose(address)
    return page.locator(f"section[aria-labelledby='person-{public_id}']")


def several(page: Page) -> None:
    """From one person's form to the second screen of several."""
    page.get_by_role("link", name=re.compile("Record for several")).first.click()
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Next: each person").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What came of it for each")


def test_one_person_is_recorded_on_one_screen_with_four_clicks(site, open_as, desk):  # noqa: F811
    looking = open_as(Role.SUPERVISOR)
    page, before = looking.page, talks(site)
    page.goto(desk.address)
    page.evaluate(COUNT)
    spoke(page)
    page.get_by_label("Alone or single-crewed").check()
    assert looking.barriers() == []
    clicks = page.evaluate("window.done")
    save(page)
    expect(page.locator("main")).to_contain_text("Saved for")
    assert clicks + 1 == 4, "no procedure, we spoke, one tick, save"
    assert desk.address in page.url
    assert talks(site) == before + 1
    assert looking.problems == []


def test_three_people_have_three_outcomes_on_two_screens(
    site,
    open_as,
    desk,  # noqa: F811
    three,  # noqa: F811
):
    looking = open_as(Role.SUPERVISOR)
    page, before = looking.page, talks(site)
    page.goto(three[0])
    several(page)
    first, second, third = (section(page, one) for one in three)
    first.get_by_role("radio", name="We spoke").check()
    second.get_by_role("radio", name="They declined").check()
    second.get_by_label("They would rather not talk").check()
    third.get_by_role("radio", name="Leave them out").check()
    assert looking.barriers() == []
    page.set_viewport_size(NARROW)
    assert looking.sideways() == 0
    page.get_by_role("button", name="Save for everybody").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved")
    assert [desk.state(one) for one in three] == ["held", "declined", "open"]
    assert talks(site) == before + 1
    assert looking.problems == []


def nobody_is_referred(site) -> None:
    """Take away the demo's referrals: somebody who has one to a service gets no second."""
    with site.writing() as session:
        session.exec(delete(ReferralStep))
        session.exec(delete(ReferralShare))
        session.exec(delete(ReferralWish))
        session.exec(delete(Referral))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_whoever_would_rather_talk_elsewhere_is_referred(site, open_as, desk, scripts):  # noqa: F811
    nobody_is_referred(site)
    page = open_as(Role.SUPERVISOR, viewport=PHONE, java_script_enabled=scripts).page
    page.goto(desk.address)
    page.get_by_label("No", exact=True).check()
    page.get_by_role("radio", name="They declined").check()
    page.get_by_label("They would rather talk to someone else").check()
    page.get_by_label("A TRiM practitioner").check()
    page.get_by_label("They agree that the service").check()
    save(page)
    expect(page.locator("main")).to_contain_text("Saved for")
    with site.reading() as session:
        made = session.exec(select(Referral)).one()
    assert (made.service, made.debrief_person_id) == ("trim", None)


def test_a_procedure_locks_the_form_and_says_whom_to_call(site, open_as, desk, three):  # noqa: F811
    looking = open_as(Role.SUPERVISOR)
    page, before = looking.page, talks(site)
    page.goto(desk.address)
    expect(page.get_by_text("Post-incident manager")).to_be_hidden()
    page.get_by_label("Yes, or I am not sure").check()
    expect(page.get_by_text("Post-incident manager")).to_be_visible()
    expect(page.get_by_role("radio", name="We spoke")).to_be_hidden()
    page.get_by_label("Leave it waiting").check()
    page.get_by_label("A post-incident procedure applies").check()
    assert looking.barriers() == []
    save(page)
    expect(page.locator("main")).to_contain_text("Nothing that anybody said was noted")
    other = next(one for one in three if one != desk.address)
    page.goto(other)
    expect(page.get_by_role("heading", level=1)).to_have_text("This form is locked")
    page.get_by_role("link", name="The procedure has ended").click()
    assert looking.barriers() == []
    page.get_by_role("button", name=re.compile("It has ended")).click()
    expect(page.locator("main")).to_contain_text("No form is locked")
    page.goto(other)
    expect(page.get_by_role("radio", name="We spoke")).to_be_visible()
    assert talks(site) == before
    assert looking.problems == []


def test_of_two_who_record_for_the_same_people_the_second_loses_nothing(
    open_as,
    desk,  # noqa: F811
    three,  # noqa: F811
):
    first, second = open_as(Role.SUPERVISOR).page, open_as(Role.SUPERVISOR).page
    second.goto(three[0])
    several(second)
    for one in three:
        section(second, one).get_by_role("radio", name="We spoke").check()
    section(second, three[2]).get_by_label("First on the scene").check()
    first.goto(three[1])
    spoke(first)
    save(first)
    expect(first.locator("main")).to_contain_text("Saved for")
    second.get_by_role("button", name="Save for everybody").click()
    expect(section(second, three[1])).to_contain_text("Not saved for")
    expect(section(second, three[2]).get_by_label("First on the scene")).to_be_checked()
    section(second, three[1]).get_by_role("radio", name="Leave them out").check()
    second.get_by_role("button", name="Save for everybody").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Saved")
    assert {desk.state(one) for one in three} == {"held"}


def test_what_is_typed_is_kept_by_itself_and_comes_back_on_another_screen(site, open_as, desk):  # noqa: F811
    page = open_as(Role.SUPERVISOR).page
    page.goto(desk.address)
    page.get_by_role("radio", name="We spoke").check()
    page.get_by_label("First on the scene").check()
    expect(page.locator("#draft-line")).to_contain_text("Saved 9:30am")
    again = open_as(Role.SUPERVISOR, viewport=PHONE).page
    again.goto(desk.address)
    expect(again.get_by_label("First on the scene")).to_be_checked()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "first_on_scene" not in kept
    again.get_by_role("button", name="Discard").click()
    expect(again.get_by_role("radio", name="We spoke")).not_to_be_checked()
    with site.reading() as session:
        assert session.exec(select(DebriefDraft)).all() == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_a_session_that_runs_out_in_the_middle_loses_nothing(site, open_as, desk, scripts):  # noqa: F811
    page, before = open_as(Role.SUPERVISOR, java_script_enabled=scripts).page, talks(site)
    page.goto(desk.address)
    run_out(site)
    # Nothing has been kept yet: what is typed from here on has no session to go to.
    spoke(page)
    page.get_by_label("First on the scene").check()
    save(page)
    expect(page).to_have_url(re.compile("/sign-in"))
    assert "first_on_scene" not in page.url
    page.get_by_label("User name").fill("supervisor@demo")
    page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(f"{desk.address}$"))
    expect(page.get_by_role("radio", name="We spoke")).to_be_checked()
    expect(page.get_by_label("First on the scene")).to_be_checked()
    page.get_by_label("No", exact=True).check()
    save(page)
    expect(page.locator("main")).to_contain_text("Saved for")
    assert talks(site) == before + 1


def test_two_people_with_the_keyboard_alone(open_as, desk, three):  # noqa: F811
    page = open_as(Role.SUPERVISOR).page
    page.goto(three[0])
    tab_to(page, "a[href*='/conversation?']")
    page.keyboard.press("Enter")
    tab_to(page, "input[name=procedure]")
    page.keyboard.press("Space")
    tab_to(page, "button[value=next]")
    page.keyboard.press("Enter")
    for address in three:
        tab_to(page, f"input[name=p{whose(address)}-outcome]")
        page.keyboard.press("Space")
    tab_to(page, "button[value=save]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved")
    assert {desk.state(one) for one in three} == {"held"}
