"""Supportive conversations (the "debrief") and the support that was talked about.

No narrative is asked for or kept. What weighed on somebody (situational factors) is sealed with
that person's own key; see ``app.security.encryption``.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice
from app.referrals.models import Support


class Setting(StrEnum):
    """How the conversation took place."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"
    GROUP = "group"


class SupportStatus(StrEnum):
    """What came of an offer."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    IN_PLACE = "in_place"


class Confidentiality(StrEnum):
    """What others may see of one person's part; the person chooses and always sees all of it."""

    SHARED = "shared"
    """Whoever supervises them, and wellbeing roles, see the support that was agreed."""
    PRIVATE = "private"
    """They see the day and the next contact, and nothing else."""


class Debrief(SQLModel, table=True):
    """One conversation, with one or several people."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    held_on: date = Field(index=True)
    setting: Setting = Field(sa_type=choice(Setting, "setting"))
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    recorded_at: datetime
    recorded_by_account_id: int | None = Field(default=None, foreign_key="account.id")


class DebriefPerson(SQLModel, table=True):
    """What one person took from a conversation: main support, next contact, sealed factors."""

    __tablename__ = "debrief_person"
    __table_args__ = (
        UniqueConstraint("debrief_id", "person_id"),
        Index("ix_debrief_person_told", "debrief_id", "person_id", "confidentiality"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    debrief_id: int = Field(foreign_key="debrief.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    primary_support: Support = Field(sa_type=choice(Support, "primary_support"))
    next_contact_on: date | None = None
    next_contact_revision: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often the day of the next contact was moved since the conversation was recorded."""
    next_contact_changed_at: datetime | None = None
    next_contact_changed_by_account_id: int | None = Field(default=None, foreign_key="account.id")
    sealed_factors: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    confidentiality: Confidentiality = Field(
        default=Confidentiality.SHARED,
        sa_type=choice(Confidentiality, "confidentiality"),
        sa_column_kwargs={"server_default": Confidentiality.SHARED.value},
    )


class DebriefPrompt(SQLModel, table=True):
    """Which prompts a conversation answered, for one person."""

    __tablename__ = "debrief_prompt"

    debrief_person_id: int = Field(primary_key=True, foreign_key="debrief_person.id")
    prompt_person_id: int = Field(primary_key=True, foreign_key="prompt_person.id", index=True)


class SupportOffer(SQLModel, table=True):
    """One kind of support and what came of it, for one person in one conversation."""

    __tablename__ = "support_offer"

    debrief_person_id: int = Field(primary_key=True, foreign_key="debrief_person.id")
    support: Support = Field(
        primary_key=True,
        sa_type=choice(Support, "support"),
    )
    status: SupportStatus = Field(sa_type=choice(SupportStatus, "status"))


class IncidentHold(SQLModel, table=True):
    """A post-incident procedure applies to an incident, so nothing said about it is noted here.

    About the incident alone. That a conduct or criminal matter concerns somebody is never kept.
    """

    __tablename__ = "incident_hold"
    __table_args__ = (
        Index(
            "uq_incident_hold_standing",
            "incident_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    since: datetime
    by_account_id: int | None = Field(default=None, foreign_key="account.id")
    lifted_at: datetime | None = None
    lifted_by_account_id: int | None = Field(default=None, foreign_key="account.id")


class DebriefDraft(SQLModel, table=True):
    """A conversation that somebody has begun to record; nobody else can open it."""

    __tablename__ = "debrief_draft"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    """What several people are spoken to about; none for the form of one person."""
    saved_at: datetime = Field(index=True)


class DebriefDraftPerson(SQLModel, table=True):
    """What was typed so far about one person, sealed with that person's own key."""

    __tablename__ = "debrief_draft_person"
    __table_args__ = (UniqueConstraint("draft_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="debrief_draft.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
