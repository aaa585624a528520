"""Incidents past their period go with everything about them, and what stays is still counted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import func, select

from app.debriefs.models import (
    Debrief,
    DebriefPerson,
    DebriefPrompt,
    IncidentHold,
    Setting,
)
from app.exposure.models import (
    Exposure,
    ExposureStatement,
    MonthTally,
    Prompt,
    PromptPerson,
    StatementKind,
    Work,
)
from app.incidents.models import Attendance, Incident, RecordPast
from app.major.models import MajorIncident, MajorPerson, Tier
from app.referrals.models import Support
from app.retention.models import HoldReason, LegalHold, RetentionCount, RetentionRun
from tests.conftest import NOW
from tests.factories import Force, account, at
from tests.retention.conftest import TODAY, counted, noon

OLD = "2019-11-22"
"""The last day that is past its seven years on the day of the tests."""
ABOUT = (Incident, Attendance, Exposure, ExposureStatement, MonthTally, Prompt, PromptPerson)
LONG_KEPT = {date(2019, 11, 23): False, date(2019, 11, 22): True}


def sizes(nights):
    return {
        model.__name__: nights.all(select(func.count()).select_from(model))[0] for model in ABOUT
    }


def test_an_incident_goes_with_everything_about_it(nights):
    with nights.write() as session:
        force = Force(session)
        team = force.team()
        sam, jo = force.person("Sam Field", team=team), force.person("Jo Stone", team=team)
        old, new = force.incident("suicide", at(OLD)), force.incident("suicide", at("2026-11-20"))
        for incident in (old, new):
            force.attend(sam, incident)
        session.add(
            ExposureStatement(
                person_id=jo,
                incident_id=old,
                kind=StatementKind.EXPOSED,
                work=Work.DISPATCH,
                type_code="suicide",
                said_at=NOW,
            )
        )
        counted(session, force, [old, new])
        everything_else_about(session, old, sam)
    before = sizes(nights)
    assert nights.run() == "1 records removed, 0 held back"
    assert before == dict(zip(before, (2, 2, 3, 1, 3, 2, 3), strict=True))
    assert sizes(nights) == dict(zip(before, (1, 1, 1, 0, 1, 1, 1), strict=True))
    for model in (MajorIncident, MajorPerson, DebriefPrompt, IncidentHold):
        assert nights.all(select(model)) == []
    # The conversation is of last year, and has a period of its own.
    assert len(nights.all(select(DebriefPerson))) == 1


def everything_else_about(session, incident, person):
    """A conversation held late, a list of people, and a procedure that has ended."""
    by = account(session)
    talk = Debrief(held_on=date(2025, 1, 1), setting=Setting.PHONE, recorded_at=NOW)
    major = MajorIncident(
        incident_id=incident, name="Moor", follow_up_on=date(2020, 1, 1), opened_at=NOW
    )
    session.add_all([talk, major])
    session.flush()
    part = DebriefPerson(
        debrief_id=talk.id, person_id=person, primary_support=Support.NONE, sealed_factors=b"x"
    )
    session.add(part)
    session.add(
        MajorPerson(
            major_incident_id=major.id, person_id=person, tier=Tier.CLOSEST, attached_at=NOW
        )
    )
    session.add(IncidentHold(incident_id=incident, since=NOW, by_account_id=by, lifted_at=NOW))
    session.flush()
    asked = session.exec(
        select(PromptPerson)
        .join(Prompt, Prompt.id == PromptPerson.prompt_id)
        .where(Prompt.incident_id == incident, PromptPerson.person_id == person)
    ).one()
    session.add(DebriefPrompt(debrief_person_id=part.id, prompt_person_id=asked.id))


@pytest.mark.parametrize(
    ("moment", "first_gone_on"),
    [
        # Half past midnight in London is the evening before by the sun.
        (datetime(2019, 7, 1, 22, 59, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2019, 7, 1, 23, 1, tzinfo=UTC), date(2026, 7, 3)),
        (datetime(2019, 12, 1, 23, 59, tzinfo=UTC), date(2026, 12, 2)),
        # The hour that happens twice, and the day that comes every four years.
        (datetime(2019, 10, 27, 0, 30, tzinfo=UTC), date(2026, 10, 28)),
        (datetime(2019, 10, 27, 1, 30, tzinfo=UTC), date(2026, 10, 28)),
        (datetime(2020, 2, 29, 12, tzinfo=UTC), date(2027, 3, 1)),
        (datetime(2020, 3, 29, 0, 59, tzinfo=UTC), date(2027, 3, 30)),
    ],
)
def test_nothing_goes_a_day_early_or_stays_a_day_late(quick, moment, first_gone_on):
    with quick.write() as session:
        force = Force(session)
        incident = force.incident("suicide", moment)
        force.attend(force.person(team=force.team()), incident)
        counted(session, force, [incident])
    # Just before midnight in London, and a little after it.
    midnight = noon(first_gone_on).astimezone(UTC)
    quick.run(first_gone_on - timedelta(days=1), at=last_minute(first_gone_on))
    assert len(quick.all(select(Incident))) == 1
    quick.run(first_gone_on, at=midnight)
    assert quick.all(select(Incident)) == []


def last_minute(day):
    """The last minute in London of the day before."""
    from app.common.clock import start_of_day  # noqa: PLC0415

    return start_of_day(day) - timedelta(minutes=1)


def test_records_of_one_event_go_together(quick):
    with quick.write() as session:
        force = Force(session)
        sam = force.person(team=force.team())
        first, second = force.incident("suicide", at(OLD)), force.incident("suicide", at(OLD, 13))
        third = force.incident("suicide", at("2019-11-25"))
        for one, other in ((second, first), (third, second)):
            named = session.get(Incident, other)
            row = session.get(Incident, one)
            row.same_as_system, row.same_as_ref = named.source_system, named.source_ref
        for incident in (first, second, third):
            force.attend(sam, incident)
            session.get(Incident, incident).event_id = first
        counted(session, force, [first, second, third])
    quick.run(batch=1)
    assert len(quick.all(select(Incident))) == 3
    held = quick.all(select(RetentionCount).where(RetentionCount.class_code == "incidents"))
    assert [(one.due, one.removed, one.held) for one in held] == [(2, 0, 2)]
    quick.run(date(2026, 11, 26), batch=1)
    assert quick.all(select(Incident)) == []


def test_what_it_said_before_goes_too(feed_quick):
    feed, nights = feed_quick
    feed.load("people", {"ref": "P1"})
    incident = {"ref": "I1", "type": "suicide", "occurred_at": f"{OLD}T10:00"}
    feed.load("incidents", {**incident, "version": "1"})
    feed.load("incidents", {**incident, "type": "other", "version": "2"})
    feed.load("attendance", {"ref": "A1", "person_ref": "P1", "incident_ref": "I1", "version": "1"})
    assert len(nights.all(select(RecordPast))) == 1
    nights.run()
    assert nights.all(select(RecordPast)) == []
    assert nights.all(select(Attendance)) == []


# --- Counts, and what rules say of what stays -----------------------------------------------------


def career(session, every: int, *, first="2019-01-01", until="2026-11-20", prompting=None):
    """Somebody with an incident every few days for eight years, who is prompted all the time."""
    force = Force(session, prompting_from=prompting or date(2000, 1, 1))
    sam = force.person(team=force.team())
    day, last = date.fromisoformat(first), date.fromisoformat(until)
    incidents = []
    while day <= last:
        incidents.append(force.incident("other", noon(day)))
        force.attend(sam, incidents[-1])
        day += timedelta(days=every)
    counted(session, force, incidents)
    return sam


@pytest.mark.parametrize("every", [5, 11])
def test_rules_do_not_speak_of_the_past_again_when_its_beginning_goes(quick, every):
    # Rules are quiet after they spoke, so without a memory the first incident that goes would
    # move every prompt ever since to another day, and ask about it now.
    with quick.write() as session:
        career(session, every)
    asked = select(Prompt.natural_key).join(Incident, Incident.id == Prompt.incident_id)
    kept = asked.where(Incident.occurred_at >= at("2019-11-23", 0)).order_by(Prompt.id)
    before = quick.all(kept)
    assert len(before) > 20
    for day in range(0, 43, 14):
        quick.run(TODAY + timedelta(days=day))
        left = quick.all(asked.order_by(Prompt.id))
        assert left == before[len(before) - len(left) :]


def test_a_new_incident_is_prompted_for_as_ever(quick):
    with quick.write() as session:
        force = Force(session)
        sam = force.person(team=force.team())
        old = force.incident("suicide", at(OLD))
        force.attend(sam, old)
        counted(session, force, [old])
    quick.run()
    with quick.write() as session:
        force.session = session
        new = force.incident("suicide", at("2026-11-22"))
        force.attend(sam, new)
        counted(session, force, [new])
        assert session.exec(select(Prompt.natural_key)).all() == [f"incident:{new}"]
    quick.check()


# --- Holds ----------------------------------------------------------------------------------------


def place(session, **subject):
    row = LegalHold(
        reason=HoldReason.CLAIM,
        reference="L/2026/14",
        review_on=date(2027, 1, 1),
        since=NOW,
        by_account_id=account(session),
        **subject,
    )
    session.add(row)
    session.flush()
    return row.id


@pytest.mark.parametrize("of", ["person", "incident", "event"])
def test_a_hold_keeps_an_incident_whole_and_lifting_it_lets_it_go(nights, of):
    with nights.write() as session:
        force = Force(session)
        team = force.team()
        sam, jo = force.person("Sam Field", team=team), force.person("Jo Stone", team=team)
        held, free = force.incident("suicide", at(OLD)), force.incident("suicide", at(OLD))
        beside = force.incident("suicide", at(OLD))
        for person in (sam, jo):
            force.attend(person, held)
        force.attend(jo, free)
        head, row = session.get(Incident, held), session.get(Incident, beside)
        row.same_as_system, row.same_as_ref = head.source_system, head.source_ref
        head.event_id = row.event_id = held
        counted(session, force, [held, free])
        subject = {"person_id": sam} if of == "person" else {"incident_id": held}
        hold = place(session, **(subject if of != "event" else {"incident_id": beside}))
    nights.run()
    assert {one.id for one in nights.all(select(Incident))} == {held, beside}
    assert len(nights.all(select(Attendance))) == 2
    assert len(nights.all(select(Exposure))) == 2
    with nights.write() as session:
        session.get(LegalHold, hold).lifted_at = noon(TODAY)
    nights.run(TODAY + timedelta(days=6))
    assert len(nights.all(select(Incident))) == 2
    nights.run(TODAY + timedelta(days=8))
    assert nights.all(select(Incident)) == []


def test_what_is_under_a_post_incident_procedure_stays(quick):
    with quick.write() as session:
        force = Force(session)
        incident = force.incident("suicide", at(OLD))
        session.add(IncidentHold(incident_id=incident, since=NOW, by_account_id=account(session)))
    assert quick.run() == "0 records removed, 1 held back"


# --- Evidence -------------------------------------------------------------------------------------


def test_each_night_says_what_was_due_what_went_and_by_which_period(quick):
    with quick.write() as session:
        force = Force(session)
        sam = force.person(team=force.team())
        incidents = [force.incident("suicide", at(OLD, number)) for number in range(7)]
        for incident in incidents[:2]:
            force.attend(sam, incident)
        counted(session, force, incidents)
        place(session, person_id=sam)
    quick.run(batch=2)
    run = quick.all(select(RetentionRun))[0]
    assert (run.day, run.finished_at is not None) == (TODAY, True)
    found = quick.all(select(RetentionCount).where(RetentionCount.class_code == "incidents"))[0]
    assert (found.months, found.due, found.removed, found.held) == (84, 7, 5, 2)
    assert quick.run() == ""
    assert len(quick.all(select(RetentionRun))) == 1
