"""What is behind one person's numbers: their exposures one by one, and what they said of
themselves.

The caller has already asked ``people.queries`` whom the viewer may see.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, false, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.common.clock import start_of_day
from app.common.paging import Page
from app.database import columns, rows
from app.exposure import facts
from app.exposure.facts import Attended
from app.exposure.models import (
    OWN_SYSTEM,
    Exposure,
    ExposureStatement,
    Origin,
    StatementKind,
    Work,
)
from app.exposure.queries import before_window
from app.incidents import past
from app.incidents.linking import members_of
from app.incidents.models import Incident, PastKind
from app.incidents.past import Before
from app.people.models import UnitAncestor
from app.people.queries import chunks

MOST_ON_A_DAY = 30
"""How many incidents of a day somebody is asked to choose from."""


@dataclass(frozen=True)
class Seen:
    """One exposure as its person or supervisor sees it: no more than type, time, nearness and on
    whose word it rests, and what was held of it before."""

    incident_id: int
    incident_public_id: str
    occurred_at: datetime
    type_code: str
    remote: bool
    origin: Origin
    framework_number: int
    name: tuple[str, str]
    """What its source calls it: the system and the reference."""
    records: int
    """How many other records of force systems are the same event, this one included; 0 for one."""
    systems: int
    """From how many systems those come."""
    work: Work | None = None
    """What brought them there in their own word, where they said so."""
    statement_public_id: str | None = None
    before: Before | None = None
    """What was last recorded otherwise, until when."""

    @property
    def by_day(self) -> bool:
        """Only the day is known, not the time."""
        return self.name[0] == OWN_SYSTEM


def _seen(*conditions: ColumnElement[bool]) -> Any:
    other = aliased(Incident)
    same = col(other.event_id) == col(Exposure.incident_id)
    return (
        columns(
            Exposure.incident_id,
            Incident.public_id,
            Exposure.occurred_at,
            Exposure.type_code,
            Exposure.remote,
            Exposure.origin,
            Exposure.framework_number,
            Incident.source_system,
            Incident.source_ref,
            select(func.count()).where(same).scalar_subquery(),
            select(func.count(col(other.source_system).distinct())).where(same).scalar_subquery(),
        )
        .join(Incident, col(Incident.id) == col(Exposure.incident_id))
        .where(*conditions)
    )


def _shown(session: Session, person_id: int, statement: Any) -> list[Seen]:
    """Exposures with what the person said of each, and what was recorded before."""
    found = [Seen(*(*row[:7], (row[7], row[8]), *row[9:])) for row in session.exec(statement)]
    if not found:
        return []
    said = facts.latest_said(session, person_ids=[person_id])
    earlier = past.stories(session, PastKind.INCIDENTS, names={one.name for one in found})
    shown: list[Seen] = []
    for one in found:
        own, _incident = said.get((person_id, one.incident_id), (None, None))
        shown.append(
            replace(
                one,
                work=own.work if own else None,
                statement_public_id=own.public_id if own else None,
                before=past.last_said_otherwise(earlier.get(one.name, []), partial(_as_now, one)),
            )
        )
    return shown


def _as_now(one: Seen, said: dict[str, Any]) -> bool:
    return not said["withdrawn"] and (said["type_code"], said["occurred_at"]) == (
        one.type_code,
        one.occurred_at.isoformat(),
    )


def _event_of(public_id: str) -> Any:
    """The record that represents the event of an incident, by the name it has in addresses."""
    return (
        select(func.coalesce(Incident.event_id, Incident.id))
        .where(Incident.public_id == public_id)
        .scalar_subquery()
    )


def exposures_of(session: Session, *, person_id: int, limit: int = 50) -> list[Seen]:
    """A person's latest exposures, newest first."""
    statement = (
        _seen(col(Exposure.person_id) == person_id)
        .order_by(col(Exposure.occurred_at).desc(), col(Exposure.id).desc())
        .limit(limit)
    )
    return _shown(session, person_id, statement)


def exposures_at(session: Session, *, person_id: int, incident_ids: Collection[int]) -> list[Seen]:
    """A person's exposures to these incidents, newest first."""
    statement = _seen(
        col(Exposure.person_id) == person_id, col(Exposure.incident_id).in_(incident_ids)
    ).order_by(col(Exposure.occurred_at).desc(), col(Exposure.id).desc())
    return _shown(session, person_id, statement)


def exposure_at(session: Session, *, person_id: int, incident_public_id: str) -> Seen | None:
    """One exposure of a person, by any record of its event."""
    statement = _seen(
        col(Exposure.person_id) == person_id,
        col(Exposure.incident_id) == _event_of(incident_public_id),
    )
    return next(iter(_shown(session, person_id, statement)), None)


def exposures_in_window(
    session: Session, *, person_id: int, window: int, day: date, types: Sequence[str], page: Page
) -> list[Seen]:
    """One page of the exposures that a window counts (``0``: all of them), by type in the order
    given and then newest first."""
    if not types:
        return []
    order = case({code: place for place, code in enumerate(types)}, value=col(Exposure.type_code))
    conditions = [col(Exposure.person_id) == person_id]
    if window:
        conditions += [
            col(Exposure.occurred_on) > before_window(window, day),
            col(Exposure.occurred_on) <= day,
        ]
    statement = (
        _seen(*conditions)
        .order_by(order, col(Exposure.occurred_at).desc(), col(Exposure.id).desc())
        .offset(page.offset)
        .limit(page.length)
    )
    return _shown(session, person_id, statement)


# --- What people said of themselves ---------------------------------------------------------------


@dataclass(frozen=True)
class Disputed:
    """An incident that a system names somebody for and that they say they were not exposed to."""

    public_id: str
    occurred_at: datetime
    type_code: str
    said_at: datetime


def _disputed(
    session: Session, person_ids: Collection[int]
) -> list[tuple[ExposureStatement, Attended]]:
    """Disputes that still change something, each with a system's word that stands against it."""
    found = {
        pair: own
        for pair, (own, _incident) in facts.latest_said(session, person_ids=person_ids).items()
        if own.kind is StatementKind.DISPUTED
    }
    events = {incident_id for _person_id, incident_id in found}
    records = events | members_of(session, events)
    against = facts.reported(session, incident_ids=records) if records else ()
    return [
        (found[pair], row) for row in against if (pair := (row.person_id, row.incident_id)) in found
    ]


def disputed_of(session: Session, *, person_id: int) -> list[Disputed]:
    """What a person disputes, the newest incident first."""
    found = [
        Disputed(own.public_id, row.occurred_at, row.type_code, own.said_at)
        for own, row in _disputed(session, [person_id])
    ]
    return sorted(found, key=lambda one: (one.occurred_at, one.said_at), reverse=True)


DISPUTING = (
    columns(ExposureStatement.person_id)
    .where(
        col(ExposureStatement.person_id).in_(bindparam("people", expanding=True)),
        col(ExposureStatement.kind) == StatementKind.DISPUTED,
        col(ExposureStatement.taken_back_at).is_(None),
    )
    .distinct()
)


def disputed_counts(session: Session, *, person_ids: Sequence[int]) -> dict[int, int]:
    """How many incidents each person disputes, for those who dispute any."""
    found: Counter[int] = Counter()
    for chunk in chunks(person_ids):
        # Hardly anybody disputes anything: one quick question for all those who do not.
        if whose := [row[0] for row in rows(session, DISPUTING, people=chunk)]:
            found.update(row.person_id for _own, row in _disputed(session, whose))
    return dict(found)


def standing_statements(
    session: Session, *, person_id: int, incident_id: int
) -> list[ExposureStatement]:
    """What somebody says now of themselves and any record of one event, the latest last."""
    event = (
        select(func.coalesce(Incident.event_id, Incident.id))
        .where(Incident.id == incident_id)
        .scalar_subquery()
    )
    statement = (
        select(ExposureStatement)
        .join(Incident, col(Incident.id) == col(ExposureStatement.incident_id))
        .where(
            ExposureStatement.person_id == person_id,
            col(ExposureStatement.taken_back_at).is_(None),
            func.coalesce(Incident.event_id, Incident.id) == event,
        )
        .order_by(col(ExposureStatement.said_at), col(ExposureStatement.id))
    )
    return list(session.exec(statement))


def statement_of(session: Session, *, person_id: int, public_id: str) -> ExposureStatement | None:
    """A statement of one person that stands."""
    return session.exec(
        select(ExposureStatement).where(
            ExposureStatement.person_id == person_id,
            ExposureStatement.public_id == public_id,
            col(ExposureStatement.taken_back_at).is_(None),
        )
    ).first()


def standing_dispute(
    session: Session, *, person_id: int, incident_public_id: str
) -> ExposureStatement | None:
    """Somebody's word that they were not exposed to an event, while it stands."""
    number = session.exec(select(Incident.id).where(Incident.public_id == incident_public_id))
    found = standing_statements(session, person_id=person_id, incident_id=number.first() or 0)
    return found[-1] if found and found[-1].kind is StatementKind.DISPUTED else None


def own_record_on(
    session: Session, *, person_id: int, day: date, type_code: str, work: Work
) -> ExposureStatement | None:
    """What somebody recorded on its own for a day: one of each type and kind of work."""
    return session.exec(
        select(ExposureStatement)
        .join(Incident, col(Incident.id) == col(ExposureStatement.incident_id))
        .where(
            ExposureStatement.person_id == person_id,
            ExposureStatement.type_code == type_code,
            ExposureStatement.work == work,
            col(ExposureStatement.taken_back_at).is_(None),
            Incident.source_system == OWN_SYSTEM,
            *_on(day),
        )
    ).first()


@dataclass(frozen=True)
class SaidCard:
    """A statement as its person sees it."""

    public_id: str
    kind: StatementKind
    work: Work | None
    type_code: str
    occurred_at: datetime
    by_day: bool
    """Only the day was recorded, not the time."""
    said_at: datetime
    taken_back_at: datetime | None


def said_by(session: Session, *, person_id: int) -> list[SaidCard]:
    """Everything somebody said of themselves, the newest first, what was taken back included."""
    statement = (
        columns(
            ExposureStatement.public_id,
            ExposureStatement.kind,
            ExposureStatement.work,
            ExposureStatement.type_code,
            Incident.occurred_at,
            col(Incident.source_system) == OWN_SYSTEM,
            ExposureStatement.said_at,
            ExposureStatement.taken_back_at,
        )
        .join(Incident, col(Incident.id) == col(ExposureStatement.incident_id))
        .where(col(ExposureStatement.person_id) == person_id)
        .order_by(col(ExposureStatement.id).desc())
    )
    return [SaidCard(*row) for row in session.exec(statement)]


@dataclass(frozen=True)
class DayIncident:
    """An incident as somebody who may have been there recognises it: its time, and no more."""

    public_id: str
    occurred_at: datetime


def _on(day: date) -> list[ColumnElement[bool]]:
    return [
        col(Incident.occurred_at) >= start_of_day(day),
        col(Incident.occurred_at) < start_of_day(day + timedelta(days=1)),
    ]


def incidents_on(
    session: Session, *, day: date, type_code: str, unit_id: int | None, ref: str
) -> list[DayIncident]:
    """The day's incidents of one type that somebody posted below a unit attended, or that a force
    system knows by ``ref``. Incidents that only one person's word knows of are never among them."""
    near = (
        select(Exposure.id)
        .join(UnitAncestor, col(UnitAncestor.unit_id) == col(Exposure.unit_id))
        .where(
            col(Exposure.incident_id) == col(Incident.id),
            col(UnitAncestor.ancestor_id) == (unit_id or 0),
        )
        .exists()
    )
    other = aliased(Incident)
    same = and_(col(other.event_id) == col(Incident.id), col(other.source_ref) == ref)
    called = or_(col(Incident.source_ref) == ref, select(other.id).where(same).exists())
    known = called if ref else false()
    statement = (
        select(Incident.public_id, Incident.occurred_at)
        .where(
            *_on(day),
            Incident.type_code == type_code,
            col(Incident.withdrawn).is_(False),
            col(Incident.source_system) != OWN_SYSTEM,
            # Of several records of one event, the one that represents it.
            or_(col(Incident.event_id).is_(None), col(Incident.event_id) == col(Incident.id)),
            or_(near, known),
        )
        .order_by(
            case((known, 0), else_=1),
            col(Incident.occurred_at),
            col(Incident.id),
        )
        .limit(MOST_ON_A_DAY)
    )
    return [DayIncident(*row) for row in session.exec(statement)]
