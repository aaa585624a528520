"""A team that a test tells of, in a force of its own, and the people who look at it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import select

from app.accounts.models import Account, RoleGrant
from app.audit.models import AuditEntry
from app.debriefs.models import Debrief, DebriefPerson, Setting
from app.exposure.service import refresh
from app.people.models import Person, Supervision, SupervisionKind, Unit
from app.referrals.models import Support
from app.security.permissions import Role
from tests.conftest import NOW
from tests.factories import Force, account

TODAY = NOW.date()


@dataclass
class Team:
    """A team, its sergeant and the deputy; people are named by a word."""

    site: object
    force: Force
    unit: int
    people: dict[str, int]
    accounts: dict[str, int]

    def add(self, name: str, **posting) -> int:
        """Somebody posted to the team; ``since``, ``until`` and ``kind`` as a posting has them."""
        number = self.force.person(f"{name} Field", team=None if posting else self.unit)
        if posting:
            self.force.post(number, self.unit, **posting)
        self.people[name] = number
        return number

    def leads(self, name: str, role: Role = Role.SUPERVISOR, *, deputy: bool = False) -> None:
        """Somebody with an account and a role, who leads or covers the team as a supervisor."""
        session, number = self.force.session, self.force.person(f"{name} Stone")
        self.people[name] = number
        self.accounts[name] = account(session, person=number, name=f"{name} Stone")
        session.add(RoleGrant(account_id=self.accounts[name], role=role, starts_on=TODAY))
        if role is Role.SUPERVISOR:
            kind = SupervisionKind.DEPUTY if deputy else SupervisionKind.SUPERVISOR
            session.add(
                Supervision(unit_id=self.unit, person_id=number, kind=kind, starts_on=TODAY)
            )

    def attends(self, name: str, code: str, ago: timedelta) -> None:
        """They were at an incident."""
        session = self.force.session
        incident = self.force.incident(code, NOW - ago)
        self.force.attend(self.people[name], incident)
        refresh(session, incident_ids=[incident], person_ids=[], now=NOW)

    def spoke(self, name: str, held_on: date, following: date | None, by: str = "Jo") -> None:
        """A conversation with them, and the next contact that was agreed."""
        session = self.force.session
        talk = Debrief(
            held_on=held_on,
            setting=Setting.PHONE,
            unit_id=self.unit,
            recorded_at=datetime.combine(held_on, NOW.timetz()),
            recorded_by_account_id=self.accounts[by],
        )
        session.add(talk)
        session.flush()
        session.add(
            DebriefPerson(
                debrief_id=talk.id,
                person_id=self.people[name],
                primary_support=Support.NONE,
                next_contact_on=following,
                sealed_factors=b"",
            )
        )
        session.flush()

    def sign_in(self, name: str):
        """A browser of somebody who leads it."""
        with self.site.reading() as session:
            return self.site.sign_in(session.get(Account, self.accounts[name]))

    def id_of(self, name: str) -> str:
        """How somebody is named in addresses."""
        with self.site.reading() as session:
            return session.get(Person, self.people[name]).public_id

    @property
    def address(self) -> str:
        """Where the team's page is."""
        with self.site.reading() as session:
            return f"/teams/{session.get(Unit, self.unit).public_id}"

    def change(self, name: str) -> str:
        """Where what is planned for somebody is changed."""
        return f"/people/{self.id_of(name)}/change"

    def written_down(self, event) -> list[AuditEntry]:
        """What the audit log has of an event."""
        with self.site.reading() as session:
            return list(session.exec(select(AuditEntry).where(AuditEntry.event == event.value)))


def tell_of_a_team(site) -> Team:
    """Jo's team, which Di covers: Ann, Bea, Cal, and Dee who was never anywhere."""
    with site.writing() as session:
        force = Force(session, prompting_from=TODAY.replace(day=1))
        made = Team(site, force, force.team(), {}, {})
        made.leads("Jo"), made.leads("Di", deputy=True), made.leads("Vi", Role.WELLBEING_LEAD)
        for name in ("Ann", "Bea", "Cal", "Dee"):
            made.add(name)
        hour, day = timedelta(hours=1), timedelta(days=1)
        made.attends("Ann", "suicide", 100 * hour)
        made.attends("Bea", "fatal_collision", 3 * hour)
        made.attends("Bea", "suicide", 200 * day)
        made.attends("Cal", "homicide", 300 * day)
        made.spoke("Cal", TODAY - 60 * day, TODAY - day)
        made.spoke("Bea", TODAY - 10 * day, TODAY + 9 * day)
    return made
