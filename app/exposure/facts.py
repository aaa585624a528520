"""What the rows say and what is stored: reading for the engine, which acts for nobody.

Two kinds of rows say who was exposed: attendance, which is a system's word, and statements, which
are the person's own. A statement that somebody was not there outweighs any system.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, select

from app.database import columns
from app.exposure.models import (
    NEAR,
    TRACKER_SYSTEM,
    Exposure,
    ExposureStatement,
    MonthTally,
    Origin,
    Prompt,
    PromptingStart,
    PromptPerson,
    StatementKind,
)
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.people.models import Person, Unit, UnitAncestor, UnitKind
from app.people.queries import chunks, counts_since, listed

Pair = tuple[int, int]


class Attended(NamedTuple):
    """A person and an incident they were exposed to, from the rows that stand."""

    person_id: int
    incident_id: int
    type_code: str
    occurred_at: datetime
    remote: bool
    origin: Origin = Origin.FED


def attended(
    session: Session, *, incident_ids: Collection[int] = (), person_ids: Collection[int] = ()
) -> Iterator[Attended]:
    """Pairs that count as exposures: on a system's word or the person's own, and not disputed by
    the person."""
    said = _said(session, incident_ids=incident_ids, person_ids=person_ids)
    for row in _reported(session, incident_ids=incident_ids, person_ids=person_ids):
        own = said.pop((row.person_id, row.incident_id), row)
        if own is not None:
            yield row._replace(remote=row.remote and own.remote)
    yield from (own for own in said.values() if own is not None)


def stands() -> list[ColumnElement[bool]]:
    """Attendance that counts as exposure: at the scene or dealing with it, not merely sent."""
    return [
        col(Attendance.withdrawn).is_(False),
        col(Incident.withdrawn).is_(False),
        col(Attendance.role) != AttendanceRole.ASSIGNED,
        # An incident whose code is of no concern is kept a while without a type.
        col(Incident.type_code) != "",
        _counts_for(col(Attendance.person_id)),
    ]


def _counts_for(person_id: Any) -> ColumnElement[bool]:
    """Incidents of the time from which things count for a person: see ``Person.counts_from``."""
    return (
        select(Person.id)
        .where(col(Person.id) == person_id, counts_since(col(Incident.occurred_at)))
        .exists()
    )


def _reported(
    session: Session, *, incident_ids: Collection[int], person_ids: Collection[int]
) -> Iterator[Attended]:
    at_scene = func.max(case((col(Attendance.role) == AttendanceRole.AT_SCENE, 1), else_=0))
    fed = func.max(case((col(Attendance.source_system) == TRACKER_SYSTEM, 0), else_=1))
    chosen = (
        col(Attendance.incident_id).in_(incident_ids)
        if incident_ids
        else col(Attendance.person_id).in_(person_ids)
    )
    pair = (
        col(Attendance.person_id),
        col(Attendance.incident_id),
        col(Incident.type_code),
        col(Incident.occurred_at),
    )
    statement = (
        columns(*pair, at_scene, fed)
        .join(Incident, col(Incident.id) == col(Attendance.incident_id))
        .where(chosen, *stands())
        .group_by(*pair)
    )
    for person_id, incident_id, type_code, occurred_at, near, by_feed in session.exec(statement):
        origin = Origin.FED if by_feed else Origin.ATTACHED
        yield Attended(person_id, incident_id, type_code, occurred_at, not near, origin)


def _said(
    session: Session, *, incident_ids: Collection[int], person_ids: Collection[int]
) -> dict[Pair, Attended | None]:
    """What people say of themselves, by pair; ``None`` says that they were not exposed."""
    chosen = (
        col(ExposureStatement.incident_id).in_(incident_ids)
        if incident_ids
        else col(ExposureStatement.person_id).in_(person_ids)
    )
    statement = (
        select(ExposureStatement, Incident)
        .join(Incident, col(Incident.id) == col(ExposureStatement.incident_id))
        .where(
            chosen,
            col(ExposureStatement.taken_back_at).is_(None),
            _counts_for(col(ExposureStatement.person_id)),
        )
    )
    found: dict[Pair, Attended | None] = {}
    for own, incident in session.exec(statement):
        pair = (own.person_id, own.incident_id)
        if own.kind is StatementKind.DISPUTED:
            found[pair] = None
            continue
        # Somebody's own word stands, in their own words, when the source takes the incident back.
        known = incident.type_code if incident.type_code and not incident.withdrawn else ""
        found[pair] = Attended(
            *pair,
            known or own.type_code,
            incident.occurred_at,
            own.work not in NEAR,
            Origin.OWN,
        )
    return found


class Stored(NamedTuple):
    """An exposure as it is stored, in the order the engine compares."""

    id: int
    person_id: int
    incident_id: int
    type_code: str
    occurred_at: datetime
    occurred_on: date
    unit_id: int | None
    remote: bool
    origin: Origin
    framework_number: int


def stored(
    session: Session,
    *,
    incident_ids: Collection[int] = (),
    person_ids: Collection[int] = (),
    since: date | None = None,
) -> Iterator[Stored]:
    """Exposures of these incidents, or of these people (since a day, if one is given)."""
    statement = columns(
        Exposure.id,
        Exposure.person_id,
        Exposure.incident_id,
        Exposure.type_code,
        Exposure.occurred_at,
        Exposure.occurred_on,
        Exposure.unit_id,
        Exposure.remote,
        Exposure.origin,
        Exposure.framework_number,
    )
    if incident_ids:
        statement = statement.where(col(Exposure.incident_id).in_(incident_ids))
    else:
        statement = statement.where(col(Exposure.person_id).in_(person_ids))
    if since is not None:
        statement = statement.where(col(Exposure.occurred_on) >= since)
    # Columns only: the connection answers faster than the session.
    yield from map(Stored._make, session.connection().execute(statement))


def tallies(session: Session, *, person_ids: Collection[int]) -> dict[tuple[int, date, str], int]:
    """Stored counts by person, month and type."""
    statement = columns(
        MonthTally.person_id, MonthTally.month, MonthTally.type_code, MonthTally.count
    ).where(col(MonthTally.person_id).in_(person_ids))
    return {(person, month, code): n for person, month, code, n in session.exec(statement)}


def incident_refs(session: Session, *, incident_ids: Collection[int]) -> dict[int, str]:
    """What the sources call these incidents, by number."""
    found: dict[int, str] = {}
    for chunk in chunks(incident_ids):
        statement = select(Incident.id, Incident.source_system, Incident.source_ref).where(
            col(Incident.id).in_(chunk)
        )
        found |= {id_ or 0: f"{system}:{ref}" for id_, system, ref in session.exec(statement)}
    return found


def prompting_starts(session: Session) -> dict[int | None, date]:
    """From which day each unit is prompted. The entry for ``None`` is the whole force's own start:
    it also covers people whom no posting places anywhere."""
    starts: dict[int | None, date] = {}
    statement = (
        select(UnitAncestor.unit_id, func.min(PromptingStart.starts_on))
        .join(PromptingStart, col(PromptingStart.unit_id) == col(UnitAncestor.ancestor_id))
        .group_by(col(UnitAncestor.unit_id))
    )
    starts.update(dict(session.exec(statement).all()))
    whole = (
        select(PromptingStart)
        .join(Unit, col(Unit.id) == col(PromptingStart.unit_id))
        .where(col(Unit.kind) == UnitKind.FORCE)
        .order_by(col(PromptingStart.starts_on))
    )
    force = session.exec(whole).first()
    if force is not None:
        starts[None] = force.starts_on
    return starts


def prompt_people(
    session: Session, *, person_ids: Collection[int]
) -> list[tuple[str, PromptPerson]]:
    """Every prompt row of these people with its prompt's natural key."""
    statement = (
        select(Prompt.natural_key, PromptPerson)
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .where(col(PromptPerson.person_id).in_(person_ids))
        .order_by(col(PromptPerson.id))
    )
    return list(session.exec(statement))


def prompt_ids(session: Session, *, natural_keys: Sequence[str]) -> dict[str, int]:
    """Numbers of prompts that exist already."""
    found: dict[str, int] = {}
    for chunk in chunks(natural_keys):
        statement = select(Prompt.natural_key, Prompt.id).where(col(Prompt.natural_key).in_(chunk))
        found.update({key: number or 0 for key, number in session.exec(statement)})
    return found


def received(session: Session, *, incident_ids: Sequence[int]) -> dict[int, datetime]:
    """When each incident first reached us."""
    found: dict[int, datetime] = {}
    for chunk in chunks(incident_ids):
        statement = select(Incident.id, Incident.received_at).where(col(Incident.id).in_(chunk))
        found.update({number or 0: at for number, at in session.exec(statement)})
    return found


def people_after(session: Session, *, person_id: int, limit: int) -> list[int]:
    """The next people by number."""
    statement = (
        select(Person.id).where(col(Person.id) > person_id).order_by(col(Person.id)).limit(limit)
    )
    return [number for number in session.exec(statement) if number]


def people_count(session: Session) -> int:
    """How many people there are."""
    return session.exec(select(func.count()).select_from(Person)).one()


def person_numbers(session: Session, *, ref: str) -> list[int]:
    """The people whom any staff system calls by a reference."""
    found = session.exec(select(Person.id).where(Person.source_ref == ref, listed()).limit(2))
    return [number for number in found if number]
