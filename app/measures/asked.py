"""What a wellbeing lead can ask of their part of the force, and what comes back: pure.

Answers are exact counts for named roles with a purpose, not figures for publication. No protected
characteristic is among the filters, so none can be asked about here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.common.paging import Page
from app.debriefs.models import SupportStatus
from app.people.models import LeavingReason, StaffType, UnitKind
from app.referrals.models import Support


class ServiceBand(StrEnum):
    """Completed years in the force on the last day of the period."""

    UNDER_1 = "0"
    FROM_1 = "1"
    FROM_2 = "2"
    FROM_3 = "3"
    FROM_5 = "5"
    FROM_10 = "10"
    FROM_15 = "15"
    FROM_20 = "20"
    FROM_25 = "25"
    NOT_RECORDED = "not_recorded"

    @property
    def years(self) -> tuple[int, int | None]:
        """At least so many completed years, and fewer than so many; not for ``NOT_RECORDED``."""
        known = [int(one) for one in ServiceBand if one is not ServiceBand.NOT_RECORDED]
        place = known.index(int(self))
        return known[place], known[place + 1] if place + 1 < len(known) else None


@dataclass(frozen=True)
class Question:
    """Which people, over which days. Filters of one kind widen each other, kinds narrow.

    Who belongs to a unit is who is posted there today, or was on their own last day: the people of
    the viewer's part of the force as it is, over any period.
    """

    first: date
    last: date
    """Both are included."""
    units: tuple[str, ...] = ()
    """Public ids of districts, departments or teams; each with everything below it."""
    person: str = ""
    """One person's public id."""
    ranks: tuple[str, ...] = ()
    staff_types: tuple[StaffType, ...] = ()
    service: tuple[ServiceBand, ...] = ()
    skills: tuple[str, ...] = ()
    """Held today, or on their own last day."""
    types: tuple[str, ...] = ()
    """Incident types. Only these count as exposures; every other answer is then about those people
    who had such an exposure in the period."""
    psychological: bool | None = None
    """Only people with, or without, psychological absence in the period."""
    left: bool | None = None
    """Only people who left in the period, or who did not."""

    @classmethod
    def window(cls, days: int, last: date) -> "Question":
        """Everybody, over so many days that end with one."""
        return cls(last - timedelta(days=days - 1), last)


class Unit(StrEnum):
    """What a number counts."""

    PEOPLE = "people"
    EXPOSURES = "exposures"
    PROMPTS = "prompts"
    CONVERSATIONS = "conversations"
    REFERRALS = "referrals"
    SPELLS = "spells"
    HOURS = "hours"


@dataclass(frozen=True)
class Number:
    """So many of so many: whole numbers, but for hours."""

    counted: float
    base: float
    unit: Unit

    @property
    def share(self) -> float | None:
        """The one as a part of the other; none of nothing is nothing."""
        return self.counted / self.base if self.base else None


class Band(StrEnum):
    """How many exposures somebody had."""

    NONE = "0"
    FEW = "1-2"
    SOME = "3-5"
    MANY = "6+"


@dataclass(frozen=True)
class TypeLine:
    """One incident type."""

    code: str
    people: Number
    """Exposed to it, of the people asked about."""
    repeated: Number
    """Exposed to it twice or more, of those exposed to it."""
    exposures: Number
    """Of all exposures that count here."""


@dataclass(frozen=True)
class MonthLine:
    """One calendar month, as far as it lies in the period. ``month``: its first day."""

    month: date
    people: Number
    exposures: int


@dataclass(frozen=True)
class Exposure:
    """Who was exposed, how often and to what."""

    people: Number
    """Exposed at least once, of the people asked about."""
    exposures: int
    bands: dict[Band, Number]
    """Of the people asked about; all four bands, which add up to them."""
    repeated: Number
    """Exposed to any one type twice or more, of the people asked about."""
    types: tuple[TypeLine, ...]
    """The most frequent first."""
    months: tuple[MonthLine, ...]
    """Every month of the period, oldest first."""


@dataclass(frozen=True)
class Prompting:
    """Prompts first known in the period, and what became of them by now.

    What a source took back is left out: it never asked for anything.
    """

    people: Number
    """With a prompt, of the people asked about."""
    prompts: int
    in_72_hours: Number
    """Prompts that led to a conversation within 72 hours, of those whose 72 hours are over. They
    begin with the incident, or when it was first known here."""
    held: Number
    declined: Number
    not_needed: Number
    deferred: Number
    waiting: Number
    """Open, nothing decided yet. These five are of all prompts, and add up to them."""
    people_waiting: Number
    """With an open prompt, of those with a prompt."""


@dataclass(frozen=True)
class OfferLine:
    """One kind of support: what came of it, in people who had a conversation and share what was
    agreed in it. Somebody with several conversations counts once in each column."""

    support: Support
    statuses: dict[SupportStatus, Number]


@dataclass(frozen=True)
class SupportGiven:
    """Conversations of the period, and the support agreed in them."""

    people: Number
    """With a conversation, of the people asked about."""
    conversations: int
    kept_private: Number
    """Who chose that of a conversation nothing is told but the day, of those with one: no line
    below counts what was said of support in it."""
    offers: tuple[OfferLine, ...]
    """Every kind of support that was offered to anybody."""


@dataclass(frozen=True)
class ReferralLine:
    """One service. Requests that people made themselves, and those they keep from whoever
    supervises them, are in no line: they can only be in published figures."""

    service: Support
    people: Number
    """Referred, of the people asked about."""
    referrals: int
    accepted: Number
    contacted: Number
    """Of all referrals to it."""
    hours_to_acceptance: int | None
    days_to_contact: int | None
    """From being sent, at the middle of those that got so far (the lower of two)."""
    waiting: int
    """Still open, without contact."""
    longest_wait: int | None
    """Days, of those still waiting."""


@dataclass(frozen=True)
class AbsenceMonth:
    """One calendar month, as far as it lies in the period."""

    month: date
    hours: Number


@dataclass(frozen=True)
class Absence:
    """Sickness absence that the force's own records call psychological. It has no national
    definition, and no cause can be read from it."""

    hours: Number
    """Psychological hours lost, of contracted hours."""
    of_all_hours: Number
    """Psychological hours lost, of the hours lost for any sickness."""
    spells: Number
    """Psychological spells that lie in the period at least in part, of all such spells."""
    started: int
    """Psychological spells that began in it."""
    people: Number
    """With psychological absence, of the people asked about."""
    long_term: Number
    """With a psychological spell of more than 28 days, of those."""
    contracted_people: Number
    """Of whom contracted hours are known in the period, of the people asked about."""
    months: tuple[AbsenceMonth, ...]


@dataclass(frozen=True)
class Attrition:
    """Leavers of the period, of people who were in the force at any time in it."""

    wellbeing: Number
    """Voluntary resignation or medical retirement."""
    without_transfers: Number
    with_transfers: Number
    reasons: dict[LeavingReason, int]


@dataclass(frozen=True)
class UnitLine:
    """One district, department or team, as a table and a map show it."""

    public_id: str
    source_ref: str
    """What the force's HR system calls it: a map's shapes are known by it."""
    name: str
    kind: UnitKind
    above: str
    """The name of the unit it hangs below, or nothing."""
    exposed: Number
    exposures: int
    talked: Number
    """With a conversation, of those exposed."""
    waiting: Number
    """With an open prompt, of the people of this unit."""
    absent: Number
    """With psychological absence, of the people of this unit."""


class Behind(StrEnum):
    """A number of which the people can be listed."""

    EVERYBODY = "everybody"
    EXPOSED = "exposed"
    NOT_EXPOSED = "not_exposed"
    FEW = "few"
    SOME = "some"
    MANY = "many"
    REPEATED = "repeated"
    PROMPTED = "prompted"
    WAITING = "waiting"
    TALKED = "talked"
    REFERRED = "referred"
    ABSENT = "absent"
    LONG_TERM = "long_term"


@dataclass(frozen=True)
class PersonLine:
    """Somebody behind a number."""

    id: int
    """For the audit, never for a page."""
    public_id: str
    name: str
    rank: str
    unit: str
    exposures: int


@dataclass(frozen=True)
class Listed:
    """A page of the people behind a number."""

    page: Page
    people: tuple[PersonLine, ...]
    not_listed: int
    """Counted, but not named: they left the force, or it is the viewer."""


@dataclass(frozen=True)
class UnitChoice:
    """A unit one may choose. ``depth``: how far below the highest in reach it hangs."""

    public_id: str
    name: str
    kind: UnitKind
    above: str
    depth: int


@dataclass(frozen=True)
class Choices:
    """What the filters can be set to, within the viewer's reach."""

    units: tuple[UnitChoice, ...]
    ranks: tuple[str, ...]
    staff_types: tuple[StaffType, ...]
    skills: tuple[str, ...]
    types: tuple[str, ...]
    """Incident types that are counted at all; their names are the framework's."""
