"""What may be said in a row of each kind: the one list that mappings, the API, its description,
the example files and the tests are all made from. Pure.
"""

from enum import StrEnum
from typing import NamedTuple

from app.feeds.models import FeedKind
from app.incidents.models import AttendanceRole
from app.people.models import (
    CharacteristicKind,
    LeavingReason,
    PostingKind,
    StaffType,
    SupervisionKind,
    UnitKind,
)

SHORT, LONG = 80, 160
"""Longest texts, as the tables hold them."""
LONGEST_LIST = 400
"""Of several codes with what stands between them."""
CHARACTERISTICS = tuple(kind.value for kind in CharacteristicKind)

SENSITIVE = frozenset({*CHARACTERISTICS, "psychological"})
"""What a row that is set aside must not leave behind: neither the value nor the row that has it."""


class Form(StrEnum):
    """How a value is written."""

    REFERENCE = "reference"
    TEXT = "text"
    CODE = "code"
    DAY = "day"
    MOMENT = "moment"
    TIME = "time"
    WHOLE = "whole"
    YES_NO = "yes_no"
    HOURS = "hours"
    CODES = "codes"
    """Several codes: with semicolons between them in a file, a list in JSON."""


class Field(NamedTuple):
    """One field. ``words``: the closed list it must come from, if there is one."""

    name: str
    form: Form
    says: str
    examples: tuple[str, ...] = ("", "")
    longest: int = SHORT
    words: tuple[str, ...] = ()
    files_only: bool = False
    """A way of writing that only files need, such as a date and a time in two columns."""


class Kind(NamedTuple):
    """One kind of row. Of each group in ``needed``, a mapping names at least one field."""

    says: str
    fields: tuple[Field, ...]
    needed: tuple[tuple[str, ...], ...]
    identity: str = "ref"

    @property
    def names(self) -> tuple[str, ...]:
        """Every field, in order."""
        return tuple(field.name for field in self.fields)

    @property
    def coded(self) -> tuple[str, ...]:
        """Fields whose values a code list may translate."""
        return tuple(field.name for field in self.fields if field.form is Form.CODE)

    @property
    def for_programs(self) -> tuple[Field, ...]:
        """The fields a program may send."""
        return tuple(field for field in self.fields if not field.files_only)


def _words(values: type[StrEnum]) -> tuple[str, ...]:
    return tuple(value.value for value in values)


VERSION = Field(
    "version",
    Form.WHOLE,
    "Goes up with each change of the record; the highest stands.",
    ("1", "2"),
)
WITHDRAWN = Field(
    "withdrawn",
    Form.YES_NO,
    "Takes the record back; nothing else but its reference need be said then.",
    ("no", "no"),
)


def _ref(says: str, *examples: str, longest: int = SHORT) -> Field:
    return Field("ref", Form.REFERENCE, says, examples, longest)


def _person(says: str = "Who.") -> Field:
    return Field("person_ref", Form.REFERENCE, says, ("P1001", "P1002"))


ABOUT_PEOPLE = {
    "sex": ("female", "male"),
    "ethnicity": ("W1", "A2"),
    "birth_year": ("1988", "1995"),
}
PEOPLE = Kind(
    "Members of staff.",
    (
        _ref("The source's own number for the person.", "P1001", "P1002"),
        Field("given_name", Form.TEXT, "Given name.", ("Sam", "Alex")),
        Field("family_name", Form.TEXT, "Family name.", ("Field", "Reed")),
        Field(
            "staff_type",
            Form.CODE,
            "What the person is employed as.",
            ("officer", "staff"),
            words=_words(StaffType),
        ),
        Field("rank", Form.TEXT, "Rank or grade.", ("Constable", "Grade C")),
        Field("joined_on", Form.DAY, "First day with the force.", ("2015-09-01", "2020-01-06")),
        *(
            Field(
                name,
                Form.WHOLE if name == CharacteristicKind.BIRTH_YEAR else Form.CODE,
                "Self-declared, for equality monitoring only.",
                ABOUT_PEOPLE.get(name, ("", "")),
            )
            for name in CHARACTERISTICS
        ),
        VERSION,
    ),
    (("ref",),),
)
POSTINGS = Kind(
    "Who is posted to which unit, from when to when.",
    (
        _ref("The source's own number for the posting.", "S1", "S2", longest=LONG),
        _person(),
        Field("unit_ref", Form.REFERENCE, "To which unit.", ("U10", "U10")),
        Field("unit_name", Form.TEXT, "What the unit is called.", ("Response A", ""), LONG),
        Field(
            "kind",
            Form.CODE,
            "A temporary posting counts before a substantive one.",
            ("substantive", "temporary"),
            words=_words(PostingKind),
        ),
        Field("starts_on", Form.DAY, "First day.", ("2021-03-01", "2026-11-02")),
        Field("ends_on", Form.DAY, "Last day; blank while it lasts.", ("", "2027-01-31")),
        WITHDRAWN,
        VERSION,
    ),
    (("ref",), ("person_ref",), ("unit_ref",), ("starts_on",)),
)
LEAVERS = Kind(
    "Who left the force.",
    (
        _person("Who leaves."),
        Field("left_on", Form.DAY, "Last day.", ("2026-10-31", "2026-12-31")),
        Field(
            "reason",
            Form.CODE,
            "Why, by the Home Office's categories.",
            ("transfer", "ordinary_retirement"),
            words=_words(LeavingReason),
        ),
        WITHDRAWN,
        VERSION,
    ),
    (("person_ref",), ("left_on",)),
    "person_ref",
)
INCIDENTS = Kind(
    "What happened, when and of which type. No names and no story.",
    (
        _ref("The source's own number for the incident.", "I-2026-1", "I-2026-2"),
        Field(
            "occurred_at",
            Form.MOMENT,
            "When it happened. Without an offset: by the clock in London.",
            ("2026-11-20T23:15", "2026-11-21T08:40+00:00"),
        ),
        Field("occurred_date", Form.DAY, "The day, where it has a column.", files_only=True),
        Field("occurred_time", Form.TIME, "The time, where it has a column.", files_only=True),
        Field(
            "closing_code",
            Form.CODE,
            "What it turned out to be; counts before the opening code.",
            ("", "suicide"),
        ),
        Field(
            "opening_code",
            Form.CODE,
            "What it was first thought to be.",
            ("sudden_death", "sudden_death"),
        ),
        Field("type", Form.CODE, "A type of the force's framework, where there is one code."),
        Field(
            "qualifiers",
            Form.CODES,
            "Further codes of the record; read with `codes_from: framework` only.",
            longest=LONGEST_LIST,
        ),
        Field("area", Form.TEXT, "Where, in the force's own words.", ("North", "City")),
        Field(
            "same_as_ref",
            Form.REFERENCE,
            "The number of another record of the same event: they count once.",
        ),
        Field(
            "same_as_system",
            Form.TEXT,
            "The system of that other record; without it, the one this row comes from.",
            longest=40,
        ),
        WITHDRAWN,
        VERSION,
    ),
    (
        ("ref",),
        ("occurred_at", "occurred_date"),
        ("closing_code", "opening_code", "type"),
    ),
)
ATTENDANCE = Kind(
    "Who was sent to, at, or dealt with which incident.",
    (
        _ref("The source's own number for this attendance.", "A1", "A2", longest=LONG),
        _person(),
        Field("incident_ref", Form.REFERENCE, "Which incident.", ("I-2026-1", "I-2026-2")),
        Field(
            "role",
            Form.CODE,
            "Sent (no exposure yet), at the scene, or dealing with it from afar.",
            ("at_scene", "remote"),
            words=_words(AttendanceRole),
        ),
        Field("unit_ref", Form.TEXT, "The unit in the source's own words.", ("NA12", "")),
        WITHDRAWN,
        VERSION,
    ),
    (("ref",), ("person_ref",), ("incident_ref",), ("role",)),
)

STARTS = Field("starts_on", Form.DAY, "First day.", ("2021-03-01", "2026-11-02"))
ENDS = Field("ends_on", Form.DAY, "Last day; blank while it lasts.", ("", "2027-01-31"))
SUPERVISORS = Kind(
    "Who leads or covers which unit, from when to when.",
    (
        _ref("The source's own number for this.", "L1", "L2", longest=LONG),
        _person("Who leads."),
        Field("unit_ref", Form.REFERENCE, "Which unit.", ("U10", "U10")),
        Field(
            "kind",
            Form.CODE,
            "Whether the person leads the unit or covers for whoever does.",
            ("supervisor", "deputy"),
            words=_words(SupervisionKind),
        ),
        STARTS,
        ENDS,
        WITHDRAWN,
        VERSION,
    ),
    (("ref",), ("person_ref",), ("unit_ref",), ("starts_on",)),
)
SKILLS = Kind(
    "Skills and specialist roles, such as family liaison or firearms.",
    (
        _ref("The source's own number for this.", "K1", "K2", longest=LONG),
        _person(),
        Field("name", Form.CODE, "Which skill.", ("family liaison", "firearms")),
        STARTS,
        ENDS,
        WITHDRAWN,
        VERSION,
    ),
    (("ref",), ("person_ref",), ("name",), ("starts_on",)),
)
ABSENCES = Kind(
    "Spells of sickness absence: never a diagnosis.",
    (
        _ref("The source's own number for the spell.", "B1", "B2", longest=LONG),
        _person(),
        STARTS,
        ENDS,
        Field(
            "psychological",
            Form.CODE,
            "Whether the reason was a psychological one; the mapping turns codes into yes or no.",
            ("no", "yes"),
            words=("yes", "no"),
        ),
        Field("hours_lost", Form.HOURS, "Hours that were not worked so far.", ("37.5", "7.5")),
        WITHDRAWN,
        VERSION,
    ),
    (("ref",), ("person_ref",), ("starts_on",), ("psychological",)),
)
HOURS = Kind(
    "The hours somebody was to work in a month.",
    (
        _ref("The source's own number for this.", "H1", "H2", longest=LONG),
        _person(),
        Field("month", Form.DAY, "Any day of the month.", ("2026-10-01", "2026-11-01")),
        Field("hours", Form.HOURS, "Contracted hours.", ("160", "148.5")),
        WITHDRAWN,
        VERSION,
    ),
    (("ref",), ("person_ref",), ("month",), ("hours",)),
)

UNITS = Kind(
    "Teams, departments, districts: what they are called, where they belong, what they became.",
    (
        _ref("The source's own number for the unit.", "U10", "U11"),
        Field("name", Form.TEXT, "What it is called.", ("Response A", "Response B"), LONG),
        Field("kind", Form.CODE, "What it is.", ("team", "team"), words=_words(UnitKind)),
        Field(
            "parent_ref",
            Form.REFERENCE,
            "The unit it belongs to; blank for the force itself.",
            ("U1", "U1"),
        ),
        Field("closed_on", Form.DAY, "Its last day.", ("", "2026-10-31")),
        Field(
            "becomes_ref",
            Form.REFERENCE,
            "The unit its people are in from the day after.",
            ("", "U10"),
        ),
        WITHDRAWN,
        VERSION,
    ),
    (("ref",), ("name",)),
)
IDENTIFIERS = Kind(
    "Other numbers people go by: collar numbers, former staff numbers.",
    (
        _ref("The source's own number for this.", "N1", "N2", longest=LONG),
        _person("Whose number it is, by their staff number of today."),
        Field(
            "system",
            Form.TEXT,
            "The system that calls them by it.",
            ("cad", "cad"),
            longest=40,
        ),
        Field("number", Form.REFERENCE, "The number.", ("4711", "4711")),
        Field(
            "starts_on",
            Form.DAY,
            "First day; blank if unknown.",
            ("2015-09-01", "2021-03-01"),
        ),
        Field("ends_on", Form.DAY, "Last day; blank while it lasts.", ("2020-12-31", "")),
        WITHDRAWN,
        VERSION,
    ),
    (("ref",), ("person_ref",), ("system",), ("number",)),
)

KINDS: dict[FeedKind, Kind] = {
    FeedKind.PEOPLE: PEOPLE,
    FeedKind.POSTINGS: POSTINGS,
    FeedKind.LEAVERS: LEAVERS,
    FeedKind.INCIDENTS: INCIDENTS,
    FeedKind.ATTENDANCE: ATTENDANCE,
    FeedKind.SUPERVISORS: SUPERVISORS,
    FeedKind.SKILLS: SKILLS,
    FeedKind.ABSENCES: ABSENCES,
    FeedKind.HOURS: HOURS,
    FeedKind.UNITS: UNITS,
    FeedKind.IDENTIFIERS: IDENTIFIERS,
}
"""Everything a row of each kind may tell us. Nothing else is ever stored."""


def mendable(kind: FeedKind, name: str) -> Field | None:
    """The field, if somebody other than its source may say what it should have said.

    Whom or what a row is about, and which of its versions is the newest, only its source may say;
    and what is sensitive is not kept.
    """
    found = next((field for field in KINDS[kind].fields if field.name == name), None)
    if found is None or found.form is Form.REFERENCE or found.name in SENSITIVE | {VERSION.name}:
        return None
    return found


CONTROL_ROOM = frozenset({FeedKind.INCIDENTS, FeedKind.ATTENDANCE})
SOURCES: dict[FeedKind, str] = {kind: "cad" if kind in CONTROL_ROOM else "hr" for kind in KINDS}
"""Which system tells of each kind in the examples."""
