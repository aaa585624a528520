"""What an open page asks every second and a half: cheap, writes nothing, and shut at once."""

import re
from datetime import timedelta

import pytest
from sqlmodel import delete, select

from app.accounts.models import RoleGrant
from app.people.models import Supervision
from app.security.models import BrowserSession
from app.security.permissions import Role
from tests.conftest import NOW
from tests.site import Site

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|BEGIN IMMEDIATE)", re.IGNORECASE)
YESTERDAY = NOW.date() - timedelta(days=1)


class Polling:
    """A page that is open at one process of the site, while changes are made at another."""

    def __init__(self, site) -> None:
        self.site = site
        self.other = Site(site.settings)
        self.client = site.sign_in_as(Role.SUPERVISOR)
        rows = self.client.get("/teams").page.select("#rows")[0]
        self.address, self.tag = rows["hx-get"], rows["hx-ptag"]

    def poll(self, status):
        return self.client.get(
            self.address, status=status, htmx=True, headers={"HX-PTag": self.tag}
        )


@pytest.fixture
def polling(site_both):
    polling = Polling(site_both)
    yield polling
    polling.other.close()


def test_a_poll_that_finds_nothing_new_asks_three_things_and_writes_none(polling, clock):
    clock.shift(timedelta(minutes=20))
    with polling.site.statements() as sent:
        polling.poll(304)
    asked = [statement for statement in sent if not statement.startswith("BEGIN")]
    assert len(asked) <= 3
    assert [statement for statement in sent if WRITES.match(statement)] == []


def test_the_end_of_leading_a_team_is_seen_at_the_next_poll(polling):
    polling.poll(304)
    me = polling.site.account(Role.SUPERVISOR).person_id
    with polling.other.writing() as session:
        for row in session.exec(select(Supervision).where(Supervision.person_id == me)):
            row.ends_on = max(YESTERDAY, row.starts_on)
    polling.poll(404)


def test_the_end_of_a_role_is_seen_at_the_next_poll(polling):
    polling.poll(304)
    me = polling.site.account(Role.SUPERVISOR).id
    with polling.other.writing() as session:
        session.exec(delete(RoleGrant).where(RoleGrant.account_id == me))
    polling.poll(403)


def test_the_end_of_a_session_is_seen_at_the_next_poll(polling):
    polling.poll(304)
    with polling.other.writing() as session:
        session.exec(delete(BrowserSession))
    assert polling.poll(401).headers["HX-Redirect"] == "/sign-in"
