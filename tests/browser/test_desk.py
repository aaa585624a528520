"""The data steward's desk in every state, and a notice that comes to an open page by itself."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from app.feeds.freshness import delivered
from app.feeds.models import FeedKind, KnownFeed, QuarantinedRow
from app.security.permissions import Role
from jobs import watch_feeds
from tests.browser.conftest import DESKTOP, PHONE
from tests.conftest import NOW

LIVE = 6_000


@pytest.fixture
def coded(site) -> int:
    """The first row that is set aside because of its code."""
    with site.reading() as session:
        return session.exec(
            select(QuarantinedRow.id).where(QuarantinedRow.field == "closing_code")
        ).first()


@pytest.fixture
def dated(site) -> int:
    """The first row that is set aside because of its moment."""
    with site.reading() as session:
        return session.exec(
            select(QuarantinedRow.id).where(QuarantinedRow.field == "occurred_at")
        ).first()


class Judge:
    """Looks at a page at two widths, and remembers what is wrong with it."""

    def __init__(self, looking) -> None:
        self.looking = looking
        self.page = looking.page
        self.found: list[str] = []

    def state(self, name: str) -> None:
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            self.found += [f"{name}: {barrier}" for barrier in self.looking.barriers()]
            if self.looking.sideways() > 0:
                self.found.append(f"{name} scrolls sideways at {size['width']}")

    def end(self) -> None:
        assert self.found + self.looking.problems == []


def age_feeds(site) -> None:
    with site.writing() as session:
        for feed in session.exec(select(KnownFeed)):
            feed.delivered_at -= timedelta(days=2)
            session.add(feed)


@pytest.mark.slow
def test_a_group_has_no_barrier_in_any_state(open_as, coded, dated):
    judge = Judge(open_as(Role.DATA_STEWARD))
    page = judge.page
    page.goto(f"/feeds/set-aside/{dated}")
    judge.state("free values")
    page.goto(f"/feeds/set-aside/{coded}")
    judge.state("filled")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Fill in at least one")
    judge.state("error")
    page.locator("select").first.select_option("suicide")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_text("If you do this, 3 rows would be used")).to_be_visible()
    judge.state("preview")
    page.get_by_role("button", name="Put 3 rows right").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("import")
    judge.state("done")
    page.goto(f"/feeds/set-aside/{coded}")
    expect(page.get_by_text("None of these rows is set aside now")).to_be_visible()
    judge.state("empty")
    judge.end()


def test_a_row_is_put_right_with_the_keyboard_and_without_scripts(open_as, dated):
    page = open_as(Role.DATA_STEWARD, java_script_enabled=False).page
    page.goto(f"/feeds/set-aside/{dated}")
    box = page.get_by_label("says “2062-11-21 22:15”")
    box.fill("2026-11-21 22:15")
    box.press("Enter")
    expect(page.get_by_text("If you do this, 1 row would be used")).to_be_visible()
    page.get_by_role("button", name="Put 1 row right").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("import")


@pytest.mark.slow
def test_the_desk_has_no_barrier_when_feeds_are_late_or_there_are_none(site, open_as):
    judge = Judge(open_as(Role.DATA_STEWARD))
    age_feeds(site)
    for path in ("/feeds", "/feeds/freshness", "/feeds/freshness/hr/people"):
        judge.page.goto(path)
        judge.state(f"late {path}")
    with site.writing() as session:
        for model in (KnownFeed, QuarantinedRow):
            for row in session.exec(select(model)):
                session.delete(row)
    for path in ("/feeds", "/feeds/freshness", "/feeds/codes"):
        judge.page.goto(path)
        judge.state(f"empty {path}")
    judge.end()


@pytest.mark.slow
def test_a_notice_comes_to_an_open_page_and_goes_again(site, open_as):
    judge = Judge(open_as(Role.SUPERVISOR))
    page = judge.page
    page.goto("/teams")
    notice = page.locator("#late")
    expect(notice).to_have_text("")
    age_feeds(site)
    with site.writing() as session:
        watch_feeds.run(session=session, now=NOW)
    expect(notice).to_contain_text("Counts and prompts may be late", timeout=LIVE)
    judge.state("late team")
    with site.writing() as session:
        for kind in (FeedKind.INCIDENTS, FeedKind.ATTENDANCE):
            delivered(session, system="command", kind=kind, now=NOW)
        for kind in (FeedKind.PEOPLE, FeedKind.POSTINGS):
            delivered(session, system="hr", kind=kind, now=NOW)
    expect(notice).to_have_text("", timeout=LIVE)
    page.goto("/")
    judge.state("home")
    judge.end()
