"""What can be asked about a force: which measures, of which people, over which period. Pure.

Both lenses speak of the same measures. The wellbeing lens asks them of the rows; published figures
answer them from a store that holds no row about a person.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Dimension(StrEnum):
    """What people can be told apart by; its value is also its name in a file."""

    DISTRICT = "district"
    DEPARTMENT = "department"
    TEAM = "team"
    RANK = "rank"
    STAFF_TYPE = "staff_type"
    SERVICE = "service"
    SKILL = "skill"
    HOURS = "hours"
    SEX = "sex"
    GENDER_IDENTITY = "gender_identity"
    ETHNICITY = "ethnicity"
    DISABILITY = "disability"
    RELIGION = "religion"
    ORIENTATION = "orientation"
    AGE = "age"
    CARING = "caring"


PROTECTED = (
    Dimension.SEX,
    Dimension.GENDER_IDENTITY,
    Dimension.ETHNICITY,
    Dimension.DISABILITY,
    Dimension.RELIGION,
    Dimension.ORIENTATION,
    Dimension.AGE,
    Dimension.CARING,
)
"""Held for equality monitoring: only ever in published figures, never beside a name."""
SENSITIVE = (
    Dimension.GENDER_IDENTITY,
    Dimension.ETHNICITY,
    Dimension.DISABILITY,
    Dimension.RELIGION,
    Dimension.ORIENTATION,
)
"""A group by one of these has to be larger before anything is said of it."""
MANY_VALUED = (Dimension.SKILL,)
"""Somebody may be in several categories of these, so their parts do not add up to the whole."""

NOT_RECORDED = "not_recorded"
PREFER_NOT = "prefer_not_to_say"
"""Two different things: nobody has said, and somebody has said that they would rather not."""
RECORDED = "recorded"
"""Neither: there is an answer."""
OTHER = "other"
"""What is too small to be a category of its own, together; its label says what that is."""
DIMENSIONS: dict[Dimension, str] = {
    Dimension.DISTRICT: "District",
    Dimension.DEPARTMENT: "Department",
    Dimension.TEAM: "Team",
    Dimension.RANK: "Rank",
    Dimension.STAFF_TYPE: "Type of staff",
    Dimension.SERVICE: "Length of service",
    Dimension.SKILL: "Skill",
    Dimension.HOURS: "Contracted hours",
    Dimension.SEX: "Sex",
    Dimension.GENDER_IDENTITY: "Gender identity",
    Dimension.ETHNICITY: "Ethnicity",
    Dimension.DISABILITY: "Disability",
    Dimension.RELIGION: "Religion or belief",
    Dimension.ORIENTATION: "Sexual orientation",
    Dimension.AGE: "Age",
    Dimension.CARING: "Caring for somebody",
}
"""What people call each of them."""


class Category(NamedTuple):
    """One value of a dimension: its code in the store, and what people call it."""

    code: str
    label: str


class PeriodKind(StrEnum):
    """The grid of periods: there are no others."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


@dataclass(frozen=True, order=True)
class Period:
    """A calendar month, a quarter, or a financial year from 1 April. ``first``: its first day."""

    first: date
    kind: PeriodKind

    @property
    def last(self) -> date:
        """Its last day."""
        months = self.first.year * 12 + self.first.month + MONTHS[self.kind] - 2
        year, month = divmod(months, 12)
        return date(year, month + 1, monthrange(year, month + 1)[1])

    @property
    def code(self) -> str:
        """``2026-10``, ``2026-Q4`` (by calendar) or ``2026-27``."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.first:%Y-%m}"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return f"{self.first.year}-{(self.first.year + 1) % 100:02}"


class Theme(StrEnum):
    """What a measure is about."""

    EXPOSURE = "exposure"
    TIMELINESS = "timeliness"
    SUPPORT = "support"
    FACTORS = "factors"
    """What made an incident harder."""
    REFERRALS = "referrals"
    ABSENCE = "absence"
    ATTRITION = "attrition"
    COMPLETENESS = "completeness"
    """How much of what people are told apart by is on record."""


@dataclass(frozen=True)
class Measure:
    """A share of people: of those in the base, how many are counted.

    Every percentage is printed with both numbers, in these words, and the date of the data.
    """

    code: str
    name: str
    """As a heading: "Exposed to an incident"."""
    counted: str
    """Who is counted: "people exposed to at least one incident"."""
    base: str
    """Of whom: "people in the force on the last day"."""
    theme: Theme
    kinds: tuple[PeriodKind, ...] = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
    caution: str = ""
    """What the figure does not say, where it is easily misread."""
