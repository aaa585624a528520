"""What the security layer keeps: browser sessions and per-person encryption keys."""

from datetime import datetime

from sqlalchemy import JSON, Column, LargeBinary
from sqlmodel import Field, SQLModel


class BrowserSession(SQLModel, table=True):
    """One signed-in (or signing-in) browser. The cookie holds a random token; this row its hash."""

    __tablename__ = "browser_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int | None = Field(default=None, index=True)
    values: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime
    seen_at: datetime = Field(index=True)


class PersonKey(SQLModel, table=True):
    """A person's own data key, wrapped by the force's. Destroying it erases their answers."""

    __tablename__ = "person_key"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    ring_key: str = Field(max_length=32)
    wrapped: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime
