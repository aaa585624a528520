"""What counts as an exposure, monthly counts, and the prompts that follow.

Everything here is derived from incidents, attendance, postings, the framework and what people said
of themselves (``exposure_statement``), and can be rebuilt from them, except what a named human did
about a prompt.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.common.identifiers import new_public_id
from app.database import choice


class PromptKind(StrEnum):
    """One incident that always asks for a conversation, or several that add up."""

    INCIDENT = "incident"
    CUMULATIVE = "cumulative"


class PromptState(StrEnum):
    """What became of a prompt for one person. Only a named human moves it on from open;
    ``withdrawn`` says that the source took back the record behind it."""

    OPEN = "open"
    DEFERRED = "deferred"
    HELD = "held"
    DECLINED = "declined"
    NOT_NEEDED = "not_needed"
    WITHDRAWN = "withdrawn"


WAITING = (PromptState.OPEN, PromptState.DEFERRED)


class Origin(StrEnum):
    """On whose word an exposure rests: a force system's, the person's own, or that of the lead of a
    major incident. A force system's word goes before the others."""

    FED = "fed"
    OWN = "own"
    ATTACHED = "attached"


OWN_SYSTEM = "own"
"""The source system of incidents that only one person's own word knows of."""
TRACKER_SYSTEM = "tracker"
"""The source system of what is recorded on this site for a major incident."""


class StatementKind(StrEnum):
    """What somebody says of themselves and one incident."""

    EXPOSED = "exposed"
    DISPUTED = "disputed"


class Work(StrEnum):
    """What brought somebody into contact with an incident, in their own word."""

    AT_SCENE = "at_scene"
    CALL_HANDLING = "call_handling"
    DISPATCH = "dispatch"
    DIGITAL_MEDIA = "digital_media"
    STATEMENT_TAKING = "statement_taking"
    FAMILY_LIAISON = "family_liaison"
    SCENE_EXAMINATION = "scene_examination"


NEAR = (Work.AT_SCENE, Work.SCENE_EXAMINATION)


class ExposureStatement(SQLModel, table=True):
    """What somebody said of themselves and one incident: that they were exposed, or that they were
    not. At most one stands at a time; those taken back are kept."""

    __tablename__ = "exposure_statement"
    __table_args__ = (
        Index(
            "uq_exposure_statement_standing",
            "person_id",
            "incident_id",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
        Index("ix_exposure_statement_incident", "incident_id"),
        CheckConstraint("(kind = 'exposed') = (work IS NOT NULL)", name="work_when_exposed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    person_id: int = Field(foreign_key="person.id")
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    incident_id: int = Field(foreign_key="incident.id")
    kind: StatementKind = Field(sa_type=choice(StatementKind, "kind"))
    work: Work | None = Field(default=None, sa_type=choice(Work, "work"))
    type_code: str = Field(max_length=40)
    """The type as the person knows it; counts when the incident itself has been withdrawn."""
    said_at: datetime
    taken_back_at: datetime | None = None


class Exposure(SQLModel, table=True):
    """One person and one incident. ``unit_id`` is where the person was posted on that day."""

    __table_args__ = (
        UniqueConstraint("person_id", "incident_id"),
        Index("ix_exposure_person_day", "person_id", "occurred_on", "type_code"),
        Index("ix_exposure_incident", "incident_id"),
        Index("ix_exposure_day", "occurred_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    incident_id: int = Field(foreign_key="incident.id")
    type_code: str = Field(max_length=40)
    occurred_at: datetime
    occurred_on: date
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    remote: bool = False
    origin: Origin = Field(
        default=Origin.FED,
        sa_type=choice(Origin, "origin"),
        sa_column_kwargs={"server_default": Origin.FED.value},
    )
    framework_number: int = Field(foreign_key="framework_version.number")


class MonthTally(SQLModel, table=True):
    """How many exposures of one type one person had in one calendar month."""

    __tablename__ = "month_tally"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    month: date = Field(primary_key=True)
    type_code: str = Field(primary_key=True, max_length=40)
    count: int


class ExposureType(SQLModel, table=True):
    """The number that an incident type has in :class:`ExposureDay`."""

    __tablename__ = "exposure_type"

    number: int = Field(primary_key=True)
    code: str = Field(max_length=40, unique=True)


class ExposureDay(SQLModel, table=True):
    """All exposures of one day side by side, for questions about many people and many days.

    A row goes in the same transaction in which an exposure of its day changes, and is made again by
    a job; a day without a row is read from the exposures themselves.
    """

    __tablename__ = "exposure_day"

    day: date = Field(primary_key=True)
    people: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """One number of a person for each exposure: four bytes each, the lowest first."""
    types: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """The number of each one's type, in the same order: two bytes each."""


class PromptingStart(SQLModel, table=True):
    """From when a unit (and all below it) is prompted: history counts, but asks nobody to act."""

    __tablename__ = "prompting_start"

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    starts_on: date


class Prompt(SQLModel, table=True):
    """A reason to have a supportive conversation, with the people it is about inside."""

    __table_args__ = (
        UniqueConstraint("natural_key"),
        Index("ix_prompt_opened", "opened_at", "incident_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    natural_key: str = Field(max_length=120)
    kind: PromptKind = Field(sa_type=choice(PromptKind, "kind"))
    rule_code: str = Field(max_length=40)
    framework_number: int = Field(foreign_key="framework_version.number")
    incident_id: int = Field(foreign_key="incident.id", index=True)
    opened_at: datetime


class PromptPerson(SQLModel, table=True):
    """One person inside a prompt: by when, and what a named human did about it."""

    __tablename__ = "prompt_person"
    __table_args__ = (
        UniqueConstraint("prompt_id", "person_id"),
        Index("ix_prompt_person_person", "person_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, max_length=32, unique=True)
    prompt_id: int = Field(foreign_key="prompt.id")
    person_id: int = Field(foreign_key="person.id")
    named_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose it was under a former number, where it has been carried over."""
    why: str = Field(max_length=300)
    due_at: datetime
    state: PromptState = Field(sa_type=choice(PromptState, "state"))
    state_reason: str = Field(default="", max_length=40)
    deferred_until: date | None = None
    planned_on: date | None = None
    """The day on which somebody means to talk to them; the prompt stays open until they did."""
    handed_to_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """Who was asked to hold the conversation instead, for as long as they lead or cover there."""
    handed_at: datetime | None = None
    handed_by_account_id: int | None = Field(default=None, foreign_key="account.id")
    changed_at: datetime
    changed_by_account_id: int | None = Field(default=None, foreign_key="account.id")
    revision: int = Field(default=0)
    """Goes up with every change, so that a second editor is told instead of overwriting."""


class RuleSpoke(SQLModel, table=True):
    """A day on which a rule asked for a conversation, kept when the incidents that it had counted
    are about to go: after it the rule is quiet, and has to be quiet still."""

    __tablename__ = "rule_spoke"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    rule_code: str = Field(primary_key=True, max_length=40)
    spoke_on: date = Field(primary_key=True)


class RebuildProgress(SQLModel, table=True):
    """How far a rebuild has got; one row at most. ``finished_at`` is empty while it is under
    way."""

    __tablename__ = "rebuild_progress"

    id: int = Field(default=1, primary_key=True)
    started_at: datetime
    last_person_id: int = 0
    done: int = 0
    finished_at: datetime | None = None


class Recount(SQLModel, table=True):
    """What a nightly recount of everything found; there must be no difference."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    people: int
    exposures: int
    tallies: int
    prompts: int
    incidents: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Differences of each kind; of incidents, in their type or the event they belong to."""

    @property
    def differences(self) -> int:
        """All of them."""
        return self.exposures + self.tallies + self.prompts + self.incidents
