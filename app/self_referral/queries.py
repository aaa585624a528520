"""Reading what helps somebody say what they were part of."""

from datetime import date

from sqlmodel import Session, col, select

from app.incidents.models import Incident
from app.people.models import Unit, UnitAncestor, UnitKind
from app.people.rules import unit_on
from app.people.spells import spells_of


def district_on(session: Session, *, person_id: int, day: date) -> int | None:
    """The district above where somebody was posted on a day, or failing that the unit itself."""
    unit_id = unit_on(spells_of(session, person_ids=[person_id]).get(person_id, []), day)
    statement = (
        select(Unit.id)
        .join(UnitAncestor, col(UnitAncestor.ancestor_id) == col(Unit.id))
        .where(UnitAncestor.unit_id == (unit_id or 0), Unit.kind == UnitKind.DISTRICT)
        .order_by(col(UnitAncestor.depth))
        .limit(1)
    )
    return session.exec(statement).first() or unit_id


def incident_number(session: Session, *, public_id: str) -> int | None:
    """An incident by the name it has in addresses."""
    return session.exec(select(Incident.id).where(Incident.public_id == public_id)).first()
