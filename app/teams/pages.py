"""What the supervisor's pages share, and what they write down of who looked."""

from datetime import datetime

from flask import Blueprint

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.database import request_engine
from app.people.queries import PersonCard, UnitCard
from app.security.access import current_viewer

blueprint = Blueprint("teams", __name__)


def note_team(unit: UnitCard, now: datetime) -> None:
    """Write down that the viewer looked at a team's counts; its members see that they did."""
    viewer = current_viewer()
    audit.append_now(
        request_engine(),
        Entry(
            Event.TEAM_VIEWED,
            now,
            actor_account_id=viewer.account_id,
            actor_role=viewer.role_names,
            unit_id=unit.id,
        ),
    )


def note_look(card: PersonCard, page: str, now: datetime) -> None:
    """Write down that the viewer opened somebody's record; they see that it was opened."""
    viewer = current_viewer()
    audit.append_now(
        request_engine(),
        Entry(
            Event.RECORD_VIEWED,
            now,
            actor_account_id=viewer.account_id,
            actor_role=viewer.role_names,
            subject_person_id=card.id,
            unit_id=card.unit_id,
            details={"page": page},
        ),
    )
