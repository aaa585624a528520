"""Who is in which category: small forces, typed in."""

from datetime import date
from decimal import Decimal

import pytest

from app.measures.building import completeness, people
from app.measures.vocabulary import (
    NOT_RECORDED,
    PREFER_NOT,
    PROTECTED,
    Dimension,
    Period,
    PeriodKind,
)
from app.people import objections
from app.people.models import Characteristic, CharacteristicKind, ContractedHours, Person, Skill
from app.security.viewer import Viewer
from tests.conftest import NOW
from tests.factories import Force, account

QUARTER = Period(date(2026, 7, 1), PeriodKind.QUARTER)
SAID = {
    CharacteristicKind.SEX: "female",
    CharacteristicKind.GENDER_IDENTITY: "different_from_sex",
    CharacteristicKind.ETHNICITY: "O1",
    CharacteristicKind.DISABILITY: "yes",
    CharacteristicKind.RELIGION: "sikh",
    CharacteristicKind.SEXUAL_ORIENTATION: "bisexual",
    CharacteristicKind.BIRTH_YEAR: "1985",
}


@pytest.fixture
def force(session):
    return Force(session)


def many(force, how_many, *, team=None, **changes):
    """People alike."""
    numbers = [force.person("A B", team=team) for _number in range(how_many)]
    for number in numbers:
        row = force.session.get(Person, number)
        for name, value in changes.items():
            setattr(row, name, value)
    force.session.flush()
    return numbers


def say(force, numbers, **answers):
    for number in numbers:
        force.session.add_all(
            Characteristic(person_id=number, kind=CharacteristicKind(kind), value=value)
            for kind, value in answers.items()
        )
    force.session.flush()


def sizes(found, dimension):
    """Label → how many people."""
    counts = found.member[dimension].sum(axis=0).tolist()
    labels = [category.label for category in found.categories[dimension]]
    return dict(zip(labels, counts, strict=True))


def test_small_teams_are_together_and_people_are_where_they_last_were(force):
    large, small, tiny = (force.team(name) for name in ("Response A", "Dogs", "Divers"))
    many(force, 30, team=large)
    many(force, 29, team=small)
    (mover, leaver, nowhere) = many(force, 3)
    force.post(mover, tiny, since=date(2026, 1, 1), until=date(2026, 9, 29))
    force.post(mover, large, since=date(2026, 9, 30))
    force.post(leaver, tiny, since=date(2026, 1, 1))
    force.session.get(Person, leaver).left_on = date(2026, 8, 8)
    force.session.flush()
    found = people(force.session, period=QUARTER, now=NOW)
    assert sizes(found, Dimension.TEAM) == {
        "Response A": 31,
        "Smaller teams, together": 30,
        "Not in a team": 1,
    }
    assert sizes(found, Dimension.DISTRICT) == {"Moorside": 61, "Not in a district": 1}
    assert sizes(found, Dimension.DEPARTMENT) == {"Not in a department": 62}
    assert nowhere


def test_length_of_service_and_age_are_those_of_the_last_day(force):
    old = many(force, 30, joined_on=date(2006, 10, 1))
    new = many(force, 30, joined_on=date(2025, 9, 30))
    many(force, 5, joined_on=None)
    say(force, old, birth_year="1971")
    say(force, new, birth_year="2001")
    found = people(force.session, period=QUARTER, now=NOW)
    # One day short of 20 years, and a year to the day. Empty bands are joined to a neighbour.
    service = {label: size for label, size in sizes(found, Dimension.SERVICE).items() if size}
    assert list(service.values()) == [30, 30, 5]
    assert sizes(found, Dimension.AGE) == {
        "Under 41": 30,
        "Over 40": 30,
        "Prefer not to say": 0,
        "Not recorded": 5,
    }


def test_full_time_is_thirty_hours_a_week(force):
    numbers = many(force, 60)
    for place, number in enumerate(numbers):
        # 130 and 131 hours a month are 29.9 and 30.1 a week.
        hours = Decimal(130 + place % 2)
        force.session.add(ContractedHours(person_id=number, month=date(2026, 7, 1), hours=hours))
    force.session.add(
        ContractedHours(person_id=many(force, 1)[0], month=date(2026, 6, 1), hours=Decimal(160))
    )
    force.session.flush()
    found = people(force.session, period=QUARTER, now=NOW)
    assert sizes(found, Dimension.HOURS) == {
        "30 hours a week or more": 30,
        "Under 30 hours a week": 30,
        "Not recorded": 1,
    }


def test_only_skills_that_many_have_are_told_apart(force):
    numbers = many(force, 31)
    for number in numbers:
        force.session.add(Skill(person_id=number, name="Firearms", starts_on=date(2020, 1, 1)))
    for number in numbers[:29]:
        force.session.add(Skill(person_id=number, name="Dogs", starts_on=date(2020, 1, 1)))
    lapsed = {"starts_on": date(2020, 1, 1), "ends_on": date(2026, 9, 29)}
    for number in numbers:
        force.session.add(Skill(person_id=number, name="Diving", **lapsed))
    force.session.flush()
    assert sizes(people(force.session, period=QUARTER, now=NOW), Dimension.SKILL) == {
        "Firearms": 31
    }


def test_prefer_not_to_say_and_not_recorded_are_never_the_same(force):
    say(force, many(force, 40), ethnicity="W1")
    say(force, many(force, 7), ethnicity="NS")
    many(force, 3)
    found = people(force.session, period=QUARTER, now=NOW)
    assert sizes(found, Dimension.ETHNICITY) == {
        "White": 40,
        "Prefer not to say": 7,
        "Not recorded": 3,
    }
    counted = [int(frame.counted.sum()) for frame in completeness(found, Dimension.ETHNICITY)]
    assert counted == [40, 7, 3]


def test_nobody_who_objected_is_in_any_equality_figure(force):
    """50 of 50, whether their answers are gone, as they should be, or have somehow stayed."""
    objecting, others = many(force, 50), many(force, 60)
    say(force, [*objecting, *others], **{kind.value: said for kind, said in SAID.items()})
    for number in objecting:
        viewer = Viewer(account(force.session, person=number), number, "A B", ())
        assert objections.make(force.session, viewer=viewer, now=NOW)
    say(force, objecting[:25], **{kind.value: said for kind, said in SAID.items()})
    found = people(force.session, period=QUARTER, now=NOW)
    ids = {force.session.get(Person, number).public_id for number in objecting}
    theirs = [place for place, one in enumerate(found.ids) if one in ids]
    assert len(theirs) == 50
    for dimension in PROTECTED:
        codes = [category.code for category in found.categories[dimension]]
        rows = found.member[dimension][theirs]
        assert rows[:, codes.index(NOT_RECORDED)].all()
        assert rows.sum() == 50
        if dimension is not Dimension.CARING:
            said = found.member[dimension].sum(axis=0)
            assert said[codes.index(NOT_RECORDED)] == 50
            assert said[codes.index(PREFER_NOT)] == 0


def test_a_number_that_is_nobodys_own_is_not_a_person(force):
    many(force, 2, only_number=True)
    (was, now) = many(force, 2)
    force.session.get(Person, was).became_id = now
    force.session.flush()
    assert len(people(force.session, period=QUARTER, now=NOW).ids) == 1
