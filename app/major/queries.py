"""Reading the lists of major incidents, and what came of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.database import columns
from app.debriefs.models import Debrief, DebriefPerson
from app.exposure.models import (
    WAITING,
    ExposureStatement,
    Prompt,
    PromptPerson,
    PromptState,
    StatementKind,
)
from app.incidents.linking import records_of
from app.incidents.models import Attendance, Incident
from app.major.candidates import posted_on
from app.major.models import MajorIncident, MajorPerson, Tier
from app.people.models import Person, Unit
from app.people.queries import chunks, unit_in_reach
from app.security.viewer import Viewer

CONTACT_TARGET = timedelta(days=3)
"""How soon after the incident everybody on the list should have been spoken to."""


@dataclass(frozen=True)
class MajorCard:
    """A major incident as lists and its own page show it."""

    id: int
    public_id: str
    name: str
    type_code: str
    occurred_at: datetime
    follow_up_on: date
    incident_id: int
    counts: bool
    """Whether the incident itself still stands; a force system can take its own back."""

    @property
    def contact_by(self) -> datetime:
        """When everybody should have been spoken to."""
        return self.occurred_at + CONTACT_TARGET


def _event(incident: Any) -> ColumnElement[int]:
    """The record that represents the event an incident belongs to."""
    return func.coalesce(incident.event_id, incident.id)


def _majors(*conditions: ColumnElement[bool]) -> Any:
    head = aliased(Incident)
    return (
        columns(
            MajorIncident.id,
            MajorIncident.public_id,
            MajorIncident.name,
            head.type_code,
            head.occurred_at,
            MajorIncident.follow_up_on,
            Incident.id,
            and_(col(head.withdrawn).is_(False), col(head.type_code) != ""),
        )
        .join(Incident, col(Incident.id) == col(MajorIncident.incident_id))
        .join(head, col(head.id) == _event(Incident))
        .where(*conditions)
        .order_by(col(head.occurred_at).desc(), col(MajorIncident.id).desc())
    )


def majors(session: Session) -> list[MajorCard]:
    """Every major incident, the newest first. What happened is no secret among wellbeing leads;
    who is on a list is told within each one's reach."""
    return [MajorCard(*row) for row in session.exec(_majors())]


def major(session: Session, *, public_id: str) -> MajorCard | None:
    """One major incident."""
    row = session.exec(_majors(col(MajorIncident.public_id) == public_id)).first()
    return MajorCard(*row) if row else None


def major_of(session: Session, *, incident_id: int) -> MajorCard | None:
    """The major incident that an incident, or another record of its event, already is."""
    records = records_of(session, incident_id)
    row = session.exec(_majors(col(MajorIncident.incident_id).in_(records))).first()
    return MajorCard(*row) if row else None


def incidents_known_as(session: Session, *, ref: str) -> list[Incident]:
    """Incidents that a force system calls by a reference and that stand; of several records of one
    event, the one that represents it."""
    called = aliased(Incident)
    statement = select(Incident).where(
        col(Incident.id).in_(select(_event(called)).where(called.source_ref == ref)),
        col(Incident.withdrawn).is_(False),
        col(Incident.type_code) != "",
    )
    return list(session.exec(statement.limit(2)))


# --- The list -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """Somebody on the list, and what came of it."""

    entry_public_id: str
    person_id: int
    person_public_id: str
    given_name: str
    family_name: str
    rank: str
    tier: Tier
    unit_id: int | None
    unit: str | None
    attached_at: datetime
    prompt: PromptState | None = None
    deferred_until: date | None = None
    first_spoken: date | None = None
    last_spoken: date | None = None
    disputes: bool = False

    @property
    def name(self) -> str:
        """Their name as people read it."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def state(self) -> str:
        """What came of it, as ``app.major.wording.STATES`` knows it."""
        if self.first_spoken or self.prompt is PromptState.HELD:
            return "spoken"
        if self.disputes:
            return "disputed"
        if self.prompt in {PromptState.DECLINED, PromptState.NOT_NEEDED, PromptState.DEFERRED}:
            return str(self.prompt.value) if self.prompt else "waiting"
        return "waiting"

    @property
    def contacted(self) -> bool:
        """Whether somebody spoke to them, or tried and was told no."""
        return self.state in {"spoken", "declined"}

    @property
    def owed(self) -> bool:
        """Whether somebody still has to speak to them."""
        return self.state in {"waiting", "deferred"}


def listed(viewer: Viewer, session: Session, *, card: MajorCard, day: date) -> list[Listed]:
    """The people on a list whom the viewer may see, by name, with what came of it for each."""
    posted = posted_on(day)
    statement = (
        columns(
            MajorPerson.public_id,
            Person.id,
            Person.public_id,
            Person.given_name,
            Person.family_name,
            Person.rank,
            MajorPerson.tier,
            Unit.id,
            Unit.name,
            MajorPerson.attached_at,
        )
        .join(Person, col(Person.id) == col(MajorPerson.person_id))
        .outerjoin(posted, posted.c.person_id == col(Person.id))
        .outerjoin(Unit, col(Unit.id) == posted.c.unit_id)
        .where(
            MajorPerson.major_incident_id == card.id,
            col(MajorPerson.detached_at).is_(None),
            unit_in_reach(viewer, day),
        )
        .order_by(col(Person.family_name), col(Person.given_name), col(Person.id))
    )
    rows = [Listed(*row) for row in session.exec(statement)]
    numbers = [row.person_id for row in rows]
    records = records_of(session, card.incident_id)
    prompts = _answers(session, records, numbers)
    talks = _talks(session, numbers, local_date(card.occurred_at))
    disputes = _disputes(session, records)
    return [
        replace(
            row,
            prompt=prompts.get(row.person_id, (None, None))[0],
            deferred_until=prompts.get(row.person_id, (None, None))[1],
            first_spoken=talks.get(row.person_id, (None, None))[0],
            last_spoken=talks.get(row.person_id, (None, None))[1],
            disputes=row.person_id in disputes,
        )
        for row in rows
    ]


def how_many(session: Session, *, major_id: int) -> int:
    """How many people are on a list in all."""
    statement = (
        select(func.count())
        .select_from(MajorPerson)
        .where(MajorPerson.major_incident_id == major_id, col(MajorPerson.detached_at).is_(None))
    )
    return session.exec(statement).one()


def _answers(
    session: Session, incident_ids: Collection[int], person_ids: Sequence[int]
) -> dict[int, tuple[PromptState | None, date | None]]:
    """What became of each person's prompt. Where two records of the event were prompted for, what
    a named human answered, and after that what still waits."""
    order = case(
        (col(PromptPerson.state) == PromptState.WITHDRAWN, 0),
        (col(PromptPerson.state).in_(WAITING), 1),
        else_=2,
    )
    found: dict[int, tuple[PromptState | None, date | None]] = {}
    for chunk in chunks(person_ids):
        statement = (
            columns(PromptPerson.person_id, PromptPerson.state, PromptPerson.deferred_until)
            .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
            .where(
                col(Prompt.incident_id).in_(incident_ids),
                col(PromptPerson.person_id).in_(chunk),
            )
            .order_by(order, col(PromptPerson.id))
        )
        found.update({person: (state, until) for person, state, until in session.exec(statement)})
    return found


def _talks(
    session: Session, person_ids: Sequence[int], since: date
) -> dict[int, tuple[date | None, date | None]]:
    """The first and the latest conversation with each person since a day."""
    found: dict[int, tuple[date | None, date | None]] = {}
    for chunk in chunks(person_ids):
        statement = (
            select(DebriefPerson.person_id, func.min(Debrief.held_on), func.max(Debrief.held_on))
            .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
            .where(col(DebriefPerson.person_id).in_(chunk), col(Debrief.held_on) >= since)
            .group_by(col(DebriefPerson.person_id))
        )
        found.update({person: (first, last) for person, first, last in session.exec(statement)})
    return found


def _disputes(session: Session, incident_ids: Collection[int]) -> set[int]:
    statement = select(ExposureStatement.person_id).where(
        col(ExposureStatement.incident_id).in_(incident_ids),
        ExposureStatement.kind == StatementKind.DISPUTED,
        col(ExposureStatement.taken_back_at).is_(None),
    )
    return set(session.exec(statement))


def entry(
    viewer: Viewer, session: Session, *, card: MajorCard, public_id: str, day: date
) -> Listed | None:
    """One person on a list, if the viewer may see them."""
    found = listed(viewer, session, card=card, day=day)
    return next((one for one in found if one.entry_public_id == public_id), None)


# --- For the service ------------------------------------------------------------------------------


def entries(session: Session, *, major_id: int, person_ids: Collection[int]) -> list[MajorPerson]:
    """What is kept about these people and one list, those taken off it included."""
    return [
        row
        for chunk in chunks(person_ids)
        for row in session.exec(
            select(MajorPerson).where(
                MajorPerson.major_incident_id == major_id,
                col(MajorPerson.person_id).in_(chunk),
            )
        )
    ]


def tiers_of(session: Session, *, major_id: int, person_ids: Collection[int]) -> dict[int, Tier]:
    """How close those of some people who are on a list already were said to be."""
    found = entries(session, major_id=major_id, person_ids=person_ids)
    return {row.person_id: row.tier for row in found if row.detached_at is None}


def attendance_by(
    session: Session, *, incident_id: int, system: str, person_ids: Collection[int]
) -> dict[int, Attendance]:
    """One system's word on one incident, by person."""
    found: dict[int, Attendance] = {}
    for chunk in chunks(person_ids):
        statement = select(Attendance).where(
            Attendance.incident_id == incident_id,
            Attendance.source_system == system,
            col(Attendance.person_id).in_(chunk),
        )
        found.update({row.person_id: row for row in session.exec(statement)})
    return found


# --- For the person themself ----------------------------------------------------------------------


@dataclass(frozen=True)
class OnList:
    """A list that somebody is or was on, as they see it."""

    public_id: str
    name: str
    occurred_at: datetime
    tier: Tier
    follow_up_on: date
    attached_at: datetime
    detached_at: datetime | None


def lists_of(viewer: Viewer, session: Session) -> list[OnList]:
    """The lists of major incidents that the viewer is or was on, the newest first."""
    statement = (
        columns(
            MajorIncident.public_id,
            MajorIncident.name,
            Incident.occurred_at,
            MajorPerson.tier,
            MajorIncident.follow_up_on,
            MajorPerson.attached_at,
            MajorPerson.detached_at,
        )
        .join(MajorIncident, col(MajorIncident.id) == col(MajorPerson.major_incident_id))
        .join(Incident, col(Incident.id) == col(MajorIncident.incident_id))
        .where(MajorPerson.person_id == (viewer.person_id or 0))
        .order_by(col(Incident.occurred_at).desc(), col(MajorPerson.id).desc())
    )
    return [OnList(*row) for row in session.exec(statement)]
