"""A whole week of one team, as its sergeant, her deputy and another sergeant live it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from app.accounts.models import Account
from app.accounts.queries import viewer_for
from app.demo.accounts import DEMO_PASSWORD
from app.exposure import asking
from app.exposure.models import WAITING, PromptPerson
from app.exposure.service import differences
from app.people.models import Person, Supervision, SupervisionKind, Unit
from app.referrals.models import Referral
from app.security import tokens
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.looking import Looking
from tests.browser.test_conversation import nobody_is_referred, save
from tests.browser.test_journeys import spoke, talks
from tests.conftest import NOW
from tests.teams.conftest import desk, three  # noqa: F401
from tests.teams.filling import whose
from tests.teams.test_conversation import run_out

LIVE = 20_000
"""Milliseconds for a page to change by itself, however busy the machine is."""
NADIA, OWEN, RUTH = "supervisor@demo", "deputy@demo", "supervisor2@demo"


class Week:
    """The site in one week: days go by, and people open it as on that day."""

    def __init__(self, site, clock, new_context, address, viewport) -> None:
        self.site, self.clock = site, clock
        self.new_context, self.address, self.viewport = new_context, address, viewport
        self.opened: list[Looking] = []

    def to(self, days: int) -> date:
        """Go on to a day of the week, at half past nine."""
        self.clock.move_to(NOW + timedelta(days=days))
        return (NOW + timedelta(days=days)).date()

    def open(self, username: str, path: str) -> Page:
        """A page as somebody opens it, signed in anew."""
        held = self.site.sign_in(self.site.named(username)).http.get_cookie("tracker")
        context = self.new_context(viewport=self.viewport)
        context.add_cookies([{"name": "tracker", "value": held.value, "url": self.address}])
        self.opened.append(Looking(context.new_page()))
        page = self.opened[-1].page
        page.goto(path)
        return page

    def sound(self) -> None:
        """Nothing went wrong on any page; none scrolls sideways or keeps anyone out."""
        for looking in self.opened:
            assert looking.problems == []
            assert looking.sideways() == 0
            assert looking.barriers() == []

    def name(self, address: str) -> str:
        """Who a form is about."""
        with self.site.reading() as session:
            person = session.exec(select(Person).where(Person.public_id == whose(address))).one()
        return f"{person.given_name} {person.family_name}"


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def week(request, site, clock, new_context, address) -> Week:
    """A week, on one width of screen."""
    return Week(site, clock, new_context, address, request.param)


def on_today(page: Page, name: str):
    """Somebody's entries on the list of the day."""
    return page.locator(".ask", has=page.get_by_role("link", name=name, exact=True))


def move(site, public_id: str, username: str, day: date) -> None:
    """The HR system's word: somebody is posted to the team that another sergeant leads."""
    with site.writing() as session:
        leader = select(Account.person_id).where(Account.username == username)
        led = select(Supervision.unit_id).where(
            col(Supervision.person_id).in_(leader), Supervision.kind == SupervisionKind.SUPERVISOR
        )
        unit = session.exec(select(Unit).where(col(Unit.id).in_(led))).first()
        person = session.exec(select(Person).where(Person.public_id == public_id)).one()
        system, now = person.source_system, datetime.now(UTC)
        life = timedelta(days=1)
        _, token = tokens.make(
            session, name="hr", system=system, kinds=["postings"], life=life, now=now
        )
    row = {"ref": "moved", "person_ref": person.source_ref, "unit_ref": unit.source_ref}
    row |= {"kind": "substantive", "starts_on": str(day), "version": 1}
    reply = site.app.test_client().post(
        "/api/v1/feeds/postings",
        json={"system": system, "rows": [row]},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert reply.status_code == 200, reply.text


def listed(site, day: date) -> tuple[set[str], set[str]]:
    """Every prompt that waits, and all of them that are on somebody's list."""
    now = datetime.now(UTC)
    with site.reading() as session:
        waiting = select(PromptPerson.public_id).where(col(PromptPerson.state).in_(WAITING))
        found: set[str] = set()
        for number in session.exec(select(Account.id)):
            viewer = viewer_for(session, account_id=number, day=day)
            if viewer is not None:
                lists = (asking.waiting_for, asking.without_supervisor)
                found |= {
                    one.found.public_id for ask in lists for one in ask(viewer, session, now=now)
                }
        return set(session.exec(waiting)), found


def fill_in_date(page: Page, name: str, day: date) -> None:
    """Three boxes."""
    for part in ("day", "month", "year"):
        page.locator(f"[name={name}-{part}]").fill(str(getattr(day, part)))


def monday(week, first) -> None:
    """A conversation is planned with a tap."""
    page = week.open(NADIA, "/today")
    row = on_today(page, week.name(first)).first
    row.locator("summary").first.click()
    row.get_by_role("button", name="Tomorrow").click()
    expect(row).to_contain_text("Planned for tomorrow")


def tuesday(week, first) -> None:
    """She and her deputy record the same one; the second is told and overwrites nothing."""
    week.to(1)
    hers, his = week.open(NADIA, first), week.open(OWEN, first)
    spoke(hers)
    spoke(his)
    save(his)
    expect(his.locator("main")).to_contain_text("Saved")
    save(hers)
    expect(hers.locator("main")).to_contain_text("Nothing of yours was saved over theirs")


def wednesday(week, second) -> None:
    """Somebody moves, and what waits for them moves too, at once."""
    day = week.to(2)
    page = week.open(NADIA, "/today")
    expect(on_today(page, week.name(second)).first).to_be_visible()
    move(week.site, whose(second), RUTH, day)
    expect(on_today(page, week.name(second))).to_have_count(0, timeout=LIVE)
    assert page.goto(second).status == 404
    page = week.open(RUTH, "/today")
    expect(on_today(page, week.name(second)).first).to_be_visible()


def thursday(week, third) -> None:
    """She notes two days of leave, and her deputy is asked at once."""
    day = week.to(3)
    page = week.open(OWEN, "/today")
    expect(on_today(page, week.name(third))).to_have_count(0)
    hers = week.open(NADIA, "/away")
    hers.get_by_label("Leave", exact=True).check()
    fill_in_date(hers, "starts_on", day)
    fill_in_date(hers, "ends_on", day + timedelta(days=1))
    hers.get_by_role("button", name="Note it").click()
    expect(hers.locator("main")).to_contain_text("Not going")
    expect(on_today(page, week.name(third)).first).to_be_visible(timeout=LIVE)


def friday(week, second, third) -> None:
    """Somebody would rather talk to a TRiM practitioner, and the session runs out meanwhile; a
    post-incident procedure begins, and nothing that was said is kept."""
    week.to(4)
    page = week.open(OWEN, third)
    run_out(week.site)
    page.get_by_label("No", exact=True).check()
    page.get_by_role("radio", name="They declined").check()
    page.get_by_label("They would rather talk to someone else").check()
    page.get_by_label("A TRiM practitioner").check()
    page.get_by_label("They agree that the service").check()
    save(page)
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_label("User name").fill(OWEN)
    page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("They agree that the service")).to_be_checked()
    page.get_by_label("No", exact=True).check()
    save(page)
    expect(page.locator("main")).to_contain_text("Saved")

    page = week.open(RUTH, second)
    page.get_by_label("Yes, or I am not sure").check()
    page.get_by_label("Leave it waiting").check()
    page.get_by_label("A post-incident procedure applies").check()
    save(page)
    expect(page.locator("main")).to_contain_text("Nothing that anybody said was noted")
    page.goto(second)
    expect(page.get_by_role("heading", level=1)).to_have_text("This form is locked")


def test_a_week_of_one_team(week, site, desk, three):  # noqa: F811
    nobody_is_referred(site)
    first, second, third = three
    held = talks(site)
    monday(week, first)
    tuesday(week, first)
    wednesday(week, second)
    thursday(week, third)
    friday(week, second, third)
    assert [desk.state(one) for one in three] == ["held", "open", "declined"]
    assert talks(site) == held + 1
    waiting, found = listed(site, datetime.now(UTC).date())
    assert waiting <= found, "nobody is forgotten"
    with site.reading() as session:
        assert session.exec(select(Referral.service)).all() == ["trim"]
        assert differences(session) == []
    week.sound()
