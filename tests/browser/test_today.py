"""The Today page in a browser: with keys alone, on a phone, and while it changes by itself."""

from sqlmodel import select

from app.exposure.models import PromptPerson
from app.people.models import Unit
from app.security.permissions import Role
from tests.browser.conftest import PHONE

FIRST = ".ask >> nth=0"


def focus(page) -> str:
    """The words of whatever has the focus."""
    return page.evaluate("document.activeElement.innerText")


def test_a_day_is_planned_with_keys_alone_and_the_focus_stays_on_the_row(open_as):
    looking = open_as(Role.SUPERVISOR, viewport=PHONE)
    page = looking.page
    page.goto("/today")
    name = page.locator(FIRST).locator("h4").inner_text()
    page.locator(FIRST).locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focus(page) == "Tomorrow"
    page.keyboard.press("Enter")
    page.locator(FIRST).get_by_text("Planned for tomorrow").wait_for()
    assert focus(page) == name
    assert looking.barriers() == []
    assert looking.problems == []


def test_what_somebody_unfolded_and_chose_stays_when_the_page_changes_around_it(site, open_as):
    looking = open_as(Role.SUPERVISOR)
    page = looking.page
    page.goto("/today")
    row = page.locator(FIRST)
    row.locator("summary").nth(1).click()
    row.locator("select").select_option("rest_days")
    last = page.locator(".ask").last.get_attribute("id").removeprefix("ask-")
    with site.writing() as session:
        other = session.exec(select(PromptPerson).where(PromptPerson.public_id == last)).one()
        other.why = "Changed meanwhile."
        session.add(other)
        for unit in session.exec(select(Unit)):
            unit.version += 1
    page.get_by_text("Changed meanwhile.").wait_for()
    assert row.locator("select").input_value() == "rest_days"
    assert row.locator("details").nth(1).get_attribute("open") is not None
    row.get_by_role("button", name="tomorrow").last.click()
    page.get_by_text("Put off until tomorrow").wait_for()
    assert looking.problems == []
