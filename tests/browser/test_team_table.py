"""A team's table in a real browser: chosen, sorted and changed with keys alone; nothing is lost."""

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from app.people.models import Unit
from app.people.queries import touch_units
from app.security.permissions import Role
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_journeys import tab_to

LIVE = 4000
CHANGE = "a[id^=see-change-]"
ROWS = "#rows tr[id^=row-]"


def something_changes(site):
    """So that every page that is open fetches its rows again."""
    with site.writing() as session:
        touch_units(session, unit_ids=session.exec(select(Unit.id)).all())


def choose_who_waits(page) -> int:
    """By keys alone; returns how many there are."""
    tab_to(page, "#filter")
    page.keyboard.press("Enter")
    tab_to(page, "#show-waiting")
    page.keyboard.press("Space")
    tab_to(page, "#apply")
    page.keyboard.press("Enter")
    expect(page.locator("#shown")).to_contain_text("people")
    expect(page.locator("#apply")).to_be_focused()
    tab_to(page, "#sort-name")
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending] #sort-name")).to_be_focused()
    return page.locator(ROWS).count()


def open_first(page) -> str:
    """The forms below the first row, by keys alone; returns whose they are."""
    tab_to(page, f"#rows {CHANGE}")
    row = page.locator("#rows tr", has=page.locator("*:focus"))
    person = row.get_attribute("id").removeprefix("row-")
    page.keyboard.press("Enter")
    expect(page.locator(f"#change-{person}").get_by_role("heading").first).to_be_focused()
    return person


@pytest.mark.slow
def test_what_is_chosen_and_typed_stays_while_the_table_lives(site, open_as):
    looking = open_as(Role.SUPERVISOR)
    page = looking.page
    page.goto("/teams")
    everybody = page.locator(ROWS).count()
    chosen = choose_who_waits(page)
    assert 0 < chosen < everybody
    assert "?" not in page.url
    person = open_first(page)
    tab_to(page, f"#change-{person} input[name=planned_on-day]")
    page.keyboard.type("30")
    with page.expect_response(lambda reply: "/rows" in reply.url and reply.status == 200):
        something_changes(site)
    page.wait_for_timeout(300)
    box = page.locator(f"#change-{person} input[name=planned_on-day]")
    expect(box).to_have_value("30")
    expect(box).to_be_focused()
    expect(page.locator(ROWS)).to_have_count(chosen)
    for part in ("11", "2026"):
        page.keyboard.press("Tab")
        page.keyboard.type(part)
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("is planned")
    expect(page.locator(f"#change-{person}")).to_have_count(0)
    expect(page.locator(f"#row-{person}")).to_contain_text("Planned for Monday 30 November")
    expect(page.locator(f"#see-change-{person}")).to_be_focused()
    page.locator(".chosen__one").click()
    expect(page.locator("#shown")).to_contain_text("Showing everybody")
    expect(page.locator("#show-waiting")).not_to_be_checked()
    assert looking.problems == []


@pytest.mark.slow
def test_two_who_change_the_same_are_told_without_javascript_too(site, open_as):
    jo = open_as(Role.SUPERVISOR).page
    di = open_as(Role.SUPERVISOR, java_script_enabled=False).page
    jo.goto("/teams")
    di.goto("/teams")
    di.locator("#rows .badge--late, #rows .badge--soon").first.wait_for()
    row = jo.locator("#rows tr", has=jo.locator(".reason")).first
    person = row.get_attribute("id")
    di.locator(f"#{person} {CHANGE}").click()
    row.locator(CHANGE).click()
    for page, day in ((jo, "25"), (di, "26")):
        plan = page.locator("form[action$=plan]")
        for part, value in (("day", day), ("month", "11"), ("year", "2026")):
            plan.locator(f"input[name=planned_on-{part}]").fill(value)
    jo.locator("form[action$=plan]").get_by_role("button", name="Plan it").click()
    expect(jo.locator(f"#{person}")).to_contain_text("Planned for Wednesday 25 November")
    di.locator("form[action$=plan]").get_by_role("button", name="Plan it").click()
    expect(di.locator(".notice--late")).to_contain_text("planned for 25 November 2026")
    di.locator("form[action$=plan]").get_by_role("button", name="Plan it").click()
    expect(di.locator(f"#{person}")).to_contain_text("Planned for Thursday 26 November")
    expect(jo.locator(f"#{person}")).to_contain_text("26 November", timeout=LIVE)


@pytest.mark.slow
@pytest.mark.parametrize("words", ["Now", "By type", "Month by month"])
def test_the_ways_of_looking_at_a_team_are_open_to_everybody(open_as, words):
    looking = open_as(Role.SUPERVISOR)
    page = looking.page
    page.goto("/teams")
    page.locator(".filters").get_by_role("link", name=words, exact=True).click()
    expect(page.locator(".filters [aria-current=page]")).to_have_text(words)
    if words == "Now":
        choose_who_waits(page)
        person = open_first(page)
        page.locator("a[id^=see-types-]").first.click()
        expect(page.locator("tr[id^=types-] h2")).to_be_focused()
        expect(page.locator(f"#change-{person}")).to_be_visible()
    for size in (DESKTOP, PHONE, {"width": 320, "height": 640}):
        page.set_viewport_size(size)
        assert looking.barriers() == []
        assert looking.sideways() == 0
    assert looking.problems == []
