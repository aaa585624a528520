"""From an e-mail to the right page, and the number that changes by itself."""

import re

import pytest
from playwright.sync_api import expect
from sqlmodel import select, update

from app.demo.accounts import DEMO_PASSWORD
from app.exposure.models import PromptPerson, PromptState
from app.notifications.models import Mail, MailState, Notification, Problem
from app.security.permissions import Role
from tests.browser.conftest import PHONE
from tests.conftest import NOW


@pytest.fixture
def mail(site) -> str:
    """An e-mail that told the demo's supervisor of one thing; its identifier."""
    account = site.account(Role.SUPERVISOR)
    with site.writing() as session:
        sent = Mail(account_id=account.id, planned_at=NOW, next_try_at=NOW, state=MailState.SENT)
        session.add(sent)
        session.flush()
        mine = Notification.account_id == account.id
        prompted = Notification.topic.like("incident:%")
        topic = session.exec(select(Notification.topic).where(mine, prompted)).first()
        session.exec(
            update(Notification).where(mine, Notification.topic == topic).values(mail_id=sent.id)
        )
        return sent.public_id


def follow(page, mail: str, username: str) -> None:
    """Click the link in the e-mail, and sign in as the site asks one to."""
    page.goto(f"/notifications/e-mail/{mail}")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.slow
def test_a_link_on_a_phone_leads_through_signing_in_to_the_thing_and_says_when_it_is_done(
    site, open_as, mail
):
    looking = open_as(None, viewport=PHONE)
    page = looking.page
    follow(page, mail, "supervisor@demo")
    expect(page).to_have_url(LANDS)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    with site.writing() as session:
        session.exec(update(PromptPerson).values(state=PromptState.HELD))
    page.goto(f"/notifications/e-mail/{mail}")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Nothing of this waits for you any more"
    )
    assert looking.barriers() == []
    assert looking.problems == []


UNREAD = re.compile(r"Notifications \d+ unread")
LANDS = re.compile(r"/today#ask-[0-9a-f]{32}$")


@pytest.mark.slow
def test_a_link_that_was_forwarded_says_so(open_as, mail):
    looking = open_as(None, java_script_enabled=True)
    follow(looking.page, mail, "staff@demo")
    expect(looking.page.get_by_role("heading", level=1)).to_have_text("This link is not yours")
    assert looking.barriers() == []


def test_the_number_changes_by_itself_and_keeps_the_focus(site, open_as):
    looking = open_as(Role.SUPERVISOR)
    page = looking.page
    page.clock.install()
    page.goto("/guidance")
    link = page.locator("#notifications")
    expect(link).to_have_text(UNREAD)
    link.focus()
    with site.writing() as session:
        session.exec(update(Notification).values(read_at=NOW))
    page.clock.run_for(61_000)
    expect(link).to_have_text("Notifications")
    expect(link).to_be_focused()
    assert looking.problems == []


def test_without_scripts_things_are_read_one_by_one_and_all_at_once(open_as):
    page = open_as(Role.SUPERVISOR, java_script_enabled=False).page
    page.goto("/notifications")
    many = page.locator(".notifications__item").count()
    page.get_by_role("button", name=re.compile("^Mark as read")).first.click()
    expect(page.locator("#notifications")).to_have_text(f"Notifications {many - 1} unread")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator("#notifications")).to_have_text("Notifications")
    expect(page.locator(".notifications__item")).to_have_count(many)


def test_choices_in_error_and_counts_of_every_kind_have_no_barrier(site, open_as):
    looking = open_as(Role.SUPERVISOR)
    looking.page.goto("/notifications/choices")
    looking.page.get_by_label("Your work e-mail address").fill("nobody")
    looking.page.get_by_label("No e-mails from").select_option("")
    looking.page.get_by_role("button", name="Save").click()
    expect(looking.page.locator(".govuk-error-summary")).to_be_focused()
    assert looking.barriers() == []
    account = site.account(Role.SUPERVISOR)
    with site.writing() as session:
        for state in MailState:
            late = state in {MailState.WAITING, MailState.REFUSED}
            mail = Mail(account_id=account.id, planned_at=NOW, next_try_at=NOW, state=state)
            mail.problem = Problem.BUSY if late else None
            session.add(mail)
    admin = open_as(Role.ADMINISTRATOR, viewport=PHONE)
    admin.page.goto("/notifications/delivery")
    expect(admin.page.locator("tbody tr")).to_have_count(len(MailState))
    assert admin.barriers() == []
    assert admin.sideways() == 0
