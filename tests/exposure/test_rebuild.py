"""A rebuild in steps: killed and run again it goes on, and the nightly recount raises the alarm."""

import logging

import pytest
from sqlmodel import select

from app.database import reading, transaction
from app.exposure import queries, service
from app.exposure.models import Exposure, PromptPerson, RebuildProgress
from jobs import recount_exposures
from tests.factories import Force, at

NOW = at("2026-11-23", 9)


@pytest.fixture
def counted(engine):
    """Five people who each attended one incident."""
    with transaction(engine) as session:
        force = Force(session)
        team = force.team()
        for number in range(5):
            incident = force.incident("suicide", at("2026-11-20"))
            force.attend(force.person(f"Member {number}", team=team), incident)
            service.refresh(session, incident_ids=[incident], person_ids=[], now=NOW)
    return engine


def spoil(engine):
    with transaction(engine) as session:
        for row in session.exec(select(Exposure)):
            row.type_code = "other"


def step(engine, **more):
    with transaction(engine) as session:
        return service.rebuild_step(session, now=NOW, size=2, **more)


def killed_before_the_commit(engine):
    with transaction(engine) as session:
        service.rebuild_step(session, now=NOW, size=2)
        raise RuntimeError


def wrong(engine):
    with reading(engine) as session:
        return sum(row.type_code == "other" for row in session.exec(select(Exposure)))


def test_a_rebuild_goes_on_where_the_last_commit_was(counted):
    spoil(counted)
    assert step(counted).done == 2
    assert wrong(counted) == 3
    with pytest.raises(RuntimeError):
        killed_before_the_commit(counted)
    assert wrong(counted) == 3
    assert step(counted).done == 4
    last = step(counted)
    assert (last.done, last.finished_at) == (5, NOW)
    assert wrong(counted) == 0
    with reading(counted) as session:
        assert service.differences(session) == []


def test_after_the_end_it_begins_anew_and_so_it_does_when_told_to(counted):
    for _ in range(3):
        step(counted)
    assert step(counted).done == 2
    assert step(counted, restart=True).done == 2
    with reading(counted) as session:
        assert len(session.exec(select(RebuildProgress)).all()) == 1


def test_changes_between_two_steps_are_not_lost(counted):
    spoil(counted)
    step(counted)
    with transaction(counted) as session:
        row = session.exec(select(Exposure).order_by(Exposure.id)).first()
        service.refresh(session, incident_ids=[row.incident_id], person_ids=[], now=NOW)
    step(counted), step(counted)
    with reading(counted) as session:
        assert service.differences(session) == []


def test_the_nightly_recount_is_kept_and_is_quiet_when_all_is_well(counted, caplog):
    with transaction(counted) as session:
        said = recount_exposures.run(session=session, now=NOW)
    assert said == "0 differences from a full recount of 5 people"
    with reading(counted) as session:
        kept = queries.latest_recount(session)
    assert (kept.at, kept.people, kept.differences) == (NOW, 5, 0)
    assert caplog.records == []


def test_the_nightly_recount_raises_the_alarm_without_saying_about_whom(counted, caplog):
    with transaction(counted) as session:
        session.exec(select(Exposure)).first().type_code = "other"
        session.delete(session.exec(select(PromptPerson).order_by(PromptPerson.id)).all()[-1])
    with caplog.at_level(logging.ERROR), transaction(counted) as session:
        recount_exposures.run(session=session, now=NOW)
    with reading(counted) as session:
        kept = queries.latest_recount(session)
    assert (kept.exposures, kept.tallies, kept.prompts) == (1, 2, 2)
    (record,) = caplog.records
    assert record.getMessage() == (
        "recount differs: 0 incidents, 1 exposures, 2 monthly counts, 2 prompts; run the check"
    )


def test_a_recount_holds_up_nobody_who_writes(counted):
    with transaction(counted) as session:
        session.exec(select(Exposure)).first().remote = True
        session.flush()
        # This transaction holds the right to write; the recount does not ask for it.
        assert service.recount(counted, now=NOW).differences == 0
