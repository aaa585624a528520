"""What the security layer keeps: browser sessions, keys of feeds, and which data keys are gone."""

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class BrowserSession(SQLModel, table=True):
    """One signed-in (or signing-in) browser. The cookie holds a random token; this row its hash."""

    __tablename__ = "browser_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int | None = Field(default=None, index=True)
    values: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime
    seen_at: datetime = Field(index=True)


class Erasure(SQLModel, table=True):
    """That a data key was destroyed, so that no restored key store brings it back. Whose it was is
    nobody's business and not kept."""

    key_id: str = Field(primary_key=True, max_length=32)
    erased_at: datetime


class FeedToken(SQLModel, table=True):
    """A key with which one of the force's systems sends rows: its hash, what it may write, and
    until when. After a rotation the key before it works for a while too."""

    __tablename__ = "feed_token"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    system: str = Field(max_length=40)
    """The system it speaks for: it writes that one's records and no others."""
    kinds: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    token_hash: str = Field(max_length=64, unique=True)
    previous_hash: str | None = Field(default=None, max_length=64, unique=True)
    previous_until: datetime | None = None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_on: date | None = None
