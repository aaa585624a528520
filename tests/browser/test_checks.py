"""The self-check in a browser: with and without scripts, by keyboard alone, at 320 pixels."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.checks.questions import QUESTIONS
from app.instruments import library
from app.security.permissions import Role
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_journeys import tab_to
from tests.checks.conftest import Taking
from tests.checks.test_pages import switch_on

pytestmark = pytest.mark.slow
NARROW = {"width": 320, "height": 640}
NOW = "details[data-talk-now]"
COVERED = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect();
    const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const label = at.labels && at.labels[0];
    const seen = there && (at.contains(there) || there.contains(at));
    return seen || (there && label && label.contains(there)) ? '' : at.outerHTML;
}"""


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def heading(page: Page):
    return page.get_by_role("heading", level=1)


class Journey:
    """From the first page to the last, with a look at every kind of page on the way."""

    def __init__(self, looking, *, scripts: bool) -> None:
        self.looking, self.page, self.scripts = looking, looking.page, scripts
        self.found: list[str] = []
        self.seen: set[tuple[str, str]] = set()

    def look(self) -> None:
        """At three widths, unless a page alike was looked at before; axe is a script itself."""
        if not self.scripts:
            return
        skeleton = self.looking.skeleton()
        if skeleton in self.seen:
            return
        self.seen.add(skeleton)
        for size in (NARROW, DESKTOP, PHONE):
            self.page.set_viewport_size(size)
            self.found += [f"{self.page.url} {size}: {one}" for one in self.looking.barriers()]
            if self.looking.sideways() > 0:
                self.found.append(f"{self.page.url} scrolls sideways at {size['width']}")

    def go_on(self, name: str = "Continue") -> None:
        """Look, and press the button."""
        self.look()
        press(self.page, name)

    def begin(self) -> None:
        """To the first question, by way of the error that no choice makes."""
        self.page.goto("/my-record")
        self.page.get_by_role("link", name="Do a self-check").click()
        self.go_on("Start")
        self.go_on()
        expect(self.page.locator(".govuk-error-summary")).to_contain_text("Choose one")
        self.page.get_by_label("Nothing in particular").check()
        self.go_on()

    def twelve(self) -> None:
        """Every third is harder; halfway the browser goes back and forward."""
        for place, question in enumerate(QUESTIONS):
            expect(heading(self.page)).to_have_text(question.text)
            label = question.harder if place % 3 == 0 else question.same
            self.page.get_by_label(label, exact=True).check()
            self.go_on()
            if place == 5:
                self.page.go_back()
                expect(self.page.get_by_label(label, exact=True)).to_be_checked()
                self.page.go_forward()

    def questionnaire(self) -> None:
        """Five answered, the last one skipped first and then changed."""
        self.page.get_by_label("Five questions about feeling well").check()
        self.go_on()
        for _ in library.load()["who5"].items[1:]:
            self.page.get_by_role("radio").nth(3).check()
            self.go_on()
        press(self.page, "Skip this question")
        expect(heading(self.page)).to_have_text("Check your answers")
        self.look()
        self.page.get_by_role("link", name=re.compile("Change your answer")).last.click()
        self.page.get_by_role("radio").nth(2).check()
        press(self.page, "Continue")

    def keep(self) -> None:
        """The result is kept, with a note."""
        self.go_on("See what it says")
        expect(heading(self.page)).to_have_text("What you said")
        expect(self.page.get_by_role("link", name="Sleep and shifts")).to_be_visible()
        self.go_on("Keep it")
        expect(heading(self.page)).to_have_text("Kept on 23 November 2026")
        self.page.get_by_label("Your own note").fill("Asked for a week of days.")
        self.go_on("Save your note")
        expect(self.page.locator("main")).to_contain_text("Asked for a week of days.")
        expect(self.page.locator(".chart canvas")).to_be_visible(visible=self.scripts)
        self.look()

    def delete(self) -> None:
        """All of it goes."""
        self.page.get_by_role("link", name="Delete everything you kept").click()
        self.go_on("Delete everything")
        expect(heading(self.page)).to_have_text("It is deleted")
        self.look()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_from_the_start_to_one_that_is_kept_and_deleted_again(open_as, scripts):
    looking = open_as(Role.STAFF, viewport=PHONE, java_script_enabled=scripts)
    journey = Journey(looking, scripts=scripts)
    journey.begin()
    journey.twelve()
    journey.questionnaire()
    journey.keep()
    journey.delete()
    assert journey.found == []
    assert looking.problems == []


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_by_keyboard_alone_and_help_now_by_one_key(site, open_as, size):
    taking = Taking(site)
    looking = open_as(Role.STAFF, viewport=size)
    page = looking.page
    page.goto("/self-check")
    tab_to(page, "button:text('Start')")
    page.keyboard.press("Enter")
    for first in ("input[name=about]", *["input[name=answer]"] * 2):
        tab_to(page, first)
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("radio").nth(1)).to_be_checked()
        tab_to(page, "button:text('Continue')")
        assert page.evaluate(COVERED) == ""
        page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(QUESTIONS[2].text)
    page.keyboard.press("F2")
    expect(page.get_by_role("link", name="116 123")).to_be_visible()
    expect(page.locator(f"{NOW} summary")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="999")).to_be_focused()
    assert looking.barriers() == []
    page.keyboard.press("F2")
    expect(page.get_by_role("link", name="116 123")).to_be_hidden()
    # What has the focus is never below the button that stays in sight.
    taking.twelve()
    page.goto("/self-check/set")
    page.get_by_label("No, show me what I said").check()
    press(page, "Continue")
    page.locator("body").evaluate("() => document.querySelector('main').focus()")
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate(COVERED) == ""
    assert looking.problems == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_a_risk_answer_puts_help_first_and_without_a_script_it_unfolds(site, open_as, scripts):
    switch_on(site, "core10")
    instrument = library.load()["core10"]
    risk, least = next(iter(instrument.risk.items()))
    Taking(site).twelve()
    looking = open_as(Role.STAFF, java_script_enabled=scripts)
    page = looking.page
    page.goto("/self-check/set")
    page.get_by_label(instrument.short).check()
    press(page, "Continue")
    for item in instrument.items:
        expect(page.locator("[data-now-first]")).to_have_count(0)
        values = [choice.value for choice in item.choices]
        if item.code == risk:
            page.get_by_role("radio").nth(values.index(least)).check()
            press(page, "Continue")
            break
        press(page, "Skip this question")
    first = page.locator("[data-now-first]")
    expect(first).to_be_in_viewport()
    expect(first.get_by_role("link", name="999")).to_be_visible()
    if scripts:
        expect(first).to_be_focused()
        assert looking.barriers() == []
    page.locator(f"{NOW} summary").click()
    expect(page.locator(NOW).get_by_role("link", name="116 123")).to_be_visible()
    assert looking.problems == []
