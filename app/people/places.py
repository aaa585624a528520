"""Which postings cover a day, and the sentence that says which of them counts and why."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.common.clock import day_in_words
from app.database import columns
from app.people.models import Posting, PostingKind, Unit
from app.people.queries import covers
from app.security.viewer import Viewer


class Place(NamedTuple):
    """One posting that covers a day. ``closed``: the unit it was in, and that unit's last day."""

    unit: str
    kind: PostingKind
    starts_on: date
    precedence: str
    carried_from_id: int | None
    closed: str | None
    closed_on: date | None


def place_sentence(viewer: Viewer, session: Session, *, person_id: int, day: date) -> str:
    """Why a person is where they are today; nothing where there is nothing to explain.

    The caller has asked whom the viewer may see; only the person is told that they are nowhere.
    """
    found = _places(session, person_id, day)
    if not found:
        return NOWHERE if person_id == viewer.person_id else ""
    return explained(found)


NOWHERE = (
    "No posting covers today, so you are in no unit and nobody is asked to talk to you. "
    "If that is wrong, tell HR. You can still ask anybody for a conversation."
)


def _places(session: Session, person_id: int, day: date) -> list[Place]:
    before, old = aliased(Posting), aliased(Unit)
    statement = (
        columns(
            Unit.name,
            Posting.kind,
            Posting.starts_on,
            Posting.precedence,
            Posting.carried_from_id,
            old.name,
            old.closed_on,
        )
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .outerjoin(before, before.id == col(Posting.carried_from_id))
        .outerjoin(old, old.id == before.unit_id)
        .where(
            col(Posting.person_id) == person_id,
            col(Posting.withdrawn).is_(False),
            covers(Posting, day),
        )
    )
    found = [Place._make(row) for row in session.exec(statement)]
    return sorted(found, key=lambda place: place.precedence, reverse=True)


def explained(found: Sequence[Place]) -> str:
    """Which of several postings counts, the greatest first, and by which rule."""
    best = found[0]
    moved = (
        f"{best.closed} was closed on {day_in_words(best.closed_on)}, and its postings go on in "
        f"{best.unit}. "
        if best.closed and best.closed_on
        else ""
    )
    # A posting that goes on elsewhere is the same posting as the one it goes on from.
    steps = {best.precedence.rstrip("\x01")}
    others = [place for place in found if place.precedence.rstrip("\x01") not in steps]
    if not others:
        return moved.strip()
    other = others[0]
    return (
        f"{moved}More than one posting covers today: {best.unit} and {other.unit}. "
        f"{best.unit} counts, because {_why(best, other)}."
    )


def _why(best: Place, other: Place) -> str:
    if best.kind is not other.kind:
        return "a temporary posting counts before a substantive one"
    began = {place.precedence[: len("1YYYYMMDD")] for place in (best, other)}
    if len(began) > 1:
        return "it began later"
    return "its reference comes later, which decides between two that began together"


def own_units(viewer: Viewer, session: Session) -> list[int]:
    """Every unit the viewer has been posted to, so they can see who opened its table."""
    if viewer.person_id is None:
        return []
    statement = select(Posting.unit_id).where(col(Posting.person_id) == viewer.person_id).distinct()
    return list(session.exec(statement))
