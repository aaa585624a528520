"""What is behind one person's numbers: their exposures one by one, what they said of themselves,
and their prompts.

The caller has already asked ``people.queries`` whom the viewer may see.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_
from sqlmodel import Session, col, select

from app.common.clock import start_of_day
from app.common.paging import Page
from app.database import columns, rows
from app.exposure.facts import stands
from app.exposure.models import (
    OWN_SYSTEM,
    Exposure,
    ExposureStatement,
    Origin,
    Prompt,
    PromptPerson,
    PromptState,
    StatementKind,
    Work,
)
from app.exposure.queries import PEOPLE, before_window
from app.incidents.models import Attendance, Incident
from app.people.models import UnitAncestor
from app.people.queries import chunks

MOST_ON_A_DAY = 30
"""How many incidents of a day somebody is asked to choose from."""


@dataclass(frozen=True)
class Seen:
    """One exposure as its person or supervisor sees it: no more than type, time, nearness and on
    whose word it rests."""

    incident_id: int
    incident_public_id: str
    occurred_at: datetime
    type_code: str
    remote: bool
    origin: Origin
    framework_number: int
    work: Work | None
    """What brought them there in their own word, where they said so."""
    statement_public_id: str | None
    by_day: bool
    """Only the day is known, not the time."""


def _seen(*conditions: ColumnElement[bool]) -> Any:
    return (
        columns(
            Exposure.incident_id,
            Incident.public_id,
            Exposure.occurred_at,
            Exposure.type_code,
            Exposure.remote,
            Exposure.origin,
            Exposure.framework_number,
            ExposureStatement.work,
            ExposureStatement.public_id,
            col(Incident.source_system) == OWN_SYSTEM,
        )
        .join(Incident, col(Incident.id) == col(Exposure.incident_id))
        .outerjoin(
            ExposureStatement,
            and_(
                col(ExposureStatement.person_id) == col(Exposure.person_id),
                col(ExposureStatement.incident_id) == col(Exposure.incident_id),
                col(ExposureStatement.taken_back_at).is_(None),
            ),
        )
        .where(*conditions)
    )


def exposures_of(session: Session, *, person_id: int, limit: int = 50) -> list[Seen]:
    """A person's latest exposures, newest first."""
    statement = (
        _seen(col(Exposure.person_id) == person_id)
        .order_by(col(Exposure.occurred_at).desc(), col(Exposure.id).desc())
        .limit(limit)
    )
    return [Seen(*row) for row in session.exec(statement)]


def exposures_at(session: Session, *, person_id: int, incident_ids: Collection[int]) -> list[Seen]:
    """A person's exposures to these incidents, newest first."""
    statement = _seen(
        col(Exposure.person_id) == person_id, col(Exposure.incident_id).in_(incident_ids)
    ).order_by(col(Exposure.occurred_at).desc(), col(Exposure.id).desc())
    return [Seen(*row) for row in session.exec(statement)]


def exposure_at(session: Session, *, person_id: int, incident_public_id: str) -> Seen | None:
    """One exposure of a person, by its incident."""
    row = session.exec(
        _seen(col(Exposure.person_id) == person_id, col(Incident.public_id) == incident_public_id)
    ).first()
    return Seen(*row) if row else None


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
    return [Seen(*row) for row in session.exec(statement)]


# --- What people said of themselves ---------------------------------------------------------------


@dataclass(frozen=True)
class Disputed:
    """An incident that a system names somebody for and that they say they were not exposed to."""

    public_id: str
    occurred_at: datetime
    type_code: str
    said_at: datetime


def _disputes(person_ids: Any) -> list[ColumnElement[bool]]:
    """Disputes that still change something: a system's word stands against them."""
    reported = (
        select(Attendance.id)
        .where(
            col(Attendance.person_id) == col(ExposureStatement.person_id),
            col(Attendance.incident_id) == col(ExposureStatement.incident_id),
            *stands(),
        )
        .exists()
    )
    return [
        col(ExposureStatement.person_id).in_(person_ids),
        col(ExposureStatement.kind) == StatementKind.DISPUTED,
        col(ExposureStatement.taken_back_at).is_(None),
        reported,
    ]


def disputed_of(session: Session, *, person_id: int) -> list[Disputed]:
    """What a person disputes, the newest incident first."""
    statement = (
        select(
            ExposureStatement.public_id,
            Incident.occurred_at,
            Incident.type_code,
            ExposureStatement.said_at,
        )
        .join(Incident, col(Incident.id) == col(ExposureStatement.incident_id))
        .where(*_disputes([person_id]))
        .order_by(col(Incident.occurred_at).desc(), col(ExposureStatement.id).desc())
    )
    return [Disputed(*row) for row in session.exec(statement)]


DISPUTED = (
    select(ExposureStatement.person_id, func.count())
    .join(Incident, col(Incident.id) == col(ExposureStatement.incident_id))
    .where(*_disputes(PEOPLE))
    .group_by(col(ExposureStatement.person_id))
)


def disputed_counts(session: Session, *, person_ids: Sequence[int]) -> dict[int, int]:
    """How many incidents each person disputes, for those who dispute any."""
    return {
        person_id: count
        for chunk in chunks(person_ids)
        for person_id, count in rows(session, DISPUTED, people=chunk)
    }


def standing_statement(
    session: Session, *, person_id: int, incident_id: int
) -> ExposureStatement | None:
    """What somebody says of themselves and one incident now."""
    return session.exec(
        select(ExposureStatement).where(
            ExposureStatement.person_id == person_id,
            ExposureStatement.incident_id == incident_id,
            col(ExposureStatement.taken_back_at).is_(None),
        )
    ).first()


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
    """Somebody's word that they were not exposed to an incident, while it stands."""
    return session.exec(
        select(ExposureStatement)
        .join(Incident, col(Incident.id) == col(ExposureStatement.incident_id))
        .where(
            ExposureStatement.person_id == person_id,
            ExposureStatement.kind == StatementKind.DISPUTED,
            col(ExposureStatement.taken_back_at).is_(None),
            Incident.public_id == incident_public_id,
        )
    ).first()


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
    known = col(Incident.source_ref) == ref if ref else false()
    statement = (
        select(Incident.public_id, Incident.occurred_at)
        .where(
            *_on(day),
            Incident.type_code == type_code,
            col(Incident.withdrawn).is_(False),
            col(Incident.source_system) != OWN_SYSTEM,
            or_(near, known),
        )
        .order_by(
            case((col(Incident.source_ref) == ref, 0), else_=1),
            col(Incident.occurred_at),
            col(Incident.id),
        )
        .limit(MOST_ON_A_DAY)
    )
    return [DayIncident(*row) for row in session.exec(statement)]


# --- One prompt -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PromptCard:
    """One person's prompt with what it was made from and what became of it."""

    public_id: str
    person_id: int
    natural_key: str
    why: str
    due_at: datetime
    state: PromptState
    deferred_until: date | None
    changed_at: datetime
    opened_at: datetime
    framework_number: int
    occurred_at: datetime


def _prompt_cards(*conditions: ColumnElement[bool]) -> Any:
    return (
        columns(
            PromptPerson.public_id,
            PromptPerson.person_id,
            Prompt.natural_key,
            PromptPerson.why,
            PromptPerson.due_at,
            PromptPerson.state,
            PromptPerson.deferred_until,
            PromptPerson.changed_at,
            Prompt.opened_at,
            Prompt.framework_number,
            Incident.occurred_at,
        )
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .join(Incident, col(Incident.id) == col(Prompt.incident_id))
        .where(*conditions)
        .order_by(col(PromptPerson.due_at).desc(), col(PromptPerson.id).desc())
    )


def prompt_of(session: Session, *, person_id: int, public_id: str) -> PromptCard | None:
    """One prompt of one person, whatever its state."""
    row = session.exec(
        _prompt_cards(
            col(PromptPerson.person_id) == person_id, col(PromptPerson.public_id) == public_id
        )
    ).first()
    return PromptCard(*row) if row else None


def prompts_of(session: Session, *, person_id: int) -> list[PromptCard]:
    """Every prompt of one person, the one due last first."""
    found = session.exec(_prompt_cards(col(PromptPerson.person_id) == person_id))
    return [PromptCard(*row) for row in found]
