"""What each person was told of, how they want to be told, and the e-mails that go out.

Nothing here is about the person a notification concerns: it keeps the random identifier of a
prompt, a conversation or a referral, and what that is about is looked up when it is read.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice


class Kind(StrEnum):
    """What somebody is told, from the least pressing to the most."""

    PACK = "pack"
    CHECK_IN = "check_in"
    REFERRAL = "referral"
    QUESTION = "question"
    PROMPT = "prompt"
    PASSED = "passed"
    DUE = "due"
    REFERRAL_LATE = "referral_late"
    OVERDUE = "overdue"


class Notification(SQLModel, table=True):
    """One thing that one account was told of. ``topic`` is what it is told together with: all
    people of one incident are one topic."""

    __table_args__ = (
        UniqueConstraint("account_id", "kind", "subject"),
        Index(
            "ix_notification_standing",
            "account_id",
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    account_id: int = Field(foreign_key="account.id")
    kind: Kind = Field(sa_type=choice(Kind, "kind"))
    subject: str = Field(max_length=32)
    """The ``public_id`` of what it is about. No foreign key: what waits comes and goes."""
    topic: str = Field(max_length=32)
    told_at: datetime
    read_at: datetime | None = None
    over_at: datetime | None = None
    """Since when it no longer waits for this account, for whatever reason."""
    mail_id: int | None = Field(default=None, foreign_key="mail_outbox.id", index=True)
    """The e-mail that counted it."""


class Delivery(StrEnum):
    """When somebody wants e-mails."""

    IMMEDIATE = "immediate"
    DIGEST = "digest"
    IN_APP = "in_app"


class NotificationChoice(SQLModel, table=True):
    """How one account wants to be told; no row means what :mod:`app.notifications.rules` says.
    Hours are of the clock in London."""

    __tablename__ = "notification_choice"
    __table_args__ = (
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),
        CheckConstraint("quiet_from BETWEEN 0 AND 23", name="quiet_from"),
        CheckConstraint("quiet_to BETWEEN 0 AND 23", name="quiet_to"),
        CheckConstraint(
            "(quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to",
            name="quiet_from_to",
        ),
    )

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    delivery: Delivery = Field(sa_type=choice(Delivery, "delivery"))
    digest_hour: int
    quiet_from: int | None = None
    quiet_to: int | None = None


class MailState(StrEnum):
    """How far an e-mail has got. ``sending`` is written down before the mail server is asked, so
    that an e-mail whose sender died is never sent twice: it becomes ``unsure``."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNSURE = "unsure"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    NOT_NEEDED = "not_needed"


class Problem(StrEnum):
    """Why the last try failed: our own word, never the mail server's, which may name somebody."""

    UNREACHABLE = "unreachable"
    NOT_ENCRYPTED = "not_encrypted"
    NOT_SIGNED_IN = "not_signed_in"
    BUSY = "busy"
    REFUSED = "refused"
    CUT_OFF = "cut_off"


class Mail(SQLModel, table=True):
    """One e-mail to one account. Its words follow from a count and ``public_id`` when it is sent;
    neither they nor the address are kept."""

    __tablename__ = "mail_outbox"
    __table_args__ = (
        Index("ix_mail_outbox_account", "account_id", "planned_at"),
        Index("ix_mail_outbox_state", "state", "next_try_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    account_id: int = Field(foreign_key="account.id")
    state: MailState = Field(default=MailState.WAITING, sa_type=choice(MailState, "state"))
    planned_at: datetime
    next_try_at: datetime
    tries: int = 0
    problem: Problem | None = Field(default=None, sa_type=choice(Problem, "problem"))
    ended_at: datetime | None = None
