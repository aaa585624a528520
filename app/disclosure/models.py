"""What the tracker keeps of a release: who was counted in it, sealed. The figures are elsewhere."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel


class ReleaseContributors(SQLModel, table=True):
    """Who was counted in one period's figures of one release, as long as one may still change."""

    __tablename__ = "release_contributors"
    __table_args__ = (UniqueConstraint("release", "period"),)

    id: int | None = Field(default=None, primary_key=True)
    release: int
    """Number of the release, in the release store."""
    period: str = Field(max_length=16)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    made_at: datetime
