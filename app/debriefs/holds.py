"""Incidents to which a post-incident procedure applies: nothing said about them is noted here.

Kept about the incident and nothing else. The event counts, not one system's record of it, so that a
hold stays when records are found to be of one event.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.database import columns
from app.debriefs.models import IncidentHold
from app.exposure.models import Prompt, PromptPerson
from app.incidents.models import Incident
from app.people.models import Posting, Unit
from app.people.queries import is_current, touch_units, unit_in_reach
from app.security.viewer import Viewer


class NotHeldError(Exception):
    """There is no such hold, it was lifted, or it is not for the viewer to lift."""


def _event(incident: Any) -> ColumnElement[int]:
    return func.coalesce(incident.event_id, incident.id)


def _held(*wanted: Any) -> Any:
    """Of incidents whose event is held now."""
    named = aliased(Incident)
    return (
        columns(*wanted)
        .join(named, _event(named) == _event(Incident))
        .join(IncidentHold, col(IncidentHold.incident_id) == named.id)
        .where(col(IncidentHold.lifted_at).is_(None))
    )


def held_incidents(session: Session, *, public_ids: Collection[str]) -> set[str]:
    """Which of these incidents are held."""
    statement = _held(Incident.public_id).where(col(Incident.public_id).in_(public_ids))
    return {public_id for (public_id,) in session.exec(statement)}


def any_held(session: Session, *, prompt_public_ids: Collection[str]) -> bool:
    """Whether one of these prompts, of one person each, is about an incident that is held."""
    statement = (
        _held(Incident.id)
        .join(Prompt, col(Prompt.incident_id) == col(Incident.id))
        .join(PromptPerson, col(PromptPerson.prompt_id) == col(Prompt.id))
        .where(col(PromptPerson.public_id).in_(prompt_public_ids))
        .limit(1)
    )
    return session.exec(statement).first() is not None


def hold(
    session: Session, *, viewer: Viewer, incident_public_ids: Collection[str], now: datetime
) -> None:
    """Lock the forms about these incidents, for everybody. Those held already stay as they are."""
    named = select(Incident).where(col(Incident.public_id).in_(incident_public_ids))
    # Two who lock the same incident take turns, so that there is one hold to lift.
    found = session.exec(named.order_by(col(Incident.id)).with_for_update()).all()
    held = held_incidents(session, public_ids=incident_public_ids)
    for incident in found:
        if incident.public_id in held:
            continue
        session.add(
            IncidentHold(incident_id=incident.id or 0, since=now, by_account_id=viewer.account_id)
        )
        _note(session, Event.INCIDENT_HELD, viewer, incident.public_id, now)
    session.flush()


@dataclass(frozen=True)
class Hold:
    """A hold that stands, and what it is about."""

    public_id: str
    type_code: str
    occurred_at: datetime
    since: datetime


def _concerned(viewer: Viewer, day: date, *wanted: Any) -> Any:
    """Holds that concern somebody whom the viewer may see today, and where those are posted."""
    named = aliased(Incident)
    return (
        columns(*wanted)
        .join(named, named.id == col(IncidentHold.incident_id))
        .join(Incident, _event(Incident) == _event(named))
        .join(Prompt, col(Prompt.incident_id) == col(Incident.id))
        .join(PromptPerson, col(PromptPerson.prompt_id) == col(Prompt.id))
        .join(Posting, col(Posting.person_id) == col(PromptPerson.person_id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(
            col(IncidentHold.lifted_at).is_(None),
            is_current(day),
            unit_in_reach(viewer, day),
            # Nobody lifts what concerns them alone.
            col(PromptPerson.person_id) != (viewer.person_id or 0),
        )
        .distinct()
    )


def holds(viewer: Viewer, session: Session, *, day: date) -> list[Hold]:
    """The holds that concern somebody in the viewer's reach, the newest first."""
    statement = _concerned(
        viewer,
        day,
        IncidentHold.public_id,
        Incident.type_code,
        Incident.occurred_at,
        IncidentHold.since,
    ).where(col(Incident.id) == col(IncidentHold.incident_id))
    found = [Hold(*row) for row in session.exec(statement)]
    return sorted(found, key=lambda one: (one.since, one.public_id), reverse=True)


def lift(session: Session, *, viewer: Viewer, public_id: str, day: date, now: datetime) -> None:
    """Unlock the forms about an incident, because its procedure has ended.

    Raises:
        NotHeldError: see there.
    """
    mine = _concerned(viewer, day, IncidentHold.id, Unit.id).where(
        col(IncidentHold.public_id) == public_id
    )
    found = session.exec(mine).all()
    row = session.get(IncidentHold, found[0][0], with_for_update=True) if found else None
    if row is None or row.lifted_at is not None:
        raise NotHeldError
    row.lifted_at, row.lifted_by_account_id = now, viewer.account_id
    session.add(row)
    session.flush()
    touch_units(session, unit_ids={unit_id for _hold, unit_id in found})
    incident = session.get_one(Incident, row.incident_id)
    _note(session, Event.INCIDENT_LIFTED, viewer, incident.public_id, now)


def _note(session: Session, event: Event, viewer: Viewer, incident: str, now: datetime) -> None:
    entry = Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        details={"incident": incident},
    )
    audit.append(session, [entry])
