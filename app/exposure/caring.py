"""What a supervisor arranges before a conversation: a day for it, or somebody else to hold it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from app.audit.events import Entry, Event
from app.audit.service import append
from app.exposure.models import PromptPerson, PromptState
from app.exposure.prompting import move
from app.exposure.service import Answer, answer, claim
from app.people.queries import touch_units
from app.security.viewer import Viewer

LEFT = "left"
"""Why a prompt is not needed, of somebody who has left the force."""


@dataclass(frozen=True)
class Arranging:
    """Which prompt is arranged, as the form last saw it, and by whom."""

    viewer: Viewer
    public_id: str
    person_id: int
    unit_id: int | None
    revision: int


def plan(session: Session, *, about: Arranging, day: date, now: datetime) -> None:
    """Mean to talk to them on a day. What was put off is open again: a plan says more.

    Raises:
        ConflictError: the prompt is no longer waiting, or changed since the form was opened.
    """
    row = _claim(session, about)
    if row.state is PromptState.DEFERRED:
        move(row, PromptState.OPEN, now)
    row.planned_on = day
    _keep(session, row, about, ["planned_on"], now)


def hand_over(session: Session, *, about: Arranging, to: int, now: datetime) -> None:
    """Ask somebody else to hold the conversation. The caller has seen that they may be asked.

    Raises:
        ConflictError: the prompt is no longer waiting, or changed since the form was opened.
    """
    row = _claim(session, about)
    row.handed_to_id, row.handed_at = to, now
    row.handed_by_account_id = about.viewer.account_id
    # Whoever planned it is not whoever will hold it.
    row.planned_on = None
    _keep(session, row, about, ["handed_to", "planned_on"], now)


def take_back(session: Session, *, about: Arranging, now: datetime) -> None:
    """Hold the conversation oneself after all.

    Raises:
        ConflictError: the prompt is no longer waiting, or changed since the form was opened.
    """
    row = _claim(session, about)
    row.handed_to_id = row.handed_at = row.handed_by_account_id = None
    _keep(session, row, about, ["handed_to"], now)


def close_for_leaver(session: Session, *, about: Arranging, now: datetime) -> None:
    """Say that nobody can be asked any more: the person has left.

    Raises:
        ConflictError: the prompt is no longer waiting, or changed since the page was opened.
    """
    answer(
        session,
        public_id=about.public_id,
        person_id=about.person_id,
        revision=about.revision,
        decided=Answer(PromptState.NOT_NEEDED, LEFT),
        actor=about.viewer.account_id,
        now=now,
    )
    append(session, [_entry(Event.PROMPT_ANSWERED, about, ["outcome", "reason"], now)])


def _claim(session: Session, about: Arranging) -> PromptPerson:
    return claim(
        session, public_id=about.public_id, person_id=about.person_id, revision=about.revision
    )


def _keep(
    session: Session, row: PromptPerson, about: Arranging, fields: Sequence[str], now: datetime
) -> None:
    row.revision = about.revision + 1
    row.changed_by_account_id = about.viewer.account_id
    session.add(row)
    session.flush()
    if about.unit_id is not None:
        touch_units(session, unit_ids=[about.unit_id])
    append(session, [_entry(Event.PROMPT_ARRANGED, about, fields, now)])


def _entry(event: Event, about: Arranging, fields: Sequence[str], now: datetime) -> Entry:
    return Entry(
        event,
        now,
        actor_account_id=about.viewer.account_id,
        actor_role=about.viewer.role_names,
        subject_person_id=about.person_id,
        unit_id=about.unit_id,
        details={"prompt": [about.public_id], "fields": list(fields)},
    )
