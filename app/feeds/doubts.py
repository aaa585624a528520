"""What contradicts itself in what stands of units and numbers, for the data steward to put right.

Worked out when asked, so that it is right whichever row mended it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.database import columns
from app.feeds import structure
from app.incidents.models import Attendance
from app.people.models import Person, PersonNumber
from app.security.permissions import Permission
from app.security.viewer import Viewer

MOST = 100


@dataclass(frozen=True)
class Overlap:
    """A number that two people had at once, and the references of the rows that say so."""

    system: str
    number: str
    one: str
    other: str


@dataclass(frozen=True)
class Nobodys:
    """A number that nobody had on the days of some attendance, and of how many rows."""

    system: str
    number: str
    rows: int


@dataclass(frozen=True)
class Doubts:
    """Everything to be put right at the source. ``circles``: units that lead back to themselves."""

    circles: Sequence[str]
    overlaps: Sequence[Overlap]
    nobodys: Sequence[Nobodys]

    def __bool__(self) -> bool:
        return bool(self.circles or self.overlaps or self.nobodys)


def doubts(viewer: Viewer, session: Session) -> Doubts:
    """What a data steward should have corrected; references only, no names of people."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return Doubts((), (), ())
    return Doubts(structure.in_a_circle(session), _overlaps(session), _nobodys(session))


def _overlaps(session: Session) -> list[Overlap]:
    one, other = aliased(PersonNumber), aliased(PersonNumber)
    mine, theirs, number = aliased(Person), aliased(Person), aliased(Person)
    statement = (
        columns(number.source_system, number.source_ref, one.source_ref, other.source_ref)
        .select_from(one)
        .join(other, other.number_id == one.number_id)
        .join(number, number.id == one.number_id)
        .join(mine, mine.id == one.person_id)
        .join(theirs, theirs.id == other.person_id)
        .where(
            one.id < other.id,  # type: ignore[operator]
            one.withdrawn.is_(False),  # type: ignore[attr-defined]
            other.withdrawn.is_(False),  # type: ignore[attr-defined]
            func.coalesce(mine.became_id, mine.id) != func.coalesce(theirs.became_id, theirs.id),
            or_(col(one.ends_on).is_(None), col(one.ends_on) >= other.starts_on),
            or_(col(other.ends_on).is_(None), col(other.ends_on) >= one.starts_on),
        )
        .order_by(number.source_system, number.source_ref, one.source_ref, other.source_ref)
        .limit(MOST)
    )
    return [Overlap(*row) for row in session.exec(statement)]


def _nobodys(session: Session) -> list[Nobodys]:
    statement = (
        columns(Person.source_system, Person.source_ref, func.count())
        .join(Attendance, col(Attendance.person_id) == col(Person.id))
        .where(col(Person.only_number), col(Attendance.withdrawn).is_(False))
        .group_by(col(Person.source_system), col(Person.source_ref))
        .order_by(func.count().desc(), col(Person.source_system), col(Person.source_ref))
        .limit(MOST)
    )
    return [Nobodys(*row) for row in session.exec(statement)]
