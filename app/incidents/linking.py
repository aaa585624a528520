"""Which records are one event, and which of them represents it.

A record may say that it is the same as another. Records joined like that, directly or through
others that have arrived, are one event. It is represented by one of them, chosen by what they say
alone, so that the order of arrival cannot matter; see ``docs/decisions/0015``.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from app.bulk import KEY, update_rows
from app.database import columns
from app.incidents.models import Incident
from app.people.queries import chunks

Name = tuple[str, str]
"""What a system calls a record: the system, and its reference."""


class Record(NamedTuple):
    """As much of a record as decides which event it belongs to."""

    id: int
    name: Name
    same_as: Name | None
    stands: bool
    event_id: int | None


def representative(records: Iterable[Record]) -> Record:
    """One that stands before one that does not, then one that names no other, then by name."""
    return min(records, key=lambda one: (not one.stands, one.same_as is not None, one.name))


def events_of(records: Collection[Record]) -> list[list[Record]]:
    """Records that belong together; a link to a record that is not among them joins nothing."""
    by_name = {one.name: one for one in records}
    joined: dict[Name, list[Record]] = {one.name: [one] for one in records}
    for one in records:
        other = by_name.get(one.same_as) if one.same_as else None
        if other is None or joined[other.name] is joined[one.name]:
            continue
        small, large = sorted((joined[one.name], joined[other.name]), key=len)
        large += small
        joined |= {moved.name: large for moved in small}
    return list({id(group): group for group in joined.values()}.values())


def _wrong(records: Collection[Record]) -> Iterator[tuple[Record, int | None]]:
    """Records that name the wrong event, with the right one."""
    for group in events_of(records):
        event = representative(group).id if len(group) > 1 else None
        yield from ((one, event) for one in group if one.event_id != event)


# --- Reading --------------------------------------------------------------------------------------


def _records(session: Session, *conditions: ColumnElement[bool]) -> Iterator[Record]:
    statement = columns(
        Incident.id,
        Incident.source_system,
        Incident.source_ref,
        Incident.same_as_system,
        Incident.same_as_ref,
        Incident.withdrawn,
        Incident.type_code,
        Incident.event_id,
    ).where(*conditions)
    for (
        id_,
        system,
        ref,
        other,
        other_ref,
        withdrawn,
        code,
        event_id,
    ) in session.connection().execute(statement):
        same_as = (other, other_ref) if other_ref else None
        stands = not withdrawn and code != ""
        yield Record(id_, (system, ref), same_as, stands, event_id)


def anything_linked(session: Session) -> bool:
    """Whether any record names another, or did until now."""
    return any(
        session.connection().execute(select(Incident.id).where(condition).limit(1)).first()
        for condition in (
            col(Incident.same_as_ref).is_not(None),
            col(Incident.event_id).is_not(None),
        )
    )


def _around(session: Session, incident_ids: Collection[int]) -> dict[int, Record]:
    """These records and all that are joined to them, or were until now."""
    found: dict[int, Record] = {}
    ahead = set(incident_ids)
    while ahead:
        fresh: dict[int, Record] = {}
        for chunk in chunks(sorted(ahead)):
            fresh |= {one.id: one for one in _records(session, col(Incident.id).in_(chunk))}
        found |= fresh
        ahead = _beside(session, fresh.values()) - found.keys()
    return found


def _beside(session: Session, records: Collection[Record]) -> set[int]:
    """Records of the same events, those that these name, and those that name these."""
    found: set[int] = set()
    for some in chunks(sorted({one.event_id for one in records if one.event_id})):
        found |= _numbers(session, select(Incident.id).where(col(Incident.event_id).in_(some)))
    for called in _called({one.same_as for one in records if one.same_as}):
        found |= _numbers(session, select(Incident.id).where(*called))
    own = {one.name for one in records}
    for refs in chunks(sorted({ref for _system, ref in own})):
        statement = select(Incident.id, Incident.same_as_system, Incident.same_as_ref).where(
            col(Incident.same_as_ref).in_(refs)
        )
        for number, *name in session.connection().execute(statement):
            if tuple(name) in own:
                found.add(number)
    return found


def _called(names: Collection[Name]) -> Iterator[list[ColumnElement[bool]]]:
    """Conditions that find the records with these names, some at a time."""
    for system, group in groupby(sorted(names), key=itemgetter(0)):
        for refs in chunks(ref for _system, ref in group):
            yield [col(Incident.source_system) == system, col(Incident.source_ref).in_(refs)]


def _numbers(session: Session, statement: Any) -> set[int]:
    return {number for (number,) in session.connection().execute(statement) if number}


def _all_linked(session: Session) -> dict[int, Record]:
    names_another = col(Incident.same_as_ref).is_not(None)
    belongs = col(Incident.event_id).is_not(None)
    found = {one.id: one for one in _records(session, or_(names_another, belongs))}
    for called in _called({one.same_as for one in found.values() if one.same_as}):
        found |= {one.id: one for one in _records(session, *called)}
    return found


# --- Keeping it true ------------------------------------------------------------------------------


def relink(session: Session, incident_ids: Collection[int]) -> set[int]:
    """Make the events of these records right after they changed; returns every record of those
    events, before and after, whose exposures must be looked at again."""
    if not incident_ids or not anything_linked(session):
        return set()
    return _put_right(session, _around(session, incident_ids).values())


def relink_all(session: Session) -> set[int]:
    """Make every event right; returns as :func:`relink`, but only where something was wrong."""
    wrong = {one.id for one, _event in _wrong(_all_linked(session).values())}
    return relink(session, wrong)


def _put_right(session: Session, records: Collection[Record]) -> set[int]:
    wrong = list(_wrong(records))
    update_rows(session, Incident, [{KEY: one.id, "event_id": event} for one, event in wrong])
    touched = {one.id for one, _event in wrong} | {one.event_id for one in records if one.event_id}
    return touched | {one.id for group in events_of(records) if len(group) > 1 for one in group}


def link_differences(session: Session) -> Iterator[str]:
    """Every record that is said to belong to another event than it does."""
    for one, event in _wrong(_all_linked(session).values()):
        yield f"incident {one.id}: belongs to {one.event_id}, should to {event}"


def heads_of(session: Session, incident_ids: Collection[int]) -> set[int]:
    """The records that represent the events to which some of these belong."""
    found: set[int] = set()
    for chunk in chunks(sorted(incident_ids)):
        statement = select(Incident.event_id).where(
            col(Incident.id).in_(chunk), col(Incident.event_id).is_not(None)
        )
        found |= _numbers(session, statement)
    return found


def records_of(session: Session, incident_id: int) -> set[int]:
    """Every record of the event that one belongs to, itself included."""
    return {incident_id} | members_of(session, heads_of(session, [incident_id]))


def members_of(session: Session, incident_ids: Collection[int]) -> set[int]:
    """Every record of the events that these represent, where they represent any."""
    found: set[int] = set()
    for chunk in chunks(sorted(incident_ids)):
        found |= _numbers(session, select(Incident.id).where(col(Incident.event_id).in_(chunk)))
    return found
