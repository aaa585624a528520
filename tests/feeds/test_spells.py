"""Who leads, what people can do, when they were away and how long they were to work."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlmodel import select

from app.database import reading
from app.people.models import AbsenceSpell, ContractedHours, Skill, Supervision, Unit
from app.people.queries import leaders, units_in_reach
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer

DAY = date(2026, 11, 23)
SERGEANT = {"ref": "P1", "given_name": "Sam", "family_name": "Field"}
LEADS = {"ref": "L1", "person_ref": "P1", "unit_ref": "U1", "starts_on": "2026-11-01"}
AWAY = {"ref": "B1", "person_ref": "P1", "starts_on": "2026-11-01", "psychological": "S10"}
CODES = {"codes": {"psychological": {"S10": "yes", "S98": "no"}}}


def led_by_sam(feed) -> list[str]:
    """The units that the first person may open as their supervisor."""
    viewer = Viewer(1, 1, "Sam Field", (Grant(Role.SUPERVISOR, None),))
    with reading(feed.engine) as session:
        return [card.name for card in units_in_reach(viewer, session, day=DAY)]


def test_a_supervisor_opens_the_team_from_the_day_to_the_day(feed_both):
    feed_both.load("people", SERGEANT)
    run = feed_both.load("supervisors", LEADS)
    assert run.stored == 1
    assert led_by_sam(feed_both) == ["U1"]
    with reading(feed_both.engine) as session:
        assert leaders(session, unit_ids=[1], day=DAY)[1][0].name == "Sam Field"
    feed_both.load("supervisors", LEADS | {"ends_on": "2026-11-22", "version": "2"})
    assert led_by_sam(feed_both) == []


def test_a_withdrawn_supervisor_leads_nothing(feed_both):
    feed_both.load("people", SERGEANT)
    feed_both.load("supervisors", LEADS)
    blank = dict.fromkeys(LEADS, "")
    feed_both.load("supervisors", blank | {"ref": "L1", "withdrawn": "yes", "version": "2"})
    assert led_by_sam(feed_both) == []
    with reading(feed_both.engine) as session:
        assert leaders(session, unit_ids=[1], day=DAY) == {}
    assert feed_both.query(select(Supervision.withdrawn)) == [True]


def test_a_supervisor_waits_for_the_person(feed_both):
    feed_both.load("supervisors", LEADS | {"kind": "deputy"})
    assert feed_both.aside()[0].waiting_for == "person:hr:P1"
    assert feed_both.load("people", SERGEANT).released == 1
    assert feed_both.query(select(Supervision.kind)) == ["deputy"]


def test_live_pages_of_a_unit_are_told(feed_both):
    feed_both.load("people", SERGEANT)
    feed_both.load("supervisors", LEADS)
    before = feed_both.query(select(Unit.version))[0]
    moved = LEADS | {"unit_ref": "U2", "version": "2"}
    feed_both.load("supervisors", moved)
    versions = dict(feed_both.query(select(Unit.source_ref, Unit.version)))
    assert versions["U1"] > before
    assert versions["U2"] > 0


def test_an_absence_is_days_hours_and_a_yes_or_no(feed_both):
    feed_both.load("people", SERGEANT)
    feed_both.load("absences", AWAY | {"ends_on": "2026-11-05", "hours_lost": "37.5"}, **CODES)
    spell = feed_both.query(select(AbsenceSpell))[0]
    assert (spell.psychological, spell.hours_lost) == (True, Decimal("37.50"))
    assert (spell.starts_on, spell.ends_on) == (date(2026, 11, 1), date(2026, 11, 5))
    assert spell.recorded_at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("code", ["F43.1 PTSD", "S99"])
def test_a_code_that_is_not_known_is_kept_nowhere(feed_both, code):
    feed_both.load("people", SERGEANT)
    run = feed_both.load("absences", AWAY | {"psychological": code}, **CODES)
    assert run.quarantined == 1
    row = feed_both.aside()[0]
    assert row.field == "psychological"
    assert "Add it to codes.psychological" in row.reason
    assert code not in f"{row.reason}{row.values}{run.message}"
    waiting = AWAY | {"person_ref": "P9", "ref": "B9"}
    feed_both.load("absences", waiting, **CODES)
    assert "S10" not in str(feed_both.aside()[-1].values)


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"psychological": ""}, "psychological", "Nothing is given"),
        ({"hours_lost": "-1"}, "hours_lost", "no number of hours"),
        ({"hours_lost": "1e3"}, "hours_lost", "no number of hours"),
        ({"hours_lost": "\u0661"}, "hours_lost", "no number of hours"),
        ({"ends_on": "2026-10-31"}, "ends_on", "ends before it starts"),
        ({"starts_on": ""}, "starts_on", "Nothing is given"),
        ({"starts_on": "2200-01-01"}, "starts_on", "far future"),
    ],
)
def test_what_cannot_be_is_set_aside(feed, row, field, words):
    feed.load("people", SERGEANT)
    feed.load("absences", AWAY | row, **CODES)
    assert feed.aside()[0].field == field
    assert words in feed.aside()[0].reason


def test_hours_are_those_of_a_month(feed_both):
    feed_both.load("people", SERGEANT)
    row = {"ref": "H1", "person_ref": "P1", "month": "2026-10-17", "hours": "148.125"}
    feed_both.load("hours", row)
    held = feed_both.query(select(ContractedHours))[0]
    assert (held.month, held.hours) == (date(2026, 10, 1), Decimal("148.13"))


@pytest.mark.parametrize(
    ("codes", "name"), [({}, "FLO"), ({"FLO": "family liaison"}, "family liaison")]
)
def test_a_skill_is_called_as_the_mapping_says(feed_both, codes, name):
    feed_both.load("people", SERGEANT)
    row = {"ref": "K1", "person_ref": "P1", "name": "FLO", "starts_on": "2020-01-01"}
    feed_both.load("skills", row, codes={"name": codes} if codes else {})
    assert feed_both.query(select(Skill.name)) == [name]
