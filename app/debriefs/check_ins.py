"""The day of the next check-in, as it was agreed in the latest conversation or moved since."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, update

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.database import columns
from app.debriefs.models import Debrief, DebriefPerson
from app.people.models import Person
from app.people.queries import counts_since, touch_units
from app.security.viewer import Viewer


class MovedError(Exception):
    """Somebody moved the day, or recorded another conversation, since the form was opened."""


@dataclass(frozen=True)
class CheckIn:
    """What stands for one person. ``on``: no day when none is agreed."""

    conversation: str
    """The public id of their part in the conversation."""
    held_on: date
    on: date | None
    revision: int
    said_at: datetime
    """When the day was last said, and by which account."""
    said_by: int | None


def check_in_of(session: Session, *, person_id: int) -> CheckIn | None:
    """What stands after somebody's latest conversation; nothing if there was none.

    The caller has asked whether the viewer may see them.
    """
    row = session.exec(
        columns(
            DebriefPerson.public_id,
            Debrief.held_on,
            DebriefPerson.next_contact_on,
            DebriefPerson.next_contact_revision,
            DebriefPerson.next_contact_changed_at,
            DebriefPerson.next_contact_changed_by_account_id,
            Debrief.recorded_at,
            Debrief.recorded_by_account_id,
        )
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .join(Person, col(Person.id) == col(DebriefPerson.person_id))
        .where(col(DebriefPerson.person_id) == person_id, counts_since(col(Debrief.recorded_at)))
        .order_by(col(Debrief.held_on).desc(), col(DebriefPerson.id).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    conversation, held_on, on, revision, changed_at, changed_by, recorded_at, recorded_by = row
    said = (changed_at, changed_by) if changed_at else (recorded_at, recorded_by)
    return CheckIn(conversation, held_on, on, revision, *said)


@dataclass(frozen=True)
class Moving:
    """Whose check-in is moved, by whom, and what they saw when they opened the form."""

    viewer: Viewer
    person_id: int
    unit_id: int | None
    conversation: str
    revision: int


def move_check_in(session: Session, *, about: Moving, on: date | None, now: datetime) -> None:
    """Keep another day, or none. The caller has seen that the viewer may.

    Raises:
        MovedError: what stands is no longer what the form showed.
    """
    stands = check_in_of(session, person_id=about.person_id)
    if stands is None or stands.conversation != about.conversation:
        raise MovedError
    changed = session.exec(
        update(DebriefPerson)
        .where(
            col(DebriefPerson.public_id) == about.conversation,
            col(DebriefPerson.next_contact_revision) == about.revision,
        )
        .values(
            next_contact_on=on,
            next_contact_revision=about.revision + 1,
            next_contact_changed_at=now,
            next_contact_changed_by_account_id=about.viewer.account_id,
        )
    )
    if not changed.rowcount:
        raise MovedError
    if about.unit_id is not None:
        touch_units(session, unit_ids=[about.unit_id])
    entry = Entry(
        Event.CHECK_IN_MOVED,
        now,
        actor_account_id=about.viewer.account_id,
        actor_role=about.viewer.role_names,
        subject_person_id=about.person_id,
        unit_id=about.unit_id,
        details={"conversation": about.conversation},
    )
    audit.append(session, [entry])
