"""Kinds of support, and referrals: requests, agreed with the person, that a service makes contact.

No clinical content is kept, and no score.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice


class Support(StrEnum):
    """Support a supervisor can offer or a person already has."""

    LINE_MANAGER = "line_manager"
    PEER_SUPPORT = "peer_support"
    TRIM = "trim"
    OCCUPATIONAL_HEALTH = "occupational_health"
    EMPLOYEE_ASSISTANCE = "employee_assistance"
    CHAPLAIN = "chaplain"
    STAFF_NETWORK = "staff_network"
    FEDERATION_OR_UNION = "federation_or_union"
    GP = "gp"
    CRISIS_LINE = "crisis_line"
    POLICE_CARE_UK = "police_care_uk"
    NONE = "none"


REFERRED = (
    Support.PEER_SUPPORT,
    Support.TRIM,
    Support.OCCUPATIONAL_HEALTH,
    Support.EMPLOYEE_ASSISTANCE,
    Support.CHAPLAIN,
)
"""Services inside the force's reach that make contact once somebody accepts."""
ON_REQUEST = (Support.STAFF_NETWORK, Support.FEDERATION_OR_UNION)
"""Not the force's own: a wellbeing lead switches them on once they agreed to it, and nobody but the
person themself ever asks them."""
SERVICES = (*REFERRED, *ON_REQUEST)
"""All that can have an inbox."""


class ReferralState(StrEnum):
    """How far a referral has got; supervisors see this and nothing more."""

    SENT = "sent"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a referral ended: a category for the service and the person, never for a supervisor."""

    COMPLETED = "completed"
    SIGNPOSTED = "signposted"
    DECLINED = "declined"
    NOT_REACHED = "not_reached"
    PASSED_ON = "passed_on"
    MOVED_OR_LEFT = "moved_or_left"
    WITHDRAWN = "withdrawn"
    NOT_RECORDED = "not_recorded"


class StepKind(StrEnum):
    """Meetings planned after first contact; what is said in them is nobody's to write down."""

    FIRST_MEETING = "first_meeting"
    MONTH_MEETING = "month_meeting"
    FOLLOW_UP = "follow_up"


class CareKind(StrEnum):
    """What is kept of a practitioner's own welfare: that they asked, and that somebody talked."""

    ASKED = "asked"
    SPOKEN = "spoken"


class Urgency(StrEnum):
    """How soon somebody who asks for support themselves would like to be contacted."""

    TODAY = "today"
    THREE_DAYS = "three_days"
    NO_HURRY = "no_hurry"


class ShareState(StrEnum):
    """What somebody shares with whoever has their request. A preview is for its author alone."""

    PREVIEW = "preview"
    SHARED = "shared"
    ENDED = "ended"


class ShareEnd(StrEnum):
    """Why something that was shared can no longer be read."""

    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


class Referral(SQLModel, table=True):
    """A request, agreed with the person, that a service makes contact."""

    __table_args__ = (
        CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="outcome_when_closed"),
        Index("ix_referral_service", "service", "state"),
        Index("ix_referral_practitioner", "practitioner_account_id", "accepted_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    debrief_person_id: int | None = Field(default=None, foreign_key="debrief_person.id")
    service: Support = Field(sa_type=choice(Support, "service"))
    state: ReferralState = Field(sa_type=choice(ReferralState, "state"))
    agreed_at: datetime
    """When the person agreed to be referred; a referral without agreement does not exist."""
    agreement_by_account_id: int | None = Field(default=None, foreign_key="account.id")
    """Who says that the person agreed; may be the person. Not known of the oldest ones."""
    sent_at: datetime
    """When the service could first see it: the service's clocks start here."""
    supervisor_sees: bool = True
    """Whether whoever supervises the person is shown that there is a referral, and its state."""
    practitioner_account_id: int | None = Field(default=None, foreign_key="account.id")
    accepted_at: datetime | None = None
    """When whoever has it now took it on."""
    contacted_on: date | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = Field(default=None, sa_type=choice(Outcome, "outcome"))
    passed_from_id: int | None = Field(default=None, foreign_key="referral.id")
    """The referral to another service that this one follows."""
    revision: int = 0
    """Goes up by one with every change, so that the second of two people is told of the first."""


class ReferralStep(SQLModel, table=True):
    """A planned meeting: when it is due and when it took place. No notes, no score."""

    __tablename__ = "referral_step"

    referral_id: int = Field(primary_key=True, foreign_key="referral.id")
    kind: StepKind = Field(primary_key=True, sa_type=choice(StepKind, "kind"))
    due_on: date
    done_on: date | None = None


class ReferralWish(SQLModel, table=True):
    """What somebody who asked for support themselves wishes: how soon, how, and by whom not.

    A referral with such a row is the person's own. Both sealed values are under their own key.
    """

    __tablename__ = "referral_wish"

    referral_id: int = Field(primary_key=True, foreign_key="referral.id")
    urgency: Urgency = Field(sa_type=choice(Urgency, "urgency"))
    outside_line: bool
    """Nobody of their own team, and nobody whom they lead."""
    sealed_contact: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """How to reach them; gone once the referral is closed."""
    sealed_avoided: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """Accounts of people who must not be given it; none where nobody was named."""


class ReferralShare(SQLModel, table=True):
    """What somebody shares with the one practitioner who has their referral.

    The content is sealed under a key of its own and under the person's. It and its key are gone
    once it has ended, and it ends with the referral or when that goes to somebody else.
    """

    __tablename__ = "referral_share"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (ended_why IS NOT NULL)", name="why_when_ended"),
        CheckConstraint("(state = 'ended') = (sealed IS NULL)", name="sealed_until_ended"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    referral_id: int = Field(foreign_key="referral.id", index=True)
    recipient_account_id: int = Field(foreign_key="account.id", index=True)
    state: ShareState = Field(sa_type=choice(ShareState, "state"))
    prepared_at: datetime
    shared_at: datetime | None = None
    ended_at: datetime | None = None
    ended_why: ShareEnd | None = Field(default=None, sa_type=choice(ShareEnd, "ended_why"))
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class SupportService(SQLModel, table=True):
    """What a wellbeing lead has set for one service; ``rules.usual`` holds until then."""

    __tablename__ = "support_service"

    service: Support = Field(primary_key=True, sa_type=choice(Support, "service"))
    offered: bool
    accept_hours: int
    contact_hours: int
    follow_up_days: int
    works_weekends: bool
    changed_at: datetime
    changed_by_account_id: int | None = Field(default=None, foreign_key="account.id")


class ServicePractitioner(SQLModel, table=True):
    """Who works for which service, for which part of the force, with how many people at most."""

    __tablename__ = "service_practitioner"
    __table_args__ = (
        UniqueConstraint("account_id", "service"),
        CheckConstraint("caseload_limit BETWEEN 1 AND 100", name="limit_in_reason"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    account_id: int = Field(foreign_key="account.id")
    service: Support = Field(sa_type=choice(Support, "service"))
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    """Only people posted in or below this unit; none: the whole force."""
    caseload_limit: int
    active: bool = True
    added_at: datetime


class PractitionerCare(SQLModel, table=True):
    """A practitioner asked to be asked, or somebody talked with them. Nothing of what was said."""

    __tablename__ = "practitioner_care"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    kind: CareKind = Field(sa_type=choice(CareKind, "kind"))
    at: datetime
    by_account_id: int | None = Field(default=None, foreign_key="account.id")
