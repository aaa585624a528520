"""What arrived from force systems: each reading of a file, and each row that could not be used."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

# Tables below refer to accounts and to feed tokens.
import app.accounts.models
import app.security.models  # noqa: F401
from app.database import choice


class FeedKind(StrEnum):
    """What a file of rows is about."""

    PEOPLE = "people"
    POSTINGS = "postings"
    LEAVERS = "leavers"
    INCIDENTS = "incidents"
    ATTENDANCE = "attendance"
    SUPERVISORS = "supervisors"
    SKILLS = "skills"
    ABSENCES = "absences"
    HOURS = "hours"
    UNITS = "units"
    IDENTIFIERS = "identifiers"


class RunState(StrEnum):
    """Where an import has got to; ``stopped`` ended before its file did."""

    RUNNING = "running"
    FINISHED = "finished"
    REFUSED = "refused"
    STOPPED = "stopped"


class Resolution(StrEnum):
    """Why a row is no longer set aside.

    It was mended by a usable row of its source, repaired by the data steward, or it is not needed:
    the rest say why.
    """

    MENDED = "mended"
    REPAIRED = "repaired"
    TEST_RECORD = "test_record"
    RECORDED_ELSEWHERE = "recorded_elsewhere"
    NOT_OURS = "not_ours"
    NEVER_HAPPENED = "never_happened"


class ImportRun(SQLModel, table=True):
    """One delivery of rows: what was in it and what became of each row.

    ``read`` is the sum of the six counts below it.
    """

    __tablename__ = "import_run"
    __table_args__ = (Index("ix_import_run_token", "feed_token_id", "started_at"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: FeedKind = Field(sa_type=choice(FeedKind, "kind"))
    file_name: str = Field(max_length=200)
    mapping: str = Field(max_length=120)
    started_at: datetime
    finished_at: datetime | None = None
    state: RunState = Field(sa_type=choice(RunState, "state"))
    message: str = Field(default="", max_length=1000)
    read: int = 0
    stored: int = 0
    updated: int = 0
    unchanged: int = 0
    superseded: int = 0
    ignored: int = 0
    quarantined: int = 0
    released: int = 0
    """Rows of earlier imports that had waited for a record in this one, and were used."""
    feed_token_id: int | None = Field(default=None, foreign_key="feed_token.id")
    """The token with which a program sent the rows; ``None`` for files."""


class FeedReply(SQLModel, table=True):
    """What a program was answered, so that the same request sent again is answered the same.

    ``reply`` is compressed JSON; without it the request is still being worked on.
    """

    __tablename__ = "feed_reply"

    token_id: int = Field(primary_key=True, foreign_key="feed_token.id")
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=64)
    received_at: datetime = Field(index=True)
    complete: bool = False
    """Whether every row was used."""
    reply: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class FeedBookmark(SQLModel, table=True):
    """How far a pull got in its increasing column: a value as JSON, with its form."""

    __tablename__ = "feed_bookmark"

    name: str = Field(primary_key=True, max_length=80)
    value: str = Field(max_length=300)
    moved_at: datetime


class QuarantinedRow(SQLModel, table=True):
    """A row that could not be used yet: which, what is wrong, and what to do about it.

    ``values`` holds what the steward needs to find and mend the row: its reference and the value
    at fault, clipped; for a row that waits, what is stored once the record it refers to arrives.
    ``kept`` holds what it takes to read a faulty row again (see :mod:`app.feeds.kept`); it is empty
    where that would keep something sensitive, and once the row has done its work.
    A row that turns up again, in the same file or another, is moved to the newest run.
    """

    __tablename__ = "quarantined_row"
    __table_args__ = (
        UniqueConstraint("kind", "source_system", "fingerprint"),
        Index("ix_quarantined_row_waiting", "waiting_for"),
        Index("ix_quarantined_row_record", "kind", "source_system", "record_ref"),
    )

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="import_run.id", index=True)
    kind: FeedKind = Field(sa_type=choice(FeedKind, "kind"))
    source_system: str = Field(max_length=40)
    fingerprint: str = Field(max_length=32)
    record_ref: str = Field(default="", max_length=160)
    """The source's reference of the record the row is about, when that much could be read."""
    record_version: int | None = Field(default=None, sa_type=BigInteger)
    """The version the row gives the record; ``None`` when the row could not be read that far."""
    row_number: int
    field: str = Field(max_length=60)
    reason: str = Field(max_length=300)
    values: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    waiting_for: str | None = Field(default=None, max_length=220)
    """The record this row waits for, such as ``person:hr:P1``; tried again when that comes."""
    quarantined_at: datetime
    resolved_at: datetime | None = Field(default=None, index=True)
    resolution: Resolution | None = Field(default=None, sa_type=choice(Resolution, "resolution"))
    resolved_by_account_id: int | None = Field(default=None, foreign_key="account.id")
    kept: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    mapping_id: int | None = Field(default=None, foreign_key="mapping_document.id")
    """How the row was read."""


class MappingDocument(SQLModel, table=True):
    """One mapping that rows were read with, kept once however often it is used."""

    __tablename__ = "mapping_document"
    __table_args__ = (UniqueConstraint("system", "kind", "version", "digest"),)

    id: int | None = Field(default=None, primary_key=True)
    system: str = Field(max_length=40)
    kind: FeedKind = Field(sa_type=choice(FeedKind, "kind"))
    version: int
    digest: str = Field(max_length=64)
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class KnownFeed(SQLModel, table=True):
    """Rows of one kind from one system, known from the first delivery that was read to its end."""

    __tablename__ = "feed"

    system: str = Field(primary_key=True, max_length=40)
    kind: FeedKind = Field(primary_key=True, sa_type=choice(FeedKind, "kind"))
    delivered_at: datetime
    """When the last delivery came that was read to its end, even if it was empty."""
    limit_hours: int | None = None
    """The longest time that may pass between two; ``None``: what is usual for the kind."""
    expected: bool = True
    """Whether it is missed when it does not come."""
    told_stale: bool = False
    """What the supervisors' pages were last told of it."""
