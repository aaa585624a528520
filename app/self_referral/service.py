"""What somebody may say of themselves, and what then happens: the engine counts it like any other
fact, in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import from_local
from app.common.identifiers import new_public_id
from app.exposure import behind
from app.exposure import service as exposure
from app.exposure.models import OWN_SYSTEM, ExposureStatement, Origin, StatementKind, Work
from app.incidents.models import Incident
from app.security.viewer import Viewer
from app.self_referral import queries

MIDDAY = time(12)


class NothingToSayError(Exception):
    """There is no such exposure or statement of this person, or it was changed meanwhile."""


@dataclass(frozen=True)
class Said:
    """What somebody records of themselves: the day, the type, and what brought them there."""

    day: date
    type_code: str
    work: Work
    ref: str = ""
    incident_public_id: str = ""
    """The known incident they chose; empty to record it on its own."""


def offered(session: Session, *, viewer: Viewer, said: Said) -> list[behind.DayIncident]:
    """Known incidents that what somebody says may be about."""
    if viewer.person_id is None:
        return []
    return behind.incidents_on(
        session,
        day=said.day,
        type_code=said.type_code,
        unit_id=queries.district_on(session, person_id=viewer.person_id, day=said.day),
        ref=said.ref,
    )


def record(session: Session, *, viewer: Viewer, said: Said, now: datetime) -> ExposureStatement:
    """Keep somebody's word that they were exposed; saying it twice changes nothing.

    Raises:
        NothingToSayError: the incident chosen is not one of those offered.
    """
    person_id = _person(viewer)
    exposure.take_turns(session)
    if said.incident_public_id:
        incident_id = _chosen(session, viewer, said)
        standing = behind.standing_statements(session, person_id=person_id, incident_id=incident_id)
        if standing and standing[-1].kind is StatementKind.EXPOSED:
            return standing[-1]
        _end(session, standing, now)
    else:
        known = behind.own_record_on(
            session, person_id=person_id, day=said.day, type_code=said.type_code, work=said.work
        )
        if known is not None:
            return known
        incident_id = _own_incident(session, said, now)
    row = ExposureStatement(
        person_id=person_id,
        incident_id=incident_id,
        kind=StatementKind.EXPOSED,
        work=said.work,
        type_code=said.type_code,
        said_at=now,
    )
    return _keep(session, viewer, row, now)


def dispute(
    session: Session, *, viewer: Viewer, incident_public_id: str, now: datetime
) -> ExposureStatement:
    """Keep somebody's word that they were not exposed to an incident that counts for them; saying
    it twice changes nothing.

    Raises:
        NothingToSayError: no such exposure counts for them, or it rests on their own word, which
            is taken back instead.
    """
    person_id = _person(viewer)
    exposure.take_turns(session)
    seen = behind.exposure_at(session, person_id=person_id, incident_public_id=incident_public_id)
    said = behind.standing_dispute(
        session, person_id=person_id, incident_public_id=incident_public_id
    )
    if said is not None:
        return said
    if seen is None or seen.origin is Origin.OWN:
        raise NothingToSayError
    standing = behind.standing_statements(
        session, person_id=person_id, incident_id=seen.incident_id
    )
    _end(session, standing, now)
    row = ExposureStatement(
        person_id=person_id,
        incident_id=seen.incident_id,
        kind=StatementKind.DISPUTED,
        type_code=seen.type_code,
        said_at=now,
    )
    return _keep(session, viewer, row, now)


def take_back(session: Session, *, viewer: Viewer, public_id: str, now: datetime) -> None:
    """Undo one statement; it is kept as taken back.

    Raises:
        NothingToSayError: no such statement of theirs stands.
    """
    exposure.take_turns(session)
    row = behind.statement_of(session, person_id=_person(viewer), public_id=public_id)
    if row is None:
        raise NothingToSayError
    _end(session, [row], now)
    incident = session.get_one(Incident, row.incident_id)
    if incident.source_system == OWN_SYSTEM:
        incident.withdrawn = True
    session.flush()
    exposure.refresh(session, incident_ids=[row.incident_id], person_ids=[], now=now)
    _note(session, viewer, Event.STATEMENT_TAKEN_BACK, row, now)


def _person(viewer: Viewer) -> int:
    if viewer.person_id is None:
        raise NothingToSayError
    return viewer.person_id


def _chosen(session: Session, viewer: Viewer, said: Said) -> int:
    choices = {incident.public_id for incident in offered(session, viewer=viewer, said=said)}
    if said.incident_public_id not in choices:
        raise NothingToSayError
    number = queries.incident_number(session, public_id=said.incident_public_id)
    if number is None:
        raise NothingToSayError
    return number


def _own_incident(session: Session, said: Said, now: datetime) -> int:
    # Only the day is known; midday of it, or now when that is still to come.
    row = Incident(
        source_system=OWN_SYSTEM,
        source_ref=new_public_id(),
        occurred_at=min(from_local(said.day, MIDDAY), now),
        type_code=said.type_code,
        received_at=now,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def _keep(
    session: Session, viewer: Viewer, row: ExposureStatement, now: datetime
) -> ExposureStatement:
    session.add(row)
    session.flush()
    exposure.refresh(session, incident_ids=[row.incident_id], person_ids=[], now=now)
    _note(session, viewer, Event.STATEMENT_MADE, row, now)
    return row


def _end(session: Session, rows: Sequence[ExposureStatement], now: datetime) -> None:
    for row in rows:
        row.taken_back_at = now
        session.add(row)
    session.flush()


def _note(
    session: Session, viewer: Viewer, event: Event, row: ExposureStatement, now: datetime
) -> None:
    entry = Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=row.person_id,
        details={"statement": row.public_id, "kind": row.kind.value},
    )
    audit.append(session, [entry])
