"""Major incidents: who is on the list, how close they came, and who put them there.

Being on the list makes attendance, from which exposures and prompts follow as from any feed.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice


class Tier(StrEnum):
    """Whom to reach first."""

    CLOSEST = "closest"
    SUPPORTING = "supporting"
    WIDER = "wider"


class DetachReason(StrEnum):
    """Why somebody is taken off the list."""

    NOT_INVOLVED = "not_involved"
    WRONG_PERSON = "wrong_person"
    ASKED = "asked"


class MajorIncident(SQLModel, table=True):
    """A list of people to reach after one incident, and when to ask again."""

    __tablename__ = "major_incident"
    __table_args__ = (UniqueConstraint("incident_id"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    incident_id: int = Field(foreign_key="incident.id")
    name: str = Field(max_length=60)
    follow_up_on: date
    opened_at: datetime
    opened_by_account_id: int | None = Field(default=None, foreign_key="account.id")


class MajorPerson(SQLModel, table=True):
    """One person on the list of a major incident; kept when they are taken off it."""

    __tablename__ = "major_person"
    __table_args__ = (
        UniqueConstraint("major_incident_id", "person_id"),
        CheckConstraint(
            "(detached_at IS NULL) = (detach_reason IS NULL)", name="reason_when_detached"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    major_incident_id: int = Field(foreign_key="major_incident.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    tier: Tier = Field(sa_type=choice(Tier, "tier"))
    attached_at: datetime
    detached_at: datetime | None = None
    detach_reason: DetachReason | None = Field(
        default=None, sa_type=choice(DetachReason, "detach_reason")
    )
