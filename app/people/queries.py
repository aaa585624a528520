"""Who is in which unit, who leads it, and whom a viewer may see."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    and_,
    bindparam,
    false,
    or_,
    true,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.database import columns, rows
from app.people.models import (
    AwaySpell,
    Person,
    Posting,
    Supervision,
    SupervisionKind,
    Unit,
    UnitAncestor,
    UnitKind,
)
from app.security.permissions import Role
from app.security.viewer import Viewer

T = TypeVar("T")
CHUNK = 5_000
"""How many values one statement may list: well under both databases' limits."""
Day = date | BindParameter[date]
DAY: BindParameter[date] = bindparam("day", type_=Date())
UNITS: BindParameter[Any] = bindparam("unit_ids", expanding=True)
WIDE: BindParameter[Any] = bindparam("wide", expanding=True)
LOOKING: BindParameter[int] = bindparam("looking")
"""The viewer's own person, in statements that are built once."""


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Split values into lists short enough to put in one statement."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


# --- Conditions -----------------------------------------------------------------------------------


def covers(posting: Any, day: Day) -> ColumnElement[bool]:
    """A posting (or supervision) that includes a day."""
    return and_(posting.starts_on <= day, or_(posting.ends_on.is_(None), posting.ends_on >= day))


def is_current(day: Day) -> ColumnElement[bool]:
    """The one posting that counts on a day: see :func:`app.people.service.posting_precedence`."""
    better = aliased(Posting)
    outranked = (
        select(better.id)
        .where(
            better.person_id == col(Posting.person_id),
            better.withdrawn.is_(False),  # type: ignore[attr-defined]
            covers(better, day),
            better.precedence > col(Posting.precedence),
        )
        .exists()
    )
    return and_(col(Posting.withdrawn).is_(False), covers(Posting, day), ~outranked)


def still_here(day: Day) -> ColumnElement[bool]:
    """A person who has not left the force, or has joined it again."""
    back = and_(col(Person.joined_on) > col(Person.left_on), col(Person.joined_on) <= day)
    return or_(col(Person.left_on).is_(None), col(Person.left_on) >= day, back)


def counts_since(moment: Any) -> ColumnElement[bool]:
    """Of the time from which things count for a person: see ``Person.counts_from``."""
    return or_(col(Person.counts_from).is_(None), col(Person.counts_from) <= moment)


def listed() -> ColumnElement[bool]:
    """Somebody in their own right: neither a number alone nor somebody's former number."""
    return and_(col(Person.became_id).is_(None), col(Person.only_number).is_(False))


def _below(unit_ids: Any) -> SelectOfScalar[int]:
    return select(UnitAncestor.unit_id).where(col(UnitAncestor.ancestor_id).in_(unit_ids))


def led_by(person_id: int | BindParameter[int], day: Day) -> SelectOfScalar[int]:
    """Units that somebody leads or covers, or for whose supervisor they stand in that day."""
    covered = select(AwaySpell.person_id).where(
        col(AwaySpell.deputy_id) == person_id, covers(AwaySpell, day)
    )
    return select(Supervision.unit_id).where(
        or_(
            col(Supervision.person_id) == person_id,
            and_(col(Supervision.kind) == "supervisor", col(Supervision.person_id).in_(covered)),
        ),
        col(Supervision.withdrawn).is_(False),
        covers(Supervision, day),
    )


class Reach(NamedTuple):
    """The ways in which a viewer may reach a unit: the shape of what is asked for them."""

    everywhere: bool
    below: bool
    leading: bool


def _reach(viewer: Viewer) -> Reach:
    wide = viewer.wide_units()
    leads = viewer.person_id is not None and viewer.has(Role.SUPERVISOR)
    return Reach(everywhere=wide is None, below=bool(wide), leading=leads)


def _within(
    reach: Reach, *, wide: Any, looking: int | BindParameter[int], day: Day
) -> ColumnElement[bool]:
    if reach.everywhere:
        return true()
    ways: list[ColumnElement[bool]] = []
    if reach.below:
        ways.append(col(Unit.id).in_(_below(wide)))
    if reach.leading:
        ways.append(col(Unit.id).in_(led_by(looking, day)))
    return or_(*ways) if ways else false()


def unit_in_reach(viewer: Viewer, day: date) -> ColumnElement[bool]:
    """Units whose table a viewer may see today: led now, or within a wellbeing role's grant."""
    wide, looking = viewer.wide_units(), viewer.person_id or 0
    return _within(_reach(viewer), wide=wide, looking=looking, day=day)


def _asked(viewer: Viewer, day: date) -> dict[str, object]:
    """The values for a statement that is built once for each :class:`Reach`."""
    return {"day": day, "looking": viewer.person_id or 0, "wide": viewer.wide_units() or []}


# --- For pages ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitCard:
    """A unit as shown in lists."""

    id: int
    public_id: str
    name: str
    above: str
    version: int
    leads: bool = False


def _is_in_use(day: date) -> ColumnElement[bool]:
    """Units that are not closed, or in which somebody is posted all the same."""
    posted = (
        select(Posting.id)
        .where(col(Posting.unit_id) == col(Unit.id), is_current(day))
        .correlate(Unit)
        .exists()
    )
    return or_(col(Unit.closed_on).is_(None), col(Unit.closed_on) >= day, posted)


def units_in_reach(
    viewer: Viewer, session: Session, *, day: date, search: str = "", limit: int = 100
) -> list[UnitCard]:
    """Teams a viewer may open today, those they lead first, then by name."""
    above = aliased(Unit)
    led = _leads(viewer, session, day)
    statement = (
        columns(Unit.id, Unit.public_id, Unit.name, above.name, Unit.version)
        .outerjoin(above, above.id == col(Unit.parent_id))
        .where(unit_in_reach(viewer, day), col(Unit.kind) == "team", _is_in_use(day))
        .order_by(col(Unit.id).in_(led).desc() if led else col(Unit.name), col(Unit.name))
        .limit(limit)
    )
    if search:
        statement = statement.where(col(Unit.name).icontains(search, autoescape=True))
    return [
        UnitCard(number or 0, public_id, name, over or "", version, leads=number in led)
        for number, public_id, name, over, version in session.exec(statement)
    ]


def _leads(viewer: Viewer, session: Session, day: date) -> list[int]:
    if viewer.person_id is None:
        return []
    return list(session.exec(led_by(viewer.person_id, day)))


@cache
def _one_unit(reach: Reach) -> Any:
    above = aliased(Unit)
    leads = col(Unit.id).in_(led_by(LOOKING, DAY))
    return (
        columns(Unit.id, Unit.public_id, Unit.name, above.name, Unit.version, leads)
        .outerjoin(above, above.id == col(Unit.parent_id))
        .where(
            col(Unit.public_id) == bindparam("public_id"),
            _within(reach, wide=WIDE, looking=LOOKING, day=DAY),
        )
    )


def unit(viewer: Viewer, session: Session, *, public_id: str, day: date) -> UnitCard | None:
    """One unit, if the viewer may see its table today. Every poll of a live page asks this."""
    statement = _one_unit(_reach(viewer))
    row = rows(session, statement, public_id=public_id, **_asked(viewer, day)).first()
    if row is None:
        return None
    return UnitCard(row[0], row[1], row[2], row[3] or "", row[4], leads=bool(row[5]))


@dataclass(frozen=True)
class Member:
    """A person as a supervisor knows them."""

    id: int
    public_id: str
    name: str
    rank: str
    temporary: bool = False


def _posted(reach: Reach, *wanted: Any) -> Any:
    """Who is posted to units today, as far as the viewer may see; never the viewer."""
    return (
        columns(*wanted)
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(
            col(Posting.unit_id).in_(UNITS),
            is_current(DAY),
            still_here(DAY),
            _within(reach, wide=WIDE, looking=LOOKING, day=DAY),
            col(Person.id) != LOOKING,
        )
    )


@cache
def _member_units(reach: Reach) -> Any:
    return _posted(reach, Person.id, Posting.unit_id)


def member_units(
    viewer: Viewer, session: Session, *, unit_ids: Collection[int], day: date
) -> dict[int, int]:
    """The unit of each person posted to one of these units today, by person."""
    found = rows(
        session, _member_units(_reach(viewer)), unit_ids=list(unit_ids), **_asked(viewer, day)
    )
    return {row[0]: row[1] for row in found}


@cache
def _members(reach: Reach) -> Any:
    return _posted(
        reach,
        Person.id,
        Person.public_id,
        Person.given_name,
        Person.family_name,
        Person.rank,
        Posting.kind,
    ).order_by(col(Person.family_name), col(Person.given_name), col(Person.id))


def members(viewer: Viewer, session: Session, *, unit_id: int, day: date) -> list[Member]:
    """The people posted to a unit today, if the viewer may see that unit; by family name.

    The viewer's own row is left out: nobody supervises themselves.
    """
    found = rows(session, _members(_reach(viewer)), unit_ids=[unit_id], **_asked(viewer, day))
    return [
        Member(number, public_id, f"{given} {family}".strip(), rank, kind == "temporary")
        for number, public_id, given, family, rank, kind in found
    ]


@dataclass(frozen=True)
class PersonCard:
    """A person and where they are posted today."""

    id: int
    public_id: str
    name: str
    rank: str
    unit_id: int | None
    unit_public_id: str
    unit_name: str


def person(viewer: Viewer, session: Session, *, public_id: str, day: date) -> PersonCard | None:
    """A named person, if they are within the viewer's reach today; never the viewer themselves."""
    statement = (
        select(Person, Unit)
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(
            col(Person.public_id) == public_id,
            is_current(day),
            still_here(day),
            unit_in_reach(viewer, day),
            col(Person.id) != (viewer.person_id or 0),
        )
    )
    row = session.exec(statement).first()
    return _card(*row) if row else None


def _card(found: Person, unit: Unit | None) -> PersonCard:
    return PersonCard(
        id=found.id or 0,
        public_id=found.public_id,
        name=f"{found.given_name} {found.family_name}".strip(),
        rank=found.rank,
        unit_id=unit.id if unit else None,
        unit_public_id=unit.public_id if unit else "",
        unit_name=unit.name if unit else "",
    )


def own_card(viewer: Viewer, session: Session, *, day: date) -> PersonCard | None:
    """The viewer's own entry, wherever they are posted; ``None`` if they are not in the HR feed."""
    if viewer.person_id is None:
        return None
    found = session.get(Person, viewer.person_id)
    if found is None:
        return None
    posted = (
        select(Unit)
        .join(Posting, col(Posting.unit_id) == col(Unit.id))
        .where(col(Posting.person_id) == viewer.person_id, is_current(day))
    )
    return _card(found, session.exec(posted).first())


@dataclass(frozen=True)
class Leader:
    """Who leads or covers a unit."""

    name: str
    kind: SupervisionKind
    person_id: int


LEADERS = (
    columns(Supervision.unit_id, Person.given_name, Person.family_name, Supervision.kind, Person.id)
    .join(Person, col(Person.id) == col(Supervision.person_id))
    .where(
        col(Supervision.unit_id).in_(UNITS),
        col(Supervision.withdrawn).is_(False),
        covers(Supervision, DAY),
    )
    .order_by(col(Supervision.kind).desc(), col(Supervision.starts_on).desc())
)


def leaders(session: Session, *, unit_ids: Collection[int], day: date) -> dict[int, list[Leader]]:
    """Who leads each unit today, supervisors before deputies. Names of leaders are no secret."""
    found: dict[int, list[Leader]] = {}
    for unit_id, given, family, *more in rows(session, LEADERS, unit_ids=list(unit_ids), day=day):
        found.setdefault(unit_id, []).append(Leader(f"{given} {family}", *more))
    return found


# --- For the engine, which acts for nobody in particular ------------------------------------------


def all_teams(session: Session) -> list[int]:
    """Every team, for what concerns them all."""
    found = session.exec(select(Unit.id).where(col(Unit.kind) == UnitKind.TEAM)).all()
    return [number for number in found if number is not None]


def touch_units(session: Session, *, unit_ids: Collection[int]) -> None:
    """Tell live pages of these units that something has changed."""
    # In one order, so that two writers never wait for each other.
    for chunk in chunks(sorted(unit_ids)):
        session.exec(
            update(Unit).where(col(Unit.id).in_(chunk)).values(version=col(Unit.version) + 1)
        )
