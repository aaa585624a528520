"""What is on hold, as conditions for those who remove."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, union
from sqlmodel import col, select

from app.debriefs.models import IncidentHold
from app.exposure.models import ExposureStatement, Prompt, PromptPerson
from app.incidents.models import Attendance, Incident
from app.major.models import MajorIncident, MajorPerson
from app.people.models import Person
from app.retention.models import LegalHold

STILL_HOLDS = timedelta(days=7)
"""For so long after it was lifted a hold still holds: whoever lifted the wrong one can say so."""


def stands(now: datetime) -> ColumnElement[bool]:
    """A hold that was not lifted, or only just."""
    return or_(col(LegalHold.lifted_at).is_(None), col(LegalHold.lifted_at) > now - STILL_HOLDS)


def held_people(now: datetime) -> Any:
    """The numbers of people on hold, and of entries that stand for their former numbers."""
    own = select(LegalHold.person_id).where(col(LegalHold.person_id).is_not(None), stands(now))
    former = select(Person.id).where(col(Person.became_id).in_(own))
    return union(own, former)


def is_held(person_id: Any, now: datetime) -> ColumnElement[bool]:
    """Whether a row is about somebody on hold."""
    condition: ColumnElement[bool] = person_id.in_(held_people(now))
    return condition


def event(incident: Any = Incident) -> ColumnElement[int]:
    """What an incident counts as: its event, or itself."""
    return func.coalesce(incident.event_id, incident.id)


def held_events(now: datetime) -> Any:
    """Events on hold, or under a post-incident procedure, and those that anybody on hold had a part
    in: an incident is kept whole or not at all."""
    people = held_people(now)
    named = (
        select(LegalHold.incident_id).where(col(LegalHold.incident_id).is_not(None), stands(now)),
        select(IncidentHold.incident_id).where(col(IncidentHold.lifted_at).is_(None)),
        select(Attendance.incident_id).where(col(Attendance.person_id).in_(people)),
        select(ExposureStatement.incident_id).where(col(ExposureStatement.person_id).in_(people)),
        select(Prompt.incident_id)
        .join(PromptPerson, col(PromptPerson.prompt_id) == col(Prompt.id))
        .where(col(PromptPerson.person_id).in_(people)),
        select(MajorIncident.incident_id)
        .join(MajorPerson, col(MajorPerson.major_incident_id) == col(MajorIncident.id))
        .where(col(MajorPerson.person_id).in_(people)),
    )
    return select(event()).where(col(Incident.id).in_(union(*named)))
