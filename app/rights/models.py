"""What people ask of the force about their own data, and what they were answered.

What somebody wrote, and what they were answered, is sealed with that person's own key.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice


class Right(StrEnum):
    """What somebody asks for."""

    CORRECTION = "correction"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    ACCESS = "access"
    COMPLAINT = "complaint"


class Part(StrEnum):
    """Which part of the record it is about."""

    STAFF_DETAILS = "staff_details"
    POSTINGS = "postings"
    SKILLS = "skills"
    ABSENCE = "absence"
    INCIDENTS = "incidents"
    CONVERSATIONS = "conversations"
    SUPPORT = "support"
    CHARACTERISTICS = "characteristics"
    WHO_LOOKED = "who_looked"
    ALL = "all"
    OTHER = "other"


class State(StrEnum):
    """How far a request has got."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    DECIDED = "decided"
    TAKEN_BACK = "taken_back"


OPEN = (State.RECEIVED, State.ACKNOWLEDGED)


class Decision(StrEnum):
    """What a named person decided."""

    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"


class RightsRequest(SQLModel, table=True):
    """One request or complaint, addressed to the data protection officer and shown to nobody but
    them and the person."""

    __tablename__ = "rights_request"
    __table_args__ = (
        CheckConstraint(
            "(state = 'decided') = (decision IS NOT NULL)", name="decision_when_decided"
        ),
        Index("ix_rights_request_state", "state", "due_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    kind: Right = Field(sa_type=choice(Right, "kind"))
    part: Part = Field(sa_type=choice(Part, "part"))
    sealed_words: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: datetime
    due_on: date
    """The last day for an answer; of a complaint, for saying that it was received."""
    state: State = Field(default=State.RECEIVED, sa_type=choice(State, "state"))
    acknowledged_at: datetime | None = None
    decision: Decision | None = Field(default=None, sa_type=choice(Decision, "decision"))
    sealed_reply: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    ended_at: datetime | None = None
    """When it was decided or taken back."""
    decided_by_account_id: int | None = Field(default=None, foreign_key="account.id")
    revision: int = 0
    """Goes up by one with every change, so that the second of two people is told of the first."""
