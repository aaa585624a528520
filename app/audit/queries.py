"""Reading the audit log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from app.audit.events import Event
from app.audit.models import AuditEntry, StatedPurpose
from app.audit.wording import PURPOSES
from app.common.clock import local_date
from app.security.viewer import Viewer


@dataclass(frozen=True)
class Look:
    """Somebody opened your record, or a list you are on. The name is looked up by account."""

    at: datetime
    account_id: int
    role: str
    event: Event
    operator: str = ""
    """Who it was at the server's command line, where nobody is signed in."""
    service: str = ""
    """The kind of support in whose service they did it, where it was in one."""
    times: int = 1
    """How often the same person did the same on that day; ``at`` is the last time."""
    purpose: str = ""
    """The public id of the purpose that they had stated, where they had to state one."""
    why: str = ""
    """That purpose, and their reason, in words."""


ABOUT_ME = (
    Event.RECORD_VIEWED,
    Event.RECORD_EXPLAINED,
    Event.PERSON_RECOGNISED,
    Event.PROMPT_ANSWERED,
    Event.CHECK_IN_MOVED,
    Event.PROMPT_ARRANGED,
    Event.TODAY_VIEWED,
    Event.AWAY_NOTED,
    Event.MAJOR_PERSON_ATTACHED,
    Event.MAJOR_PERSON_DETACHED,
    Event.REFERRAL_MADE,
    Event.REFERRAL_LISTED,
    Event.REFERRAL_VIEWED,
    Event.REFERRAL_CHANGED,
    Event.SHARE_OPENED,
    Event.FORCE_NARROWED,
    Event.FORCE_LISTED,
    Event.FORCE_OPENED,
    Event.RECORD_DOWNLOADED,
    Event.RIGHT_LISTED,
    Event.RIGHT_VIEWED,
    Event.RIGHT_ANSWERED,
)
MINE_TOO = (Event.RECORD_EXPLAINED, Event.RECORD_DOWNLOADED)
"""Shown although the account is the person's own: at the server nobody is signed in, and a download
that they did not make would be somebody else's."""


def last_change(
    session: Session, *, person_id: int, events: Sequence[Event]
) -> tuple[datetime, int] | None:
    """When something was last done about a person, and from which account: to tell somebody whose
    own change came second. The caller has asked whether the viewer may see them."""
    row = session.exec(
        select(AuditEntry.at, AuditEntry.actor_account_id)
        .where(
            AuditEntry.subject_person_id == person_id,
            col(AuditEntry.event).in_([event.value for event in events]),
        )
        .order_by(col(AuditEntry.id).desc())
        .limit(1)
    ).first()
    return (row[0], row[1] or 0) if row else None


def openings_of(session: Session, *, share: str) -> list[tuple[datetime, int]]:
    """When something that somebody shared was opened, and from which account, newest first. The
    caller has asked whether the share is the viewer's own."""
    statement = (
        select(AuditEntry.at, AuditEntry.actor_account_id)
        .where(
            col(AuditEntry.event) == Event.SHARE_OPENED.value,
            col(AuditEntry.details)["share"].as_string() == share,
        )
        .order_by(col(AuditEntry.id).desc())
    )
    return [(at, by or 0) for at, by in session.exec(statement)]


def who_looked(
    viewer: Viewer, session: Session, *, unit_ids: Sequence[int], major_ids: Sequence[str] = ()
) -> list[Look]:
    """Who opened the viewer's own record, the table or a pack of a team they are in or the list of
    a major incident they are on, newest first; what one person did several times on a day is one
    entry.

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
    # The anonymous version of a pack names nobody.
    my_pack = and_(
        col(AuditEntry.event) == Event.PACK_DOWNLOADED.value,
        col(AuditEntry.unit_id).in_(unit_ids),
        col(AuditEntry.details)["version"].as_string() == "named",
    )
    my_list = and_(
        col(AuditEntry.event) == Event.MAJOR_VIEWED.value,
        col(AuditEntry.details)["major"].as_string().in_(major_ids),
    )
    statement = (
        select(AuditEntry)
        .where(
            or_(about_me, my_team, my_pack, my_list),
            or_(
                col(AuditEntry.actor_account_id) != viewer.account_id,
                col(AuditEntry.event).in_([event.value for event in MINE_TOO]),
            ),
        )
        .order_by(col(AuditEntry.id).desc())
        .execution_options(yield_per=1000)
    )
    found: dict[tuple[object, ...], Look] = {}
    for row in session.exec(statement):
        operator = str(row.details.get("operator", ""))
        service = str(row.details.get("service", ""))
        purpose = str(row.details.get("purpose", ""))
        day, by = local_date(row.at), row.actor_account_id
        same = (day, by, row.actor_role, row.event, operator, service, purpose)
        if same in found:
            found[same] = replace(found[same], times=found[same].times + 1)
        else:
            role = row.actor_role
            event = Event(row.event)
            found[same] = Look(row.at, by or 0, role, event, operator, service, purpose=purpose)
    return _with_reasons(session, list(found.values()))


def _with_reasons(session: Session, looks: list[Look]) -> list[Look]:
    stated = purposes(session, public_ids={look.purpose for look in looks if look.purpose})
    words = {key: f"{PURPOSES[row.purpose]}: {row.reason}" for key, row in stated.items()}
    return [replace(look, why=words.get(look.purpose, "")) for look in looks]


def purposes(session: Session, *, public_ids: Collection[str]) -> dict[str, StatedPurpose]:
    """Stated purposes by their public id. The caller has asked whether the looks that they explain
    are the viewer's to see."""
    if not public_ids:
        return {}
    statement = select(StatedPurpose).where(col(StatedPurpose.public_id).in_(public_ids))
    return {row.public_id: row for row in session.exec(statement)}


def purpose_today(
    viewer: Viewer, session: Session, *, public_id: str, day: date
) -> StatedPurpose | None:
    """A purpose that the viewer stated on this day; on any other it holds no longer."""
    found = purposes(session, public_ids=[public_id]).get(public_id)
    if found is None or found.account_id != viewer.account_id:
        return None
    return found if local_date(found.stated_at) == day else None
