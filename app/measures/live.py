"""The wellbeing lens's questions, answered from rows, as they are now.

Everything is limited to the units over which the viewer's wellbeing role reaches; without one
there is nobody to ask about. Callers have recorded a purpose, and audit each list of names.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.database import columns
from app.incidents.queries import frameworks
from app.measures.asked import Choices, Question, UnitChoice
from app.measures.live_absence import absence, attrition
from app.measures.live_exposure import exposure
from app.measures.live_people import by_unit, people
from app.measures.live_support import prompting, referrals, support
from app.measures.population import in_scope, load
from app.people.models import Person, Skill, StaffType, Unit, UnitKind
from app.people.queries import listed
from app.security.viewer import Viewer

__all__ = (
    "absence",
    "attrition",
    "by_unit",
    "choices",
    "exposure",
    "matching",
    "people",
    "prompting",
    "referrals",
    "support",
)


def matching(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> int:
    """How many people the filters leave, before any incident types are asked for: these choose
    what counts as an exposure."""
    return len(load(viewer, session, question, today=local_date(now)))


def choices(viewer: Viewer, session: Session, *, now: datetime) -> Choices:
    """What the filters can be set to. Ranks, skills and types are the force's, and no secret."""
    today = local_date(now)
    ranks = select(Person.rank).where(listed(), col(Person.rank) != "").distinct()
    skills = select(Skill.name).where(col(Skill.withdrawn).is_(False)).distinct()
    held = set(session.exec(select(Person.staff_type).where(listed()).distinct()))
    return Choices(
        units=tuple(_units(viewer, session, today)),
        ranks=tuple(session.exec(ranks.order_by(col(Person.rank)))),
        staff_types=tuple(one for one in StaffType if one in held),
        skills=tuple(session.exec(skills.order_by(col(Skill.name)))),
        types=tuple(one.code for one in frameworks(session).on(today).types),
    )


def _units(viewer: Viewer, session: Session, today: date) -> list[UnitChoice]:
    """Open units in reach, each below the one it belongs to; the force itself is no choice."""
    statement = (
        columns(Unit.id, Unit.parent_id, Unit.public_id, Unit.name, Unit.kind)
        .where(
            in_scope(viewer, col(Unit.id)),
            col(Unit.kind) != UnitKind.FORCE,
            or_(col(Unit.closed_on).is_(None), col(Unit.closed_on) >= today),
        )
        .order_by(col(Unit.name), col(Unit.id))
    )
    rows = session.connection().execute(statement).all()
    names = {row[0]: row[3] for row in rows}
    below: dict[int | None, list[tuple[int, UnitChoice]]] = {}
    for number, parent, public_id, name, kind in rows:
        known = parent if parent in names else None
        choice = UnitChoice(public_id, name, UnitKind(kind), names.get(parent, ""), 0)
        below.setdefault(known, []).append((number, choice))
    return list(_in_order(below, None, 0))


def _in_order(
    below: dict[int | None, list[tuple[int, UnitChoice]]], parent: int | None, depth: int
) -> list[UnitChoice]:
    found: list[UnitChoice] = []
    for number, choice in below.get(parent, ()):
        found.append(replace(choice, depth=depth))
        found += _in_order(below, number, depth + 1)
    return found
