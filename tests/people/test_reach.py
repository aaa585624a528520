"""Whom a viewer may see: by what the HR feed says today, and by nothing else."""

from datetime import date, timedelta

import pytest

from app.people import queries
from app.people.models import Person, PostingKind
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.factories import Force

TODAY = date(2026, 11, 23)


@pytest.fixture
def force(session):
    return Force(session)


def viewer(person=None, *roles, unit=None):
    grants = tuple(Grant(role, unit) for role in (Role.STAFF, *roles))
    return Viewer(account_id=1, person_id=person, name="V", grants=grants)


def names(force, who, team, day=TODAY):
    return [member.name for member in queries.members(who, force.session, unit_id=team, day=day)]


@pytest.fixture
def team(force):
    return force.team()


@pytest.fixture
def sergeant(force, team):
    person = force.person("Jo Stone", team=team)
    force.lead(person, team)
    return person


def test_a_supervisor_sees_their_team_and_not_themselves(force, team, sergeant):
    force.person("Ada Moor", team=team)
    assert names(force, viewer(sergeant, Role.SUPERVISOR), team) == ["Ada Moor"]


def test_leading_a_team_without_the_role_shows_nobody(force, team, sergeant):
    force.person("Ada Moor", team=team)
    assert names(force, viewer(sergeant), team) == []


def test_a_supervisor_of_another_team_sees_nobody(force, team, sergeant):
    other = force.team("Response B")
    force.person("Ada Moor", team=other)
    assert names(force, viewer(sergeant, Role.SUPERVISOR), other) == []


def test_access_ends_on_the_day_somebody_moves(force, team, sergeant):
    other = force.team("Response B")
    person = force.person("Ada Moor", team=team)
    force.post(person, other, since=TODAY)
    who = viewer(sergeant, Role.SUPERVISOR)
    assert names(force, who, team, TODAY - timedelta(days=1)) == ["Ada Moor"]
    assert names(force, who, team) == []
    card = force.session.get(Person, person).public_id
    assert queries.person(who, force.session, public_id=card, day=TODAY) is None


def test_access_ends_when_the_supervisor_moves(force, team):
    person = force.person("Jo Stone")
    force.lead(person, team, until=TODAY - timedelta(days=1))
    force.person("Ada Moor", team=team)
    assert names(force, viewer(person, Role.SUPERVISOR), team) == []


def test_somebody_lent_to_a_team_is_seen_there_and_not_at_home(force, team, sergeant):
    home = force.team("Response B")
    person = force.person("Ada Moor", team=home)
    force.post(person, team, since=TODAY, until=TODAY, kind=PostingKind.TEMPORARY)
    (member,) = queries.members(
        viewer(sergeant, Role.SUPERVISOR), force.session, unit_id=team, day=TODAY
    )
    assert (member.name, member.temporary) == ("Ada Moor", True)
    lead = viewer(None, Role.WELLBEING_LEAD)
    assert names(force, lead, home) == []


def test_a_leaver_is_not_shown(force, team, sergeant):
    person = force.person("Ada Moor", team=team)
    force.session.get(Person, person).left_on = TODAY - timedelta(days=1)
    force.session.flush()
    assert names(force, viewer(sergeant, Role.SUPERVISOR), team) == []


def test_a_wellbeing_role_reaches_its_own_part_of_the_force(force, team):
    force.person("Ada Moor", team=team)
    elsewhere = force.unit("Coast")
    assert names(force, viewer(None, Role.WELLBEING_LEAD, unit=force.district), team) == [
        "Ada Moor"
    ]
    assert names(force, viewer(None, Role.WELLBEING_LEAD, unit=elsewhere), team) == []
    assert names(force, viewer(None, Role.WELLBEING_LEAD), team) == ["Ada Moor"]


@pytest.mark.parametrize(
    "role", [role for role in Role if "wellbeing" not in role and role is not Role.SUPERVISOR]
)
def test_no_other_role_sees_anybody(force, team, sergeant, role):
    force.person("Ada Moor", team=team)
    assert names(force, viewer(sergeant, role), team) == []
    assert queries.units_in_reach(viewer(sergeant, role), force.session, day=TODAY) == []
