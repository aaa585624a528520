"""Whom a viewer may put on a list: people by reference or by team, and the teams there are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.database import columns
from app.people.models import Person, Posting, Unit, UnitKind
from app.people.queries import chunks, is_current, listed, still_here, unit_in_reach
from app.security.viewer import Viewer


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be put on a list, where they are posted, and whether the viewer may."""

    id: int
    public_id: str
    ref: str
    given_name: str
    family_name: str
    rank: str
    left_on: date | None
    unit: str | None
    above: str | None
    in_reach: bool | None

    @property
    def name(self) -> str:
        """Their name as people read it."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def place(self) -> str:
        """Where they are posted, as people read it."""
        return ", ".join(name for name in (self.unit, self.above) if name)


def posted_on(day: date) -> Subquery:
    """Each person's one posting that counts on a day."""
    chosen: Any = columns(Posting.person_id, Posting.unit_id).where(is_current(day))
    found: Subquery = chosen.subquery("posted")
    return found


def _candidates(
    viewer: Viewer, session: Session, day: date, condition: ColumnElement[bool]
) -> list[Candidate]:
    posted, above = posted_on(day), aliased(Unit)
    statement = (
        columns(
            Person.id,
            Person.public_id,
            Person.source_ref,
            Person.given_name,
            Person.family_name,
            Person.rank,
            case((still_here(day), None), else_=col(Person.left_on)),
            Unit.name,
            above.name,
            unit_in_reach(viewer, day),
        )
        .outerjoin(posted, posted.c.person_id == col(Person.id))
        .outerjoin(Unit, col(Unit.id) == posted.c.unit_id)
        .outerjoin(above, col(above.id) == col(Unit.parent_id))
        .where(condition, listed())
        .order_by(col(Person.family_name), col(Person.given_name), col(Person.id))
    )
    return [Candidate(*row) for row in session.exec(statement)]


def people_known_as(
    viewer: Viewer, session: Session, *, refs: Collection[str], day: date
) -> list[Candidate]:
    """People whom a staff system calls by these references."""
    return [
        one
        for chunk in chunks(sorted(refs))
        for one in _candidates(viewer, session, day, col(Person.source_ref).in_(chunk))
    ]


def people_named(
    viewer: Viewer, session: Session, *, public_ids: Collection[str], day: date
) -> list[Candidate]:
    """People by the names they have in addresses."""
    return [
        one
        for chunk in chunks(sorted(public_ids))
        for one in _candidates(viewer, session, day, col(Person.public_id).in_(chunk))
    ]


def people_posted(
    viewer: Viewer,
    session: Session,
    *,
    unit_public_ids: Collection[str],
    on_day: date,
    today: date,
) -> list[Candidate]:
    """People who were posted to these units on a day; where they are posted now says who may."""
    then = (
        select(Posting.person_id)
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(is_current(on_day), col(Unit.public_id).in_(unit_public_ids))
    )
    return _candidates(viewer, session, today, col(Person.id).in_(then))


@dataclass(frozen=True)
class TeamChoice:
    """A team whose people can be put on a list, or a unit that has such teams."""

    public_id: str
    name: str


def units_with_teams(viewer: Viewer, session: Session, *, day: date) -> list[TeamChoice]:
    """The units directly above teams within reach, by name."""
    above = aliased(Unit)
    statement = (
        columns(above.public_id, above.name)
        .join(Unit, col(Unit.parent_id) == col(above.id))
        .where(unit_in_reach(viewer, day), col(Unit.kind) == UnitKind.TEAM)
        .distinct()
        .order_by(col(above.name), col(above.public_id))
    )
    return [TeamChoice(*row) for row in session.exec(statement)]


def teams_below(viewer: Viewer, session: Session, *, public_id: str, day: date) -> list[TeamChoice]:
    """The teams within reach directly below a unit, by name."""
    above = aliased(Unit)
    statement = (
        columns(Unit.public_id, Unit.name)
        .join(above, col(Unit.parent_id) == col(above.id))
        .where(
            unit_in_reach(viewer, day),
            col(Unit.kind) == UnitKind.TEAM,
            col(above.public_id) == public_id,
        )
        .order_by(col(Unit.name), col(Unit.id))
    )
    return [TeamChoice(*row) for row in session.exec(statement)]
