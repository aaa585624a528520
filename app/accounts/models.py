"""People who sign in, the roles they hold and how far each role reaches."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice
from app.security.permissions import Role


class Account(SQLModel, table=True):
    """Somebody who may sign in; usually also a person in the force's HR feed."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    username: str = Field(max_length=120, unique=True)
    display_name: str = Field(max_length=160)
    password_hash: str = Field(max_length=200)
    person_id: int | None = Field(default=None, foreign_key="person.id", unique=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    email: str | None = Field(default=None, max_length=254)
    """Where notifications are sent; given by the person themself. None without it."""
    active: bool = True
    created_at: datetime
    notice_version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """The version of the privacy notice they said they have read; 0 for none yet."""
    notice_read_at: datetime | None = None


class RoleGrant(SQLModel, table=True):
    """A role held by an account, over a unit and everything below it (none: the whole force)."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    role: Role = Field(sa_type=choice(Role, "role"))
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    starts_on: date
    ends_on: date | None = None


class SignInFailure(SQLModel, table=True):
    """Recent failed sign-ins for one user name, so that guessing slows down for that name alone."""

    __tablename__ = "sign_in_failure"

    username_hash: str = Field(primary_key=True, max_length=64)
    failures: int = 0
    last_failed_at: datetime
