"""What is decided about keeping and removing: periods, legal holds, and what each night's work did.

None of it says what was removed: only how much, of which class, and by which period.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

# Tables below refer to accounts.
import app.accounts.models  # noqa: F401
from app.common.identifiers import new_public_id
from app.database import choice


class PeriodReason(StrEnum):
    """Why a force keeps a class for longer or shorter than proposed."""

    SCHEDULE = "schedule"
    LAW = "law"
    ADVICE = "advice"
    AGREEMENT = "agreement"


class HoldReason(StrEnum):
    """Why something must not be removed. No conduct or criminal matter about a person is kept."""

    CLAIM = "claim"
    INQUEST = "inquest"
    INQUIRY = "inquiry"
    COURT_ORDER = "court_order"
    RIGHTS_REQUEST = "rights_request"


class UntoldReason(StrEnum):
    """Why the person a hold is about is not told of it."""

    COURT_ORDER = "court_order"
    LAW = "law"


@dataclass(frozen=True)
class Wanted:
    """A hold as it was asked for: of a person or of an incident."""

    is_person: bool
    subject: str
    """The staff number, or the incident's reference; with its system before a colon if need be."""
    reason: HoldReason
    reference: str
    review_on: date
    untold: UntoldReason | None


class RetentionPeriod(SQLModel, table=True):
    """A period that differs from the one proposed, or did. ``months_before`` held until the day
    before ``applies_from``."""

    __tablename__ = "retention_period"

    class_code: str = Field(primary_key=True, max_length=40)
    months: int
    months_before: int
    applies_from: date
    reason: PeriodReason = Field(sa_type=choice(PeriodReason, "reason"))
    reference: str = Field(default="", max_length=60)
    changed_at: datetime
    changed_by_account_id: int = Field(foreign_key="account.id")


class LegalHold(SQLModel, table=True):
    """A person, or an incident, of which nothing is removed until a named human says so."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (incident_id IS NULL)", name="one_subject"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    reason: HoldReason = Field(sa_type=choice(HoldReason, "reason"))
    reference: str = Field(max_length=60)
    """What the force's lawyers call the matter."""
    review_on: date
    """By when a named human looks again whether it is still needed."""
    untold: UntoldReason | None = Field(default=None, sa_type=choice(UntoldReason, "untold"))
    """Why the person is not told; none: they are."""
    since: datetime
    by_account_id: int = Field(foreign_key="account.id")
    lifted_at: datetime | None = None
    lifted_by_account_id: int | None = Field(default=None, foreign_key="account.id")


class RetentionRun(SQLModel, table=True):
    """The work of one night: one for each day in London."""

    __tablename__ = "retention_run"
    __table_args__ = (UniqueConstraint("day"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date
    started_at: datetime
    finished_at: datetime | None = None


class RetentionCount(SQLModel, table=True):
    """What one night's work did about one class: ``due`` is what was removed and what was kept
    back because of a hold, or because something that is not due yet needs it."""

    __tablename__ = "retention_count"

    run_id: int = Field(primary_key=True, foreign_key="retention_run.id")
    class_code: str = Field(primary_key=True, max_length=40)
    months: int
    due: int = 0
    removed: int = 0
    held: int = 0
    finished: bool = False


class AccountClosing(SQLModel, table=True):
    """Since when an account is closed: what its own period counts from."""

    __tablename__ = "account_closing"

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    closed_on: date
    by_leaving: bool
    """Closed because the person left; opened again if it turns out that they did not."""
