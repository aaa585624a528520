"""How long it takes a person to record a conversation, in a real browser at a person's pace."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from playwright.sync_api import Locator, Page, sync_playwright

from app.common.clock import local_date
from app.demo.accounts import DEMO_PASSWORD
from bench.serving import served
from bench.world import World
from tests.browser.conftest import DESKTOP, chromium

AIM = 90.0
SCREEN = 5.0
"""Seconds to read a screen that has just opened."""
SECTION = 3.0
"""Seconds to read what an answer brings up."""
FIND = 1.0
"""Seconds to find and decide on one choice, before the mouse is there."""
CLICK = 0.4
KEY = 0.15


class Hand:
    """Somebody at the form. Every wait is really waited."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def wait(self, seconds: float) -> None:
        """Read, look or think."""
        self.page.wait_for_timeout(seconds * 1000)

    def click(self, what: Locator, *, then: float = 0.0) -> None:
        """Find something, click it, and read what it brings up."""
        self.wait(FIND + CLICK)
        what.click()
        self.actions += 1
        self.wait(then)

    def tick(self, *words: str, then: float = 0.0) -> None:
        """Choices by their words."""
        for one in words:
            self.click(self.page.get_by_label(one, exact=True).first, then=then)

    def choose(self, label: str, option: str) -> None:
        """Open a list and take one of its options."""
        self.wait(FIND + CLICK * 2)
        self.page.get_by_label(label, exact=True).first.select_option(label=option)
        self.actions += 2

    def day(self, group: str, days: int, now: datetime) -> None:
        """Type a date over the one that is there."""
        when = local_date(now) + timedelta(days=days)
        boxes = self.page.get_by_role("group", name=group)
        for label, value in (("Day", when.day), ("Month", when.month), ("Year", when.year)):
            self.click(boxes.get_by_label(label))
            boxes.get_by_label(label).fill("")
            boxes.get_by_label(label).press_sequentially(str(value), delay=KEY * 1000)


def spoke_with_little(hand: Hand, _now: datetime) -> None:
    """One person, nothing noted, the line manager stays in touch."""
    hand.tick("No")
    hand.tick("We spoke", then=SECTION)


def spoke_with_some(hand: Hand, now: datetime) -> None:
    """One person, two factors, peer support accepted."""
    spoke_with_little(hand, now)
    hand.tick("Gruesome scene", "Alone or single-crewed")
    hand.choose("Peer support", "Accepted")
    hand.choose("Main support agreed", "Peer support")


def spoke_at_length(hand: Hand, now: datetime) -> None:
    """One person by phone, four factors, four supports, another date, kept to themselves."""
    spoke_with_little(hand, now)
    hand.tick("By phone", "First on the scene", "Gruesome scene", "One of several recently")
    hand.tick("Distress of relatives or others at the scene")
    hand.choose("Peer support", "Offered, not wanted")
    hand.choose("Occupational health", "Accepted")
    hand.choose("GP", "Already in place")
    hand.choose("Police Care UK", "Offered, thinking about it")
    hand.choose("Main support agreed", "Occupational health")
    hand.day("When will you check in again?", 14, now)
    hand.tick("Only that there was a conversation, and when the next is")


def declined(hand: Hand, _now: datetime) -> None:
    """One person who would rather not talk."""
    hand.tick("No")
    hand.tick("They declined, or would rather talk to somebody else", then=SECTION)
    hand.tick("They would rather not talk")


def referred(hand: Hand, _now: datetime) -> None:
    """One person who would rather talk to a TRiM practitioner."""
    hand.tick("No")
    hand.tick("They declined, or would rather talk to somebody else", then=SECTION)
    hand.tick("They would rather talk to someone else", then=SECTION)
    hand.tick("A TRiM practitioner", "They agree that the service gets in touch with them")


def put_off(hand: Hand, now: datetime) -> None:
    """One person on leave."""
    hand.tick("No")
    hand.tick("Not yet: put it off", then=SECTION)
    hand.tick("They are on leave")
    hand.day("Put off until", 6, now)


def not_needed(hand: Hand, _now: datetime) -> None:
    """One person who was not there."""
    hand.tick("No")
    hand.tick("Not needed", then=SECTION)
    hand.tick("They were not exposed to it")


def locked(hand: Hand, _now: datetime) -> None:
    """A post-incident procedure: the form locks, and the reason is read."""
    hand.tick("Yes, or I am not sure", then=SCREEN * 3)
    hand.tick("Leave it waiting")
    hand.click(hand.page.get_by_label("A post-incident procedure applies"))


def two_people(hand: Hand, _now: datetime) -> None:
    """Two people in one conversation, each with a factor and one kind of support."""
    page = hand.page
    hand.click(page.get_by_role("link", name="Record for several").first, then=SCREEN)
    hand.tick("No")
    hand.click(page.get_by_role("button", name="Next: each person"), then=SCREEN)
    for one in page.locator("section.talk-person").all():
        hand.click(one.get_by_label("We spoke", exact=True), then=SECTION)
        hand.click(one.get_by_label("Gruesome scene", exact=True))
        hand.wait(FIND + CLICK * 2)
        one.get_by_label("Peer support", exact=True).select_option(label="Accepted")
        hand.actions += 2


CASES: tuple[Callable[[Hand, datetime], None], ...] = (
    spoke_with_little,
    spoke_with_some,
    spoke_at_length,
    declined,
    referred,
    put_off,
    not_needed,
    locked,
    two_people,
)


@contextmanager
def _opened(world: World) -> Iterator[Page]:
    """The demo supervisor's team page, on a fresh copy of the force."""
    with served(world.settings(world.copy())) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(base_url=f"http://127.0.0.1:{site.port}", viewport=DESKTOP)
        page.goto("/sign-in")
        page.get_by_label("User name").fill("supervisor@demo")
        page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.locator("nav a[href='/teams']").click()
        yield page
        browser.close()


def _timed(world: World, case: Callable[[Hand, datetime], None]) -> tuple[float, int]:
    with _opened(world) as page:
        hand = Hand(page)
        started = time.monotonic()
        hand.click(page.locator("a[href$='/return']").first, then=SCREEN)
        case(hand, world.now)
        named = page.get_by_role("button", name="Save", exact=True)
        save = page.get_by_role("button", name="Save for everybody").or_(named)
        hand.click(save.locator("visible=true"))
        page.locator(".notice--good").wait_for()
        return time.monotonic() - started, hand.actions


def recording(world: World) -> list[str]:
    """A Markdown table: each case, its seconds and its clicks; the median last."""
    found = []
    for case in CASES:
        found.append((case.__doc__ or "", *_timed(world, case)))
        print(f"  {found[-1][1]:.0f} s  {found[-1][0]}", flush=True)
    median = statistics.median(seconds for _words, seconds, _actions in found)
    lines = ["| | seconds | clicks |", "| --- | --- | --- |"]
    lines += [f"| {words.rstrip('.')} | {seconds:.0f} | {n} |" for words, seconds, n in found]
    return [*lines, f"| **Median (aim: at most {AIM:.0f})** | **{median:.0f}** | |"]
