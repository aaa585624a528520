"""A team of six and their sergeant, who may have packs made."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from app.accounts.models import RoleGrant
from app.accounts.queries import viewer_for
from app.database import transaction
from app.exposure.service import refresh
from app.packs import queries
from app.people.models import Unit
from app.security.permissions import Role
from app.security.viewer import Viewer
from tests.conftest import NOW
from tests.factories import LONG_AGO, Force, account

NAMES = ("Amy Ash", "Ben Birch", "Cat Cedar", "Dan Damson", "Eve Elder", "=1+1 @SUM(A1) #strong[x]")


@dataclass
class Team:
    """What tests ask about."""

    engine: object
    unit: int
    public_id: str
    leader: int
    account: int
    members: list[int]

    def viewer(self, account: int | None = None) -> Viewer:
        """The sergeant as the site knows them."""
        with transaction(self.engine) as session:
            return viewer_for(session, account_id=account or self.account, day=NOW.date())

    def led(self, session, viewer=None):
        """The team, if it is led."""
        viewer = viewer or self.viewer()
        return queries.led_unit(viewer, session, public_id=self.public_id, day=NOW.date())


def grow(engine) -> Team:
    """Six people: all of them at three sudden deaths, two of them at a suicide."""
    with transaction(engine) as session:
        force = Force(session)
        unit = force.team("Response A & B")
        leader = force.person("Jo Stone", team=unit)
        force.lead(leader, unit)
        number = account(session, person=leader)
        session.add(RoleGrant(account_id=number, role=Role.SUPERVISOR, starts_on=LONG_AGO))
        members = [force.person(name, team=unit) for name in NAMES]
        for days, kind, there in (
            (2, "sudden_death", members),
            (40, "sudden_death", members),
            (41, "sudden_death", members),
            (3, "suicide", members[:2]),
        ):
            incident = force.incident(kind, NOW - timedelta(days=days))
            for person in there:
                force.attend(person, incident)
            refresh(session, incident_ids=[incident], person_ids=[], now=NOW)
        return Team(engine, unit, session.get(Unit, unit).public_id, leader, number, members)


@pytest.fixture
def team(engine) -> Team:
    """That team, on each database."""
    return grow(engine)


@pytest.fixture
def team_on_sqlite(sqlite_engine) -> Team:
    """The same, for what has nothing to do with databases."""
    return grow(sqlite_engine)
