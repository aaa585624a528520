"""The main job, as people do it: with a mouse, with a keyboard, without JavaScript, on a phone."""

import os
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import delete, select

from app.debriefs.models import Debrief
from app.demo.accounts import DEMO_PASSWORD
from app.security.models import BrowserSession
from app.security.permissions import Role
from tests.browser.conftest import PHONE

SHOTS = Path("docs/screenshots")
LIVE_SECONDS = 4
RECORD = "a[href$='/return']"
"""The way to the return form, in a row of the table."""


def picture(page: Page, name: str) -> None:
    """A picture for the README, when it is asked for by SCREENSHOTS=1."""
    if os.environ.get("SCREENSHOTS"):
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")


def sign_in(page: Page, username: str = "supervisor@demo") -> None:
    """Through the form, as a person would."""
    page.goto("/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")


def open_team(page: Page) -> None:
    """To the table of the team, by the menu."""
    menu = page.get_by_role("button", name="Menu")
    if menu.is_visible():
        menu.click()
    page.locator("nav a[href='/teams']").click()
    expect(page.locator("table.team-table")).to_be_visible()


def first_waiting(page: Page):
    """The row of the first person for whom something can be recorded."""
    row = page.locator("tr", has=page.locator(RECORD)).first
    return page.locator(f"#{row.get_attribute('id')}")


def spoke(form) -> None:
    """Say that no procedure is open, and that the conversation took place."""
    form.get_by_label("No", exact=True).check()
    form.get_by_role("radio", name="We spoke").check()


def talks(site) -> int:
    """How many conversations are held."""
    with site.reading() as session:
        return len(session.exec(select(Debrief)).all())


@pytest.mark.slow
def test_a_supervisor_records_a_conversation_and_the_row_changes_without_a_reload(site, open_as):
    looking = open_as(None)
    page, before = looking.page, talks(site)
    sign_in(page)
    picture(page, "home")
    open_team(page)
    picture(page, "team")
    row = first_waiting(page)
    page.evaluate("window.stillTheSamePage = true")
    row.locator(RECORD).click()
    panel = page.locator("#return-panel")
    expect(panel.get_by_role("heading").first).to_be_focused()
    spoke(panel)
    picture(page, "return")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel).to_contain_text("Saved for")
    expect(row).to_contain_text("Nothing waiting")
    expect(row.locator(RECORD)).to_have_count(0)
    assert page.evaluate("window.stillTheSamePage") is True
    assert talks(site) == before + 1
    picture(page, "saved")
    assert looking.problems == []


@pytest.mark.slow
def test_the_same_without_javascript(site, open_as):
    page, before = open_as(None, java_script_enabled=False).page, talks(site)
    sign_in(page)
    open_team(page)
    row = first_waiting(page)
    row.locator(RECORD).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/return" in page.url
    spoke(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("Saved")
    assert talks(site) == before + 1
    open_team(page)
    expect(row).to_contain_text("Nothing waiting")


@pytest.mark.slow
def test_the_same_with_the_keyboard_alone(site, open_as):
    page, before = open_as(None).page, talks(site)
    page.goto("/sign-in")
    tab_to(page, "input[name=username]")
    page.keyboard.type("supervisor@demo")
    page.keyboard.press("Tab")
    page.keyboard.type(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")
    tab_to(page, "nav a[href='/teams']")
    page.keyboard.press("Enter")
    expect(page.locator("table.team-table")).to_be_visible()
    tab_to(page, f"table {RECORD}")
    page.keyboard.press("Enter")
    panel = page.locator("#return-panel")
    expect(panel.get_by_role("heading").first).to_be_focused()
    tab_to(page, "#return-panel input[name=procedure]")
    page.keyboard.press("Space")
    expect(panel.get_by_label("No", exact=True)).to_be_checked()
    tab_to(page, "#return-panel input[name$=-outcome]")
    page.keyboard.press("Space")
    expect(panel.get_by_role("radio", name="We spoke")).to_be_checked()
    tab_to(page, "#return-panel button:text('Save')")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("Saved for")
    assert talks(site) == before + 1


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(200):
        page.keyboard.press("Tab")
        at = page.locator("*:focus")
        if at.count() and page.locator(selector).and_(at).count():
            outline = at.evaluate(
                "e => [e, e.nextElementSibling].filter(Boolean).map(x => {"
                "const s = getComputedStyle(x); const b = getComputedStyle(x, '::before');"
                "return s.outlineStyle + s.boxShadow + b.boxShadow + s.backgroundColor}).join()"
            )
            assert outline.replace("none", "").strip(", "), (
                f"{selector} has the focus and does not show it"
            )
            return
    message = f"Tab never reaches {selector}"
    raise AssertionError(message)


@pytest.mark.slow
def test_the_same_on_a_phone(site, open_as):
    looking = open_as(None, viewport=PHONE, has_touch=True, is_mobile=True)
    page, before = looking.page, talks(site)
    sign_in(page)
    open_team(page)
    picture(page, "phone")
    first_waiting(page).locator(RECORD).tap()
    panel = page.locator("#return-panel")
    spoke(panel)
    panel.get_by_role("button", name="Save", exact=True).tap()
    expect(panel).to_contain_text("Saved for")
    assert looking.sideways() == 0
    assert talks(site) == before + 1


@pytest.mark.slow
def test_a_form_sent_empty_says_what_is_missing_and_takes_one_there(open_as):
    looking = open_as(Role.SUPERVISOR)
    page = looking.page
    page.goto("/")
    open_team(page)
    first_waiting(page).locator(RECORD).click()
    panel = page.locator("#return-panel")
    panel.get_by_role("button", name="Save", exact=True).click()
    summary = panel.locator(".govuk-error-summary")
    expect(summary).to_contain_text("Choose what happened")
    expect(summary).to_be_focused()
    assert looking.barriers() == []
    summary.get_by_role("link", name="Choose what happened").click()
    expect(panel.get_by_role("radio", name="We spoke")).to_be_focused()


@pytest.mark.slow
def test_what_a_deputy_records_appears_on_the_supervisors_open_page(site, open_as):
    watching = open_as(None).page
    sign_in(watching)
    open_team(watching)
    row = first_waiting(watching)
    watching.evaluate("window.stillTheSamePage = true")
    number = row.get_attribute("id")

    deputy = open_as(None, java_script_enabled=False).page
    sign_in(deputy, "deputy@demo")
    # He stands in for another sergeant today as well, so there is a choice.
    deputy.goto("/teams")
    deputy.get_by_role("link", name=watching.locator("h1").inner_text()).click()
    deputy.locator(f"#{number}").locator(RECORD).click()
    spoke(deputy)
    deputy.get_by_role("button", name="Save", exact=True).click()
    saved = time.monotonic()
    expect(row).to_contain_text("Nothing waiting", timeout=LIVE_SECONDS * 1000)
    assert time.monotonic() - saved < LIVE_SECONDS
    assert watching.evaluate("window.stillTheSamePage") is True


@pytest.mark.slow
def test_two_people_answer_the_same_prompt_and_the_second_is_told(site, open_as):
    first, second = open_as(Role.SUPERVISOR).page, open_as(Role.SUPERVISOR).page
    for page in (first, second):
        page.goto("/")
        open_team(page)
        first_waiting(page).locator(RECORD).click()
        spoke(page.locator("#return-panel"))
    before = talks(site)
    for page in (first, second):
        page.locator("#return-panel").get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#return-panel")).to_contain_text("aved")
    expect(second.locator("#return-panel")).to_contain_text("This was not saved")
    assert talks(site) == before + 1


@pytest.mark.slow
def test_going_back_after_signing_out_shows_nothing(open_as):
    page = open_as(None).page
    sign_in(page)
    open_team(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.slow
def test_an_open_page_whose_session_ended_goes_to_sign_in(site, open_as):
    page = open_as(Role.SUPERVISOR).page
    page.goto("/")
    open_team(page)
    with site.writing() as session:
        session.exec(delete(BrowserSession))
    expect(page).to_have_url(re.compile("/sign-in"))


@pytest.mark.slow
def test_nothing_about_anybody_stays_in_the_browser(open_as):
    page = open_as(Role.SUPERVISOR).page
    page.goto("/")
    open_team(page)
    page.go_back()
    page.go_forward()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert kept in {"[{},{}]", '[{},{"govuk-frontend-supported":"true"}]'}, kept


def test_the_skip_link_is_first_and_works(open_as):
    page = open_as(Role.SUPERVISOR).page
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_page_can_be_printed_without_its_menus(open_as):
    page = open_as(Role.SUPERVISOR).page
    page.goto("/")
    open_team(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Menu")).to_be_hidden()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.locator("table.team-table")).to_be_visible()
