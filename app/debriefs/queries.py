"""Reading conversations and what followed. Callers have asked ``people.queries`` whom the viewer
may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from app.database import columns, rows
from app.debriefs.models import (
    Debrief,
    DebriefPerson,
    SupportOffer,
    SupportStatus,
)
from app.people.models import Person
from app.people.queries import chunks, counts_since
from app.referrals.models import Support


@dataclass(frozen=True)
class Contact:
    """When somebody was last spoken to, and when next."""

    last_on: date
    next_on: date | None


def _newest() -> Any:
    newest = (
        columns(
            DebriefPerson.person_id,
            Debrief.held_on,
            DebriefPerson.next_contact_on,
            func.row_number()
            .over(
                partition_by=col(DebriefPerson.person_id),
                order_by=(col(Debrief.held_on).desc(), col(DebriefPerson.id).desc()),
            )
            .label("place"),
        )
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .join(Person, col(Person.id) == col(DebriefPerson.person_id))
        .where(
            col(DebriefPerson.person_id).in_(bindparam("people", expanding=True)),
            counts_since(col(Debrief.recorded_at)),
        )
        .subquery()
    )
    return select(newest.c.person_id, newest.c.held_on, newest.c.next_contact_on).where(
        newest.c.place == 1
    )


NEWEST = _newest()


def contacts(session: Session, *, person_ids: Sequence[int]) -> dict[int, Contact]:
    """The latest conversation of each person and the next date agreed in it."""
    return {
        person_id: Contact(held_on, next_on)
        for chunk in chunks(person_ids)
        for person_id, held_on, next_on in rows(session, NEWEST, people=chunk)
    }


@dataclass(frozen=True)
class Conversation:
    """One conversation as the person or their supervisor sees it; factors stay sealed."""

    id: int
    held_on: date
    setting: str
    primary_support: Support
    next_contact_on: date | None
    sealed_factors: bytes
    sealed_for: int
    """With whose key: the entry under which it was recorded."""
    offers: tuple[tuple[Support, SupportStatus], ...]


def conversations_of(session: Session, *, person_id: int, limit: int = 20) -> list[Conversation]:
    """A person's conversations, newest first, with the support that was talked about."""
    rows: list[Any] = session.exec(
        columns(
            DebriefPerson.id,
            Debrief.held_on,
            Debrief.setting,
            DebriefPerson.primary_support,
            DebriefPerson.next_contact_on,
            DebriefPerson.sealed_factors,
            func.coalesce(col(DebriefPerson.named_id), col(DebriefPerson.person_id)),
        )
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .join(Person, col(Person.id) == col(DebriefPerson.person_id))
        .where(
            col(DebriefPerson.person_id) == person_id,
            counts_since(col(Debrief.recorded_at)),
        )
        .order_by(col(Debrief.held_on).desc(), col(DebriefPerson.id).desc())
        .limit(limit)
    ).all()
    offers: dict[int, list[tuple[Support, SupportStatus]]] = {}
    statement = (
        columns(SupportOffer.debrief_person_id, SupportOffer.support, SupportOffer.status)
        .where(col(SupportOffer.debrief_person_id).in_([row[0] for row in rows]))
        .order_by(col(SupportOffer.support))
    )
    for number, support, status in session.exec(statement):
        offers.setdefault(number, []).append((support, status))
    return [Conversation(*(*row, tuple(offers.get(row[0], ())))) for row in rows]
