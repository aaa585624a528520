"""Reading the audit log."""

from collections.abc import Sequence
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
    operator: str = ""
    """Who it was at the server's command line, where nobody is signed in."""


ABOUT_ME = (
    Event.RECORD_VIEWED,
    Event.RECORD_EXPLAINED,
    Event.PROMPT_ANSWERED,
    Event.MAJOR_PERSON_ATTACHED,
    Event.MAJOR_PERSON_DETACHED,
)


def who_looked(
    viewer: Viewer, session: Session, *, unit_ids: Sequence[int], major_ids: Sequence[str] = ()
) -> list[Look]:
    """Who opened the viewer's own record, the table of a team they are in or the list of a major
    incident they are on, newest first.

    Opening one's own record is not listed: it says nothing about others.
    """
    if viewer.person_id is None:
        return []
    about_me = and_(
        col(AuditEntry.subject_person_id) == viewer.person_id,
        col(AuditEntry.event).in_([event.value for event in ABOUT_ME]),
    )
    my_team = and_(
        col(AuditEntry.event) == Event.TEAM_VIEWED.value, col(AuditEntry.unit_id).in_(unit_ids)
    )
    my_list = and_(
        col(AuditEntry.event) == Event.MAJOR_VIEWED.value,
        col(AuditEntry.details)["major"].as_string().in_(major_ids),
    )
    statement = (
        select(AuditEntry)
        .where(
            or_(about_me, my_team, my_list),
            or_(
                col(AuditEntry.actor_account_id) != viewer.account_id,
                col(AuditEntry.event) == Event.RECORD_EXPLAINED.value,
            ),
        )
        .order_by(col(AuditEntry.id).desc())
        .limit(NEWEST)
    )
    return [
        Look(
            row.at,
            row.actor_account_id or 0,
            row.actor_role,
            Event(row.event),
            str(row.details.get("operator", "")),
        )
        for row in session.exec(statement)
    ]
