"""Looking back over months shows those who are in the team today, and nobody who has left."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from app.common.clock import month_of
from app.database import writing
from app.exposure import service
from app.people import queries as people
from app.people.models import Person, PostingKind, Unit
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from app.teams.history import month_asked, team_history
from tests.factories import Force, account, at

TODAY = date(2026, 11, 23)
FIRST = date(2025, 12, 1)
PEOPLE = 5
TYPES = ("suicide", "child_death", "fatal_collision")
days = st.dates(FIRST, TODAY)
spells = st.builds(
    lambda start, length, unit, temporary: (
        start,
        None if length > 300 else start + timedelta(days=length),
        unit,
        PostingKind.TEMPORARY if temporary else PostingKind.SUBSTANTIVE,
    ),
    days,
    st.integers(0, 365),
    st.integers(0, 1),
    st.booleans(),
)
lives = st.lists(
    st.tuples(
        st.lists(spells, min_size=1, max_size=3),
        st.none() | days,
        st.lists(st.tuples(days, st.sampled_from(TYPES)), max_size=6),
    ),
    min_size=PEOPLE,
    max_size=PEOPLE,
)


class Moves:
    """Two teams, people who moved between them and left, and what they were exposed to."""

    def __init__(self, session, told) -> None:
        self.session, self.force = session, Force(session, prompting_from=None)
        self.teams = [self.force.team("A"), self.force.team("B")]
        self.incidents: list[int] = []
        self.told = {self._live(*life): life for life in told}
        service.refresh(session, incident_ids=self.incidents, person_ids=[], now=at("2026-11-23"))
        self.viewer = Viewer(account(session), None, "Lead", (Grant(Role.WELLBEING_LEAD, None),))

    def _live(self, postings, left, seen):
        person = self.force.person("Sam Field")
        for start, end, team, kind in postings:
            self.force.post(person, self.teams[team], since=start, until=end, kind=kind)
        if left:
            self.session.get(Person, person).left_on = left
        for day, code in seen:
            incident = self.force.incident(code, at(day.isoformat()))
            self.force.attend(person, incident)
            self.incidents.append(incident)
        return person

    def team_on(self, person, day):
        """Worked out from what was told: the posting that counts on a day."""
        found = [one for one in self.told[person][0] if one[0] <= day <= (one[1] or TODAY)]
        return max(found, key=lambda one: (one[3] is PostingKind.TEMPORARY, one[0]), default=None)

    def here(self, person):
        """Whether they are in the first team today."""
        posted, left = self.team_on(person, TODAY), self.told[person][1]
        return bool(posted) and posted[2] == 0 and not (left and left < TODAY)

    def look(self, month=date(2026, 11, 1)):
        unit = self.session.get(Unit, self.teams[0])
        card = people.UnitCard(unit.id, unit.public_id, unit.name, "", 0)
        return team_history(self.viewer, self.session, unit=card, month=month, day=TODAY)


def one_start_each(told):
    """Of two postings of a kind that begin together the source's reference decides: not here."""
    return all(
        len({(start, kind) for start, _end, _team, kind in postings}) == len(postings)
        for postings, _left, _seen in told
    )


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(told=lives.filter(one_start_each))
def test_nobody_who_is_not_a_member_today_is_in_any_number(engine, told):
    with Session(writing(engine)) as session:
        moves = Moves(session, told)
        found = moves.look()
        members = {person for person in moves.told if moves.here(person)}
        assert {member.id for member in found.members} == members
        expected: Counter[tuple[date, str]] = Counter()
        this_month: Counter[tuple[int, str]] = Counter()
        for person in members:
            for day, code in moves.told[person][2]:
                posted = moves.team_on(person, day)
                if posted and posted[2] == 0:
                    expected[month_of(day), code] += 1
                    if month_of(day) == found.month:
                        this_month[person, code] += 1
        assert expected == Counter(
            {
                (month, code): count
                for code, counts in found.by_type.items()
                for month, count in zip(found.months, counts, strict=True)
                if count
            }
        )
        assert this_month == Counter(
            {
                (person, code): count
                for person, types in found.by_person.items()
                for code, count in types.items()
            }
        )
        assert sum(found.totals) == sum(expected.values())
        session.rollback()


@pytest.fixture
def moves(session):
    stays = ([(FIRST, None, 0, PostingKind.SUBSTANTIVE)], None, [(date(2026, 10, 5), "suicide")])
    goes = (
        [(FIRST, date(2026, 11, 1), 0, PostingKind.SUBSTANTIVE)],
        None,
        [(date(2026, 10, 6), "suicide"), (date(2026, 10, 6), "child_death")],
    )
    return Moves(session, [stays, goes])


def test_the_numbers_of_a_month_do_not_tell_what_somebody_who_left_met(moves):
    found = moves.look(date(2026, 10, 1))
    assert found.by_type == {"suicide": (0,) * 11 + (1,)}
    assert found.totals == (0,) * 11 + (1,)
    assert len(found.by_person) == 1


def test_months_before_and_after_can_be_opened_as_far_as_there_are_any(moves):
    assert moves.look().later is None
    assert moves.look(date(2026, 1, 1)).later == date(2026, 2, 1)
    assert moves.look(date(1990, 1, 1)).earlier is None
    assert moves.look(date(2025, 11, 1)).totals == (0,) * 12


@pytest.mark.parametrize(
    ("asked", "month"),
    [
        ("2026-03", date(2026, 3, 1)),
        ("2027-01", date(2026, 11, 1)),
        ("1066-10", date(1990, 1, 1)),
        ("2026-13", date(2026, 11, 1)),
        ("2026-1", date(2026, 11, 1)),
        ("2026-W1", date(2026, 11, 1)),
        ("' OR 1=1", date(2026, 11, 1)),
        (None, date(2026, 11, 1)),
    ],
)
def test_an_address_asks_for_a_month_or_for_this_one(asked, month):
    assert month_asked(asked, TODAY) == month
