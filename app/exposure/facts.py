"""What the rows say and what is stored: reading for the engine, which acts for nobody.

Two kinds of rows say who was exposed: attendance, which is a system's word, and statements, which
are the person's own. A statement that somebody was not there outweighs any system.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_
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
from app.exposure.rules import natural_key
from app.incidents.linking import members_of
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.people.models import Person, Unit, UnitAncestor, UnitKind
from app.people.queries import chunks

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
    the person.

    Where several records are one event, the pair names the one that represents it, whichever of
    them somebody attended or spoke of; of ``incident_ids``, those that represent one bring the
    rest of their event, and the rest bring nothing.
    """
    asked = set(incident_ids)
    records = asked | members_of(session, asked)
    said = _said(session, incident_ids=records, person_ids=person_ids)
    for row in reported(session, incident_ids=records, person_ids=person_ids):
        own = said.pop((row.person_id, row.incident_id), row)
        if own is not None and (not asked or row.incident_id in asked):
            yield row._replace(remote=row.remote and own.remote)
    yield from (
        own for own in said.values() if own is not None and (not asked or own.incident_id in asked)
    )


def went_there() -> list[ColumnElement[bool]]:
    """Attendance that was not taken back, by somebody at the scene or dealing with it: to be sent
    is not enough."""
    return [
        col(Attendance.withdrawn).is_(False),
        col(Attendance.role) != AttendanceRole.ASSIGNED,
    ]


def stands() -> list[ColumnElement[bool]]:
    """An incident that counts. One whose code is of no concern is kept a while without a type."""
    return [col(Incident.withdrawn).is_(False), col(Incident.type_code) != ""]


def reported(
    session: Session, *, incident_ids: Collection[int] = (), person_ids: Collection[int] = ()
) -> Iterator[Attended]:
    """What systems say, whatever the people themselves say of it."""
    at_scene = func.max(case((col(Attendance.role) == AttendanceRole.AT_SCENE, 1), else_=0))
    fed = func.max(case((col(Attendance.source_system) == TRACKER_SYSTEM, 0), else_=1))
    pair = (
        col(Attendance.person_id),
        col(Attendance.incident_id),
        col(Incident.event_id),
        col(Incident.type_code),
        col(Incident.occurred_at),
    )
    counts = or_(col(Incident.event_id).is_not(None), and_(*stands()))
    statement = (
        columns(*pair, at_scene, fed)
        .join(Incident, col(Incident.id) == col(Attendance.incident_id))
        .where(counts, *went_there())
        .group_by(*pair)
    )
    together: dict[Pair, tuple[int, int]] = {}
    for chosen in _chosen(Attendance, incident_ids, person_ids):
        found = session.exec(statement.where(chosen))
        for person_id, incident_id, event_id, code, occurred_at, near, by_feed in found:
            if event_id is None:
                origin = Origin.FED if by_feed else Origin.ATTACHED
                yield Attended(person_id, incident_id, code, occurred_at, not near, origin)
                continue
            others = together.get((person_id, event_id), (0, 0))
            together[person_id, event_id] = (max(near, others[0]), max(by_feed, others[1]))
    heads = _heads(session, {event_id for _person_id, event_id in together})
    for (person_id, event_id), (near, by_feed) in together.items():
        head = heads[event_id]
        if head.type_code:
            origin = Origin.FED if by_feed else Origin.ATTACHED
            yield Attended(person_id, event_id, *head, not near, origin)


def _chosen(
    model: Any, incident_ids: Collection[int], person_ids: Collection[int]
) -> Iterator[ColumnElement[bool]]:
    # An event may have more records than one statement may list values.
    for chunk in chunks(sorted(incident_ids)):
        yield model.incident_id.in_(chunk)
    if not incident_ids:
        yield model.person_id.in_(person_ids)


class Head(NamedTuple):
    """What is known of an event, by the record that represents it; no type where none counts."""

    type_code: str
    occurred_at: datetime


def _heads(session: Session, event_ids: Collection[int]) -> dict[int, Head]:
    found: dict[int, Head] = {}
    for chunk in chunks(sorted(event_ids)):
        statement = columns(
            Incident.id, Incident.type_code, Incident.occurred_at, Incident.withdrawn
        ).where(col(Incident.id).in_(chunk))
        for id_, code, occurred_at, withdrawn in session.exec(statement):
            found[id_] = Head("" if withdrawn else code, occurred_at)
    return found


def _said(
    session: Session, *, incident_ids: Collection[int], person_ids: Collection[int]
) -> dict[Pair, Attended | None]:
    """What people say of themselves, by pair; ``None`` says that they were not exposed."""
    found = latest_said(session, incident_ids=incident_ids, person_ids=person_ids)
    heads = _heads(session, {event for _own, one in found.values() if (event := one.event_id)})
    return {
        pair: _own_word(pair, own, heads.get(pair[1]) or _head_of(incident))
        for pair, (own, incident) in found.items()
    }


def latest_said(
    session: Session, *, incident_ids: Collection[int] = (), person_ids: Collection[int] = ()
) -> dict[Pair, tuple[ExposureStatement, Incident]]:
    """Statements that stand with the incident each is about, by person and event. Of what somebody
    said of several records of one event, the latest holds."""
    found: dict[Pair, tuple[ExposureStatement, Incident]] = {}
    for chosen in _chosen(ExposureStatement, incident_ids, person_ids):
        statement = (
            select(ExposureStatement, Incident)
            .join(Incident, col(Incident.id) == col(ExposureStatement.incident_id))
            .where(chosen, col(ExposureStatement.taken_back_at).is_(None))
        )
        for own, incident in session.exec(statement):
            pair = (own.person_id, incident.event_id or own.incident_id)
            held = found.get(pair)
            if held is None or _when_said(held[0]) < _when_said(own):
                found[pair] = (own, incident)
    return found


def _when_said(own: ExposureStatement) -> tuple[datetime, int]:
    return own.said_at, own.id or 0


def _head_of(incident: Incident) -> Head:
    return Head("" if incident.withdrawn else incident.type_code, incident.occurred_at)


def _own_word(pair: Pair, own: ExposureStatement, head: Head) -> Attended | None:
    if own.kind is StatementKind.DISPUTED:
        return None
    # Somebody's own word stands, in their own words, when the source takes the incident back.
    code = head.type_code or own.type_code
    return Attended(*pair, code, head.occurred_at, own.work not in NEAR, Origin.OWN)


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


class Asked(NamedTuple):
    """A prompt row of one person. ``key``: that of its event, which others may share; ``own``:
    whether the event is represented by the incident that the prompt was made for."""

    key: str
    own: bool
    row: PromptPerson


def prompt_people(session: Session, *, person_ids: Collection[int]) -> list[Asked]:
    """Every prompt row of these people."""
    statement = (
        columns(Prompt.kind, Prompt.incident_id, Incident.event_id, PromptPerson)
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .join(Incident, col(Incident.id) == col(Prompt.incident_id))
        .where(col(PromptPerson.person_id).in_(person_ids))
        .order_by(col(PromptPerson.id))
    )
    return [
        Asked(
            natural_key(kind, row.person_id, event_id or incident_id),
            event_id in {None, incident_id},
            row,
        )
        for kind, incident_id, event_id, row in session.exec(statement)
    ]


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
    found = session.exec(select(Person.id).where(Person.source_ref == ref).limit(2))
    return [number for number in found if number]
