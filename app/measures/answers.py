"""What the answers and codes of HR systems mean, as the fixed lists of each dimension. Pure.

A list is closed: an answer that is not on it is "another answer", whatever it says, so that nothing
somebody typed becomes a heading in a published table.
"""

import re
from collections.abc import Mapping

from app.measures.vocabulary import NOT_RECORDED, OTHER, PREFER_NOT, Category, Dimension
from app.people.models import CharacteristicKind, StaffType
from app.people.statistics import PREFER_NOT as PREFER_NOT_WORDS

APART = re.compile(r"[^a-z0-9]+")
ANOTHER = Category(OTHER, "Another answer")
NOT_STATED = "ns"
"""The nineteenth of the 18+1 codes of ethnicity: somebody was asked, and would rather not say."""

LISTS: Mapping[Dimension, tuple[Category, ...]] = {
    Dimension.SEX: (Category("female", "Female"), Category("male", "Male"), ANOTHER),
    Dimension.GENDER_IDENTITY: (
        Category("same_as_sex", "Same as sex registered at birth"),
        Category("different_from_sex", "Different from sex registered at birth"),
        ANOTHER,
    ),
    Dimension.ETHNICITY: (
        Category("asian", "Asian"),
        Category("black", "Black"),
        Category("mixed", "Mixed"),
        Category("white", "White"),
        Category(OTHER, "Other ethnic group"),
    ),
    Dimension.DISABILITY: (
        Category("yes", "Disabled"),
        Category("no", "Not disabled"),
        ANOTHER,
    ),
    Dimension.RELIGION: (
        Category("buddhist", "Buddhist"),
        Category("christian", "Christian"),
        Category("hindu", "Hindu"),
        Category("jewish", "Jewish"),
        Category("muslim", "Muslim"),
        Category("none", "No religion"),
        Category("sikh", "Sikh"),
        Category(OTHER, "Other religion or belief"),
    ),
    Dimension.ORIENTATION: (
        Category("bisexual", "Bisexual"),
        Category("gay_or_lesbian", "Gay or lesbian"),
        Category("heterosexual", "Heterosexual"),
        ANOTHER,
    ),
}
"""Every answer that has a name of its own, in the order in which they are shown."""

SAME: Mapping[Dimension, Mapping[str, str]] = {
    Dimension.SEX: {"f": "female", "woman": "female", "m": "male", "man": "male"},
    Dimension.GENDER_IDENTITY: {"same": "same_as_sex", "different": "different_from_sex"},
    Dimension.DISABILITY: {"y": "yes", "n": "no", "disabled": "yes", "not_disabled": "no"},
    Dimension.RELIGION: {"no_religion": "none", "islam": "muslim"},
    Dimension.ORIENTATION: {
        "straight": "heterosexual",
        "heterosexual_straight": "heterosexual",
        "gay": "gay_or_lesbian",
        "lesbian": "gay_or_lesbian",
        "bi": "bisexual",
    },
}
"""Other ways of writing them."""

KINDS: Mapping[CharacteristicKind, Dimension] = {
    CharacteristicKind.SEX: Dimension.SEX,
    CharacteristicKind.GENDER_IDENTITY: Dimension.GENDER_IDENTITY,
    CharacteristicKind.ETHNICITY: Dimension.ETHNICITY,
    CharacteristicKind.DISABILITY: Dimension.DISABILITY,
    CharacteristicKind.RELIGION: Dimension.RELIGION,
    CharacteristicKind.SEXUAL_ORIENTATION: Dimension.ORIENTATION,
    CharacteristicKind.BIRTH_YEAR: Dimension.AGE,
}

ETHNIC_CODE = re.compile(r"^([abmow])\d$")
GROUPS = {"a": "asian", "b": "black", "m": "mixed", "o": OTHER, "w": "white"}
FORMERLY_OTHER = "o1"
"""Chinese, in the older 16+1 codes: A4 in today's, so in another group of the five."""


def plain(words: str) -> str:
    """Words as a code: in small letters, with one underline for whatever stands between."""
    return APART.sub("_", words.lower()).strip("_")


def said(dimension: Dimension, value: str) -> str:
    """The code of an answer on its dimension's list; of a year of birth, the year."""
    code = plain(value)
    if not code:
        return NOT_RECORDED
    if code in PREFER_NOT_WORDS:
        return PREFER_NOT
    if dimension is Dimension.AGE:
        return code if code.isdigit() else NOT_RECORDED
    if dimension is Dimension.ETHNICITY:
        return ethnic_group(code)
    code = SAME.get(dimension, {}).get(code, code)
    return code if code in {one.code for one in LISTS[dimension]} else OTHER


def ethnic_group(code: str) -> str:
    """One of the five groups, from a self-defined code (18+1, or the older 16+1) or its name."""
    if code in {NOT_STATED, "not_stated"}:
        return PREFER_NOT
    if code == FORMERLY_OTHER:
        return "asian"
    coded = ETHNIC_CODE.match(code)
    if coded:
        return GROUPS[coded[1]]
    return code if code in GROUPS.values() else OTHER


# --- Rank and staff type --------------------------------------------------------------------------

RANKS = (
    Category("constable", "Constable"),
    Category("sergeant", "Sergeant"),
    Category("inspector", "Inspector or chief inspector"),
    Category("superintendent", "Superintendent or above"),
    Category("no_rank", "No police rank"),
)
PATTERNS = (
    ("superintendent", re.compile(r"superintendent|\bsupt|chief constable|commander|commission")),
    ("inspector", re.compile(r"inspector|\binsp\b|\bd?ch?i\b")),
    ("sergeant", re.compile(r"sergeant|\bd?sgt\b|\b[dp]s\b")),
    ("constable", re.compile(r"constable|\b[dp]c\b|officer")),
)
SWORN = frozenset({StaffType.OFFICER, StaffType.SPECIAL})


def rank(staff_type: StaffType, words: str) -> str:
    """The group of ranks that a rank, as HR writes it, belongs to."""
    if staff_type not in SWORN:
        return NOT_RECORDED if staff_type is StaffType.NOT_RECORDED else "no_rank"
    small = words.lower()
    return next((code for code, pattern in PATTERNS if pattern.search(small)), NOT_RECORDED)


STAFF_TYPES = (
    Category(StaffType.OFFICER.value, "Police officer"),
    Category(StaffType.PCSO.value, "PCSO"),
    Category(StaffType.SPECIAL.value, "Special constable"),
    Category(StaffType.STAFF.value, "Police staff"),
    Category(StaffType.VOLUNTEER.value, "Volunteer"),
)
HOURS = (
    Category("full", "30 hours a week or more"),
    Category("part", "Under 30 hours a week"),
)
FULL_TIME_HOURS = 30
"""Contracted hours a week: the line that national statistics on pay draw."""
