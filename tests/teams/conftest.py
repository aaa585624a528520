"""The demo supervisor, her team, and what her forms show."""

from dataclasses import dataclass

import pytest
from sqlmodel import col, select

from app.exposure.models import WAITING, Prompt, PromptPerson
from app.exposure.service import refresh
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.people.models import Person
from app.security.permissions import Role
from tests.conftest import NOW
from tests.site import Client, Site
from tests.teams.filling import whose


@dataclass
class Desk:
    """A supervisor at her form."""

    site: Site
    client: Client
    address: str

    def form(self, selector: str = "#talk-form", client: Client | None = None):
        """The form of the first person for whom something waits."""
        return (client or self.client).get(self.address).page.form(selector)

    incident: int = 0
    """What three of her people wait about, once the test asks for them."""

    def state(self, address: str) -> str:
        """What became of the prompt of one of those three."""
        with self.site.reading() as session:
            statement = (
                select(PromptPerson.state)
                .join(Person, col(Person.id) == col(PromptPerson.person_id))
                .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
                .where(Person.public_id == whose(address), Prompt.incident_id == self.incident)
            )
            return session.exec(statement).one()

    def states(self) -> list[str]:
        """What became of each prompt of a person that was waiting, or was not."""
        with self.site.reading() as session:
            statement = (
                select(PromptPerson.state)
                .join(Person, col(Person.id) == col(PromptPerson.person_id))
                .where(Person.public_id == whose(self.address))
                .order_by(col(PromptPerson.id))
            )
            return list(session.exec(statement))


@pytest.fixture
def desk(site) -> Desk:
    """The demo supervisor, and the form of the person who waits longest."""
    client = site.sign_in_as(Role.SUPERVISOR)
    address = client.get("/teams").page.select("a[href$='/return']")[0]["href"]
    return Desk(site, client, address)


@pytest.fixture
def three(desk) -> list[str]:
    """The forms of three people of her team who wait about the same incident."""
    idle = desk.client.get("/teams").page.select("tbody#rows tr:not(:has(.reason)) th a")
    deputy = desk.site.named("deputy@demo").display_name
    quiet = [link for link in idle if link.get_text(strip=True) != deputy]
    public_id = quiet[0]["href"].rsplit("/", 1)[1]
    with desk.site.writing() as session:
        person = session.exec(select(Person).where(Person.public_id == whose(desk.address))).one()
        number = session.exec(
            select(Prompt.incident_id)
            .join(PromptPerson, col(PromptPerson.prompt_id) == col(Prompt.id))
            .where(PromptPerson.person_id == person.id, col(PromptPerson.state).in_(WAITING))
        ).first()
        third = session.exec(select(Person).where(Person.public_id == public_id)).one()
        incident = session.get_one(Incident, number)
        session.add(
            Attendance(
                source_system=incident.source_system,
                source_ref="third",
                incident_id=incident.id,
                person_id=third.id,
                role=AttendanceRole.AT_SCENE,
                received_at=NOW,
            )
        )
        session.flush()
        refresh(session, incident_ids=[incident.id], person_ids=[], now=NOW)
        waiting = session.exec(
            select(Person.public_id)
            .join(PromptPerson, col(PromptPerson.person_id) == col(Person.id))
            .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
            .where(Prompt.incident_id == number, col(PromptPerson.state).in_(WAITING))
        ).all()
    assert len(waiting) == 3
    desk.incident = number or 0
    return [f"/people/{one}/return" for one in sorted(waiting)]
