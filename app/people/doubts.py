"""People whose staff number was given up once: a steward says whether they are the same."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    or_,
)
from sqlmodel import Session, col

from app.database import columns
from app.people.models import (
    Person,
)
from app.people.queries import listed
from app.security.permissions import Permission
from app.security.viewer import Viewer


@dataclass(frozen=True)
class InDoubt:
    """Somebody who joined after a last day that was sent for their number: another, or back?"""

    public_id: str
    name: str
    source_ref: str
    given_up_on: date
    joined_on: date


def people_in_doubt(viewer: Viewer, session: Session) -> list[InDoubt]:
    """People of whom a data steward has not yet said whether they are the same as before."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return []
    statement = (
        columns(
            Person.public_id,
            Person.given_name,
            Person.family_name,
            Person.source_ref,
            Person.given_up_on,
            Person.joined_on,
        )
        .where(
            listed(),
            col(Person.joined_on) > col(Person.given_up_on),
            *(
                or_(decided.is_(None), decided != col(Person.joined_on))
                for decided in (col(Person.same_since), col(Person.other_since))
            ),
        )
        .order_by(col(Person.joined_on).desc(), col(Person.id))
    )
    return [
        InDoubt(public_id, f"{given} {family}".strip(), ref, given_up_on, joined_on)
        for public_id, given, family, ref, given_up_on, joined_on in session.exec(statement)
    ]
