"""Leaving at once: the session is over, and nothing is left on the terminal."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.security.permissions import Role
from tests.browser.conftest import DESKTOP, PHONE

KEPT = """async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    cookies: document.cookie,
})"""
NOTHING = {"local": 0, "session": 0, "databases": 0, "caches": 0, "workers": 0, "cookies": ""}
MINE = "/my-record"


@pytest.fixture
def reading(open_as):
    """Somebody at their own record, one page further than they began."""

    def opened(**options):
        looking = open_as(Role.STAFF, **options)
        looking.page.goto("/guidance")
        looking.page.goto(MINE)
        return looking

    return opened


def is_gone(looking, *, back_to="/guidance") -> None:
    """Whoever looks now sees nothing of anybody. Going back leads past the page that was left,
    whose place in the history is taken, to somewhere that asks who one is."""
    page = looking.page
    expect(page).to_have_url(re.compile("/left$"))
    expect(page.get_by_role("heading")).to_have_text("Nothing is open")
    assert not [c for c in page.context.cookies() if c["name"] == "tracker"]
    page.go_back()
    expect(page).to_have_url(re.compile(f"/sign-in[?]next={back_to}$"))
    assert "What the tracker holds about you" not in page.content()
    page.goto(MINE)
    expect(page).to_have_url(re.compile("/sign-in"))
    assert looking.problems == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no_script"])
def test_the_button_lets_go_and_back_shows_nothing(reading, script):
    looking = reading(java_script_enabled=script)
    looking.page.locator(".govuk-exit-this-page__button").click()
    # A form without script cannot take the page's place in the history; back asks who one is.
    is_gone(looking, back_to="/guidance" if script else MINE)


def test_three_presses_of_shift_do_the_same_and_are_counted_aloud(reading):
    looking = reading()
    page = looking.page
    said = page.locator(".govuk-exit-this-page [role=status]")
    page.keyboard.press("Shift")
    expect(said).to_have_text("Shift, press 2 more times to exit.")
    page.keyboard.press("Shift")
    expect(said).to_have_text("Shift, press 1 more time to exit.")
    assert page.url.endswith(MINE)
    page.keyboard.press("Shift")
    is_gone(looking)


def test_shift_held_for_a_capital_letter_does_not_count(reading):
    page = reading().page
    for letter in "Abc".upper():
        page.keyboard.press(f"Shift+{letter}")
    expect(page).to_have_url(re.compile(MINE))
    expect(page.get_by_role("heading", level=1)).to_have_text("My record")


def test_the_page_is_hidden_and_left_even_when_the_line_hangs(reading):
    page = reading().page
    held = []

    def hang(route):
        held.append(route)

    page.route("**/exit", hang)
    page.locator(".govuk-exit-this-page__button").click()
    # What is shown, and the address above it, change before anybody answers.
    expect(page.get_by_role("heading", name="My record")).to_be_hidden()
    expect(page).to_have_url(re.compile("/left$"))
    expect(page.get_by_role("heading")).to_have_text("Nothing is open")
    assert len(held) == 1


def test_a_page_left_open_for_hours_lets_go_too(reading, clock):
    looking = reading()
    clock.shift(timedelta(hours=11))
    looking.page.locator(".govuk-exit-this-page__button").click()
    is_gone(looking)


def test_nothing_is_kept_in_the_browser_before_or_after(reading):
    looking = reading()
    page = looking.page
    stored = []
    page.on("response", lambda r: stored.append((r.url, r.headers.get("cache-control"))))
    page.reload()
    assert page.evaluate(KEPT) == NOTHING
    page.locator(".govuk-exit-this-page__button").click()
    expect(page.get_by_role("heading")).to_have_text("Nothing is open")
    assert page.evaluate(KEPT) == NOTHING
    pages = {control for url, control in stored if "/static/" not in url}
    assert pages == {"no-store"}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_button_stays_in_sight(reading, size):
    page = reading(viewport=size).page
    page.mouse.wheel(0, 4000)
    expect(page.locator(".govuk-exit-this-page__button")).to_be_in_viewport()
