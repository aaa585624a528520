"""Carrying over what people did and said under a former number, and back if that was wrong.

What feeds told of is worked out again instead. Where both numbers have a record of the same thing,
the one under the number of today stays and the other is left where it is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, column, delete, exists, or_, table, update
from sqlmodel import Session, col

from app.audit.events import Entry, Event
from app.audit.service import append
from app.database import columns
from app.exposure.models import WAITING, Prompt, PromptKind, PromptPerson, PromptState
from app.exposure.stored import prompt_ids

HELD: dict[str, tuple[str, ...]] = {
    "account": (),
    "away_spell": ("starts_on",),
    "check_draft": (),
    "debrief_draft_person": ("draft_id",),
    "debrief_person": ("debrief_id",),
    "legal_hold": ("id",),
    "major_person": ("major_incident_id",),
    "equality_objection": ("taken_back_at",),
    "exposure_statement": ("incident_id", "taken_back_at"),
    "prompt_person": ("prompt_id",),
    "referral": ("id",),
    "self_check": ("id",),
    "rights_request": ("id",),
}
"""Tables of what people did and said, some of areas above this one, and what besides the person
tells two rows apart."""

UNANSWERED = (*WAITING, PromptState.WITHDRAWN)


class Move(NamedTuple):
    """A number that was one person's and is another's now; the number itself is a person too."""

    named_id: int
    was_id: int
    is_id: int


def carry_over(session: Session, moves: Sequence[Move], *, now: datetime) -> set[int]:
    """Carry over what belongs to former numbers; returns everybody concerned."""
    session.flush()
    concerned: set[int] = set()
    for move in moves:
        _make_room(session, move)
        parts = [name for name in HELD if _carry(session, name, move)]
        _rename_prompts(session, move)
        concerned |= set(move)
        if parts:
            details: dict[str, object] = {"parts": parts}
            entry = Entry(
                Event.RECORD_CARRIED_OVER, now, subject_person_id=move.is_id, details=details
            )
            append(session, [entry])
    # What was read before is not what is stored now.
    session.expire_all()
    return concerned


def _rows(name: str) -> Any:
    names = dict.fromkeys(("id", "person_id", "named_id", *HELD[name]))
    return table(name, *map(column, names))


def _theirs(rows: Any, move: Move) -> Any:
    """What somebody did under a number, wherever it is now."""
    own = and_(rows.c.person_id == move.named_id, rows.c.named_id.is_(None))
    return and_(rows.c.person_id == move.was_id, or_(rows.c.named_id == move.named_id, own))


def _carry(session: Session, name: str, move: Move) -> bool:
    rows = _rows(name)
    other = rows.alias("other")
    same: list[Any] = [
        or_(other.c[key] == rows.c[key], and_(other.c[key].is_(None), rows.c[key].is_(None)))
        for key in HELD[name]
    ]
    taken = exists().where(other.c.person_id == move.is_id, *same)
    named = None if move.is_id == move.named_id else move.named_id
    statement = (
        update(rows).where(_theirs(rows, move), ~taken).values(person_id=move.is_id, named_id=named)
    )
    return bool(session.connection().execute(statement).rowcount)


class _Asked(NamedTuple):
    id: int
    prompt_id: int
    kind: PromptKind
    incident_id: int


def _prompts(session: Session, of: Any, *, answered: bool) -> dict[tuple[PromptKind, int], _Asked]:
    """Prompts of somebody that were, or were not, answered, by kind and incident."""
    state = col(PromptPerson.state)
    statement = (
        columns(PromptPerson.id, Prompt.id, Prompt.kind, Prompt.incident_id)
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .where(of, state.not_in(UNANSWERED) if answered else state.in_(UNANSWERED))
    )
    found = [_Asked._make(row) for row in session.connection().execute(statement)]
    return {(one.kind, one.incident_id): one for one in found}


def _make_room(session: Session, move: Move) -> None:
    """Take away what waits under the number of today where an answer is carried over."""
    answered = _prompts(session, _theirs(PromptPerson.__table__, move), answered=True)  # type: ignore[attr-defined]
    waiting = _prompts(session, col(PromptPerson.person_id) == move.is_id, answered=False)
    for key in answered.keys() & waiting.keys():
        open_ = waiting[key]
        session.connection().execute(delete(PromptPerson).where(col(PromptPerson.id) == open_.id))
        if open_.kind is PromptKind.CUMULATIVE:
            session.connection().execute(delete(Prompt).where(col(Prompt.id) == open_.prompt_id))


def _rename_prompts(session: Session, move: Move) -> None:
    """A prompt that adds incidents up is known by its person and the last of the incidents."""
    for answered in (True, False):
        mine = _prompts(session, col(PromptPerson.person_id) == move.is_id, answered=answered)
        for (kind, incident_id), one in mine.items():
            key = f"cumulative:{move.is_id}:{incident_id}"
            if kind is PromptKind.CUMULATIVE and not prompt_ids(session, natural_keys=[key]):
                session.connection().execute(
                    update(Prompt).where(col(Prompt.id) == one.prompt_id).values(natural_key=key)
                )
