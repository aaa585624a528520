"""What asking for support keeps: a request while it is written, and questions without a name."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, LargeBinary
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice
from app.referrals.models import Support


class SupportDraft(SQLModel, table=True):
    """What somebody has answered so far, sealed with their own key; gone once it is sent."""

    __tablename__ = "support_draft"

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    saved_at: datetime = Field(index=True)


class AnonymousQuestion(SQLModel, table=True):
    """A question to a service from somebody who is not known: no account, no person, no hour.

    The receipt code that its author noted opens it; the database has the code's hash.
    """

    __tablename__ = "anonymous_question"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    service: Support = Field(sa_type=choice(Support, "service"), index=True)
    receipt_hash: str = Field(max_length=64, unique=True)
    last_on: date = Field(index=True)
    """The day on which anybody last wrote; it goes so many days after."""


class AnonymousMessage(SQLModel, table=True):
    """The question, its answers and what was written back, each sealed with a key of its own."""

    __tablename__ = "anonymous_message"
    __table_args__ = (
        CheckConstraint(
            "from_service = (by_account_id IS NOT NULL)", name="only_services_are_named"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    question_id: int = Field(foreign_key="anonymous_question.id", index=True)
    from_service: bool
    by_account_id: int | None = Field(default=None, foreign_key="account.id")
    """Who answered for the service; never who asked."""
    written_on: date
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
