"""What a wellbeing lead chose to see, kept here so that no address says it."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id


class ForceQuestion(SQLModel, table=True):
    """Filters that somebody set, for a day. ``chosen``: see ``app.force.choosing.Chosen``."""

    __tablename__ = "force_question"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    chosen: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    asked_at: datetime = Field(index=True)
