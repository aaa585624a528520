"""Reading who leads what and who is here, for :mod:`app.people.duty`; and who is away."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, and_, bindparam, false, null, or_, true
from sqlmodel import Session, col, select

from app.accounts.models import Account, RoleGrant
from app.database import columns, rows
from app.people.duty import Duties, Lead
from app.people.models import (
    AbsenceSpell,
    AwayKind,
    AwaySpell,
    Person,
    Posting,
    Supervision,
    SupervisionKind,
    UnitAncestor,
)
from app.people.models import Unit as UnitRow
from app.people.queries import chunks, covers, is_current, led_by, still_here
from app.security.permissions import Role
from app.security.viewer import Viewer


def led_units(viewer: Viewer, session: Session, *, day: date) -> list[int]:
    """Units that the viewer leads, covers or stands in for today; none without the role."""
    if viewer.person_id is None or not viewer.has(Role.SUPERVISOR):
        return []
    return sorted(set(session.exec(led_by(viewer.person_id, day))))


def below(roots: Collection[int] | None, unit_id: Any) -> ColumnElement[bool]:
    """That a unit is one of these or lies below one; ``None`` is the whole force."""
    if roots is None:
        return true()
    inside = select(UnitAncestor.unit_id).where(col(UnitAncestor.ancestor_id).in_(roots))
    return unit_id.in_(inside) if roots else false()


def _concerned(roots: Collection[int] | None, unit_id: Any) -> ColumnElement[bool]:
    """Below these units, or above them."""
    if roots is None:
        return true()
    above = select(UnitAncestor.ancestor_id).where(col(UnitAncestor.unit_id).in_(roots))
    return or_(below(roots, unit_id), unit_id.in_(above))


class Who(NamedTuple):
    """Somebody who leads, covers or stands in. Their names are no secret."""

    public_id: str
    name: str


@dataclass(frozen=True)
class Known:
    """Who leads what, with the names that pages need."""

    duties: Duties
    people: dict[int, Who]
    """Those who lead, cover or stand in."""


def known(
    session: Session, *, roots: Collection[int] | None, people: Collection[int], day: date
) -> Known:
    """Who leads what, below and above these units, and who of them is here on a day. A fixed number
    of statements. ``people``: those whom the prompts are about; some of them lead units too."""
    tree = session.exec(
        columns(UnitRow.id, UnitRow.parent_id).where(_concerned(roots, col(UnitRow.id)))
    ).all()
    rows = _leads(session, roots, people, day)
    chosen = _chosen(session, {row.person_id for row in rows}, day)
    everybody = {row.person_id for row in rows} | {one for many in chosen.values() for one in many}
    present, names = _here(session, everybody, day)
    units = {number for number, _parent in tree}
    leads: dict[int, list[Lead]] = {}
    leading: dict[int, set[int]] = {}
    for row in rows:
        if row.unit_id in units:
            leads.setdefault(row.unit_id, []).append(row)
        if row.kind is SupervisionKind.SUPERVISOR:
            leading.setdefault(row.person_id, set()).add(row.unit_id)
    duties = Duties(
        parents=dict(tree),
        leads=leads,
        leading={person: frozenset(units) for person, units in leading.items()},
        present=present,
        chosen=chosen,
        homes=_homes(session, everybody, day),
    )
    return Known(duties, names)


def _leads(
    session: Session, roots: Collection[int] | None, people: Collection[int], day: date
) -> list[Lead]:
    statement = (
        columns(Supervision.unit_id, Supervision.person_id, Supervision.kind)
        .where(
            or_(
                _concerned(roots, col(Supervision.unit_id)),
                col(Supervision.person_id).in_(people),
            ),
            col(Supervision.withdrawn).is_(False),
            covers(Supervision, day),
        )
        .order_by(col(Supervision.kind).desc(), col(Supervision.starts_on), col(Supervision.id))
    )
    return [Lead._make(row) for row in session.exec(statement)]


def _chosen(session: Session, people: Collection[int], day: date) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    statement = (
        columns(AwaySpell.person_id, AwaySpell.deputy_id)
        .where(
            col(AwaySpell.person_id).in_(people),
            col(AwaySpell.deputy_id).is_not(None),
            covers(AwaySpell, day),
        )
        .order_by(col(AwaySpell.id))
    )
    for person_id, deputy_id in session.exec(statement):
        found.setdefault(person_id, []).append(deputy_id)
    return found


def may_act(day: date) -> ColumnElement[bool]:
    """A person who can sign in as a supervisor on a day."""
    return (
        select(Account.id)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            col(Account.person_id) == col(Person.id),
            col(Account.active).is_(True),
            col(RoleGrant.role) == Role.SUPERVISOR,
            covers(RoleGrant, day),
        )
        .correlate(Person)
        .exists()
    )


def is_away(day: date) -> ColumnElement[bool]:
    """A person who is away on a day, planned or not."""
    planned = select(AwaySpell.id).where(
        col(AwaySpell.person_id) == col(Person.id), covers(AwaySpell, day)
    )
    absent = select(AbsenceSpell.id).where(
        col(AbsenceSpell.person_id) == col(Person.id),
        col(AbsenceSpell.withdrawn).is_(False),
        covers(AbsenceSpell, day),
    )
    return or_(planned.correlate(Person).exists(), absent.correlate(Person).exists())


def _here(
    session: Session, people: Collection[int], day: date
) -> tuple[frozenset[int], dict[int, Who]]:
    """Who of these is here and can act, and everybody's name."""
    present: set[int] = set()
    names: dict[int, Who] = {}
    statement = columns(
        Person.id,
        Person.public_id,
        Person.given_name,
        Person.family_name,
        and_(~is_away(day), still_here(day), may_act(day)).label("here"),
    ).where(col(Person.id).in_(people))
    for number, public_id, given, family, here in session.exec(statement):
        names[number] = Who(public_id, f"{given} {family}".strip())
        if here:
            present.add(number)
    return frozenset(present), names


def _homes(session: Session, people: Collection[int], day: date) -> dict[int, frozenset[int]]:
    """The unit each of these is posted to, and every one above it."""
    found: dict[int, set[int]] = {}
    statement = (
        columns(Posting.person_id, UnitAncestor.ancestor_id)
        .join(UnitAncestor, col(UnitAncestor.unit_id) == col(Posting.unit_id))
        .where(col(Posting.person_id).in_(people), is_current(day))
    )
    for person_id, unit_id in session.exec(statement):
        found.setdefault(person_id, set()).add(unit_id)
    return {person_id: frozenset(units) for person_id, units in found.items()}


# --- Who is away ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Away:
    """A planned time away. ``deputy``: the name of whoever stands in, or nothing."""

    public_id: str
    person_id: int
    kind: AwayKind
    starts_on: date
    ends_on: date
    deputy: str = ""


def spells_of(session: Session, *, person_ids: Sequence[int], day: date) -> list[Away]:
    """Planned time away of these people that has not ended yet, the next first. Callers have asked
    whom the viewer may see."""
    statement = (
        columns(
            AwaySpell.public_id,
            AwaySpell.person_id,
            AwaySpell.kind,
            AwaySpell.starts_on,
            AwaySpell.ends_on,
            Person.given_name,
            Person.family_name,
        )
        .outerjoin(Person, col(Person.id) == col(AwaySpell.deputy_id))
        .where(col(AwaySpell.person_id).in_(person_ids), col(AwaySpell.ends_on) >= day)
        .order_by(col(AwaySpell.starts_on), col(AwaySpell.id))
    )
    return [
        Away(*(*row, f"{given or ''} {family or ''}".strip()))
        for *row, given, family in session.exec(statement)
    ]


@dataclass(frozen=True)
class Gone:
    """Why somebody is not here today. No ``kind``: absent, and nothing more is said."""

    kind: AwayKind | None
    until: date | None


def _gone() -> Any:
    people: Any = bindparam("people", expanding=True)
    day = bindparam("day", type_=Date())
    planned = columns(AwaySpell.person_id, AwaySpell.kind, AwaySpell.ends_on).where(
        col(AwaySpell.person_id).in_(people), covers(AwaySpell, day)
    )
    absent = columns(AbsenceSpell.person_id, null(), null()).where(
        col(AbsenceSpell.person_id).in_(people),
        col(AbsenceSpell.withdrawn).is_(False),
        covers(AbsenceSpell, day),
    )
    return planned.union_all(absent)


GONE = _gone()


def gone_today(session: Session, *, person_ids: Sequence[int], day: date) -> dict[int, Gone]:
    """Who of these people is not here today, and why as far as a supervisor is told; what was
    planned goes first. Callers have asked whom the viewer may see."""
    found: dict[int, Gone] = {}
    for chunk in chunks(person_ids):
        for person_id, kind, until in rows(session, GONE, people=chunk, day=day):
            if kind is not None or person_id not in found:
                found[person_id] = Gone(kind, until)
    return found


def away_today(session: Session, *, person_ids: Iterable[int], day: date) -> dict[int, date | None]:
    """Who of these people is away today, planned or absent, and their last day away where one is
    known. Callers have asked whom the viewer may see."""
    wanted = list(person_ids)
    found: dict[int, date | None] = {}
    for table in (AbsenceSpell, AwaySpell):
        statement = columns(table.person_id, table.ends_on).where(
            col(table.person_id).in_(wanted), covers(table, day)
        )
        if table is AbsenceSpell:
            statement = statement.where(col(AbsenceSpell.withdrawn).is_(False))
        found.update(dict(session.exec(statement).all()))
    return found


@dataclass(frozen=True)
class StandIn:
    """Somebody who may be chosen as deputy."""

    person_id: int
    public_id: str
    name: str
    covers_here: bool


def stand_ins(viewer: Viewer, session: Session, *, day: date) -> list[StandIn]:
    """Whom a supervisor may choose as deputy: people who lead or cover a unit of the same district,
    or one above it, and can sign in; those who cover the supervisor's own units first."""
    led = led_units(viewer, session, day=day)
    district = UnitRow.__table__.alias("district")  # type: ignore[attr-defined]
    same = (
        select(UnitAncestor.ancestor_id)
        .join(district, district.c.id == UnitAncestor.ancestor_id)
        .where(col(UnitAncestor.unit_id).in_(led), district.c.kind == "district")
    )
    above = select(UnitAncestor.ancestor_id).where(col(UnitAncestor.unit_id).in_(led))
    inside = select(UnitAncestor.unit_id).where(col(UnitAncestor.ancestor_id).in_(same))
    unit = col(Supervision.unit_id)
    statement = (
        columns(Person.id, Person.public_id, Person.given_name, Person.family_name, unit)
        .join(Supervision, col(Supervision.person_id) == col(Person.id))
        .where(
            or_(unit.in_(inside), unit.in_(above)),
            col(Supervision.withdrawn).is_(False),
            covers(Supervision, day),
            still_here(day),
            may_act(day),
            col(Person.id) != (viewer.person_id or 0),
        )
        .order_by(col(Person.family_name), col(Person.given_name), col(Person.id))
    )
    found: dict[int, StandIn] = {}
    for number, public_id, given, family, unit_id in session.exec(statement):
        here = unit_id in led or (number in found and found[number].covers_here)
        found[number] = StandIn(number, public_id, f"{given} {family}".strip(), here)
    return sorted(found.values(), key=lambda one: not one.covers_here)
