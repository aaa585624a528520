"""What was known when: what records said is kept, told to the steward, and noted."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.audit.events import Event
from app.audit.models import AuditEntry
from app.database import reading
from app.feeds.histories import story
from app.incidents import past
from app.incidents.models import PastKind, RecordPast
from app.people.models import Person
from app.security.permissions import Permission, Role
from tests.feeds.conftest import NOW, prepared
from tests.feeds.test_codes import Steward

STEWARD = Steward(Permission.FEEDS_ALL_READ)
LATER = NOW + timedelta(hours=4)
LAST = NOW + timedelta(hours=5)
FIRST = {
    "incidents": {"ref": "I1", "occurred_at": "2026-11-20T10:00", "type": "sudden_death"},
    "attendance": {"ref": "A1", "person_ref": "P1", "incident_ref": "I1", "role": "assigned"},
    "postings": {"ref": "S1", "person_ref": "P1", "unit_ref": "U1", "starts_on": "2026-01-01"},
    "supervisors": {"ref": "L1", "person_ref": "P1", "unit_ref": "U1", "starts_on": "2026-01-01"},
    "leavers": {"person_ref": "P1", "left_on": "2026-11-30"},
    "units": {"ref": "U9", "name": "North response"},
}
CHANGED = {
    "incidents": {"type": "suicide"},
    "attendance": {"role": "at_scene"},
    "postings": {"starts_on": "2026-02-01"},
    "supervisors": {"person_ref": "P2"},
    "leavers": {"left_on": "2026-12-31"},
    "units": {"name": "Northern response"},
}
SAID = {
    "incidents": ("type_code", "sudden_death"),
    "attendance": ("role", "assigned"),
    "postings": ("starts_on", "2026-01-01"),
    "supervisors": ("starts_on", "2026-01-01"),
    "leavers": ("left_on", "2026-11-30"),
    "units": ("name", "North response"),
}


def told(feed):
    """A feed to which one record of each kind was told."""
    feed.load("people", {"ref": "P1"}, {"ref": "P2"}, system="hr")
    for kind, row in FIRST.items():
        feed.load(kind, {**row, "version": "1"})
    return feed


def change(feed, kind, version="2", now=LATER, **more):
    row = {**FIRST[kind], **CHANGED[kind], "version": version, **more}
    return feed.load(kind, row, now=now)


@pytest.mark.parametrize("kind", FIRST)
def test_what_a_record_said_is_kept_when_it_says_something_else(feed_both, kind):
    feed = told(feed_both)
    run = change(feed, kind)
    (before,) = feed.query(select(RecordPast))
    name, value = SAID[kind]
    assert (before.kind, before.version, before.said[name]) == (kind, 1, value)
    assert (before.known_until, before.run_id) == (LATER, run.id)
    # The same again, or the same with a higher version, says nothing new.
    change(feed, kind)
    change(feed, kind, version="3")
    assert len(feed.query(select(RecordPast))) == 1


def test_what_was_held_at_any_moment(feed_both):
    feed = told(feed_both)
    change(feed, "incidents")
    change(feed, "incidents", version="3", now=LAST, type="homicide")
    with reading(feed.engine) as session:
        earlier = past.story(session, PastKind.INCIDENTS, system="cad", ref="I1")
    held = [
        before.said["type_code"] if (before := past.held_at(earlier, at)) else "now"
        for at in (NOW, LATER - timedelta(minutes=1), LATER, LAST)
    ]
    assert held == ["sudden_death", "sudden_death", "suicide", "now"]


def test_a_withdrawal_and_a_contradiction_are_part_of_the_story(feed_both):
    feed = told(feed_both)
    first = FIRST["incidents"]
    for code in ("suicide", "homicide", "other"):
        feed.load("incidents", {**first, "type": code, "version": "2"}, now=LATER)
    gone = {**dict.fromkeys(first, ""), "ref": "I1", "withdrawn": "yes", "version": "3"}
    feed.load("incidents", gone, now=LAST)
    kept = feed.query(select(RecordPast).order_by(RecordPast.id))
    # Of three contradictions, each that won over the one before it left a trace.
    assert len(kept) >= 2
    assert kept[-1].said["withdrawn"] is False
    with reading(feed.engine) as session:
        found = story(STEWARD, session, kind=PastKind.INCIDENTS, system="cad", ref="I1")
    assert found.versions[0].says[-1] == ("Counts", "No")


def test_the_story_of_an_incident_tells_of_its_attendance(feed_both):
    feed = told(feed_both)
    change(feed, "attendance")
    with reading(feed.engine) as session:
        found = story(STEWARD, session, kind=PastKind.INCIDENTS, system="cad", ref="I1")
        assert found.since == NOW
        (one,) = found.attendance
        assert [version.until for version in one.versions] == [None, LATER]
        assert [dict(version.says)["Part"] for version in one.versions] == ["at the scene", "sent"]
        assert dict(one.versions[0].says)["Staff reference"] == "P1"
        assert len(found.person_ids) == 1
        nothing = story(STEWARD, session, kind=PastKind.INCIDENTS, system="cad", ref="I2")
        assert nothing is None
        stranger = story(Steward(), session, kind=PastKind.INCIDENTS, system="cad", ref="I1")
        assert stranger is None


def test_somebody_who_has_not_left_is_no_leaver(feed_both):
    feed = feed_both
    feed.load("people", {"ref": "P1"})
    with reading(feed.engine) as session:
        assert story(STEWARD, session, kind=PastKind.LEAVERS, system="hr", ref="P1") is None


@pytest.mark.parametrize("kind", FIRST)
def test_the_page_shows_it_and_those_it_names_see_who_looked(make_site, tmp_path, kind):
    site = make_site()
    feed = told(prepared(site.engine, tmp_path))
    change(feed, kind)
    client = site.sign_in_as(Role.DATA_STEWARD)
    address = f"/feeds/records/{kind}"
    assert client.get(address).status == 200
    system = "cad" if kind in {"incidents", "attendance"} else "hr"
    ref = FIRST[kind].get("ref", "P1")
    reply = client.post(address, {"system": system, "ref": ref}, status=200)
    assert reply.status == 200
    assert "Until 23 November 2026 at 1:30pm" in reply.text
    with reading(site.engine) as session:
        person = session.exec(select(Person.id).where(Person.source_ref == "P1")).one()
        looks = session.exec(
            select(AuditEntry).where(
                AuditEntry.event == Event.RECORD_VIEWED, AuditEntry.subject_person_id == person
            )
        ).all()
        seen = [] if kind == "units" else [{"page": "fed record"}]  # A unit names nobody.
        assert [look.details for look in looks] == seen
    assert client.post(address, {"system": system, "ref": "no"}, status=422)
    assert client.post(address, {"system": "", "ref": ""}, status=422)


def test_there_is_no_page_for_other_kinds(make_site):
    client = make_site().sign_in_as(Role.DATA_STEWARD)
    client.get("/feeds/records/people", status=404)
