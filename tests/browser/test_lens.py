"""The wellbeing lens in a browser: panels arrive by themselves, filters are chips, no barriers."""

import pytest

from app.security.permissions import Role
from tests.browser.conftest import DESKTOP, PHONE


@pytest.mark.slow
def test_a_lead_says_why_sees_panels_and_narrows_them(open_as):
    looking = open_as(Role.WELLBEING_LEAD)
    page, found = looking.page, []

    def look(state):
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            found.extend(f"{state}: {barrier}" for barrier in looking.barriers())
            if looking.sideways() > 0:
                found.append(f"{state} scrolls sideways at {size['width']}")
        page.set_viewport_size(DESKTOP)

    page.goto("/force")
    look("purpose")
    page.check("[name=purpose][value=planning]")
    page.fill("[name=reason]", "Where to send peer support")
    page.click("main form button")
    page.wait_for_selector("#panel-districts svg.map__drawing")
    page.wait_for_selector("#panel-absence .figure")
    look("lens")
    choose_officers(page, look)
    page.wait_for_selector("#panel-districts svg.map__drawing")
    assert "officer" not in page.url
    look("narrowed")
    address = page.url
    for path in ("/by/teams", "/by/departments", "/people/exposed"):
        page.goto(address + path)
        look(path)
    page.goto(address)
    page.click("button.chosen__one")
    page.wait_for_url("**/force")
    assert found + looking.problems == []


def test_without_scripts_every_panel_is_a_page_of_its_own(open_as):
    page = open_as(Role.WELLBEING_LEAD, java_script_enabled=False).page
    page.goto("/force")
    page.check("[name=purpose][value=audit]")
    page.fill("[name=reason]", "Whether it works without scripts")
    page.click("main form button")
    page.click("text=Show exposure")
    assert page.locator("h1").inner_text() == "Exposure"


def choose_officers(page, look):
    """Set one filter, by hand."""
    page.click("text=Choose whom and when")
    page.click("summary:has-text('Staff type')")
    page.check("[name=staff_types][value=officer]")
    look("filters")
    page.click("text=Show figures")
