"""The append-only record of who read or changed what."""

from datetime import datetime

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel


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
