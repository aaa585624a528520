"""A page asks the database as often for forty people as for five."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.accounts.models import Account, RoleGrant
from app.exposure.service import refresh
from app.people.models import Person, Unit
from app.security.permissions import Role
from app.teams.choosing import type_tag
from tests.conftest import NOW
from tests.factories import Force, account

FEW, MANY = 5, 40


class Grown:
    """An empty force in which a test grows what a page shows."""

    def __init__(self, site) -> None:
        self.site = site
        with site.writing() as session:
            self.force = Force(session)
            self.leader = self.force.person("Jo Stone")
            self.account = account(session, person=self.leader)
            session.add(
                RoleGrant(account_id=self.account, role=Role.SUPERVISOR, starts_on=NOW.date())
            )
            session.add(
                RoleGrant(account_id=self.account, role=Role.ADMINISTRATOR, starts_on=NOW.date())
            )

    def team(self, members: int, incidents: int = 1) -> str:
        """A team that Jo leads, every member exposed and prompted; returns its public id."""
        with self.site.writing() as session:
            self.force.session = session
            team = self.force.team(f"Team of {members}")
            self.force.lead(self.leader, team)
            for number in range(members):
                person = self.force.person(f"Member {number}", team=team)
                for turn in range(incidents):
                    incident = self.force.incident("suicide", NOW - timedelta(days=turn, hours=5))
                    self.force.attend(person, incident)
                    refresh(session, incident_ids=[incident], person_ids=[], now=NOW)
            return session.get(Unit, team).public_id

    def statements(self, path: str, **more) -> int:
        """How many statements one page takes, the second time it is opened."""
        with self.site.reading() as session:
            client = self.site.sign_in(session.get(Account, self.account))
        client.get(path, **more)
        with self.site.statements() as sent:
            client.get(path, **more)
        return len(sent)


@pytest.fixture
def grown(empty_site) -> Grown:
    """A force with one supervisor who is an administrator too."""
    return Grown(empty_site)


TYPE = f"?show=waiting&quiet=28&type={type_tag('suicide')}&sort=-last"


@pytest.mark.parametrize(
    ("suffix", "htmx", "most"),
    [("", False, 17), ("/rows", True, 16), (TYPE, False, 18), (f"/rows{TYPE}", True, 17)],
)
def test_a_teams_table_for_forty_takes_no_more_than_for_five(grown, suffix, htmx, most):
    few, many = grown.team(FEW), grown.team(MANY)
    asked = grown.statements(f"/teams/{few}{suffix}", htmx=htmx)
    assert grown.statements(f"/teams/{many}{suffix}", htmx=htmx) == asked
    assert asked <= most


@pytest.mark.parametrize("page", ["measures", "packs", "types", "history"])
def test_a_page_about_a_team_of_forty_takes_no_more_than_about_five(grown, page):
    few, many = grown.team(FEW), grown.team(MANY)
    assert grown.statements(f"/teams/{few}/{page}") == grown.statements(f"/teams/{many}/{page}")


def test_a_record_of_thirty_incidents_takes_no_more_than_one_of_two(grown):
    asked = []
    for incidents in (2, 30):
        grown.team(1, incidents)
        with grown.site.reading() as session:
            newest = session.exec(select(Person).order_by(Person.id.desc())).first()
        asked.append(grown.statements(f"/people/{newest.public_id}"))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("path", ["/", "/teams"])
def test_the_way_to_eight_teams_takes_no_more_than_to_two(grown, path):
    grown.team(2), grown.team(2)
    asked = grown.statements(path)
    for _ in range(6):
        grown.team(2)
    assert grown.statements(path) == asked


def test_a_list_of_forty_accounts_takes_no_more_than_of_five(grown):
    asked = []
    for number in (FEW, MANY):
        with grown.site.writing() as session:
            for _ in range(number):
                account(session)
        asked.append(grown.statements("/accounts"))
    assert asked[0] == asked[1]
