"""How complete the records of staff are."""

from datetime import date

import pytest
from sqlmodel import select

from app.common.disclosure import Hidden
from app.people.models import Characteristic, CharacteristicKind, Person, StaffType
from app.people.statistics import declared, records
from tests.factories import Force

DAY = date(2026, 11, 23)


@pytest.fixture
def force(session):
    return Force(session)


def people(force, count: int, **said: str) -> None:
    """People in the force, who have said this about themselves."""
    for _ in range(count):
        person = force.person()
        for kind, value in said.items():
            force.session.add(
                Characteristic(person_id=person, kind=CharacteristicKind(kind), value=value)
            )
    force.session.flush()


def line(found, kind: str):
    return next(one for one in found.lines if one.kind == kind)


def test_preferring_not_to_say_is_an_answer_of_its_own(force):
    people(force, 60, ethnicity="W1")
    people(force, 10, ethnicity="Prefer not to say")
    people(force, 10, ethnicity="prefer-not-to-say")
    people(force, 40)
    found = declared(force.session, day=DAY)
    assert found.people == 120
    ethnicity = line(found, "ethnicity")
    assert (ethnicity.said, ethnicity.prefer_not, ethnicity.not_recorded) == (60, 20, 40)
    assert ethnicity.by_type == {StaffType.OFFICER: 67}


def test_those_who_left_are_not_counted(force):
    people(force, 60, sex="female")
    for person in force.session.exec(select(Person).limit(20)):
        person.left_on = date(2026, 11, 22)
        force.session.add(person)
    force.session.flush()
    assert declared(force.session, day=DAY).people == 40
    assert records(force.session, day=DAY).people == 40


def test_a_small_force_is_told_nothing(force):
    people(force, 29, sex="female")
    found = declared(force.session, day=DAY)
    assert found.people is Hidden.NOT_SHOWN
    assert line(found, "sex").said is Hidden.NOT_SHOWN


def test_what_is_sensitive_needs_a_larger_group(force):
    people(force, 40, sex="female", religion="none")
    found = declared(force.session, day=DAY)
    assert line(found, "sex").said is Hidden.NEARLY_ALL
    assert line(found, "religion").said is Hidden.NOT_SHOWN


def test_records_that_lack_something_are_counted(force):
    led, alone = force.team(), force.team("Response B")
    leader = force.person(team=led)
    force.lead(leader, led)
    force.person(team=led), force.person(team=alone), force.person(team=alone)
    nowhere = force.session.get(Person, force.person())
    nowhere.rank, nowhere.joined_on = "", DAY
    force.session.add(nowhere)
    force.session.flush()
    found = records(force.session, day=DAY)
    assert (found.people, found.without_posting, found.without_supervisor) == (5, 1, 2)
    assert (found.without_rank, found.without_joined_on) == (1, 4)
