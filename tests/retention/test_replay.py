"""Rows about what was removed do not bring it back, however often and in whatever order."""

from datetime import date, timedelta

from sqlmodel import func, select

from app.common.clock import start_of_day
from app.exposure.models import Exposure
from app.feeds.models import ImportRun, QuarantinedRow
from app.incidents.models import Attendance, Incident
from app.people.models import AbsenceSpell, Person, Posting
from tests.conftest import NOW
from tests.retention.conftest import TODAY

PERSON = {"ref": "P1", "given_name": "Sam", "family_name": "Field", "joined_on": "2010-01-01"}
INCIDENT = {"ref": "I1", "type": "suicide", "occurred_at": "2019-11-22T10:00"}
ATTENDANCE = {"ref": "A1", "person_ref": "P1", "incident_ref": "I1"}
LATER = NOW + timedelta(days=1)


def load_all(feed, version="1", **incident):
    feed.load("people", {**PERSON, "version": version})
    feed.load("incidents", {**INCIDENT, **incident, "version": version})
    return feed.load("attendance", {**ATTENDANCE, "version": version})


def outcome(run: ImportRun) -> str:
    names = ("stored", "updated", "unchanged", "superseded", "ignored", "quarantined")
    return next(name for name in names if getattr(run, name))


def size(nights, model):
    return nights.all(select(func.count()).select_from(model))[0]


def test_the_same_files_sent_again_bring_nothing_back(feed_nights):
    feed, nights = feed_nights
    load_all(feed)
    nights.run()
    for version in ("1", "2"):
        run = load_all(feed, version)
        assert (outcome(run), feed.aside()) == ("ignored", [])
    for kind, row in (("incidents", INCIDENT), ("attendance", ATTENDANCE)):
        bare = {"ref": row["ref"], "withdrawn": "yes", "version": "1"}
        feed.load(kind, bare, named=["ref", "withdrawn", "version", *row])
    assert size(nights, Incident) == size(nights, Attendance) == size(nights, Exposure) == 0
    nights.check()


def test_one_that_happened_later_after_all_comes_back(feed_quick):
    feed, nights = feed_quick
    load_all(feed)
    nights.run()
    run = load_all(feed, "2", occurred_at="2024-11-22T10:00")
    assert outcome(run) == "stored"
    assert size(nights, Exposure) == 1
    # What was known before still does not.
    load_all(feed, "1", occurred_at="2025-01-01T10:00")
    assert feed.all("incidents")["I1"].occurred_at.year == 2024
    nights.check()


def test_an_incident_older_than_its_period_is_set_aside_and_its_correction_used(feed_nights):
    feed, nights = feed_nights
    nights.run()
    typo = {**INCIDENT, "occurred_at": "2016-11-22T10:00"}
    feed.load("people", {**PERSON, "version": "1"})
    feed.load("incidents", {**typo, "version": "1"})
    feed.load("attendance", {**ATTENDANCE, "version": "1"})
    assert {row.field for row in feed.aside()} == {"occurred_at", "incident_ref"}
    assert "before 23 November 2019" in feed.aside()[0].reason
    feed.load("incidents", {**INCIDENT, "occurred_at": "2026-11-22T10:00", "version": "2"})
    assert feed.aside() == []
    assert size(nights, Exposure) == 1
    # A mistyped year takes nothing away that is there.
    feed.load("incidents", {**typo, "version": "3"})
    assert feed.all("incidents")["I1"].occurred_at.year == 2026
    assert [row.field for row in feed.aside()] == ["occurred_at"]
    nights.check()


def test_the_first_day_that_is_kept_is_taken_in(feed_quick):
    feed, nights = feed_quick
    nights.run()
    first = start_of_day(date(2019, 11, 23))
    for number, moment in enumerate((first - timedelta(seconds=1), first)):
        feed.load(
            "incidents",
            {"ref": f"I{number}", "type": "suicide", "occurred_at": moment.isoformat()},
        )
    assert set(feed.all("incidents")) == {"I1"}


def test_somebody_whose_name_was_removed_stays_nobody(feed_nights):
    feed, nights = feed_nights
    load_all(feed, occurred_at="2024-05-05T10:00")
    leaver = {"person_ref": "P1", "left_on": "2025-11-20", "version": "1"}
    posting = {"ref": "M1", "person_ref": "P1", "unit_ref": "U1", "starts_on": "2010-01-01"}
    absence = {"ref": "B1", "person_ref": "P1", "starts_on": "2025-01-01", "psychological": "no"}
    rest = (("leavers", leaver), ("postings", posting), ("absences", absence))
    for kind, row in rest:
        feed.load(kind, row)
    nights.run()
    named = nights.all(select(Person.source_ref, Person.family_name, Person.left_on))
    assert [(one.family_name, one.left_on) for one in named] == [
        ("(name removed)", date(2025, 11, 30))
    ]
    before = {model: size(nights, model) for model in (Person, Posting, Attendance, AbsenceSpell)}
    for version in ("1", "5"):
        for kind, row in (*rest, ("people", PERSON), ("attendance", ATTENDANCE)):
            run = feed.load(kind, {**row, "version": version}, now=LATER)
            assert outcome(run) == "ignored", kind
    assert before == {model: size(nights, model) for model in before}
    assert nights.all(select(QuarantinedRow)) == []
    assert size(nights, Exposure) == 1
    nights.check()


def test_whoever_gets_the_number_later_inherits_nothing(feed_quick):
    feed, nights = feed_quick
    load_all(feed, occurred_at="2024-05-05T10:00")
    feed.load("leavers", {"person_ref": "P1", "left_on": "2025-11-20", "version": "1"})
    nights.run()
    new = {"ref": "P1", "given_name": "Jo", "family_name": "Stone", "joined_on": "2026-06-01"}
    assert outcome(feed.load("people", {**new, "version": "9"})) == "stored"
    jo = feed.all("people")["P1"]
    assert jo.counts_from == start_of_day(date(2026, 6, 1))
    old = {"ref": "A9", "person_ref": "P1", "incident_ref": "I1", "version": "1"}
    feed.load("attendance", old)
    assert [one for one in nights.all(select(Exposure.person_id)) if one == jo.id] == []
    nights.run(TODAY + timedelta(days=1))
    assert feed.all("people")["P1"].family_name == "Stone"


def test_spells_that_were_removed_stay_removed(feed_quick):
    feed, nights = feed_quick
    feed.load("people", {**PERSON, "version": "1"})
    spell = {"person_ref": "P1", "starts_on": "2018-01-01", "ends_on": "2019-01-31"}
    rows = (
        ("postings", {**spell, "ref": "M1", "unit_ref": "U1"}, Posting),
        ("absences", {**spell, "ref": "B1", "psychological": "yes"}, AbsenceSpell),
    )
    for kind, row, _model in rows:
        feed.load(kind, {**row, "version": "1"})
    nights.run()
    for kind, row, model in rows:
        assert outcome(feed.load(kind, {**row, "version": "1"})) == "ignored"
        assert size(nights, model) == 0
        # A correction says that it has not ended.
        run = feed.load(kind, {**row, "ends_on": "2026-12-31", "version": "2"})
        assert (outcome(run), size(nights, model)) == ("stored", 1)
