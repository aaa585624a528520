"""What HR's codes and answers mean."""

import pytest

from app.demo.names import ETHNICITIES
from app.measures import answers
from app.measures.vocabulary import NOT_RECORDED, OTHER, PREFER_NOT, Dimension
from app.people.models import CharacteristicKind, StaffType

GROUPS = {
    "white": ("W1", "W2", "W3", "W9", "White"),
    "mixed": ("M1", "M2", "M3", "M9"),
    # O1 was Chinese in the older list, and is A4 in today's.
    "asian": ("A1", "A2", "A3", "A4", "A9", "O1", "asian"),
    "black": ("B1", "B2", "B9"),
    OTHER: ("O2", "O9", "Hispanic", "native"),
    # Asked, and not said: never the same as not recorded.
    PREFER_NOT: ("NS", "ns", "Not stated", "Prefer not to say"),
    NOT_RECORDED: ("", " - "),
}


@pytest.mark.parametrize(
    ("value", "group"), [(value, group) for group, values in GROUPS.items() for value in values]
)
def test_ethnicity_rolls_up_from_18_to_5(value, group):
    assert answers.said(Dimension.ETHNICITY, value) == group


def test_every_code_of_the_18_has_a_group():
    rolled = {answers.said(Dimension.ETHNICITY, code) for code in ETHNICITIES}
    assert rolled == {"white", "mixed", "asian", "black", OTHER}


@pytest.mark.parametrize(
    ("dimension", "value", "code"),
    [
        (Dimension.SEX, "FEMALE", "female"),
        (Dimension.SEX, "m", "male"),
        (Dimension.DISABILITY, "Yes", "yes"),
        (Dimension.RELIGION, "No religion", "none"),
        (Dimension.RELIGION, "Jedi", OTHER),
        (Dimension.ORIENTATION, "Gay or lesbian", "gay_or_lesbian"),
        (Dimension.ORIENTATION, "prefer-not-to-say", PREFER_NOT),
        (Dimension.GENDER_IDENTITY, "same as sex", "same_as_sex"),
        (Dimension.AGE, "1984", "1984"),
        (Dimension.AGE, "prefer not to say", PREFER_NOT),
        (Dimension.AGE, "last century", NOT_RECORDED),
    ],
)
def test_an_answer_is_one_of_a_closed_list(dimension, value, code):
    assert answers.said(dimension, value) == code


def test_every_characteristic_has_its_dimension():
    assert answers.KINDS.keys() == set(CharacteristicKind)


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("Constable", "constable"),
        ("Detective Constable", "constable"),
        ("PC", "constable"),
        ("POLICE OFFICER", "constable"),
        ("Special Sergeant", "sergeant"),
        ("T/Sgt", "sergeant"),
        ("Chief Inspector", "inspector"),
        ("Chief Superintendent", "superintendent"),
        ("Assistant Chief Constable", "superintendent"),
        ("", NOT_RECORDED),
        ("Lollipop", NOT_RECORDED),
    ],
)
def test_ranks_are_grouped(words, group):
    assert answers.rank(StaffType.OFFICER, words) == group


def test_only_officers_and_specials_have_a_police_rank():
    assert answers.rank(StaffType.STAFF, "Inspector of works") == "no_rank"
    assert answers.rank(StaffType.NOT_RECORDED, "Constable") == NOT_RECORDED
    assert answers.rank(StaffType.SPECIAL, "Special Constable") == "constable"
