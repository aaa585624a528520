"""Team packs: files about one team, made by a job, sealed, and deleted after some days."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice


class Version(StrEnum):
    """For whom a pack is: who leads the team, or the team itself, in which case nobody is named."""

    NAMED = "named"
    BRIEFING = "briefing"


class PackState(StrEnum):
    """How far a pack has got. Refused: nobody may have it any more, so nothing was made."""

    QUEUED = "queued"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    REFUSED = "refused"


class FileKind(StrEnum):
    """The two files of a pack, as their names end."""

    PDF = "pdf"
    SHEETS = "xlsx"


class TeamPack(SQLModel, table=True):
    """A pack that somebody asked for, or that is made every month for who leads the team."""

    __tablename__ = "team_pack"
    __table_args__ = (
        UniqueConstraint("unit_id", "version", "month"),
        Index("ix_team_pack_state", "state", "asked_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    unit_id: int = Field(foreign_key="unit.id")
    version: Version = Field(sa_type=choice(Version, "version"))
    first_on: date
    last_on: date
    """The period, both days included."""
    month: date | None = None
    """The first day of the month in which it was made without being asked for."""
    asked_by_account_id: int = Field(foreign_key="account.id")
    """For whom it is made, who has to lead the team when it is."""
    asked_at: datetime
    state: PackState = Field(default=PackState.QUEUED, sa_type=choice(PackState, "state"))
    progress: str = Field(default="", max_length=80)
    """What is being done, or what went wrong, in words."""
    attempts: int = 0
    made_at: datetime | None = None
    expires_at: datetime
    """When it is deleted, files and all."""
    sealed_members: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """Whom it names: once one of them has left the team, it is not handed out."""


class TeamPackFile(SQLModel, table=True):
    """One file of a pack, sealed with a key of its own."""

    __tablename__ = "team_pack_file"

    pack_id: int = Field(primary_key=True, foreign_key="team_pack.id")
    kind: FileKind = Field(primary_key=True, sa_type=choice(FileKind, "kind"))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
