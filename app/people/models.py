"""The people a force looks after: who they are, where they are posted, and when they were away.

Rows come from the force's HR system. Each remembers the source's own reference and version, so a
late or repeated file changes nothing it should not.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice

GONE_SYSTEM = "gone"
"""The source system of somebody whose name and references were removed, and of their rows: no
feed may call itself so."""


class UnitKind(StrEnum):
    """The levels of a force."""

    FORCE = "force"
    DISTRICT = "district"
    DEPARTMENT = "department"
    TEAM = "team"


class StaffType(StrEnum):
    """Who the Home Office counts as what."""

    OFFICER = "officer"
    PCSO = "pcso"
    STAFF = "staff"
    SPECIAL = "special"
    VOLUNTEER = "volunteer"
    NOT_RECORDED = "not_recorded"


class PostingKind(StrEnum):
    """A temporary posting outranks the substantive one while it lasts."""

    SUBSTANTIVE = "substantive"
    TEMPORARY = "temporary"


class SupervisionKind(StrEnum):
    """Whether somebody leads a unit or covers for its leader."""

    SUPERVISOR = "supervisor"
    DEPUTY = "deputy"


class AwayKind(StrEnum):
    """Why somebody is not at work for a planned while. Nothing about health belongs here."""

    LEAVE = "leave"
    TRAINING = "training"
    OTHER = "other"


class LeavingReason(StrEnum):
    """Home Office leaver categories; a transfer leaves the force but not the service."""

    VOLUNTARY_RESIGNATION = "voluntary_resignation"
    ORDINARY_RETIREMENT = "ordinary_retirement"
    MEDICAL_RETIREMENT = "medical_retirement"
    TRANSFER = "transfer"
    DISMISSAL = "dismissal"
    DEATH = "death"
    NOT_RECORDED = "not_recorded"


class CharacteristicKind(StrEnum):
    """Characteristics held for equality monitoring only, never shown beside a name."""

    SEX = "sex"
    GENDER_IDENTITY = "gender_identity"
    ETHNICITY = "ethnicity"
    DISABILITY = "disability"
    RELIGION = "religion"
    SEXUAL_ORIENTATION = "sexual_orientation"
    BIRTH_YEAR = "birth_year"


class Unit(SQLModel, table=True):
    """A district, department or team."""

    __table_args__ = (UniqueConstraint("source_system", "source_ref"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    source_system: str = Field(max_length=40)
    source_ref: str = Field(max_length=80)
    name: str = Field(max_length=160)
    name_version: int = Field(default=-1, sa_type=BigInteger)
    """The version of the feed row that gave the name; ``-1`` for a name that no feed gave."""
    kind: UnitKind = Field(sa_type=choice(UnitKind, "kind"))
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    """Where it hangs: below what ``parent_said_id`` says, else below the force."""
    version: int = Field(default=0)
    """Goes up by one when anything a supervisor sees of this unit changes; live pages poll it."""
    source_version: int = Field(default=-1, sa_type=BigInteger)
    """The version of the unit's own row; ``-1`` while only other rows have named it."""
    digest: str = Field(default="", max_length=32)
    withdrawn: bool = False
    named_in_postings: str = Field(default="", max_length=160)
    """The name that other rows give it, by ``name_version``; used until its own row does."""
    parent_said_id: int | None = Field(default=None, foreign_key="unit.id")
    closed_on: date | None = None
    becomes_id: int | None = Field(default=None, foreign_key="unit.id")
    """The unit in which its people are from the day after ``closed_on``."""


class UnitAncestor(SQLModel, table=True):
    """Every unit above a unit, itself included, so that "everything below" is one join."""

    __tablename__ = "unit_ancestor"

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    ancestor_id: int = Field(primary_key=True, foreign_key="unit.id", index=True)
    depth: int


class Person(SQLModel, table=True):
    """An officer, PCSO, member of staff, special or volunteer."""

    __table_args__ = (UniqueConstraint("source_system", "source_ref"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    source_system: str = Field(max_length=40)
    source_ref: str = Field(max_length=80)
    source_version: int = Field(default=0, sa_type=BigInteger)
    digest: str = Field(default="", max_length=32)
    given_name: str = Field(default="", max_length=80)
    family_name: str = Field(default="", max_length=80)
    staff_type: StaffType = Field(sa_type=choice(StaffType, "staff_type"))
    rank: str = Field(default="", max_length=80)
    joined_on: date | None = None
    left_on: date | None = None
    leaving_reason: LeavingReason | None = Field(
        default=None,
        sa_type=choice(LeavingReason, "leaving_reason"),
    )
    leaver_version: int = Field(default=-1, sa_type=BigInteger)
    leaver_digest: str = Field(default="", max_length=32)
    left_said: date | None = None
    """What the leavers feed says of this number; ``left_on`` is what follows for the person."""
    reason_said: LeavingReason | None = Field(
        default=None, sa_type=choice(LeavingReason, "reason_said")
    )
    given_up_on: date | None = None
    """The earliest last day that any leavers row has ever given: see ``counts_from``."""
    same_since: date | None = None
    """The ``joined_on`` of which somebody has said that it is the same person come back."""
    other_since: date | None = None
    """The ``joined_on`` of which somebody has said that it is another person."""
    counts_from: datetime | None = None
    """Nothing from before this counts for them: their number was somebody's before, or, of a
    number that is nobody's own, nothing counts at all."""
    only_number: bool = False
    """Nobody's own number, such as a collar number: here so that rows that say it can be kept."""
    became_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """The person whose former number this is: rows about this one are rows about that one."""


class Posting(SQLModel, table=True):
    """A spell in a unit. Where spells overlap, the greatest ``precedence`` is the current one."""

    __table_args__ = (
        UniqueConstraint("source_system", "source_ref"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index("ix_posting_person", "person_id", "starts_on"),
        Index("ix_posting_unit", "unit_id", "starts_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source_system: str = Field(max_length=40)
    source_ref: str = Field(max_length=160)
    source_version: int = Field(default=0, sa_type=BigInteger)
    digest: str = Field(default="", max_length=32)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id")
    kind: PostingKind = Field(sa_type=choice(PostingKind, "kind"))
    starts_on: date
    ends_on: date | None = None
    withdrawn: bool = False
    precedence: str = Field(max_length=180)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whom the row names, where its number was another person's on that day."""
    carried_from_id: int | None = Field(default=None, foreign_key="posting.id", index=True)
    """The posting that goes on in this unit because its own was closed into it."""


class FromFeed(SQLModel):
    """What a record keeps of the row that told of it. No reference: no feed told of it."""

    source_system: str = Field(default="", max_length=40)
    source_ref: str | None = Field(default=None, max_length=160)
    source_version: int = Field(default=0, sa_type=BigInteger)
    digest: str = Field(default="", max_length=32)
    withdrawn: bool = False


class Supervision(FromFeed, table=True):
    """Who leads or covers a unit, and from when to when."""

    __table_args__ = (
        UniqueConstraint("source_system", "source_ref"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index("ix_supervision_person", "person_id", "starts_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    kind: SupervisionKind = Field(sa_type=choice(SupervisionKind, "kind"))
    starts_on: date
    ends_on: date | None = None


class Skill(FromFeed, table=True):
    """A skill or specialist role, such as family liaison or firearms."""

    __table_args__ = (UniqueConstraint("source_system", "source_ref"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    name: str = Field(max_length=80)
    starts_on: date
    ends_on: date | None = None


class Characteristic(SQLModel, table=True):
    """One self-declared characteristic. No row means not recorded, which is not the same as
    "prefer not to say", which is a value."""

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    kind: CharacteristicKind = Field(
        primary_key=True,
        sa_type=choice(CharacteristicKind, "kind"),
    )
    value: str = Field(max_length=80)


class EqualityObjection(SQLModel, table=True):
    """Somebody's written objection to equality monitoring: while it stands, none of their
    characteristics is kept. At most one stands at a time; those taken back are kept."""

    __tablename__ = "equality_objection"
    __table_args__ = (
        Index(
            "uq_equality_objection_standing",
            "person_id",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    made_at: datetime
    taken_back_at: datetime | None = None


class AbsenceSpell(FromFeed, table=True):
    """A spell of sickness absence: hours and a yes or no for psychological, never a diagnosis."""

    __tablename__ = "absence_spell"
    __table_args__ = (
        UniqueConstraint("source_system", "source_ref"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index(
            "ix_absence_spell_person",
            *("person_id", "starts_on", "ends_on", "withdrawn", "psychological", "hours_lost"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    starts_on: date
    ends_on: date | None = None
    psychological: bool
    hours_lost: Decimal = Field(default=Decimal(0), sa_type=Numeric(8, 2))
    recorded_at: datetime


class AwaySpell(SQLModel, table=True):
    """Planned time away, as said on this site; never a reason of health. While it lasts, whoever
    leads a unit is not asked, and the deputy they chose is."""

    __tablename__ = "away_spell"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        Index("ix_away_spell_person", "person_id", "starts_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    person_id: int = Field(foreign_key="person.id")
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    kind: AwayKind = Field(sa_type=choice(AwayKind, "kind"))
    starts_on: date
    ends_on: date
    """The last day away."""
    deputy_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Who stands in for somebody who leads a unit, on these days and no others."""
    recorded_at: datetime
    recorded_by_account_id: int = Field(foreign_key="account.id")


class ContractedHours(FromFeed, table=True):
    """The hours somebody was to work in a month: what absence is a share of."""

    __tablename__ = "contracted_hours"
    __table_args__ = (
        UniqueConstraint("source_system", "source_ref"),
        # All that is added up for thousands of people, without looking at the rows.
        Index("ix_contracted_hours_person", "person_id", "month", "withdrawn", "hours"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    month: date
    """Its first day."""
    hours: Decimal = Field(sa_type=Numeric(8, 2))


class PersonNumber(FromFeed, table=True):
    """A number somebody goes by in a system, from one day to another, besides their staff number.

    ``person_id`` is whose it is; ``number_id`` stands for the number itself.
    """

    __tablename__ = "person_number"
    __table_args__ = (
        UniqueConstraint("source_system", "source_ref"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    number_id: int = Field(foreign_key="person.id", index=True)
    starts_on: date
    ends_on: date | None = None
