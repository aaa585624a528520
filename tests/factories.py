"""Records for tests: each factory asks for what matters and invents the rest."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

from sqlmodel import Session

from app.accounts.models import Account
from app.exposure.models import PromptingStart
from app.incidents.framework import SHIPPED, Framework
from app.incidents.models import (
    Attendance,
    AttendanceRole,
    FrameworkStatus,
    FrameworkVersion,
    Incident,
)
from app.people.models import (
    Person,
    Posting,
    PostingKind,
    StaffType,
    Supervision,
    SupervisionKind,
    Unit,
    UnitAncestor,
    UnitKind,
)
from app.people.service import posting_precedence
from app.rights import notice

NUMBERS = count(1)
LONG_AGO = date(2000, 1, 1)


def at(day: str, hour: int = 12) -> datetime:
    """A moment on a day written as 2026-11-23, in UTC."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


@dataclass
class Force:
    """A small force in one session: a district, and whatever a test adds to it."""

    session: Session
    framework: Framework = SHIPPED
    prompting_from: date | None = LONG_AGO
    district: int = field(init=False)

    def __post_init__(self) -> None:
        self.district = self.unit("Moorside", kind=UnitKind.DISTRICT)
        self.session.add(
            FrameworkVersion(
                number=1,
                status=FrameworkStatus.ACTIVE,
                effective_from=LONG_AGO,
                document=self.framework.model_dump(mode="json"),
                created_at=at("2020-01-01"),
            )
        )
        if self.prompting_from:
            self.session.add(PromptingStart(unit_id=self.district, starts_on=self.prompting_from))
        self.session.flush()

    def unit(self, name: str, *, kind: UnitKind = UnitKind.TEAM, below: int | None = None) -> int:
        """A unit and its place under those above it; returns its number."""
        row = Unit(
            source_system="hr",
            source_ref=f"U{next(NUMBERS)}",
            name=name,
            kind=kind,
            parent_id=below,
        )
        self.session.add(row)
        self.session.flush()
        number = row.id or 0
        self.session.add(UnitAncestor(unit_id=number, ancestor_id=number, depth=0))
        if below is not None:
            self.session.add(UnitAncestor(unit_id=number, ancestor_id=below, depth=1))
        self.session.flush()
        return number

    def team(self, name: str = "Response A") -> int:
        """A team in the district."""
        return self.unit(name, below=self.district)

    def person(self, name: str = "Sam Field", *, team: int | None = None) -> int:
        """A person, posted to a team since long ago if one is given."""
        given, family = name.split(" ", 1)
        row = Person(
            source_system="hr",
            source_ref=f"P{next(NUMBERS)}",
            given_name=given,
            family_name=family,
            staff_type=StaffType.OFFICER,
            rank="Constable",
        )
        self.session.add(row)
        self.session.flush()
        if team is not None:
            self.post(row.id or 0, team)
        return row.id or 0

    def post(
        self,
        person: int,
        team: int,
        *,
        since: date = LONG_AGO,
        until: date | None = None,
        kind: PostingKind = PostingKind.SUBSTANTIVE,
    ) -> Posting:
        """A posting."""
        reference = f"M{next(NUMBERS)}"
        row = Posting(
            source_system="hr",
            source_ref=reference,
            person_id=person,
            unit_id=team,
            kind=kind,
            starts_on=since,
            ends_on=until,
            precedence=posting_precedence(kind, since, reference),
        )
        self.session.add(row)
        self.session.flush()
        return row

    def lead(
        self, person: int, team: int, *, since: date = LONG_AGO, until: date | None = None
    ) -> None:
        """Make somebody the supervisor of a team."""
        self.session.add(
            Supervision(
                unit_id=team,
                person_id=person,
                kind=SupervisionKind.SUPERVISOR,
                starts_on=since,
                ends_on=until,
            )
        )
        self.session.flush()

    def incident(self, type_code: str, when: datetime) -> int:
        """An incident; returns its number."""
        row = Incident(
            source_system="cad",
            source_ref=f"I{next(NUMBERS)}",
            occurred_at=when,
            type_code=type_code,
            received_at=when,
        )
        self.session.add(row)
        self.session.flush()
        return row.id or 0

    def attend(
        self, person: int, incident: int, *, role: AttendanceRole = AttendanceRole.AT_SCENE
    ) -> Attendance:
        """One source's word that a person was there."""
        row = Attendance(
            source_system="cad",
            source_ref=f"A{next(NUMBERS)}",
            incident_id=incident,
            person_id=person,
            role=role,
            received_at=at("2026-11-23"),
        )
        self.session.add(row)
        self.session.flush()
        return row


def account(session: Session, *, person: int | None = None, name: str = "Jo Stone") -> int:
    """An account nobody can sign in to; returns its number."""
    row = Account(
        username=f"user{next(NUMBERS)}",
        display_name=name,
        password_hash="!",
        person_id=person,
        created_at=at("2026-01-01"),
        notice_version=notice.VERSION,
    )
    session.add(row)
    session.flush()
    return row.id or 0
