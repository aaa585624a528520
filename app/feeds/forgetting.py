"""Deleting what feeds brought and nobody needs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, column, delete, table, update
from sqlmodel import Session, col, select

from app.exposure.models import Exposure, ExposureStatement, Prompt
from app.feeds.models import ImportRun, QuarantinedRow
from app.incidents import past
from app.incidents.models import Attendance, Incident, PastKind
from app.people.queries import chunks

MAJOR = table("major_incident", column("incident_id"))


def delete_not_relevant(session: Session, *, before: datetime) -> int:
    """Delete incidents that the mapping calls not relevant, and who attended them.

    They are kept for a while because a closing code may yet make them relevant. Those that were
    ever the reason for a prompt, or of which somebody has said something, stay, and so do those of
    an event of which anything stays. Returns how many incidents went.
    """
    old = (
        select(Incident.id, Incident.event_id)
        .where(
            col(Incident.type_code) == "",
            col(Incident.received_at) < before,
            # Not those of which a code is still to be mapped: nobody knows yet what they are.
            col(Incident.provisional).is_(False),
            ~select(Prompt.id).where(col(Prompt.incident_id) == col(Incident.id)).exists(),
            ~select(Exposure.id).where(col(Exposure.incident_id) == col(Incident.id)).exists(),
            ~select(ExposureStatement.id)
            .where(col(ExposureStatement.incident_id) == col(Incident.id))
            .exists(),
            # A major incident's own list is kept by an area above this one; the table is enough.
            ~select(MAJOR.c.incident_id).where(MAJOR.c.incident_id == col(Incident.id)).exists(),
        )
        .order_by(col(Incident.id))
    )
    numbers = _with_all_of_their_event(session, list(session.exec(old)))
    for chunk in chunks(numbers):
        # First, so that nothing of an event refers to what is gone.
        session.connection().execute(
            update(Incident).where(col(Incident.id).in_(chunk)).values(event_id=None)
        )
    for chunk in chunks(numbers):
        attended = col(Attendance.incident_id).in_(chunk)
        _forget(session, PastKind.ATTENDANCE, Attendance, attended)
        _forget(session, PastKind.INCIDENTS, Incident, col(Incident.id).in_(chunk))
    return len(numbers)


def _forget(session: Session, kind: PastKind, model: Any, which: ColumnElement[bool]) -> None:
    """Delete records, and what they said before."""
    names = select(model.source_system, model.source_ref).where(which)
    past.forget(session, kind, names=session.exec(names).all())
    session.connection().execute(delete(model).where(which))


def _with_all_of_their_event(
    session: Session, found: list[tuple[int | None, int | None]]
) -> list[int]:
    """Incidents that may go: those of an event only together with the rest of it."""
    numbers = {number for number, _event in found if number}
    kept: set[int] = set()
    for chunk in chunks(sorted({event for _number, event in found if event})):
        statement = select(Incident.id, Incident.event_id).where(col(Incident.event_id).in_(chunk))
        kept |= {event for id_, event in session.exec(statement) if event and id_ not in numbers}
    return [number for number, event in found if number and event not in kept]


def delete_set_aside(session: Session, *, before: datetime) -> int:
    """Delete rows that were set aside before a moment, mended or not; returns how many.

    One about which the data steward has decided is known for as long as its source goes on sending
    it, so that nobody has to decide again. By then it holds a reference and nothing else.
    """
    still_comes = (
        select(ImportRun.id)
        .where(col(ImportRun.id) == col(QuarantinedRow.run_id), col(ImportRun.started_at) >= before)
        .exists()
    )
    is_decided = col(QuarantinedRow.resolved_by_account_id).is_not(None)
    result = session.connection().execute(
        delete(QuarantinedRow).where(
            col(QuarantinedRow.quarantined_at) < before, ~and_(is_decided, still_comes)
        )
    )
    return int(result.rowcount)
