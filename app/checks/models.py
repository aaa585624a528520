"""Self-checks: sealed, with as little beside the seal as a table can have.

Neither what somebody answered nor the day on which they did can be read here without their key.
"""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id


class CheckDraft(SQLModel, table=True):
    """A self-check under way, or a result that its person has not said they want kept."""

    __tablename__ = "check_draft"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    delete_after: datetime = Field(index=True)
    """On the hour, and for answers under way at midnight: it tells of no moment."""


class SelfCheck(SQLModel, table=True):
    """A self-check that its person asked to have kept, for themself alone."""

    __tablename__ = "self_check"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Everything, the day included."""
    year: int
    """In which year it was kept: enough to know when its time is over."""


class CheckOffer(SQLModel, table=True):
    """An optional questionnaire that the force has switched on for the self-check."""

    __tablename__ = "check_offer"

    code: str = Field(primary_key=True, max_length=32)
    switched_on_at: datetime
    by_account_id: int = Field(foreign_key="account.id")
