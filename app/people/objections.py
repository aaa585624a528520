"""Objections to equality monitoring: made by a person, honoured by everything that stores rows.

While one stands, no characteristic of that person is kept, nor of a former number of theirs. The
rows that HR sends about them are also forgotten as far as telling two of them apart goes: what is
kept for that is worked out from the whole row, characteristics included. So each row that comes is
read again, and once the objection is taken back the next one brings the characteristics back.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.people.models import Characteristic, EqualityObjection, Person
from app.people.queries import chunks
from app.security.viewer import Viewer

NOT_KNOWN = ""
"""In place of what tells two rows about one person apart."""


def standing(session: Session, *, person_id: int) -> EqualityObjection | None:
    """The objection of one person that stands."""
    return session.exec(
        select(EqualityObjection).where(
            EqualityObjection.person_id == person_id,
            col(EqualityObjection.taken_back_at).is_(None),
        )
    ).first()


def objectors(session: Session) -> set[int]:
    """Everybody whose characteristics are not kept, former numbers of theirs included."""
    object_ = select(EqualityObjection.person_id).where(
        col(EqualityObjection.taken_back_at).is_(None)
    )
    found = select(Person.id).where(
        or_(col(Person.id).in_(object_), col(Person.became_id).in_(object_))
    )
    return {number or 0 for number in session.exec(found)}


def honour(session: Session, *, person_ids: Collection[int] | None = None) -> None:
    """Keep nothing of what somebody objected to. ``person_ids``: of these alone."""
    whose = objectors(session)
    if person_ids is not None:
        whose &= set(person_ids)
    for chunk in chunks(sorted(whose)):
        connection = session.connection()
        connection.execute(delete(Characteristic).where(col(Characteristic.person_id).in_(chunk)))
        connection.execute(
            update(Person)
            .where(col(Person.id).in_(chunk), col(Person.digest) != NOT_KNOWN)
            .values(digest=NOT_KNOWN)
        )


def make(session: Session, *, viewer: Viewer, now: datetime) -> bool:
    """Object, from this moment; ``False`` when an objection stands or the viewer is nobody HR
    knows. Nothing else that is held about them changes."""
    person_id = viewer.person_id
    if person_id is None or standing(session, person_id=person_id):
        return False
    session.add(EqualityObjection(person_id=person_id, made_at=now))
    session.flush()
    honour(session)
    _note(session, viewer, Event.EQUALITY_OBJECTED, now)
    return True


def take_back(session: Session, *, viewer: Viewer, now: datetime) -> bool:
    """End the objection; ``False`` when none stands. What HR sends next is kept again."""
    row = standing(session, person_id=viewer.person_id or 0)
    if row is None:
        return False
    row.taken_back_at = now
    session.add(row)
    session.flush()
    _note(session, viewer, Event.EQUALITY_OBJECTION_ENDED, now)
    return True


def _note(session: Session, viewer: Viewer, event: Event, now: datetime) -> None:
    entry = Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=viewer.person_id,
    )
    audit.append(session, [entry])
