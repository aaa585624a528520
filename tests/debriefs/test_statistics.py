"""Counts of prompts and support of some people, on both databases."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from app.debriefs import service, statistics
from app.debriefs.models import Setting, SupportStatus
from app.debriefs.service import Answered, Meeting, Part, Talk
from app.exposure import service as exposure
from app.exposure.models import PromptPerson, PromptState
from app.people.models import Person
from app.referrals.models import Support
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.factories import Force, account, at

NOW = at("2026-11-23")
PERIOD = {"first": date(2026, 10, 27), "last": date(2026, 11, 23)}


@pytest.fixture
def force(session):
    return Force(session)


def prompted(force, person, when):
    """A prompt for somebody, known at once."""
    incident = force.incident("suicide", when)
    force.attend(person, incident)
    exposure.refresh(force.session, incident_ids=[incident], person_ids=[], now=NOW)
    return force.session.exec(
        select(PromptPerson)
        .where(PromptPerson.person_id == person)
        .order_by(PromptPerson.id.desc())
    ).first()


def speak(force, row, keys, *, held_on, now):
    """A conversation that answers one prompt."""
    number = account(force.session)
    viewer = Viewer(number, None, "Jo", (Grant(Role.SUPERVISOR, None),))
    talk = Talk(
        factors=(),
        offers={Support.TRIM: SupportStatus.DECLINED, Support.GP: SupportStatus.IN_PLACE},
        primary_support=Support.LINE_MANAGER,
        next_contact_on=None,
    )
    service.record(
        force.session,
        viewer=viewer,
        keys=keys,
        meeting=Meeting(None, held_on, Setting.IN_PERSON),
        parts=[Part(row.person_id, [Answered(row.public_id, row.revision)], talk)],
        now=now,
    )


def measure(force, people, **more):
    return statistics.timeliness(force.session, person_ids=people, now=NOW, **(PERIOD | more))


def test_what_came_of_prompts_is_counted_by_when_people_spoke(force, keys):
    team = force.team()
    people = [force.person(f"Member {number}", team=team) for number in range(4)]
    rows = [prompted(force, person, at("2026-11-10", 8)) for person in people]
    # Recorded at once, 26 hours after it; and three days after they spoke on the second day.
    speak(force, rows[0], keys, held_on=date(2026, 11, 11), now=at("2026-11-11", 10))
    speak(force, rows[1], keys, held_on=date(2026, 11, 12), now=at("2026-11-15", 10))
    rows[2].state, rows[2].changed_at = PromptState.DECLINED, at("2026-11-11")
    force.session.add(rows[2])
    force.session.flush()
    found = measure(force, people)
    assert (found.prompted, found.held, found.declined, found.still_open) == (4, 2, 1, 1)
    assert (found.over, found.held_in_time, found.offered_in_time) == (4, 2, 3)
    # Half of four at the end of the twelfth: two days and 16 hours after.
    assert found.median_hours == 64
    assert dict(found.curve)[36] == pytest.approx(0.25)
    # Nobody else's, and nothing of another time.
    assert measure(force, people[:1]).prompted == 1
    assert measure(force, people, last=date(2026, 11, 9)).prompted == 0
    assert measure(force, people, first=date(2026, 11, 11)).prompted == 0
    assert measure(force, []).prompted == 0


def test_what_was_withdrawn_or_somebody_elses_is_left_out(force, keys):
    team = force.team()
    one, other = force.person("Amy Ash", team=team), force.person("Ben Birch", team=team)
    withdrawn = prompted(force, one, at("2026-11-10"))
    withdrawn.state = PromptState.WITHDRAWN
    speak(
        force,
        prompted(force, other, at("2026-11-10")),
        keys,
        held_on=date(2026, 11, 11),
        now=at("2026-11-11"),
    )
    assert measure(force, [one, other]).prompted == 1
    assert support(force, [one, other]).people == 1
    # His number was given to somebody else since.
    row = force.session.get(Person, other)
    row.counts_from = NOW - timedelta(days=1)
    force.session.add(row)
    force.session.flush()
    assert measure(force, [one, other]).prompted == 0
    assert support(force, [one, other]).people == 0


def support(force, people):
    return statistics.support_of_people(force.session, person_ids=people, **PERIOD)


def test_support_is_counted_for_these_people_alone(force, keys):
    team = force.team()
    people = [force.person(f"Member {number}", team=team) for number in range(3)]
    for person in people[:2]:
        row = prompted(force, person, at("2026-11-10"))
        speak(force, row, keys, held_on=date(2026, 11, 11), now=at("2026-11-11"))
    found = support(force, people)
    assert (found.debriefs, found.people) == (2, 2)
    assert found.offers == {
        Support.TRIM: {SupportStatus.DECLINED: 2},
        Support.GP: {SupportStatus.IN_PLACE: 2},
    }
    assert found.primary[Support.LINE_MANAGER] == 2
    assert (support(force, people[:1]).people, support(force, people[2:]).people) == (1, 0)
