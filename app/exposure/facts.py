"""What the rows say and what is stored: reading for the engine, which acts for nobody.

Two kinds of rows say who was exposed: attendance, which is a system's word, and statements, which
are the person's own. A statement that somebody was not there outweighs any system.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    or_,
    type_coerce,
)
from sqlmodel import Session, col, select

from app.database import QuickMoment, columns, rows
from app.exposure.models import (
    NEAR,
    TRACKER_SYSTEM,
    ExposureStatement,
    Origin,
    StatementKind,
)
from app.incidents.linking import members_of
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.people.models import Person
from app.people.queries import chunks, counts_since, listed

Pair = tuple[int, int]
INCIDENTS: BindParameter[Any] = bindparam("incidents", expanding=True)
PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)


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
        if own is None or (asked and row.incident_id not in asked):
            continue
        yield row if own is row else row._replace(remote=row.remote and own.remote)
    yield from (
        own for own in said.values() if own is not None and (not asked or own.incident_id in asked)
    )


def went_there() -> list[ColumnElement[bool]]:
    """Attendance that was not taken back, by somebody at the scene or dealing with it: to be sent
    is not enough."""
    return [
        col(Attendance.withdrawn).is_(False),
        col(Attendance.role) != AttendanceRole.ASSIGNED,
        _counts_for(col(Attendance.person_id)),
    ]


def _counts_for(person_id: Any) -> ColumnElement[bool]:
    """Incidents of the time from which things count for a person: see ``Person.counts_from``."""
    return (
        select(Person.id)
        .where(col(Person.id) == person_id, counts_since(col(Incident.occurred_at)))
        .exists()
    )


def stands() -> list[ColumnElement[bool]]:
    """An incident that counts. One whose code is of no concern is kept a while without a type."""
    return [col(Incident.withdrawn).is_(False), col(Incident.type_code) != ""]


PAIR = (
    col(Attendance.person_id),
    col(Attendance.incident_id),
    col(Incident.event_id),
    col(Incident.type_code),
    col(Incident.occurred_at),
)
REPORTED = (
    columns(
        *PAIR[:-1],
        type_coerce(Incident.occurred_at, QuickMoment()),
        func.max(case((col(Attendance.role) == AttendanceRole.AT_SCENE, 1), else_=0)),
        func.max(case((col(Attendance.source_system) == TRACKER_SYSTEM, 0), else_=1)),
    )
    .join(Incident, col(Incident.id) == col(Attendance.incident_id))
    .where(or_(col(Incident.event_id).is_not(None), and_(*stands())), *went_there())
    .group_by(*PAIR)
)
REPORTED_AT = REPORTED.where(col(Attendance.incident_id).in_(INCIDENTS))
REPORTED_OF = REPORTED.where(col(Attendance.person_id).in_(PEOPLE))


def reported(
    session: Session, *, incident_ids: Collection[int] = (), person_ids: Collection[int] = ()
) -> Iterator[Attended]:
    """What systems say, whatever the people themselves say of it."""
    together: dict[Pair, tuple[int, int]] = {}
    for found in _chosen(session, REPORTED_AT, REPORTED_OF, incident_ids, person_ids):
        for person_id, incident_id, event_id, code, occurred_at, near, by_feed in found:
            if event_id is None:
                origin = Origin.FED if by_feed else Origin.ATTACHED
                yield Attended(person_id, incident_id, code, occurred_at, not near, origin)
                continue
            others = together.get((person_id, event_id), (0, 0))
            together[person_id, event_id] = (max(near, others[0]), max(by_feed, others[1]))
    heads = _heads(session, {event_id for _person_id, event_id in together})
    for pair, (near, by_feed) in together.items():
        head = heads[pair[1]]
        if head.type_code:
            origin = Origin.FED if by_feed else Origin.ATTACHED
            yield Attended(*pair, head.type_code, head.occurred_at, not near, origin)


def _chosen(
    session: Session,
    at: Any,
    of: Any,
    incident_ids: Collection[int],
    person_ids: Collection[int],
) -> Iterator[Sequence[Any]]:
    """What one statement finds at incidents, or another of people."""
    # An event may have more records than one statement may list values. All rows at once: one by
    # one they cost several times more.
    for chunk in chunks(sorted(incident_ids)):
        yield rows(session, at, incidents=chunk).all()
    if not incident_ids:
        yield rows(session, of, people=person_ids).all()


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


SPOKEN = (
    select(ExposureStatement, Incident)
    .join(Incident, col(Incident.id) == col(ExposureStatement.incident_id))
    .where(
        col(ExposureStatement.taken_back_at).is_(None),
        _counts_for(col(ExposureStatement.person_id)),
    )
)
SPOKEN_AT = SPOKEN.where(col(ExposureStatement.incident_id).in_(INCIDENTS))
SPOKEN_OF = SPOKEN.where(col(ExposureStatement.person_id).in_(PEOPLE))


def latest_said(
    session: Session, *, incident_ids: Collection[int] = (), person_ids: Collection[int] = ()
) -> dict[Pair, tuple[ExposureStatement, Incident]]:
    """Statements that stand with the incident each is about, by person and event. Of what somebody
    said of several records of one event, the latest holds."""
    spoken: list[tuple[ExposureStatement, Incident]] = []
    for chunk in chunks(sorted(incident_ids)):
        spoken += session.exec(SPOKEN_AT, params={"incidents": chunk}).all()
    if not incident_ids:
        spoken += session.exec(SPOKEN_OF, params={"people": person_ids}).all()
    found: dict[Pair, tuple[ExposureStatement, Incident]] = {}
    for own, incident in spoken:
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


def incident_refs(session: Session, *, incident_ids: Collection[int]) -> dict[int, str]:
    """What the sources call these incidents, by number."""
    found: dict[int, str] = {}
    for chunk in chunks(incident_ids):
        statement = select(Incident.id, Incident.source_system, Incident.source_ref).where(
            col(Incident.id).in_(chunk)
        )
        found |= {id_ or 0: f"{system}:{ref}" for id_, system, ref in session.exec(statement)}
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


def incidents_after(session: Session, *, incident_id: int, limit: int) -> list[int]:
    """The next incidents by number."""
    statement = (
        select(Incident.id)
        .where(col(Incident.id) > incident_id)
        .order_by(col(Incident.id))
        .limit(limit)
    )
    return [number for number in session.exec(statement) if number]


def people_count(session: Session) -> int:
    """How many people there are."""
    return session.exec(select(func.count()).select_from(Person)).one()


def person_numbers(session: Session, *, ref: str) -> list[int]:
    """The people whom any staff system calls by a reference."""
    found = session.exec(select(Person.id).where(Person.source_ref == ref, listed()).limit(2))
    return [number for number in found if number]
