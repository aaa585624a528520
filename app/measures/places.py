"""Where people were posted on days of one's choosing, many people at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col

from app.database import columns
from app.measures.vocabulary import Dimension
from app.people.models import Posting, Unit, UnitAncestor, UnitKind

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
NOWHERE = -1
NEVER = date.max.toordinal()
LEVELS = {
    Dimension.DISTRICT: UnitKind.DISTRICT,
    Dimension.DEPARTMENT: UnitKind.DEPARTMENT,
    Dimension.TEAM: UnitKind.TEAM,
}


def ordinals(days: Sequence[date | None], missing: int) -> Numbers:
    """Days as numbers that can be compared all at once."""
    return np.array([day.toordinal() if day else missing for day in days], dtype=np.int64)


class Postings:
    """Every posting that stands, of whoever it is, read once. For the engine."""

    def __init__(self, session: Session, positions: Mapping[int, int]) -> None:
        statement = columns(
            Posting.person_id,
            Posting.starts_on,
            Posting.ends_on,
            Posting.precedence,
            Posting.unit_id,
        ).where(col(Posting.withdrawn).is_(False))
        found = [row for row in session.connection().execute(statement) if row[0] in positions]
        # Sorted here and not by the database, whose order of letters may be another.
        found.sort(key=lambda row: row[3])
        self._people = len(positions)
        self._who = np.array([positions[row[0]] for row in found], dtype=np.int64)
        self._starts = ordinals([row[1] for row in found], 0)
        self._ends = ordinals([row[2] for row in found], NEVER)
        self._units = np.array([row[4] for row in found], dtype=np.int64)

    def units_on(self, days: Numbers) -> Numbers:
        """The number of the unit of each person on a day of their own; ``NOWHERE``: posted to
        none. ``days``: one a person, in the order of ``positions``."""
        day = days[self._who]
        covering = (self._starts <= day) & (day <= self._ends)
        units = np.full(self._people, NOWHERE, dtype=np.int64)
        # In rising order of precedence: the last to be written is the one that counts.
        units[self._who[covering]] = self._units[covering]
        return units


class Place(NamedTuple):
    """A unit as a category."""

    public_id: str
    name: str


def above(session: Session) -> dict[Dimension, dict[int, Place]]:
    """The district, department and team that each unit is in, or is itself: the nearest one."""
    statement = (
        columns(UnitAncestor.unit_id, UnitAncestor.depth, Unit.kind, Unit.public_id, Unit.name)
        .join(Unit, col(Unit.id) == col(UnitAncestor.ancestor_id))
        .order_by(col(UnitAncestor.depth).desc(), col(Unit.id))
    )
    levels = {kind: dimension for dimension, kind in LEVELS.items()}
    found: dict[Dimension, dict[int, Place]] = {dimension: {} for dimension in LEVELS}
    for unit_id, _depth, kind, public_id, name in session.connection().execute(statement):
        if UnitKind(kind) in levels:
            # From the farthest to the nearest: the last to be written stays.
            found[levels[UnitKind(kind)]][unit_id] = Place(public_id, name)
    return found
