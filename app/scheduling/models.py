"""Which job slots have been taken, so that several job runners do each piece of work once."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class JobSlot(SQLModel, table=True):
    """The newest slot of a job that some runner has claimed, and how it ended."""

    __tablename__ = "job_slot"

    job: str = Field(primary_key=True, max_length=60)
    slot: datetime
    finished_at: datetime | None = None
    outcome: str = Field(default="", max_length=300)
