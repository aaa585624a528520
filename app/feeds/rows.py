"""What one row says, once it is understood.

Each row carries the source's reference and version and a digest of what it says. Together they
decide which of several rows about one record is the true one; see :mod:`app.feeds.truth`.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from app.feeds.fields import EPOCH
from app.feeds.models import FeedKind
from app.incidents.framework import Codes, separated
from app.incidents.models import AttendanceRole
from app.people.models import LeavingReason, PostingKind, StaffType, SupervisionKind, UnitKind


class PersonRow(NamedTuple):
    """A member of staff. ``characteristics`` are those the file has a column for."""

    number: int
    ref: str
    version: int
    digest: str
    given_name: str
    family_name: str
    staff_type: StaffType
    rank: str
    joined_on: date | None
    characteristics: tuple[tuple[str, str], ...]
    bare: bool = False


class PostingRow(NamedTuple):
    """A spell in a unit. ``bare``: it is withdrawn, and nothing else is said of it."""

    number: int
    ref: str
    version: int
    digest: str
    person_ref: str = ""
    unit_ref: str = ""
    unit_name: str = ""
    kind: PostingKind = PostingKind.SUBSTANTIVE
    starts_on: date = date.min
    ends_on: date | None = None
    withdrawn: bool = True
    bare: bool = True


class LeaverRow(NamedTuple):
    """The end of somebody's service. ``ref`` is the person's; withdrawn: they have not left."""

    number: int
    ref: str
    version: int
    digest: str
    left_on: date | None
    reason: LeavingReason | None
    bare: bool = False


class IncidentRow(NamedTuple):
    """An incident. No ``type_code``: the mapping says that its code is not relevant, or there are
    codes and the framework decides. ``same_as_ref``: another record of the same event."""

    number: int
    ref: str
    version: int
    digest: str
    occurred_at: datetime = EPOCH
    type_code: str = ""
    area: str = ""
    withdrawn: bool = True
    bare: bool = True
    same_as_system: str = ""
    same_as_ref: str = ""
    closing_code: str = ""
    opening_code: str = ""
    qualifiers: str = ""

    @property
    def is_coded(self) -> bool:
        """Whether the framework decides."""
        return bool(self.closing_code or self.opening_code or self.qualifiers)

    @property
    def codes(self) -> Codes:
        """The codes by which the framework decides; empty where the mapping decided."""
        return Codes(self.closing_code, self.opening_code, separated(self.qualifiers))


class AttendanceRow(NamedTuple):
    """One source's word that one person was at one incident."""

    number: int
    ref: str
    version: int
    digest: str
    person_ref: str = ""
    incident_ref: str = ""
    role: AttendanceRole = AttendanceRole.ASSIGNED
    unit_ref: str = ""
    withdrawn: bool = True
    bare: bool = True


class SupervisorRow(NamedTuple):
    """A spell of leading or covering a unit."""

    number: int
    ref: str
    version: int
    digest: str
    person_ref: str = ""
    unit_ref: str = ""
    kind: SupervisionKind = SupervisionKind.SUPERVISOR
    starts_on: date = date.min
    ends_on: date | None = None
    withdrawn: bool = True
    bare: bool = True


class SkillRow(NamedTuple):
    """A spell of having a skill."""

    number: int
    ref: str
    version: int
    digest: str
    person_ref: str = ""
    name: str = ""
    starts_on: date = date.min
    ends_on: date | None = None
    withdrawn: bool = True
    bare: bool = True


class AbsenceRow(NamedTuple):
    """A spell of sickness absence."""

    number: int
    ref: str
    version: int
    digest: str
    person_ref: str = ""
    starts_on: date = date.min
    ends_on: date | None = None
    psychological: bool = False
    hours_lost: Decimal = Decimal(0)
    withdrawn: bool = True
    bare: bool = True


class HoursRow(NamedTuple):
    """Contracted hours in one month. ``month``: its first day."""

    number: int
    ref: str
    version: int
    digest: str
    person_ref: str = ""
    month: date = date.min
    hours: Decimal = Decimal(0)
    withdrawn: bool = True
    bare: bool = True


class UnitRow(NamedTuple):
    """A unit. ``becomes_ref``: the unit its people are in after ``closed_on``."""

    number: int
    ref: str
    version: int
    digest: str
    name: str = ""
    kind: UnitKind = UnitKind.TEAM
    parent_ref: str = ""
    closed_on: date | None = None
    becomes_ref: str = ""
    withdrawn: bool = True
    bare: bool = True


class IdentifierRow(NamedTuple):
    """A number somebody goes by. ``called`` is the number, ``system`` who calls them by it."""

    number: int
    ref: str
    version: int
    digest: str
    person_ref: str = ""
    system: str = ""
    called: str = ""
    starts_on: date = date.min
    ends_on: date | None = None
    withdrawn: bool = True
    bare: bool = True


Row = (
    PersonRow
    | PostingRow
    | LeaverRow
    | IncidentRow
    | AttendanceRow
    | SupervisorRow
    | SkillRow
    | AbsenceRow
    | HoursRow
    | UnitRow
    | IdentifierRow
)


# --- Rows that wait -------------------------------------------------------------------------------

ROW_TYPES: dict[FeedKind, type[Any]] = {
    FeedKind.PEOPLE: PersonRow,
    FeedKind.POSTINGS: PostingRow,
    FeedKind.LEAVERS: LeaverRow,
    FeedKind.INCIDENTS: IncidentRow,
    FeedKind.ATTENDANCE: AttendanceRow,
    FeedKind.SUPERVISORS: SupervisorRow,
    FeedKind.SKILLS: SkillRow,
    FeedKind.ABSENCES: AbsenceRow,
    FeedKind.HOURS: HoursRow,
    FeedKind.UNITS: UnitRow,
    FeedKind.IDENTIFIERS: IdentifierRow,
}


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _flag(value: str) -> bool:
    return value == "True"


READ_AGAIN: dict[str, Callable[[str], Any]] = {
    "number": int,
    "version": int,
    "starts_on": _day,
    "ends_on": _day,
    "left_on": _day,
    "closed_on": _day,
    "reason": lambda value: LeavingReason(value) if value else None,
    "role": AttendanceRole,
    "kind": PostingKind,
    "occurred_at": datetime.fromisoformat,
    "psychological": _flag,
    "hours_lost": Decimal,
    "hours": Decimal,
    "month": _day,
    "withdrawn": _flag,
    "bare": _flag,
}


READ_OTHERWISE: dict[FeedKind, dict[str, Callable[[str], Any]]] = {
    FeedKind.SUPERVISORS: {"kind": SupervisionKind},
    FeedKind.UNITS: {"kind": UnitKind},
}


def to_values(row: Row) -> dict[str, str]:
    """A row as words, to be kept until the record it refers to arrives."""
    return {name: "" if value is None else str(value) for name, value in row._asdict().items()}


def from_values(kind: FeedKind, values: dict[str, str]) -> Row:
    """The row that :func:`to_values` took apart."""
    again = READ_AGAIN | READ_OTHERWISE.get(kind, {})
    made: Row = ROW_TYPES[kind](
        **{
            name: again[name](values[name]) if name in again else values[name]
            for name in ROW_TYPES[kind]._fields
            # What older versions of the site did not write down has not been said.
            if name in values
        }
    )
    return made
