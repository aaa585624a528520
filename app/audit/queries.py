"""Reading the audit log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from app.audit.events import Event
from app.audit.models import AuditEntry
from app.security.viewer import Viewer

NEWEST = 200


@dataclass(frozen=True)
class Look:
    """Somebody opened your record, or a list you are on. The name is looked up by account."""

    at: datetime
    account_id: int
    role: str
    event: Event


def who_looked(viewer: Viewer, session: Session, *, unit_ids: list[int]) -> list[Look]:
    """Who opened the viewer's own record or the table of a team they are in, newest first.

    Opening one's own record is not listed: it says nothing about others.
    """
    if viewer.person_id is None:
        return []
    about_me = and_(
        col(AuditEntry.subject_person_id) == viewer.person_id,
        col(AuditEntry.event).in_([Event.RECORD_VIEWED.value, Event.PROMPT_ANSWERED.value]),
    )
    my_team = and_(
        col(AuditEntry.event) == Event.TEAM_VIEWED.value, col(AuditEntry.unit_id).in_(unit_ids)
    )
    statement = (
        select(AuditEntry)
        .where(
            or_(about_me, my_team),
            col(AuditEntry.actor_account_id).is_not(None),
            col(AuditEntry.actor_account_id) != viewer.account_id,
        )
        .order_by(col(AuditEntry.id).desc())
        .limit(NEWEST)
    )
    return [
        Look(row.at, row.actor_account_id or 0, row.actor_role, Event(row.event))
        for row in session.exec(statement)
    ]
