"""Postings of people, for the engine, which acts for nobody in particular."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col

from app.database import columns
from app.people.models import (
    Posting,
)
from app.people.queries import chunks
from app.people.rules import Spell


def spells_of(session: Session, *, person_ids: Sequence[int]) -> dict[int, list[Spell]]:
    """Every posting that stands, by person."""
    found: dict[int, list[Spell]] = {}
    for chunk in chunks(person_ids):
        statement = columns(
            Posting.person_id,
            Posting.starts_on,
            Posting.ends_on,
            Posting.precedence,
            Posting.unit_id,
        ).where(col(Posting.person_id).in_(chunk), col(Posting.withdrawn).is_(False))
        # Columns only: the connection answers faster than the session.
        for person_id, *spell in session.connection().execute(statement):
            found.setdefault(person_id, []).append(Spell._make(spell))
    return found


class SpellBook:
    """Postings of people, read when first asked for and then kept while one change is followed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.known: dict[int, list[Spell]] = {}

    def of(self, person_ids: Collection[int]) -> dict[int, list[Spell]]:
        """Every posting that stands, by person."""
        missing = sorted(number for number in person_ids if number not in self.known)
        if missing:
            found = spells_of(self.session, person_ids=missing)
            self.known |= {number: found.get(number, []) for number in missing}
        return self.known
