"""Questions that somebody asked of published figures, kept views among them, and how much anybody
looked at in a day."""

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id


class SavedView(SQLModel, table=True):
    """A question in codes of the menu, behind an opaque id. Unnamed, it goes after a while."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("ix_saved_view_account_id", "account_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    account_id: int = Field(foreign_key="account.id")
    """Whose it is: nobody else can name it or take it away."""
    name: str | None = Field(default=None, max_length=60)
    measure: str = Field(max_length=64)
    period: str = Field(max_length=16)
    dimension_1: str = Field(default="", max_length=32)
    code_1: str = Field(default="", max_length=64)
    dimension_2: str = Field(default="", max_length=32)
    code_2: str = Field(default="", max_length=64)
    by_dimension: str = Field(default="", max_length=32)
    asked_at: datetime


class FiguresSeen(SQLModel, table=True):
    """Which figures somebody was told on one day, as digests: only how many is ever said."""

    __tablename__ = "figures_seen"

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    day: date = Field(primary_key=True)
    digests: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Eight bytes for each figure, one after the other."""
    told: bool = False
    """Whether it was written down that these are many."""
