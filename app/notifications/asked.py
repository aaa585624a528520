"""Who is asked about what waits: the one place where this area asks that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.database import columns
from app.exposure.models import Prompt, PromptPerson, PromptState
from app.incidents.models import Incident
from app.people.models import AbsenceSpell, Person, Posting, Supervision, Unit
from app.people.queries import covers, is_current, still_here, unit_in_reach
from app.security.viewer import Viewer


@dataclass(frozen=True)
class Waits:
    """A prompt that waits, and the people who are asked about it."""

    subject: str
    topic: str
    due_at: datetime
    asked: frozenset[int]
    passed: frozenset[int]


def everything(session: Session, *, now: datetime) -> list[Waits]:
    """Every prompt that is open; a fixed number of statements."""
    day = local_date(now)
    found = session.exec(
        columns(PromptPerson.public_id, Incident.public_id, PromptPerson.due_at, Posting.unit_id)
        .select_from(PromptPerson)
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .join(Incident, col(Incident.id) == col(Prompt.incident_id))
        .join(Posting, col(Posting.person_id) == col(PromptPerson.person_id))
        .where(PromptPerson.state == PromptState.OPEN, is_current(day))
    ).all()
    leads = _leads(session, day)
    return [
        Waits(subject, topic, due_at, leads.get(unit_id, frozenset()), frozenset())
        for subject, topic, due_at, unit_id in found
    ]


def who_leads(session: Session, *, person_ids: Sequence[int], day: date) -> dict[int, set[int]]:
    """Who is asked about each of these people, when it is about nothing in particular."""
    leads = _leads(session, day)
    statement = select(Posting.person_id, Posting.unit_id).where(
        col(Posting.person_id).in_(person_ids), is_current(day)
    )
    return {
        person: set(leads.get(unit, frozenset())) - {person}
        for person, unit in session.exec(statement)
    }


def _leads(session: Session, day: date) -> dict[int, frozenset[int]]:
    statement = select(Supervision.unit_id, Supervision.person_id).where(
        col(Supervision.withdrawn).is_(False), covers(Supervision, day)
    )
    found: dict[int, set[int]] = {}
    for unit_id, person_id in session.exec(statement):
        found.setdefault(unit_id, set()).add(person_id)
    return {unit_id: frozenset(people) for unit_id, people in found.items()}


def away(session: Session, *, day: date) -> set[int]:
    """Everybody who is recorded as away on a day, planned or not."""
    statement = select(AbsenceSpell.person_id).where(
        col(AbsenceSpell.withdrawn).is_(False), covers(AbsenceSpell, day)
    )
    return set(session.exec(statement))


@dataclass(frozen=True)
class Shown:
    """Somebody whom a viewer is asked about, as that viewer may see them now."""

    person_id: int
    person_public_id: str
    name: str
    unit_id: int | None
    due_at: datetime


def shown_to(viewer: Viewer, session: Session, *, now: datetime) -> dict[str, Shown]:
    """The people behind what waits for a viewer, by the prompt's ``public_id``."""
    day = local_date(now)
    statement = (
        columns(
            PromptPerson.public_id,
            Person.id,
            Person.public_id,
            Person.given_name,
            Person.family_name,
            Posting.unit_id,
            PromptPerson.due_at,
        )
        .select_from(PromptPerson)
        .join(Person, col(Person.id) == col(PromptPerson.person_id))
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(
            PromptPerson.state == PromptState.OPEN,
            is_current(day),
            still_here(day),
            unit_in_reach(viewer, day),
            col(Person.id) != (viewer.person_id or 0),
        )
    )
    return {
        subject: Shown(number, public_id, f"{given} {family}".strip(), unit_id, due_at)
        for subject, number, public_id, given, family, unit_id, due_at in session.exec(statement)
    }
