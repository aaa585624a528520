"""Deleting what feeds brought and nobody needs."""

from datetime import datetime

from sqlalchemy import and_, column, delete, table
from sqlmodel import Session, col, select

from app.exposure.models import Exposure, ExposureStatement, Prompt
from app.feeds.models import ImportRun, QuarantinedRow
from app.incidents.models import Attendance, Incident
from app.people.queries import chunks

MAJOR = table("major_incident", column("incident_id"))


def delete_not_relevant(session: Session, *, before: datetime) -> int:
    """Delete incidents that the mapping calls not relevant, and who attended them.

    They are kept for a while because a closing code may yet make them relevant. Those that were
    ever the reason for a prompt, or of which somebody has said something, stay. Returns how many
    incidents went.
    """
    old = (
        select(Incident.id)
        .where(
            col(Incident.type_code) == "",
            col(Incident.received_at) < before,
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
    gone = 0
    for chunk in chunks(session.exec(old).all()):
        session.connection().execute(
            delete(Attendance).where(col(Attendance.incident_id).in_(chunk))
        )
        session.connection().execute(delete(Incident).where(col(Incident.id).in_(chunk)))
        gone += len(chunk)
    return gone


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
