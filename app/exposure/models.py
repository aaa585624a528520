"""What counts as an exposure, monthly counts, and the prompts that follow.

Everything here is derived from incidents, attendance, postings and the framework, and can be
rebuilt from them, except what a named human did about a prompt.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice


class PromptKind(StrEnum):
    """One incident that always asks for a conversation, or several that add up."""

    INCIDENT = "incident"
    CUMULATIVE = "cumulative"


class PromptState(StrEnum):
    """What became of a prompt for one person. Only a named human moves it on from open;
    ``withdrawn`` says that the source took back the record behind it."""

    OPEN = "open"
    DEFERRED = "deferred"
    HELD = "held"
    DECLINED = "declined"
    NOT_NEEDED = "not_needed"
    WITHDRAWN = "withdrawn"


WAITING = (PromptState.OPEN, PromptState.DEFERRED)


class Exposure(SQLModel, table=True):
    """One person and one incident. ``unit_id`` is where the person was posted on that day."""

    __table_args__ = (
        UniqueConstraint("person_id", "incident_id"),
        Index("ix_exposure_person_day", "person_id", "occurred_on"),
        Index("ix_exposure_incident", "incident_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    incident_id: int = Field(foreign_key="incident.id")
    type_code: str = Field(max_length=40)
    occurred_at: datetime
    occurred_on: date
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    remote: bool = False
    framework_number: int = Field(foreign_key="framework_version.number")


class MonthTally(SQLModel, table=True):
    """How many exposures of one type one person had in one calendar month."""

    __tablename__ = "month_tally"
    __table_args__ = (CheckConstraint("count > 0", name="positive"),)

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    month: date = Field(primary_key=True)
    type_code: str = Field(primary_key=True, max_length=40)
    count: int


class PromptingStart(SQLModel, table=True):
    """From when a unit (and all below it) is prompted: history counts, but asks nobody to act."""

    __tablename__ = "prompting_start"

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    starts_on: date


class Prompt(SQLModel, table=True):
    """A reason to have a supportive conversation, with the people it is about inside."""

    __table_args__ = (UniqueConstraint("natural_key"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    natural_key: str = Field(max_length=120)
    kind: PromptKind = Field(sa_type=choice(PromptKind, "kind"))
    rule_code: str = Field(max_length=40)
    framework_number: int = Field(foreign_key="framework_version.number")
    incident_id: int = Field(foreign_key="incident.id", index=True)
    opened_at: datetime


class PromptPerson(SQLModel, table=True):
    """One person inside a prompt: by when, and what a named human did about it."""

    __tablename__ = "prompt_person"
    __table_args__ = (
        UniqueConstraint("prompt_id", "person_id"),
        Index("ix_prompt_person_person", "person_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    prompt_id: int = Field(foreign_key="prompt.id")
    person_id: int = Field(foreign_key="person.id")
    why: str = Field(max_length=300)
    due_at: datetime
    state: PromptState = Field(sa_type=choice(PromptState, "state"))
    state_reason: str = Field(default="", max_length=40)
    deferred_until: date | None = None
    changed_at: datetime
    changed_by_account_id: int | None = Field(default=None, foreign_key="account.id")
    revision: int = Field(default=0)
    """Goes up with every change, so that a second editor is told instead of overwriting."""
