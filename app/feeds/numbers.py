"""Whose a number is on a day: staff numbers, and the other numbers people go by.

A number that a row names is always kept as the person of that number: somebody HR told us of, or,
for a collar number, an entry that stands for the number alone. Who that is on a day is worked out
from the identifiers that cover it.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.bulk import insert_rows
from app.common.identifiers import new_public_ids
from app.database import columns
from app.feeds import queries
from app.feeds.truth import NOTHING
from app.people.models import Person, PersonNumber, StaffType
from app.people.queries import chunks
from app.people.rules import NEVER, Going, holder_on


class Numbers:
    """Whose some numbers are on any day, looked up once.

    Args:
        session: The import's transaction.
        number_ids: The people, or numbers alone, that rows name.
    """

    def __init__(self, session: Session, number_ids: Collection[int]) -> None:
        self.spells: dict[int, list[Going]] = {}
        self.became: dict[int, int] = {}
        if not number_ids or session.exec(select(PersonNumber.id).limit(1)).first() is None:
            return
        self.spells = spells_of(session, number_ids)
        for chunk in chunks(number_ids):
            statement = columns(Person.id, Person.became_id).where(
                col(Person.id).in_(chunk), col(Person.became_id).is_not(None)
            )
            self.became |= dict(session.connection().execute(statement).all())

    @property
    def depend_on_days(self) -> bool:
        """Whether it matters for any of them on which day it is."""
        return bool(self.spells)

    def whose(self, number_id: int, day: date | None) -> int:
        """Whose a number was on a day, or, of no day, whose it has become."""
        spells = self.spells.get(number_id)
        if spells and day is not None:
            holder = holder_on(spells, day)
            if holder is not None:
                return holder
        return self.became.get(number_id, number_id)


def spells_of(session: Session, number_ids: Collection[int]) -> dict[int, list[Going]]:
    """Who went by these numbers, and when, as far as it stands."""
    found: defaultdict[int, list[Going]] = defaultdict(list)
    number = aliased(Person)
    for chunk in chunks(number_ids):
        statement = (
            columns(
                PersonNumber.number_id,
                PersonNumber.starts_on,
                PersonNumber.source_system,
                PersonNumber.source_ref,
                PersonNumber.ends_on,
                Person.id,
                Person.became_id,
            )
            .join(Person, col(Person.id) == col(PersonNumber.person_id))
            .join(number, number.id == col(PersonNumber.number_id))
            .where(
                col(PersonNumber.number_id).in_(chunk),
                col(PersonNumber.withdrawn).is_(False),
                may_say(number),
            )
        )
        for number_id, starts_on, system, ref, ends_on, own, became in session.connection().execute(
            statement
        ):
            found[number_id].append(Going(starts_on, (system, ref), ends_on, became or own))
    return dict(found)


def may_say(number: Any) -> ColumnElement[bool]:
    """Only the system that gives out a staff number can give it to somebody else."""
    return or_(
        number.only_number.is_(True), number.source_system == col(PersonNumber.source_system)
    )


def ensure_numbers(
    session: Session, named: Collection[tuple[str, str]]
) -> tuple[dict[tuple[str, str], int], set[tuple[str, str]]]:
    """The entries of numbers, by system and number; those that nobody has are made.

    Returns also which were made.
    """
    known: dict[tuple[str, str], int] = {}
    fresh: set[tuple[str, str]] = set()
    for system in {system for system, _number in named}:
        wanted = {number for other, number in named if other == system}
        found = queries.person_ids(session, system=system, refs=wanted)
        made = sorted(wanted - found.keys())
        _make(session, system, made)
        if made:
            found |= queries.person_ids(session, system=system, refs=made)
        known |= {(system, number): id_ for number, id_ in found.items()}
        fresh |= {(system, number) for number in made}
    return known, fresh


def _make(session: Session, system: str, numbers: list[str]) -> None:
    rows = [
        {
            "public_id": public_id,
            "source_system": system,
            "source_ref": number,
            "source_version": NOTHING,
            "digest": "",
            "given_name": "",
            "family_name": "",
            "rank": "",
            "staff_type": StaffType.NOT_RECORDED,
            "leaver_version": NOTHING,
            "leaver_digest": "",
            "only_number": True,
            "counts_from": NEVER,
        }
        for number, public_id in zip(numbers, new_public_ids(len(numbers)), strict=True)
    ]
    insert_rows(session, Person, rows)
