"""One person's prompts, with what each was made from and what became of it.

The caller has already asked ``people.queries`` whom the viewer may see.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.database import columns
from app.exposure.models import Prompt, PromptKind, PromptPerson, PromptState
from app.exposure.rules import natural_key
from app.incidents.models import Incident


@dataclass(frozen=True)
class PromptCard:
    """One person's prompt with what it was made from and what became of it."""

    public_id: str
    person_id: int
    kind: PromptKind
    incident_id: int
    """Of the incident's records, the one that represents the event."""
    why: str
    due_at: datetime
    state: PromptState
    deferred_until: date | None
    changed_at: datetime
    opened_at: datetime
    framework_number: int
    occurred_at: datetime

    @property
    def natural_key(self) -> str:
        """The name of the prompt by what it is about now."""
        return natural_key(self.kind, self.person_id, self.incident_id)


def _prompt_cards(*conditions: ColumnElement[bool]) -> Any:
    head = aliased(Incident)
    represents = col(head.id) == func.coalesce(Incident.event_id, Incident.id)
    return (
        columns(
            PromptPerson.public_id,
            PromptPerson.person_id,
            Prompt.kind,
            col(head.id),
            PromptPerson.why,
            PromptPerson.due_at,
            PromptPerson.state,
            PromptPerson.deferred_until,
            PromptPerson.changed_at,
            Prompt.opened_at,
            Prompt.framework_number,
            col(head.occurred_at),
        )
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .join(Incident, col(Incident.id) == col(Prompt.incident_id))
        .join(head, represents)
        .where(*conditions)
        .order_by(col(PromptPerson.due_at).desc(), col(PromptPerson.id).desc())
    )


def prompt_of(session: Session, *, person_id: int, public_id: str) -> PromptCard | None:
    """One prompt of one person, whatever its state."""
    row = session.exec(
        _prompt_cards(
            col(PromptPerson.person_id) == person_id, col(PromptPerson.public_id) == public_id
        )
    ).first()
    return PromptCard(*row) if row else None


def prompts_of(session: Session, *, person_id: int) -> list[PromptCard]:
    """Every prompt of one person, the one due last first."""
    found = session.exec(_prompt_cards(col(PromptPerson.person_id) == person_id))
    return [PromptCard(*row) for row in found]
