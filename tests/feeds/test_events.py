"""Two records of one event count once, whoever says so and when."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.database import reading, transaction
from app.exposure import behind, explaining, queries
from app.exposure import service as exposure
from app.exposure.models import Exposure, Prompt, PromptingStart, PromptPerson, PromptState
from app.exposure.wording import before_sentence, reported_sentence
from app.feeds.forgetting import delete_not_relevant
from app.incidents.models import Incident, RecordPast
from app.major import queries as major
from app.major.models import MajorIncident
from app.people.models import Person, Unit, UnitAncestor, UnitKind
from tests.feeds.conftest import NOW

AT = "2026-11-10T12:00"


@pytest.fixture
def force(feed_both):
    """A feed into a force that is prompted, with two people."""
    with transaction(feed_both.engine) as session:
        unit = Unit(source_system="own", source_ref="F", name="Force", kind=UnitKind.FORCE)
        session.add(unit)
        session.flush()
        session.add(UnitAncestor(unit_id=unit.id, ancestor_id=unit.id, depth=0))
        session.add(PromptingStart(unit_id=unit.id, starts_on=NOW.date() - timedelta(days=30)))
    feed_both.load("people", {"ref": "P1"}, {"ref": "P2"})
    return feed_both


def incident(force, system, ref, **more):
    row = {"ref": ref, "occurred_at": AT, "type": "suicide", "version": "1", **more}
    return force.load("incidents", row, system=system)


def attend(force, system, ref, incident_ref, person="P1", role="at_scene"):
    force.load(
        "attendance",
        {"ref": ref, "person_ref": person, "incident_ref": incident_ref, "role": role},
        system=system,
    )


def exposures(force):
    with reading(force.engine) as session:
        assert exposure.differences(session) == []
        rows = session.exec(
            select(Person.source_ref, Incident.source_system, Exposure.remote)
            .join(Exposure, Exposure.person_id == Person.id)
            .join(Incident, Incident.id == Exposure.incident_id)
        )
        return sorted(tuple(row) for row in rows)


def states(force):
    return sorted(force.query(select(PromptPerson.state)))


def test_two_systems_report_one_event_and_everybody_counts_once(force):
    incident(force, "cad", "I1")
    incident(force, "rms", "R1", same_as_ref="I1", same_as_system="cad", type="sudden_death")
    attend(force, "cad", "A1", "I1", role="remote")
    attend(force, "rms", "A1", "R1")
    attend(force, "rms", "A2", "R1", person="P2", role="remote")
    assert exposures(force) == [("P1", "cad", False), ("P2", "cad", True)]
    (prompt,) = force.query(select(Prompt))
    assert prompt.rule_code == "suicide"


def test_a_record_merged_at_the_source_hands_its_people_on(force):
    incident(force, "cad", "I1")
    incident(force, "cad", "I2")
    attend(force, "cad", "A1", "I2")
    merged = {"ref": "I2", "withdrawn": "yes", "same_as_ref": "I1", "version": "2"}
    named = ["ref", "withdrawn", "same_as_ref", "version", "occurred_at", "type"]
    force.load("incidents", {**dict.fromkeys(named, ""), **merged})
    assert force.all("incidents")["I2"].event_id == force.all("incidents")["I1"].id
    assert exposures(force) == [("P1", "cad", False)]
    (card,) = force.query(select(PromptPerson).where(PromptPerson.state == PromptState.OPEN))
    assert card.state is PromptState.OPEN
    # And taken back without another word, it takes them back.
    force.load(
        "incidents",
        {**dict.fromkeys(named, ""), "ref": "I2", "withdrawn": "yes", "version": "3"},
    )
    assert exposures(force) == []


def answer_all(force, state=PromptState.HELD):
    with transaction(force.engine) as session:
        for row in session.exec(select(PromptPerson).where(PromptPerson.state == "open")):
            row.state = state
            row.deferred_until = NOW.date() if state is PromptState.DEFERRED else None


@pytest.mark.parametrize("state", [PromptState.HELD, PromptState.DEFERRED])
def test_what_was_answered_for_one_record_is_not_asked_for_the_other(force, state):
    incident(force, "rms", "R1")
    attend(force, "rms", "A1", "R1")
    answer_all(force, state)
    incident(force, "cad", "I1")
    attend(force, "cad", "A1", "I1")
    assert states(force) == sorted([state, PromptState.OPEN])
    # It turns out that they are one, and that the one not answered represents it.
    incident(force, "rms", "R1", same_as_ref="I1", same_as_system="cad", version="2")
    assert states(force) == sorted([state, PromptState.WITHDRAWN])
    assert exposures(force) == [("P1", "cad", False)]
    with reading(force.engine) as session:
        person = session.exec(select(Person.id).where(Person.source_ref == "P1")).one()
        cards = explaining.explained_prompts(session, person_id=person)
        assert sorted(len(card.reasons) for card in cards) == [0, 1]
        assert {card.card.natural_key for card in cards} == {
            f"incident:{force.all('incidents')['I1'].id}"
        }
    # It was a mistake: they are two after all, and the other was never talked about.
    incident(force, "rms", "R1", version="3")
    assert states(force) == sorted([state, PromptState.OPEN])
    assert len(exposures(force)) == 2


def test_a_circle_and_a_chain_are_one_event(force):
    incident(force, "cad", "I1", same_as_ref="I2")
    incident(force, "cad", "I3", same_as_ref="I1")
    incident(force, "cad", "I2", same_as_ref="I3")
    held = force.all("incidents")
    assert {row.event_id for row in held.values()} == {held["I1"].id}


def test_records_that_name_one_that_never_came_are_not_joined_by_it(force):
    incident(force, "cad", "I1", same_as_ref="N/A")
    incident(force, "cad", "I2", same_as_ref="N/A")
    assert {row.event_id for row in force.all("incidents").values()} == {None}


@pytest.mark.parametrize("system", ["own", "tracker", "RMS", "no such"])
def test_a_record_cannot_name_what_no_feed_can_have_sent(force, system):
    run = incident(force, "cad", "I1", same_as_ref="I9", same_as_system=system)
    assert (run.quarantined, force.aside()[0].field) == (1, "same_as_system")


def test_it_is_said_that_two_systems_reported_it_and_what_was_said_before(force):
    incident(force, "cad", "I1", type="sudden_death")
    incident(force, "rms", "R1", same_as_ref="I1", same_as_system="cad")
    attend(force, "rms", "A1", "R1")
    later = NOW + timedelta(hours=4)
    row = {"ref": "I1", "occurred_at": AT, "type": "suicide", "version": "2"}
    force.load("incidents", row, now=later)
    with reading(force.engine) as session:
        person = session.exec(select(Person.id).where(Person.source_ref == "P1")).one()
        (seen,) = behind.exposures_of(session, person_id=person)
        assert reported_sentence(seen) == "Two systems reported this event. It counts once."
        assert before_sentence(seen, {"sudden_death": "Sudden death"}) == (
            "Until 23 November 2026 at 1:30pm this was recorded as Sudden death."
        )
        assert queries.waiting(session, person_ids=[person])


def test_a_major_incident_follows_its_event(force):
    incident(force, "cad", "I1")
    attend(force, "cad", "A1", "I1")
    incident(force, "rms", "R1", same_as_ref="I1", same_as_system="cad")
    with transaction(force.engine) as session:
        number = session.exec(select(Incident.id).where(Incident.source_ref == "R1")).one()
        session.add(
            MajorIncident(incident_id=number, name="Ash", follow_up_on=NOW.date(), opened_at=NOW)
        )
    with reading(force.engine) as session:
        first = session.exec(select(Incident.id).where(Incident.source_ref == "I1")).one()
        card = major.major_of(session, incident_id=first)
        assert (card.name, card.counts) == ("Ash", True)
        assert [one.id for one in major.incidents_known_as(session, ref="R1")] == [first]


def test_an_event_that_stays_of_no_concern_is_forgotten_with_what_it_said(force):
    incident(force, "cad", "I1", type="sudden_death", same_as_ref="I2")
    incident(force, "cad", "I2", version="2")
    attend(force, "cad", "A1", "I1", role="assigned")
    codes = {"codes": {"type": {"X": None}}}
    for ref, link in (("I1", "I2"), ("I2", "")):
        row = {"ref": ref, "occurred_at": AT, "type": "X", "same_as_ref": link, "version": "3"}
        force.load("incidents", row, **codes)
    kept = force.query(select(Incident))
    assert [(one.type_code, one.event_id is None) for one in kept] == [("", False)] * 2
    assert len(force.query(select(RecordPast))) == 2
    with transaction(force.engine) as session:
        for row in session.exec(select(Prompt)):
            session.delete(row)
        assert delete_not_relevant(session, before=NOW + timedelta(days=1)) == 2
    assert force.query(select(RecordPast)) == []
