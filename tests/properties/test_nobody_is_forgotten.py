"""Whatever the tree, the postings, the leave and the hand-overs: whoever waits is on somebody's
list, and whoever may open a record because of a prompt is somebody who was asked.

A force is made up of a tree of units, people posted in it or nowhere, some of whom lead or cover,
are away, have left, or cannot sign in. Beside the pages' own queries stands what must follow.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from app.accounts.models import Account, RoleGrant
from app.exposure import asking
from app.exposure.models import Prompt, PromptKind, PromptPerson, PromptState
from app.people import queries as people
from app.people.models import (
    AwayKind,
    AwaySpell,
    Person,
    Supervision,
    SupervisionKind,
    UnitAncestor,
    UnitKind,
)
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.conftest import NOW
from tests.factories import Force, account

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
UNITS, PEOPLE = 5, 7

shapes = st.fixed_dictionaries(
    {
        # Above each unit but the first: one of those before it.
        "above": st.tuples(*(st.integers(0, place - 1) for place in range(1, UNITS))),
        "homes": st.tuples(*([st.integers(-1, UNITS - 1)] * PEOPLE)),
        "leads": st.lists(
            st.tuples(
                st.integers(0, PEOPLE - 1),
                st.integers(0, UNITS - 1),
                st.sampled_from(SupervisionKind),
            ),
            max_size=8,
            unique_by=lambda row: row[:2],
        ),
        "away": st.dictionaries(
            st.integers(0, PEOPLE - 1), st.none() | st.integers(0, PEOPLE - 1), max_size=3
        ),
        "left": st.sets(st.integers(0, PEOPLE - 1), max_size=1),
        "locked_out": st.sets(st.integers(0, PEOPLE - 1), max_size=2),
        "waits": st.dictionaries(
            st.integers(0, PEOPLE - 1),
            st.tuples(
                st.sampled_from((2, -2, -50)),
                st.sampled_from((None, -1, 0, 3, 20)),
                st.none() | st.integers(0, PEOPLE - 1),
                st.booleans(),
            ),
            min_size=1,
            max_size=3,
        ),
    }
)


class Made:
    """A force as one shape says, in a session that is thrown away."""

    def __init__(self, session, shape) -> None:
        self.session, self.shape = session, shape
        self.force = Force(session)
        self.units = self._tree(shape["above"])
        self.people = [self.force.person(f"P {number}") for number in range(PEOPLE)]
        self.accounts = [account(session, person=person) for person in self.people]
        for number, home in enumerate(shape["homes"]):
            if home >= 0:
                self.force.post(self.people[number], self.units[home])
        self._duties(shape)
        for number, how in shape["waits"].items():
            self._prompt(number, *how)
        session.flush()

    def _tree(self, above):
        units = [self.force.unit("Top", kind=UnitKind.FORCE)]
        paths = [[units[0]]]
        for parent in above:
            unit = self.force.unit("Unit", kind=UnitKind.TEAM)
            row = self.session.get(people.Unit, unit)
            row.parent_id = units[parent]
            for depth, over in enumerate(paths[parent], 1):
                self.session.add(UnitAncestor(unit_id=unit, ancestor_id=over, depth=depth))
            units.append(unit)
            paths.append([unit, *paths[parent]])
        return units

    def _duties(self, shape):
        for number, unit, kind in shape["leads"]:
            self.session.add(
                Supervision(
                    unit_id=self.units[unit],
                    person_id=self.people[number],
                    kind=kind,
                    starts_on=YESTERDAY,
                )
            )
        for number, deputy in shape["away"].items():
            chosen = None if deputy in {None, number} else self.people[deputy]
            self.session.add(
                AwaySpell(
                    person_id=self.people[number],
                    kind=AwayKind.LEAVE,
                    starts_on=YESTERDAY,
                    ends_on=TODAY,
                    deputy_id=chosen,
                    recorded_at=NOW,
                    recorded_by_account_id=self.accounts[number],
                )
            )
        for number in shape["left"]:
            self.session.get(Person, self.people[number]).left_on = YESTERDAY
        for number, held in enumerate(self.accounts):
            if number in shape["locked_out"]:
                self.session.get(Account, held).active = False
            else:
                self.session.add(
                    RoleGrant(account_id=held, role=Role.SUPERVISOR, starts_on=YESTERDAY)
                )

    def _prompt(self, number, hours, planned, to, deferred):
        incident = self.force.incident("suicide", NOW - timedelta(days=3))
        prompt = Prompt(
            natural_key=f"k{incident}",
            kind=PromptKind.INCIDENT,
            rule_code="x",
            framework_number=1,
            incident_id=incident,
            opened_at=NOW,
        )
        self.session.add(prompt)
        self.session.flush()
        self.session.add(
            PromptPerson(
                prompt_id=prompt.id,
                person_id=self.people[number],
                why="Suicide.",
                due_at=NOW + timedelta(hours=hours),
                state=PromptState.DEFERRED if deferred else PromptState.OPEN,
                deferred_until=TODAY + timedelta(days=2) if deferred else None,
                planned_on=None if planned is None else TODAY + timedelta(days=planned),
                handed_to_id=None if to is None else self.people[to],
                changed_at=NOW - timedelta(days=4),
            )
        )

    def viewers(self):
        """Everybody who can sign in as a supervisor, by person."""
        for number, person in enumerate(self.people):
            if number not in self.shape["locked_out"]:
                grants = (Grant(Role.STAFF, None), Grant(Role.SUPERVISOR, None))
                yield person, Viewer(self.accounts[number], person, "V", grants)


LEAD = Viewer(0, None, "L", (Grant(Role.STAFF, None), Grant(Role.WELLBEING_LEAD, None)))


@pytest.fixture
def blank(sqlite_engine):
    return sqlite_engine


@settings(
    max_examples=40,
    deadline=None,
    # Each example is a force of its own: making smaller ones of one that fails takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(shape=shapes)
def test_everybody_who_waits_is_on_somebodys_list_and_reach_is_what_the_lists_say(blank, shape):
    with Session(blank) as session:
        made = Made(session, shape)
        waiting = session.exec(select(PromptPerson)).all()
        lists = {
            person: {one.found.public_id for one in asking.waiting_for(who, session, now=NOW)}
            for person, who in made.viewers()
        }
        unattended = {
            one.found.public_id for one in asking.without_supervisor(LEAD, session, now=NOW)
        }
        away = {made.people[number] for number in (*shape["away"], *shape["left"])}
        for row in waiting:
            asked = {person for person, mine in lists.items() if row.public_id in mine}
            assert asked or row.public_id in unattended
            assert not asked & {row.person_id, *away}
            if row.person_id in {made.people[number] for number in shape["left"]}:
                assert row.public_id in unattended
            for person, who in made.viewers():
                reached = asking.one_prompt(who, session, public_id=row.public_id, now=NOW)
                assert (reached is not None) == (person in asked)
                public_id = session.get(Person, row.person_id).public_id
                within = people.person(who, session, public_id=public_id, day=TODAY)
                opened = asking.person(who, session, public_id=public_id, now=NOW)
                about = {one.public_id for one in waiting if one.person_id == row.person_id}
                assert (opened is not None) == bool(within or about & lists[person])
        session.rollback()


def test_the_search_can_fail(blank):
    # A page that asked nobody would be found out: here nobody leads, and only the leads are asked.
    with Session(blank) as session:
        shape = {
            "above": (0, 0, 0, 0),
            "homes": (1, 1, 1, 1, 1, 1, 1),
            "leads": [],
            "away": {},
            "left": set(),
            "locked_out": set(),
            "waits": {0: (2, None, None, False)},
        }
        made = Made(session, shape)
        assert not any(asking.waiting_for(who, session, now=NOW) for _person, who in made.viewers())
        assert len(asking.without_supervisor(LEAD, session, now=NOW)) == 1
