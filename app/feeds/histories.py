"""Reading, for the steward: what was held of a record at which time."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from app.database import columns
from app.feeds.stores import STORES
from app.incidents import past
from app.incidents.linking import records_of
from app.incidents.models import Attendance, AttendanceRole, Incident, PastKind
from app.incidents.past import Before, Told
from app.incidents.queries import frameworks
from app.people.models import Person, Unit
from app.people.queries import chunks
from app.security.permissions import Permission
from app.security.viewer import Viewer
from app.web.filters import day, moment

TOLD = dict(store.past for store in STORES.values() if store.past)
MOST_ATTENDANCE = 200
"""How many people's attendance is shown with an incident."""
ROLES = {
    AttendanceRole.ASSIGNED: "sent",
    AttendanceRole.AT_SCENE: "at the scene",
    AttendanceRole.REMOTE: "dealt with it from afar",
}
LABELS = {
    "occurred_at": "Happened",
    "type_code": "Type",
    "area": "Area",
    "same_as_ref": "Same event as",
    "same_as_system": "In the system",
    "opening_code": "Opening code",
    "closing_code": "Closing code",
    "qualifiers": "Qualifiers",
    "person_id": "Staff reference",
    "incident_id": "Incident",
    "unit_id": "Unit",
    "unit_ref": "Unit at the source",
    "role": "Part",
    "kind": "Kind",
    "starts_on": "From",
    "ends_on": "To",
    "left_on": "Last day",
    "leaving_reason": "Reason",
    "name": "Name",
    "parent_said_id": "Belongs to",
    "closed_on": "Closed on",
    "becomes_id": "Became",
    "withdrawn": "Counts",
}


@dataclass(frozen=True)
class Version:
    """What a record said for a while; without ``until``, what it says now."""

    until: datetime | None
    version: int
    says: list[tuple[str, str]]


@dataclass(frozen=True)
class Story:
    """What was held of one record, the newest first. ``person_ids``: those it names, or named."""

    kind: PastKind
    system: str
    ref: str
    since: datetime | None
    """When it was first heard of, where that is kept."""
    versions: list[Version]
    person_ids: frozenset[int]
    same_event: list[tuple[str, str]] = field(default_factory=list)
    """Other records of the event: their systems and references."""
    attendance: list["Story"] = field(default_factory=list)


def story(
    viewer: Viewer, session: Session, *, kind: PastKind, system: str, ref: str
) -> Story | None:
    """One record; an incident with what was said of who attended it."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return None
    found = _stories(session, kind, TOLD[kind].model.source_ref == ref, system=system)
    if not found:
        return None
    (number, one), *_others = found
    if kind is not PastKind.INCIDENTS:
        return one
    attended = _stories(session, PastKind.ATTENDANCE, col(Attendance.incident_id) == number)
    return Story(
        one.kind,
        one.system,
        one.ref,
        one.since,
        one.versions,
        frozenset().union(*(other.person_ids for _id, other in attended)),
        _others_of(session, number),
        [other for _id, other in attended],
    )


def _others_of(session: Session, number: int) -> list[tuple[str, str]]:
    statement = (
        select(Incident.source_system, Incident.source_ref)
        .where(col(Incident.id).in_(records_of(session, number)), Incident.id != number)
        .order_by(col(Incident.source_system), col(Incident.source_ref))
    )
    return list(session.exec(statement))


def _stories(
    session: Session, kind: PastKind, which: Any, *, system: str = ""
) -> list[tuple[int, Story]]:
    told = TOLD[kind]
    model = told.model
    received = getattr(model, "received_at", model.source_system)
    identity = (model.id, model.source_system, model.source_ref, received)
    said = (getattr(model, name) for name in told.names)
    statement = columns(*identity, getattr(model, told.version), *said)
    statement = statement.where(which, getattr(model, told.version) >= told.first)
    if system:
        statement = statement.where(model.source_system == system)
    rows = session.exec(statement.order_by(model.id).limit(MOST_ATTENDANCE)).all()
    earlier = past.stories(session, kind, names=[(row[1], row[2]) for row in rows])
    held = {row[0]: _held(told, row, earlier.get((row[1], row[2]), [])) for row in rows}
    words = _Words(session, [one.said for found in held.values() for one in found])
    return [
        (
            number,
            Story(
                kind,
                source,
                ref,
                since if isinstance(since, datetime) else None,
                [one.read(words) for one in reversed(held[number])],
                _people(number, kind, [one.said for one in held[number]]),
            ),
        )
        for number, source, ref, since, *_said in rows
    ]


class _Held(NamedTuple):
    until: datetime | None
    version: int
    said: dict[str, Any]

    def read(self, words: "_Words") -> Version:
        return Version(self.until, self.version, words.of(self.said))


def _held(told: Told, row: Any, earlier: Collection[Before]) -> list[_Held]:
    """What a record said, the oldest first and then what it says now."""
    now = _Held(None, row[4], dict(zip(told.names, row[5:], strict=True)))
    return [*(_Held(one.known_until, one.version, one.said) for one in earlier), now]


def _people(number: int, kind: PastKind, said: Iterable[dict[str, Any]]) -> frozenset[int]:
    if kind is PastKind.LEAVERS:
        return frozenset({number})
    return frozenset(one["person_id"] for one in said if one.get("person_id"))


class _Words:
    """What records say, as people read it; those they name by their sources' references."""

    def __init__(self, session: Session, said: Collection[dict[str, Any]]) -> None:
        types = frameworks(session).type_names()
        numbers = {name: {one[name] for one in said if one.get(name)} for name in NAMED}
        refs = {name: _refs(session, NAMED[name], numbers[name]) for name in NAMED}
        self.how: dict[str, Callable[[Any], str]] = {
            "type_code": lambda code: types.get(code, code) or "No concern, or not known yet",
            "occurred_at": lambda at: moment(_moment(at)),
            "role": lambda role: ROLES[AttendanceRole(role)],
            "withdrawn": lambda withdrawn: "No" if withdrawn else "Yes",
            **{name: self._called(refs[name]) for name in NAMED},
            **{name: lambda at: day(_day(at)) for name in DAYS},
        }

    @staticmethod
    def _called(refs: dict[int, str]) -> Callable[[Any], str]:
        return lambda number: refs.get(number, "no longer held")

    def of(self, said: dict[str, Any]) -> list[tuple[str, str]]:
        """Labels and values, without those that are empty."""
        return [
            (LABELS[name], self.how.get(name, str)(value))
            for name, value in said.items()
            if value not in (None, "") or name == "type_code"
        ]


DAYS = ("starts_on", "ends_on", "left_on", "closed_on")
NAMED: dict[str, Any] = {
    "person_id": Person.source_ref,
    "incident_id": Incident.source_ref,
    "unit_id": Unit.name,
    "parent_said_id": Unit.source_ref,
    "becomes_id": Unit.source_ref,
}


def _refs(session: Session, column: Any, numbers: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(sorted(numbers)):
        model = column.class_
        found |= dict(session.exec(select(model.id, column).where(model.id.in_(chunk))).all())
    return found


def _moment(at: datetime | str) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromisoformat(at)


def _day(at: date | str) -> date:
    return at if isinstance(at, date) else date.fromisoformat(at)
