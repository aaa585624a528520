"""The append-only record of who read or changed what."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice


class AuditEntry(SQLModel, table=True):
    """One event. ``hash`` covers this row and the hash before it, so a change or a gap shows."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_person_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    event: str = Field(max_length=60)
    actor_account_id: int | None = Field(default=None)
    actor_role: str = Field(default="", max_length=40)
    subject_person_id: int | None = Field(default=None)
    unit_id: int | None = Field(default=None)
    details: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)


class AuditAnchor(SQLModel, table=True):
    """The hash of the last entry that was removed at the end of its period; one row at most."""

    __tablename__ = "audit_anchor"

    id: int = Field(default=1, primary_key=True)
    hash: str = Field(max_length=64)


class Purpose(StrEnum):
    """What figures about people may be asked for; there is no "other"."""

    PLANNING = "planning"
    EQUITY = "equity"
    MAJOR = "major"
    BOARD = "board"
    AUDIT = "audit"


class StatedPurpose(SQLModel, table=True):
    """Why somebody asked for figures about people, as they said before they saw any. Everybody
    whose name they then saw is shown it, so it stays as long as the log that refers to it."""

    __tablename__ = "stated_purpose"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    purpose: Purpose = Field(sa_type=choice(Purpose, "purpose"))
    reason: str = Field(max_length=120)
    stated_at: datetime = Field(index=True)
