"""People with a prompt, and their supervisor, on both databases."""

from dataclasses import dataclass

import pytest
from sqlmodel import Session, select

from app.accounts.models import RoleGrant
from app.accounts.queries import viewer_for
from app.debriefs import service
from app.debriefs.models import Debrief, Setting
from app.debriefs.service import Answered, Meeting, Part
from app.exposure import service as exposure
from app.exposure.models import PromptPerson
from app.incidents.models import Incident
from app.security.key_store import KeyStore
from app.security.permissions import Role
from app.security.viewer import Viewer
from tests.factories import Force, account, at

NOW = at("2026-11-21")


@dataclass
class Asked:
    """Three people who were at one incident, and who leads them."""

    session: Session
    force: Force
    keys: KeyStore
    team: int
    people: list[int]
    viewer: Viewer
    incident: str

    def prompt(self, place: int = 0) -> PromptPerson:
        """The one prompt of one of them."""
        return self.session.exec(
            select(PromptPerson).where(PromptPerson.person_id == self.people[place])
        ).one()

    def part(self, came_of, place: int = 0, **more) -> Part:
        """What came of one of their prompts."""
        row = self.prompt(place)
        return Part(row.person_id, [Answered(row.public_id, row.revision)], came_of, **more)

    def record(self, *parts: Part, viewer: Viewer | None = None, **more) -> Debrief | None:
        """Record it, as the supervisor would."""
        day = NOW.date()
        meeting = Meeting(unit_id=self.team, held_on=day, setting=Setting.IN_PERSON, **more)
        return service.record(
            self.session,
            viewer=viewer or self.viewer,
            keys=self.keys,
            meeting=meeting,
            parts=parts,
            now=NOW,
        )

    def leader(self, team: int | None = None, role: Role = Role.SUPERVISOR) -> Viewer:
        """Somebody who leads a team, or holds another role over everything."""
        person = self.force.person("Jo Stone")
        if team is not None:
            self.force.lead(person, team)
        number = account(self.session, person=person)
        self.session.add(RoleGrant(account_id=number, role=role, starts_on=at("2020-01-01").date()))
        self.session.flush()
        found = viewer_for(self.session, account_id=number, day=NOW.date())
        assert found
        return found


@pytest.fixture
def asked(session, keys) -> Asked:
    """Three people with one open prompt each."""
    force = Force(session)
    team = force.team()
    people = [force.person(f"Sam {name}", team=team) for name in ("Field", "Hill", "Wood")]
    number = force.incident("suicide", at("2026-11-20"))
    for person in people:
        force.attend(person, number)
    exposure.refresh(session, incident_ids=[number], person_ids=[], now=NOW)
    incident = session.get_one(Incident, number).public_id
    made = Asked(session, force, keys, team, people, None, incident)  # type: ignore[arg-type]
    made.viewer = made.leader(team)
    return made
