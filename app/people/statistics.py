"""How complete the records of staff are. Counts only: no row about a person leaves this file."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from app.common import disclosure
from app.common.disclosure import Count, Hidden
from app.database import columns
from app.people.models import (
    Characteristic,
    CharacteristicKind,
    Person,
    Posting,
    StaffType,
    Supervision,
)
from app.people.queries import covers, is_current, still_here

PREFER_NOT = ("prefer_not_to_say", "prefer_not", "prefer_not_to_disclose", "pnts")
"""How force systems write it, once spaces and hyphens are underlines."""
LESS_SENSITIVE = frozenset({CharacteristicKind.SEX, CharacteristicKind.BIRTH_YEAR})


@dataclass(frozen=True)
class DeclaredLine:
    """One characteristic, safe to show: how many people told what about themselves.

    ``said``, ``prefer_not`` and ``not_recorded`` are counts rounded to five, or why there is none;
    ``by_type`` is the percentage with either answer.
    """

    kind: CharacteristicKind
    said: Count
    prefer_not: Count
    not_recorded: Count
    by_type: dict[StaffType, Count]


@dataclass(frozen=True)
class Declared:
    """What people now in the force have declared; ``people`` is rounded."""

    people: Count
    types: tuple[StaffType, ...]
    lines: tuple[DeclaredLine, ...]


def declared(session: Session, *, day: date) -> Declared:
    """Count, for everybody now in the force and by staff type, what was declared."""
    whole = _people_by_type(session, day)
    answers = _answers(session, day)
    types = tuple(one for one in StaffType if whole.get(one))
    total = sum(whole.values())
    shown = Hidden.NOT_SHOWN if total < disclosure.SMALLEST_GROUP else disclosure.rounded(total)
    lines = tuple(_line(kind, types, whole, answers) for kind in CharacteristicKind)
    return Declared(shown, types, lines)


def _line(
    kind: CharacteristicKind,
    types: Collection[StaffType],
    whole: dict[StaffType, int],
    answers: dict[tuple[CharacteristicKind, StaffType, bool], int],
) -> DeclaredLine:
    sensitive = kind not in LESS_SENSITIVE
    smallest = disclosure.SMALLEST_SENSITIVE_GROUP if sensitive else disclosure.SMALLEST_GROUP
    said = {one: answers.get((kind, one, False), 0) for one in types}
    not_said = {one: answers.get((kind, one, True), 0) for one in types}
    told, kept_back = sum(said.values()), sum(not_said.values())
    missing = sum(whole.values()) - told - kept_back
    given, prefer_not, not_recorded = disclosure.parts(
        [told, kept_back, missing], smallest=smallest
    )
    by_type = disclosure.shares(
        [(said[one] + not_said[one], whole[one]) for one in types], smallest=smallest
    )
    return DeclaredLine(
        kind, given, prefer_not, not_recorded, dict(zip(types, by_type, strict=True))
    )


def _people_by_type(session: Session, day: date) -> dict[StaffType, int]:
    statement = (
        columns(Person.staff_type, func.count())
        .where(still_here(day))
        .group_by(col(Person.staff_type))
    )
    return {StaffType(kind): count for kind, count in session.exec(statement)}


def _answers(session: Session, day: date) -> dict[tuple[CharacteristicKind, StaffType, bool], int]:
    plain = func.replace(func.replace(func.lower(Characteristic.value), " ", "_"), "-", "_")
    prefers_not = plain.in_(PREFER_NOT)
    statement = (
        columns(Characteristic.kind, Person.staff_type, prefers_not, func.count())
        .join(Person, col(Person.id) == col(Characteristic.person_id))
        .where(still_here(day))
        .group_by(col(Characteristic.kind), col(Person.staff_type), prefers_not)
    )
    return {
        (CharacteristicKind(kind), StaffType(staff_type), bool(not_said)): count
        for kind, staff_type, not_said, count in session.exec(statement)
    }


@dataclass(frozen=True)
class Records:
    """People now in the force, and how many records lack what the site needs: exact counts."""

    people: int
    without_joined_on: int
    without_rank: int
    without_posting: int
    without_supervisor: int
    """Posted today to a unit that nobody leads or covers today."""


def records(session: Session, *, day: date) -> Records:
    """Count people now in the force whose record lacks something."""
    posted = (
        select(Posting.id).where(col(Posting.person_id) == col(Person.id), is_current(day)).exists()
    )
    led = (
        select(Supervision.id)
        .where(
            col(Supervision.unit_id) == col(Posting.unit_id),
            col(Supervision.withdrawn).is_(False),
            covers(Supervision, day),
        )
        .exists()
    )
    not_led = (
        select(func.count(func.distinct(Posting.person_id)))
        .select_from(Posting)
        .join(Person, col(Person.id) == col(Posting.person_id))
        .where(still_here(day), is_current(day), ~led)
    )
    return Records(
        people=_count(session, day),
        without_joined_on=_count(session, day, col(Person.joined_on).is_(None)),
        without_rank=_count(session, day, col(Person.rank) == ""),
        without_posting=_count(session, day, ~posted),
        without_supervisor=session.exec(not_led).one(),
    )


def _count(session: Session, day: date, *conditions: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(Person).where(still_here(day), *conditions)
    return session.exec(statement).one()
