"""Incidents and who attended.

No victim, suspect or narrative: an incident is a reference, a type, a time and an area.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice

_EMPTY: Final = {"server_default": ""}
_NO: Final = {"server_default": false()}


def _where(condition: str) -> dict[str, Any]:
    """Of an index: only the few rows of which this is true."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class AttendanceRole(StrEnum):
    """How close somebody came. Only being sent is not yet being exposed."""

    ASSIGNED = "assigned"
    AT_SCENE = "at_scene"
    REMOTE = "remote"


class FrameworkStatus(StrEnum):
    """A framework is drafted, then active from a date; older ones are kept."""

    DRAFT = "draft"
    ACTIVE = "active"


class FrameworkVersion(SQLModel, table=True):
    """One version of the types, factors, windows and rules; see ``app.incidents.framework``.

    There is at most one draft. Once active, a version is never edited.
    """

    __tablename__ = "framework_version"
    __table_args__ = (
        Index(
            "uq_framework_version_one_draft",
            "status",
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
    )

    number: int = Field(primary_key=True)
    status: FrameworkStatus = Field(sa_type=choice(FrameworkStatus, "status"))
    effective_from: date
    """Of a draft: the day it was begun, which means nothing until it is activated."""
    document: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime
    created_by_account_id: int | None = Field(default=None, foreign_key="account.id")
    based_on: int | None = None
    """The version a draft started as a copy of."""
    revision: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Goes up with every change of a draft, so that a second editor is told."""
    changed_at: datetime | None = None
    changed_by_account_id: int | None = Field(default=None, foreign_key="account.id")
    activated_at: datetime | None = None
    activated_by_account_id: int | None = Field(default=None, foreign_key="account.id")


class Incident(SQLModel, table=True):
    """Something that happened, as one source system knows it.

    Two records of one event name each other by ``same_as_system`` and ``same_as_ref``; see
    :mod:`app.incidents.linking`. Where the force's code map gives the type, the codes are kept.
    """

    __table_args__ = (
        UniqueConstraint("source_system", "source_ref"),
        Index("ix_incident_event", "event_id", **_where("event_id IS NOT NULL")),
        Index("ix_incident_same_as", "same_as_ref", **_where("same_as_ref IS NOT NULL")),
        Index("ix_incident_provisional", "occurred_at", **_where("provisional")),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    source_system: str = Field(max_length=40)
    source_ref: str = Field(max_length=80)
    source_version: int = Field(default=0, sa_type=BigInteger)
    digest: str = Field(default="", max_length=32)
    occurred_at: datetime = Field(index=True)
    type_code: str = Field(max_length=40)
    area: str = Field(default="", max_length=80)
    withdrawn: bool = False
    """It does not count: taken back by its source, or its code is of no concern."""
    received_at: datetime
    same_as_system: str | None = Field(default=None, max_length=40)
    same_as_ref: str | None = Field(default=None, max_length=80)
    event_id: int | None = Field(default=None, foreign_key="incident.id")
    """Of two or more records of one event, all of them: the one that represents it."""
    opening_code: str = Field(default="", max_length=80, sa_column_kwargs=_EMPTY)
    closing_code: str = Field(default="", max_length=80, sa_column_kwargs=_EMPTY)
    qualifiers: str = Field(default="", max_length=400, sa_column_kwargs=_EMPTY)
    """Each once, in order, with a semicolon between them."""
    typed_by: int | None = None
    """The version of the framework whose code map gave the type, where one did."""
    provisional: bool = Field(default=False, sa_column_kwargs=_NO)
    """No version knows the closing code, so the type is that of the other codes meanwhile."""
    source_withdrawn: bool = Field(default=False, sa_column_kwargs=_NO)
    """Whether the source took it back, whatever its codes mean. Only where codes are kept."""


class Attendance(SQLModel, table=True):
    """One source's word that one person was at, sent to or dealing with one incident."""

    __table_args__ = (
        UniqueConstraint("source_system", "source_ref"),
        Index("ix_attendance_pair", "incident_id", "person_id"),
        Index(
            "ix_attendance_named_id",
            "named_id",
            sqlite_where=text("named_id IS NOT NULL"),
            postgresql_where=text("named_id IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    source_system: str = Field(max_length=40)
    source_ref: str = Field(max_length=160)
    source_version: int = Field(default=0, sa_type=BigInteger)
    digest: str = Field(default="", max_length=32)
    incident_id: int = Field(foreign_key="incident.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    named_id: int | None = Field(default=None, foreign_key="person.id")
    """Whom the row names, where its number was another person's on that day."""
    role: AttendanceRole = Field(sa_type=choice(AttendanceRole, "role"))
    unit_ref: str = Field(default="", max_length=80)
    """The unit as the source itself names it; where somebody was posted is worked out from HR."""
    withdrawn: bool = False
    received_at: datetime


class DisposalLine(SQLModel, table=True):
    """Up to which days incidents are past their period; one row at most, and it only moves on.

    Nothing of before ``disposed_before`` is taken in. What the rules said of incidents before
    ``settled_before`` stays as it was: their windows may reach into what is gone.
    """

    __tablename__ = "disposal_line"

    id: int = Field(default=1, primary_key=True)
    disposed_before: date
    settled_before: date


class DisposedRecord(SQLModel, table=True):
    """That a record was removed at the end of its period, so that a row sent again is known.

    No reference is kept: ``digest`` is a hash of the kind of record, the system and its reference.
    """

    __tablename__ = "disposed_record"

    digest: str = Field(primary_key=True, max_length=32)
    version: int = Field(sa_type=BigInteger)
    """The newest version of it that is done with."""
    last_on: date | None = None
    """Of a person: the end of the month of their last day."""


class PastKind(StrEnum):
    """Kinds of record of which we keep what they said before."""

    INCIDENTS = "incidents"
    ATTENDANCE = "attendance"
    POSTINGS = "postings"
    LEAVERS = "leavers"
    SUPERVISORS = "supervisors"
    UNITS = "units"


class RecordPast(SQLModel, table=True):
    """What a record said until something else was said of it.

    The record is known by its source's reference, as feeds know it. It goes when the record goes.
    """

    __tablename__ = "record_past"
    __table_args__ = (Index("ix_record_past_record", "kind", "source_system", "source_ref"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: PastKind = Field(sa_type=choice(PastKind, "kind"))
    source_system: str = Field(max_length=40)
    source_ref: str = Field(max_length=160)
    version: int = Field(sa_type=BigInteger)
    said: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """Column by column, as JSON: days and moments in ISO 8601, records by their number."""
    known_until: datetime
    run_id: int | None = None
    """The import that said otherwise; ``None`` for a change of the framework. No foreign key:
    imports are forgotten before the records that they brought."""
