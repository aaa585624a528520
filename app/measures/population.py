"""Whom a question is about: people within the viewer's reach, narrowed by its filters.

Everybody counts where they are posted today, or were on their last day; so a viewer asks about the
people of their part of the force as it is, over any period, and about nobody else.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.common.clock import months_after
from app.database import columns
from app.exposure.models import Exposure
from app.measures.asked import Question, ServiceBand
from app.measures.moments import one_of
from app.people.models import AbsenceSpell, Person, Posting, Skill, Unit, UnitAncestor
from app.people.queries import covers, listed
from app.security.viewer import Viewer

MONTHS_A_YEAR = 12


def below(unit_ids: Any) -> Any:
    """Units and everything below them."""
    return select(UnitAncestor.unit_id).where(col(UnitAncestor.ancestor_id).in_(unit_ids))


def in_scope(viewer: Viewer, unit_id: Any) -> ColumnElement[bool]:
    """Whether a unit is within the viewer's wellbeing role."""
    wide = viewer.wide_units()
    if wide is None:
        return true()
    return unit_id.in_(below(wide)) if wide else false()


def population(viewer: Viewer, question: Question, *, today: date, by_type: bool = True) -> Any:
    """A select of the number and the unit of everybody whom a question is about.

    Args:
        viewer: Whose reach it is limited to.
        question: The filters.
        today: The day on which people are where they are.
        by_type: Whether only those count who were exposed to the types that are asked about.
    """
    as_of = _as_of(today)
    places = [in_scope(viewer, col(Posting.unit_id))]
    if question.units:
        chosen = select(Unit.id).where(col(Unit.public_id).in_(question.units))
        places.append(col(Posting.unit_id).in_(below(chosen)))
    return (
        columns(Person.id, Posting.unit_id)
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .where(
            listed(),
            _current(as_of),
            _in_the_force(question),
            *places,
            *_about_them(question, as_of),
            *_what_happened(question, by_type=by_type),
        )
    )


def _as_of(today: date) -> Any:
    """The day on which somebody is where they are: today, or their own last day."""
    back = and_(col(Person.joined_on) > col(Person.left_on), col(Person.joined_on) <= today)
    gone = and_(col(Person.left_on) < today, ~func.coalesce(back, false()))
    return case((gone, col(Person.left_on)), else_=literal(today))


def _current(as_of: Any) -> ColumnElement[bool]:
    better = aliased(Posting)
    outranked = (
        select(better.id)
        .where(
            better.person_id == col(Posting.person_id),
            better.withdrawn.is_(False),  # type: ignore[attr-defined]
            covers(better, as_of),
            better.precedence > col(Posting.precedence),
        )
        .correlate(Posting, Person)
        .exists()
    )
    return and_(col(Posting.withdrawn).is_(False), covers(Posting, as_of), ~outranked)


def _in_the_force(question: Question) -> ColumnElement[bool]:
    """In the force on any day of the period."""
    joined, left = col(Person.joined_on), col(Person.left_on)
    back = and_(joined > left, joined <= question.last)
    here = and_(
        or_(left.is_(None), left >= question.first),
        or_(joined.is_(None), joined <= question.last, joined > left),
    )
    return or_(here, back)


def leavers(question: Question) -> ColumnElement[bool]:
    """People whose last day lies in the period, and who did not come back in it."""
    joined, left = col(Person.joined_on), col(Person.left_on)
    back = and_(joined > left, joined <= question.last)
    return and_(left.between(question.first, question.last), ~func.coalesce(back, false()))


def _about_them(question: Question, as_of: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.person:
        found.append(col(Person.public_id) == question.person)
    if question.ranks:
        found.append(col(Person.rank).in_(question.ranks))
    if question.staff_types:
        found.append(col(Person.staff_type).in_(question.staff_types))
    if question.service:
        found.append(or_(*(_served(band, question.last) for band in question.service)))
    if question.skills:
        held = select(Skill.id).where(
            col(Skill.person_id) == col(Person.id),
            col(Skill.name).in_(question.skills),
            col(Skill.withdrawn).is_(False),
            covers(Skill, as_of),
        )
        found.append(held.correlate(Person).exists())
    return found


def _served(band: ServiceBand, last: date) -> ColumnElement[bool]:
    """So many completed years on the last day of the period."""
    joined = col(Person.joined_on)
    if band is ServiceBand.NOT_RECORDED:
        return joined.is_(None)
    least, most = band.years
    wide = joined <= months_after(last, -MONTHS_A_YEAR * least)
    if most is None:
        return wide
    return and_(wide, joined > months_after(last, -MONTHS_A_YEAR * most))


def spells(question: Question, *, psychological: bool | None = None) -> list[ColumnElement[bool]]:
    """Absence that lies in the period, at least in part."""
    found = [
        col(AbsenceSpell.withdrawn).is_(False),
        col(AbsenceSpell.starts_on) <= question.last,
        or_(col(AbsenceSpell.ends_on).is_(None), col(AbsenceSpell.ends_on) >= question.first),
    ]
    if psychological is not None:
        found.append(col(AbsenceSpell.psychological).is_(psychological))
    return found


def _what_happened(question: Question, *, by_type: bool) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.psychological is not None:
        absent = (
            select(AbsenceSpell.id)
            .where(
                col(AbsenceSpell.person_id) == col(Person.id),
                *spells(question, psychological=True),
            )
            .correlate(Person)
            .exists()
        )
        found.append(absent if question.psychological else ~absent)
    if question.left is not None:
        left = func.coalesce(leavers(question), false())
        found.append(left if question.left else ~left)
    if question.types and by_type:
        met = select(Exposure.id).where(
            col(Exposure.person_id) == col(Person.id),
            col(Exposure.type_code).in_(question.types),
            col(Exposure.occurred_on).between(question.first, question.last),
        )
        found.append(met.correlate(Person).exists())
    return found


@dataclass(frozen=True)
class Asked:
    """The people of a question, found once and then joined by each statement of an answer."""

    ids: tuple[int, ...]
    table: Any
    people: Any
    """Its columns: ``id``, ``counts_from`` with its day, ``since``, and the day up to which they
    are known, ``as_of``."""

    @classmethod
    def of(cls, viewer: Viewer, session: Session, question: Question, *, today: date) -> "Asked":
        """Everybody whom a question is about, its incident types included."""
        ids = tuple(load(viewer, session, question, today=today, by_type=True))
        made = columns(
            col(Person.id).label("id"),
            col(Person.counts_from).label("counts_from"),
            # It is the start of the day on which they joined.
            case((col(Person.counts_from).is_not(None), col(Person.joined_on))).label("since"),
            _as_of(today).label("as_of"),
        ).where(col(Person.id).in_(one_of(session, ids)))
        table = made.cte("asked").prefix_with("MATERIALIZED")
        return cls(ids, table, table.c)

    def had(self, person_id: Any, moment: Any) -> ColumnElement[bool]:
        """That a row with a person and a moment is about one of them."""
        since = self.people.counts_from
        return and_(self.people.id == person_id, or_(since.is_(None), since <= moment))


def load(
    viewer: Viewer, session: Session, question: Question, *, today: date, by_type: bool = False
) -> dict[int, int]:
    """The unit of everybody whom a question is about, by their number."""
    statement = population(viewer, question, today=today, by_type=by_type)
    return dict(session.connection().execute(statement).all())
