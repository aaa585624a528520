"""Asking for support, sharing and coming back to an answer, in a real browser, with and without
scripts."""

import pytest
from playwright.sync_api import expect

from app.security.permissions import Role
from tests.browser.conftest import PHONE


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"viewport": PHONE, "java_script_enabled": False}])
def test_somebody_asks_shares_and_asks_without_a_name(open_as, options):
    looking = open_as(Role.STAFF, **options)
    asks(looking.page)
    shares(looking.page)
    asks_without_a_name(looking.page)
    assert looking.problems == []


def asks(page):
    page.goto("/ask-for-support")
    page.get_by_role("button", name="Start").click()
    page.get_by_label("TRiM", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Today", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("By phone").check()
    page.get_by_label("Phone number").fill("07700 900555")
    page.get_by_label("Do not leave a message").check()
    page.get_by_role("button", name="Continue").click()
    page.go_back()
    expect(page.get_by_label("By phone")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("07700 900555")).to_be_visible()
    page.get_by_role("button", name="Ask for support").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have asked for support")


def shares(page):
    page.goto("/ask-for-support")
    page.get_by_role("link", name="Peer support").first.click()
    page.get_by_role("link", name="Share something else").click()
    page.get_by_label("A short note").check()
    page.get_by_label("What I would like you to know").fill("Evenings are best")
    page.get_by_role("button", name="See it as they will").click()
    expect(page.locator(".shared")).to_contain_text("Evenings are best")
    page.get_by_role("button", name="Share this with Sunita Marlowe").click()
    expect(page.get_by_text("Sunita Marlowe can read what you shared")).to_be_visible()
    page.get_by_role("button", name="Take back what I shared").click()
    expect(page.get_by_text("You took it back").first).to_be_visible()


def asks_without_a_name(page):
    page.goto("/ask-for-support/question")
    page.get_by_label("Peer support", exact=True).check()
    page.get_by_label("Your question").fill("Is it kept?")
    page.get_by_role("button", name="Continue").click()
    code = page.locator(".receipt-code").inner_text()
    page.get_by_label("Type the code here").fill(code)
    page.get_by_role("button", name="Send my question").click()
    page.get_by_role("link", name="type your code").click()
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Read the answer").click()
    expect(page.locator(".thread")).to_contain_text("Is it kept?")


@pytest.mark.slow
def test_pages_that_no_walk_reaches_have_no_barrier(open_as):
    looking = open_as(Role.STAFF, viewport={"width": 320, "height": 640})
    page, found = looking.page, []

    def look() -> None:
        found.extend(f"{page.url}: {barrier}" for barrier in looking.barriers())
        if looking.sideways() > 0:
            found.append(f"{page.url} scrolls sideways by {looking.sideways()}")

    every_step(page, look)
    page.goto("/ask-for-support/question")
    page.get_by_label("Peer support", exact=True).check()
    page.get_by_label("Your question").fill("Is it kept?")
    page.get_by_role("button", name="Continue").click()
    look()
    page.goto("/ask-for-support/answer")
    page.get_by_label("Your code").fill("DEM0 NRTH M00R 2626")
    page.get_by_role("button", name="Read the answer").click()
    look()
    assert looking.problems == []
    assert found == []


def every_step(page, look):
    page.goto("/ask-for-support/new/whom")
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_label("Occupational health").check()
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_label("No hurry").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("By phone").check()
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_label("Phone number").fill("07700 900555")
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_role("button", name="Ask for support").click()
    look()
