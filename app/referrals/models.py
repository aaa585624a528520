"""Kinds of support, and referrals: requests, agreed with the person, that a service makes contact.

No clinical content is kept, and no score.
"""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice


class Support(StrEnum):
    """Support a supervisor can offer or a person already has."""

    LINE_MANAGER = "line_manager"
    PEER_SUPPORT = "peer_support"
    TRIM = "trim"
    OCCUPATIONAL_HEALTH = "occupational_health"
    EMPLOYEE_ASSISTANCE = "employee_assistance"
    CHAPLAIN = "chaplain"
    STAFF_NETWORK = "staff_network"
    FEDERATION_OR_UNION = "federation_or_union"
    GP = "gp"
    CRISIS_LINE = "crisis_line"
    POLICE_CARE_UK = "police_care_uk"
    NONE = "none"


class ReferralState(StrEnum):
    """How far a referral has got; supervisors see this and nothing more."""

    SENT = "sent"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    CLOSED = "closed"


class Referral(SQLModel, table=True):
    """A request, agreed with the person, that a service makes contact."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    debrief_person_id: int | None = Field(default=None, foreign_key="debrief_person.id")
    service: Support = Field(sa_type=choice(Support, "service"))
    state: ReferralState = Field(sa_type=choice(ReferralState, "state"))
    agreed_at: datetime
    """When the person agreed to be referred; a referral without agreement does not exist."""
