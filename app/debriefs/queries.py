"""Reading conversations and what followed. Callers have asked ``people.queries`` whom the viewer
may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from app.database import columns, rows
from app.debriefs.models import (
    Confidentiality,
    Debrief,
    DebriefPerson,
    Setting,
    SupportOffer,
    SupportStatus,
)
from app.people.models import Person
from app.people.queries import chunks, counts_since
from app.referrals.models import Support
from app.security.viewer import Viewer


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
class Agreed:
    """What was agreed with one person, and what is sealed; factors stay so."""

    setting: Setting
    primary_support: Support
    sealed_factors: bytes
    sealed_for: int
    """With whose key: the entry under which it was recorded."""
    offers: tuple[tuple[Support, SupportStatus], ...]


@dataclass(frozen=True)
class Conversation:
    """One conversation as whoever asks may see it. ``agreed`` is empty where the person chose that
    others see only that they spoke."""

    held_on: date
    next_contact_on: date | None
    confidentiality: Confidentiality
    agreed: Agreed | None


def conversations_of(
    viewer: Viewer, session: Session, *, person_id: int, limit: int = 20
) -> list[Conversation]:
    """A person's conversations, newest first, as far as the viewer may see them."""
    rows: list[Any] = session.exec(
        columns(
            DebriefPerson.id,
            Debrief.held_on,
            DebriefPerson.next_contact_on,
            DebriefPerson.confidentiality,
            Debrief.setting,
            DebriefPerson.primary_support,
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
    seen = {row[0] for row in rows if _shows(viewer, person_id, row[3])}
    offers = _offers(session, seen)
    return [
        Conversation(
            held_on,
            next_on,
            chosen,
            Agreed(setting, support, sealed, whose, tuple(offers.get(number, ())))
            if number in seen
            else None,
        )
        for number, held_on, next_on, chosen, setting, support, sealed, whose in rows
    ]


def _shows(viewer: Viewer, person_id: int, chosen: Confidentiality) -> bool:
    return chosen is Confidentiality.SHARED or viewer.person_id == person_id


def _offers(
    session: Session, numbers: Collection[int]
) -> dict[int, list[tuple[Support, SupportStatus]]]:
    offers: dict[int, list[tuple[Support, SupportStatus]]] = {}
    statement = (
        columns(SupportOffer.debrief_person_id, SupportOffer.support, SupportOffer.status)
        .where(col(SupportOffer.debrief_person_id).in_(numbers))
        .order_by(col(SupportOffer.support))
    )
    for number, support, status in session.exec(statement):
        offers.setdefault(number, []).append((support, status))
    return offers
