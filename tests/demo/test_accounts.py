"""The accounts on the sign-in page, and what the demo supervisor finds waiting."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlmodel import col, select

from app.accounts import service as accounts
from app.accounts.models import Account, RoleGrant
from app.accounts.queries import viewer_for
from app.audit.queries import who_looked
from app.common.clock import local_date
from app.database import reading, transaction
from app.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from app.exposure import asking
from app.exposure import queries as exposure
from app.exposure.models import Exposure
from app.people import queries as people
from app.people.models import Person, Supervision
from app.people.places import own_units
from app.security.permissions import Role
from tests.conftest import NOW

TODAY = local_date(NOW)


@pytest.fixture(params=("tiny", "slice"))
def session(request):
    """The demo in both sizes that are quick to build."""
    engine = request.getfixturevalue("slice_engine" if request.param == "slice" else "tiny_sqlite")
    with reading(engine) as opened:
        yield opened


@pytest.fixture
def tiny_sqlite(copied):
    """The tests' own demo, on SQLite."""
    from app.database import make_engine  # noqa: PLC0415

    engine = make_engine(copied("sqlite", "demo"))
    yield engine
    engine.dispose()


def account(session, username):
    return session.exec(select(Account).where(Account.username == username)).one()


def viewer(session, username):
    return viewer_for(session, account_id=account(session, username).id, day=TODAY)


def test_every_role_has_an_account_to_try():
    assert {demo.role for demo in DEMO_ACCOUNTS} == set(Role)
    assert len({demo.username for demo in DEMO_ACCOUNTS}) == len(DEMO_ACCOUNTS)
    assert all(demo.sees.endswith(".") for demo in DEMO_ACCOUNTS)


@pytest.mark.parametrize("demo", DEMO_ACCOUNTS, ids=lambda demo: demo.username)
def test_each_holds_its_role_and_no_other(session, demo):
    found = viewer(session, demo.username)
    assert {grant.role for grant in found.grants} == {Role.STAFF, demo.role}
    assert found.name == demo.name


def test_names_of_accounts_are_those_of_their_people(session):
    rows = session.exec(select(Account, Person).join(Person, Person.id == Account.person_id)).all()
    assert rows
    for row, person in rows:
        assert row.display_name == f"{person.given_name} {person.family_name}"


def test_the_password_on_the_page_works_and_others_have_none(session):
    hasher = PasswordHasher()
    hashes = {row.password_hash for row in session.exec(select(Account)) if "@demo" in row.username}
    assert len(hashes) == 1
    assert hasher.verify(hashes.pop(), DEMO_PASSWORD)
    others = select(Account.password_hash).where(~col(Account.username).contains("@demo"))
    assert set(session.exec(others).all()) == {"!"}


def test_an_account_without_a_password_refuses_every_password(tiny_sqlite):
    with transaction(tiny_sqlite) as session:
        name = session.exec(select(Account.username).where(Account.password_hash == "!")).first()
        for guess in ("!", "", DEMO_PASSWORD):
            matched = accounts.compare(session, username=name, password=guess, now=NOW)
            found = accounts.authenticate(session, username=name, matched=matched, now=NOW)
            assert found is accounts.Refusal.WRONG


def test_everybody_who_leads_has_an_account_with_the_role(session):
    leading = set(session.exec(select(Supervision.person_id)).all())
    granted = session.exec(
        select(Account.person_id)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(RoleGrant.role == Role.SUPERVISOR)
    ).all()
    assert set(granted) == leading


# --- The supervisor's page ------------------------------------------------------------------------


def waiting_for(session, username):
    """The team, its members and the prompts on a leader's page."""
    who = viewer(session, username)
    (unit,) = people.units_in_reach(who, session, day=TODAY)
    members = people.members(who, session, unit_id=unit.id, day=TODAY)
    prompts = exposure.waiting(session, person_ids=[member.id for member in members])
    return unit, members, [prompt for found in prompts.values() for prompt in found]


def test_the_demo_supervisor_finds_one_of_each_kind_of_prompt(session):
    unit, members, prompts = waiting_for(session, "supervisor@demo")
    assert unit.leads
    assert 8 <= len(members) <= 11
    left = {prompt.incident_public_id: (prompt.due_at - NOW, prompt.why) for prompt in prompts}
    assert len(left) == 4
    overdue, soon, *fresh = sorted(left.values())
    assert timedelta(hours=-24) < overdue[0] < timedelta()
    assert timedelta() < soon[0] < timedelta(hours=12)
    assert max(fresh)[0] > timedelta(hours=60)
    assert any("3 incidents in 28 days" in why for _left, why in fresh)


def test_the_deputy_sees_the_same_team(session):
    mine = waiting_for(session, "supervisor@demo")[0]
    theirs = people.units_in_reach(viewer(session, "deputy@demo"), session, day=TODAY)
    # And the team next door, while its sergeant is on leave.
    assert mine.public_id in {unit.public_id for unit in theirs}
    assert len(theirs) == 2


def test_the_deputy_is_asked_about_what_was_handed_over_and_stands_in_next_door(session):
    found = asking.waiting_for(viewer(session, "deputy@demo"), session, now=NOW)
    assert sum(one.turn.handed for one in found) == 1
    assert [one for one in found if one.turn.late and one.turn.passed and not one.turn.handed]


def test_the_control_room_has_prompts_about_what_was_only_heard(session):
    _unit, members, prompts = waiting_for(session, "supervisor2@demo")
    assert len(prompts) >= 2
    remote = session.exec(
        select(Exposure.remote).where(
            col(Exposure.person_id).in_([member.id for member in members])
        )
    ).all()
    assert sum(remote) > 0.8 * len(remote)


def test_the_team_has_met_a_good_deal_lately(session):
    _unit, members, _prompts = waiting_for(session, "supervisor@demo")
    counts = exposure.window_counts(
        session, person_ids=[member.id for member in members], windows=(91,), day=TODAY
    )
    assert sum(found.windows[91] for found in counts.values()) > 20


def test_the_member_of_staff_sees_who_looked(session):
    who = viewer(session, "staff@demo")
    units = own_units(who, session)
    looks = who_looked(who, session, unit_ids=units)
    assert {look.role for look in looks} >= {"Supervisor", "Wellbeing practitioner"}
    assert all(look.at <= NOW for look in looks)


def test_the_practitioner_reaches_one_district_and_the_lead_the_whole_force(session):
    assert viewer(session, "practitioner@demo").wide_units() not in (None, [])
    assert viewer(session, "lead@demo").wide_units() is None
