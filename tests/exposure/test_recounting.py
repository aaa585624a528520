"""The recount finds whatever is wrong, in the database's own words, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from app.exposure import service
from app.exposure.models import Exposure, MonthTally, Origin
from app.incidents.models import AttendanceRole
from app.people.models import PostingKind
from tests.factories import Force, at

NOW = at("2026-11-23", 9)
MOMENTS = [
    datetime.fromisoformat(moment).replace(tzinfo=UTC)
    for moment in (
        "2025-12-31T23:59:59",
        "2026-03-28T23:30:00",
        "2026-03-29T00:59:59",  # The last second before summer time.
        "2026-03-29T01:00:00",
        "2026-06-30T22:59:59",
        "2026-06-30T23:00:00",  # Already July in London.
        "2026-10-24T23:30:00",  # Already Sunday in London.
        "2026-10-25T00:59:59",
        "2026-10-25T23:30:00",
    )
]


@pytest.fixture
def counted(session):
    """One person with a spell elsewhere, at an incident of every moment, once from afar."""
    force = Force(session)
    team, other = force.team(), force.team("Response B")
    person = force.person(team=team)
    force.post(
        person,
        other,
        since=date(2026, 6, 1),
        until=date(2026, 6, 30),
        kind=PostingKind.TEMPORARY,
    )
    incidents = [force.incident("suicide", moment) for moment in MOMENTS]
    for incident in incidents:
        force.attend(person, incident)
    remote = force.incident("homicide", MOMENTS[0])
    force.attend(person, remote, role=AttendanceRole.REMOTE)
    service.refresh(session, incident_ids=[*incidents, remote], person_ids=[], now=NOW)
    return force


def exposures(session):
    return list(session.exec(select(Exposure).order_by(Exposure.id)))


def test_a_recount_agrees_at_every_turn_of_the_clock(counted):
    found = exposures(counted.session)
    assert len(found) == len(MOMENTS) + 1
    assert [row.occurred_on.isoformat() for row in found[:-1]] == [
        "2025-12-31",
        "2026-03-28",
        "2026-03-29",
        "2026-03-29",
        "2026-06-30",
        "2026-07-01",
        "2026-10-25",
        "2026-10-25",
        "2026-10-25",
    ]
    assert len({row.unit_id for row in found}) == 2
    assert service.differences(counted.session) == []


WRONG = {
    "type_code": "other",
    "occurred_at": MOMENTS[4] + timedelta(seconds=1),
    "occurred_on": date(2026, 7, 1),
    "unit_id": None,
    "remote": True,
    "origin": Origin.OWN,
}


@pytest.mark.parametrize("column", WRONG)
def test_whatever_is_wrong_with_an_exposure_is_found(counted, column):
    row = exposures(counted.session)[4]
    setattr(row, column, WRONG[column])
    counted.session.flush()
    found = service.differences(counted.session)
    assert f"exposure {(row.person_id, row.incident_id)}: differs" in found


def test_an_exposure_that_is_missing_or_should_not_be_there_is_found(counted):
    row = exposures(counted.session)[4]
    pair = (row.person_id, row.incident_id)
    counted.session.delete(row)
    counted.session.flush()
    assert f"exposure {pair}: missing" in service.differences(counted.session)
    stranger = counted.person("Alex Reed")
    moved = exposures(counted.session)[3]
    moved.person_id = stranger
    counted.session.flush()
    found = service.differences(counted.session)
    assert f"exposure {(stranger, moved.incident_id)}: should not be there" in found


@pytest.mark.parametrize("change", ["more", "gone", "new", "elsewhere"])
def test_a_count_that_is_wrong_is_found(counted, change):
    session = counted.session
    tally = session.exec(select(MonthTally).where(MonthTally.month == date(2026, 7, 1))).one()
    if change == "more":
        tally.count += 1
    elif change == "elsewhere":
        tally.month = date(2026, 8, 1)
    else:
        fresh = MonthTally(
            person_id=tally.person_id, month=date(2026, 9, 1), type_code="other", count=1
        )
        session.add(fresh) if change == "new" else session.delete(tally)
    session.flush()
    assert any(line.startswith("tally ") for line in service.differences(session))


def test_a_posting_that_changed_unnoticed_is_found(counted):
    other = counted.team("Response C")
    counted.post(exposures(counted.session)[0].person_id, other, kind=PostingKind.TEMPORARY)
    found = service.differences(counted.session)
    assert sum("differs" in line for line in found if line.startswith("exposure")) >= len(MOMENTS)
