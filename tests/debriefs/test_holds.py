"""Incidents under a post-incident procedure, on both databases."""

from datetime import date

import pytest
from sqlmodel import select

from app.audit.events import Event
from app.audit.models import AuditEntry
from app.debriefs import holds
from app.debriefs.models import Debrief, IncidentHold
from app.debriefs.service import WELFARE_LED, HeldError, Part
from app.exposure.models import PromptState
from app.exposure.service import Answer
from app.incidents.models import Incident
from app.security.permissions import Role
from tests.debriefs.conftest import NOW
from tests.debriefs.test_service import DECLINED, TALK
from tests.factories import at

DAY = NOW.date()


def hold(asked):
    holds.hold(asked.session, viewer=asked.viewer, incident_public_ids=[asked.incident], now=NOW)


@pytest.mark.parametrize(
    "came_of", [TALK, DECLINED, Answer(PromptState.NOT_NEEDED, "not_exposed")], ids=str
)
def test_nothing_that_was_said_about_it_can_be_recorded(asked, came_of):
    hold(asked)
    with pytest.raises(HeldError):
        asked.record(asked.part(came_of))
    assert asked.prompt().state is PromptState.OPEN
    assert asked.session.exec(select(Debrief)).all() == []


def test_nor_for_somebody_who_has_no_prompt_of_their_own(asked):
    hold(asked)
    with pytest.raises(HeldError):
        asked.record(Part(asked.people[0], (), TALK), incident_public_id=asked.incident)


@pytest.mark.parametrize(
    "came_of",
    [
        Answer(PromptState.NOT_NEEDED, WELFARE_LED),
        Answer(PromptState.DEFERRED, "agreed", date(2026, 11, 28)),
    ],
    ids=str,
)
def test_a_prompt_about_it_may_be_closed_or_put_off(asked, came_of):
    hold(asked)
    asked.record(asked.part(came_of))
    assert asked.prompt().state is came_of.state


def test_it_covers_every_record_of_the_event(asked):
    session = asked.session
    other = asked.force.incident("suicide", at("2026-11-20"))
    session.get_one(Incident, other).event_id = session.exec(
        select(Incident.id).where(Incident.public_id == asked.incident)
    ).one()
    session.flush()
    public_id = session.get_one(Incident, other).public_id
    holds.hold(session, viewer=asked.viewer, incident_public_ids=[public_id], now=NOW)
    assert holds.held_incidents(session, public_ids=[asked.incident]) == {asked.incident}
    with pytest.raises(HeldError):
        asked.record(asked.part(TALK))


def test_holding_twice_is_holding_once_and_only_the_incident_is_named(asked):
    hold(asked)
    hold(asked)
    asked.session.exec(select(IncidentHold)).one()
    entry = asked.session.exec(select(AuditEntry)).one()
    assert (entry.event, entry.subject_person_id) == (Event.INCIDENT_HELD, None)
    assert entry.details == {"incident": asked.incident}


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.WELLBEING_LEAD])
def test_whoever_leads_the_team_or_a_wellbeing_lead_lifts_it(asked, role):
    hold(asked)
    who = asked.viewer if role is Role.SUPERVISOR else asked.leader(role=role)
    standing = holds.holds(who, asked.session, day=DAY)
    assert len(standing) == 1
    lifting = {"viewer": who, "public_id": standing[0].public_id, "day": DAY, "now": NOW}
    holds.lift(asked.session, **lifting)
    asked.record(asked.part(TALK))
    with pytest.raises(holds.NotHeldError):
        holds.lift(asked.session, **lifting)
    hold(asked)
    assert holds.held_incidents(asked.session, public_ids=[asked.incident])


def test_who_leads_another_team_neither_sees_nor_lifts_it(asked):
    hold(asked)
    other = asked.leader(asked.force.team("Response B"))
    assert holds.holds(other, asked.session, day=DAY) == []
    public_id = asked.session.exec(select(IncidentHold.public_id)).one()
    with pytest.raises(holds.NotHeldError):
        holds.lift(asked.session, viewer=other, public_id=public_id, day=DAY, now=NOW)
