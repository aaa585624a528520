"""Reading holds, periods and the evidence of each night.

A data steward reads no names: whom a hold is about is a staff number, as the force's own systems
have it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, union
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.common.clock import local_date, months_after
from app.common.paging import Page
from app.database import columns
from app.exposure.models import ExposureStatement
from app.incidents.models import Attendance, Incident
from app.people.models import Person
from app.people.queries import listed
from app.retention import periods
from app.retention.classes import BY_CODE, CLASSES, RetentionClass
from app.retention.holding import event, stands
from app.retention.models import (
    HoldReason,
    LegalHold,
    RetentionCount,
    RetentionPeriod,
    RetentionRun,
    UntoldReason,
)
from app.retention.removers import REMOVERS
from app.retention.rules import first_kept
from app.security.permissions import Permission
from app.security.viewer import Viewer

# --- Periods and nights ---------------------------------------------------------------------------


@dataclass(frozen=True)
class ClassRow:
    """One class as it is kept today."""

    about: RetentionClass
    months: int
    ahead: RetentionPeriod | None
    """A shorter period that was decided and does not hold yet."""
    next_on: date | None = None
    """When the oldest record that is not due yet will be; not known of every class."""


def classes(session: Session, *, day: date) -> list[ClassRow]:
    """Every class, with what holds today. Nobody's data."""
    held = periods.changed(session)
    return [_class_row(one, held.get(one.code), day) for one in CLASSES]


def _class_row(one: RetentionClass, row: RetentionPeriod | None, day: date) -> ClassRow:
    ahead = row if row and row.applies_from > day else None
    return ClassRow(one, periods.months_on(one, row, day), ahead)


def class_of(session: Session, *, code: str, day: date) -> ClassRow | None:
    """One class; ``None`` if there is none of that name."""
    one = BY_CODE.get(code)
    return _class_row(one, session.get(RetentionPeriod, code), day) if one else None


def next_due(session: Session, *, found: ClassRow, day: date) -> date | None:
    """The first day on which something of a class will be due that is not yet."""
    remover = REMOVERS[found.about.code]
    if not isinstance(remover.at, InstrumentedAttribute):
        return None
    since = first_kept(day, found.months)
    statement: Any = select(func.min(remover.at)).where(*remover.since(since))
    first = session.exec(statement).first()
    if first is None:
        return None
    oldest = local_date(first) if isinstance(first, datetime) else first
    return months_after(oldest, found.months) + timedelta(days=1)


@dataclass(frozen=True)
class Night:
    """The work of one night, all classes together."""

    id: int
    day: date
    finished_at: datetime | None
    due: int
    removed: int
    held: int


def nights(
    viewer: Viewer, session: Session, *, asked: str | None, length: int = 20
) -> tuple[list[Night], Page]:
    """The nights, the latest first, for a data steward."""
    if not viewer.may(Permission.RETENTION_ALL_MANAGE):
        return [], Page(1, 0)
    total = session.exec(select(func.count()).select_from(RetentionRun)).one()
    page = Page.of(asked, total)
    statement = (
        columns(
            RetentionRun.id,
            RetentionRun.day,
            RetentionRun.finished_at,
            func.coalesce(func.sum(RetentionCount.due), 0),
            func.coalesce(func.sum(RetentionCount.removed), 0),
            func.coalesce(func.sum(RetentionCount.held), 0),
        )
        .outerjoin(RetentionCount, col(RetentionCount.run_id) == col(RetentionRun.id))
        .group_by(col(RetentionRun.id), col(RetentionRun.day), col(RetentionRun.finished_at))
        .order_by(col(RetentionRun.day).desc())
        .offset(page.offset)
        .limit(min(length, page.length))
    )
    return [Night(*row) for row in session.exec(statement)], page


def night(
    viewer: Viewer, session: Session, *, number: int
) -> tuple[RetentionRun, list[RetentionCount]] | None:
    """One night, class by class, for a data steward."""
    run = session.get(RetentionRun, number)
    if run is None or not viewer.may(Permission.RETENTION_ALL_MANAGE):
        return None
    counts = session.exec(select(RetentionCount).where(RetentionCount.run_id == number)).all()
    places = {one.code: place for place, one in enumerate(CLASSES)}
    return run, sorted(counts, key=lambda one: places.get(one.class_code, len(places)))


# --- Holds ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HoldRow:
    """A hold as a data steward sees it."""

    public_id: str
    is_person: bool
    system: str
    ref: str
    """What the force's systems call the person or the incident."""
    reason: HoldReason
    reference: str
    review_on: date
    untold: UntoldReason | None
    since: datetime
    by: str
    lifted_at: datetime | None
    lifted_by: str


def holds(viewer: Viewer, session: Session, *, public_id: str = "") -> list[HoldRow]:
    """Holds, those that stand first and of those the one to be looked at next; or one of them."""
    if not viewer.may(Permission.RETENTION_ALL_MANAGE):
        return []
    placed, lifted = aliased(Account), aliased(Account)
    statement = (
        columns(LegalHold, Person, Incident, placed.display_name, lifted.display_name)
        .outerjoin(Person, col(Person.id) == col(LegalHold.person_id))
        .outerjoin(Incident, col(Incident.id) == col(LegalHold.incident_id))
        .join(placed, placed.id == col(LegalHold.by_account_id))
        .outerjoin(lifted, lifted.id == col(LegalHold.lifted_by_account_id))
        .order_by(
            col(LegalHold.lifted_at).is_not(None), col(LegalHold.review_on), col(LegalHold.id)
        )
    )
    if public_id:
        statement = statement.where(col(LegalHold.public_id) == public_id)
    return [_hold_row(*row) for row in session.exec(statement)]


def _hold_row(
    row: LegalHold,
    person: Person | None,
    incident: Incident | None,
    placed_by: str,
    lifted_by: str | None,
) -> HoldRow:
    about = person or incident
    return HoldRow(
        row.public_id,
        person is not None,
        about.source_system if about else "",
        about.source_ref if about else "",
        row.reason,
        row.reference,
        row.review_on,
        row.untold,
        row.since,
        placed_by,
        row.lifted_at,
        lifted_by or "",
    )


def hold_to_change(viewer: Viewer, session: Session, *, public_id: str) -> LegalHold | None:
    """A hold that was not lifted, until the end of the transaction."""
    if not viewer.may(Permission.RETENTION_ALL_MANAGE):
        return None
    statement = select(LegalHold).where(
        LegalHold.public_id == public_id, col(LegalHold.lifted_at).is_(None)
    )
    return session.exec(statement.with_for_update()).first()


def people_called(viewer: Viewer, session: Session, *, name: str) -> list[int]:
    """People with a staff number, written with its system before a colon or without."""
    return _called(viewer, session, Person, name, listed())


def incidents_called(viewer: Viewer, session: Session, *, name: str) -> list[int]:
    """Incidents with a reference, likewise."""
    return _called(viewer, session, Incident, name)


def _called(viewer: Viewer, session: Session, model: Any, name: str, *conditions: Any) -> list[int]:
    if not viewer.may(Permission.RETENTION_ALL_MANAGE):
        return []
    system, colon, ref = name.partition(":")
    named = (model.source_system == system) & (model.source_ref == ref)
    which = or_(model.source_ref == name, named) if colon else model.source_ref == name
    return list(session.exec(select(model.id).where(which, *conditions).limit(2)))


@dataclass(frozen=True)
class OwnHold:
    """A hold as the person it concerns sees it."""

    is_person: bool
    reason: HoldReason
    since: datetime
    review_on: date


def own_holds(viewer: Viewer, session: Session, *, now: datetime) -> list[OwnHold]:
    """Holds on the viewer, and on incidents in which they had a part, but for those that nobody
    may be told of."""
    if viewer.person_id is None:
        return []
    mine = union(
        select(Attendance.incident_id).where(Attendance.person_id == viewer.person_id),
        select(ExposureStatement.incident_id).where(
            ExposureStatement.person_id == viewer.person_id
        ),
    )
    events = select(event()).where(col(Incident.id).in_(mine))
    named = select(Incident.id).where(event().in_(events))
    statement = (
        columns(LegalHold.person_id, LegalHold.reason, LegalHold.since, LegalHold.review_on)
        .where(
            or_(
                col(LegalHold.person_id) == viewer.person_id,
                col(LegalHold.incident_id).in_(named),
            ),
            col(LegalHold.untold).is_(None),
            stands(now),
        )
        .order_by(col(LegalHold.since))
    )
    return [OwnHold(person is not None, *rest) for person, *rest in session.exec(statement)]
