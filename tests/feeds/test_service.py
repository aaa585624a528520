"""What becomes of rows: stored, changed, ignored, set aside, mended, used later."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import func, select

from app.audit.models import AuditEntry
from app.database import reading, transaction
from app.exposure.models import Exposure, MonthTally
from app.exposure.service import differences
from app.feeds import forgetting, service
from app.feeds.models import FeedKind, ImportRun, RunState
from app.feeds.stores import apply
from app.incidents.models import Attendance, Incident
from app.people.models import (
    Characteristic,
    LeavingReason,
    Person,
    Posting,
    Unit,
    UnitAncestor,
    UnitKind,
)
from tests.feeds.conftest import NOW

PEOPLE = [{"ref": f"P{n}", "family_name": f"Name {n}"} for n in (1, 2, 3)]
INCIDENTS = [
    {"ref": "I1", "occurred_at": "2026-11-01 12:00", "type": "suicide"},
    {"ref": "I2", "occurred_at": "2026-11-02 12:00", "type": "sudden_death"},
]
ATTENDANCE = [
    {"ref": "A1", "person_ref": "P1", "incident_ref": "I1"},
    {"ref": "A2", "person_ref": "P2", "incident_ref": "I1"},
    {"ref": "A3", "person_ref": "P1", "incident_ref": "I2"},
]
POSTINGS = [
    {"ref": "S1", "person_ref": "P1", "unit_ref": "U1", "starts_on": "2026-01-01"},
    {"ref": "S2", "person_ref": "P2", "unit_ref": "U2", "starts_on": "2026-01-01"},
]
LEAVERS = [{"person_ref": "P2", "left_on": "2026-10-01", "reason": "transfer"}]
ALL = {
    "people": PEOPLE,
    "postings": POSTINGS,
    "leavers": LEAVERS,
    "incidents": INCIDENTS,
    "attendance": ATTENDANCE,
}


def counts(run):
    names = ("stored", "updated", "unchanged", "superseded", "ignored", "quarantined")
    found = {name: getattr(run, name) for name in names}
    assert sum(found.values()) == run.read
    return {name: count for name, count in found.items() if count}


def exposures(feed):
    found = feed.query(
        select(Person.source_ref, Incident.source_ref)
        .join(Exposure, Exposure.person_id == Person.id)
        .join(Incident, Incident.id == Exposure.incident_id)
    )
    return sorted(found)


def load_all(feed, order=tuple(ALL)):
    return {kind: feed.load(kind, *ALL[kind]) for kind in order}


# In order and out of order.


def test_everything_in_order(feed_both):
    runs = load_all(feed_both)
    assert {kind: counts(run) for kind, run in runs.items()} == {
        "people": {"stored": 3},
        "postings": {"stored": 2},
        "leavers": {"stored": 1},
        "incidents": {"stored": 2},
        "attendance": {"stored": 3},
    }
    assert exposures(feed_both) == [("P1", "I1"), ("P1", "I2"), ("P2", "I1")]
    assert feed_both.query(select(func.sum(MonthTally.count))) == [3]
    left = feed_both.all("people")["P2"]
    assert (left.left_on, left.leaving_reason) == (date(2026, 10, 1), LeavingReason.TRANSFER)
    assert feed_both.aside() == []


def test_everything_backwards(feed_both):
    runs = load_all(feed_both, ("attendance", "leavers", "postings", "incidents", "people"))
    assert counts(runs["attendance"]) == {"quarantined": 3}
    assert counts(runs["people"]) == {"stored": 3}
    assert (runs["incidents"].released, runs["people"].released) == (0, 6)
    assert exposures(feed_both) == [("P1", "I1"), ("P1", "I2"), ("P2", "I1")]
    assert len(feed_both.all("postings")) == 2
    assert feed_both.all("people")["P2"].left_on == date(2026, 10, 1)
    assert feed_both.aside() == []
    mended = feed_both.aside(closed=True)
    assert {row.resolved_at for row in mended} == {NOW}
    assert all(row.values == {} and row.waiting_for is None for row in mended), (
        "what was used is not kept twice"
    )


def test_a_row_may_wait_twice(feed_both):
    feed_both.load("attendance", ATTENDANCE[0])
    waiting = feed_both.aside()[0]
    assert (waiting.waiting_for, waiting.field) == ("person:hr:P1", "person_ref")
    assert waiting.values["ref"] == "A1"
    feed_both.load("people", *PEOPLE)
    waiting = feed_both.aside()[0]
    assert (waiting.waiting_for, waiting.field) == ("incident:cad:I1", "incident_ref")
    feed_both.load("incidents", INCIDENTS[1])
    assert exposures(feed_both) == []
    assert feed_both.load("incidents", INCIDENTS[0]).released == 1
    assert exposures(feed_both) == [("P1", "I1")]


def test_many_rows_may_wait_for_one(feed, monkeypatch):
    monkeypatch.setattr("app.feeds.quarantine.MOST_AT_ONCE", 3)
    rows = [{"ref": f"A{n}", "person_ref": "P1", "incident_ref": "I1"} for n in range(10)]
    feed.load("attendance", *rows)
    feed.load("people", PEOPLE[0])
    assert feed.load("incidents", INCIDENTS[0]).released == 10
    assert exposures(feed) == [("P1", "I1")]


def test_the_same_again_changes_nothing(feed_both):
    load_all(feed_both)
    before = [feed_both.all(name) for name in ("people", "postings", "incidents", "attendance")]
    runs = load_all(feed_both, tuple(reversed(ALL)))
    assert all(set(counts(run)) == {"unchanged"} for run in runs.values())
    after = [feed_both.all(name) for name in ("people", "postings", "incidents", "attendance")]
    assert before == after


def test_batches_make_no_difference(feed, small_batches):
    small_batches(2)
    rows = [{"ref": f"P{n % 7}", "rank": "Sergeant"} for n in range(30)]
    run = feed.load("people", *rows)
    assert counts(run) == {"stored": 7, "unchanged": 23}


# Which row stands.


def test_a_later_version_stands_and_an_earlier_one_does_not(feed_both):
    feed_both.load("people", {"ref": "P1", "rank": "Sergeant", "version": "5"})
    late = feed_both.load("people", {"ref": "P1", "rank": "Constable", "version": "4"})
    assert counts(late) == {"superseded": 1}
    newer = feed_both.load("people", {"ref": "P1", "rank": "Inspector", "version": "6"})
    assert counts(newer) == {"updated": 1}
    assert feed_both.all("people")["P1"].rank == "Inspector"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_a_contradiction_ends_the_same_and_is_shown_once(feed_both, order, together):
    rows = [{"ref": "P1", "rank": rank, "version": "5"} for rank in ("Sergeant", "Inspector")]
    rows = [rows[at] for at in order]
    for part in [rows] if together else [[row] for row in rows]:
        feed_both.load("people", *part)
    shown = feed_both.aside()
    assert len(shown) == 1
    assert shown[0].values == {"ref": "P1", "version": "5"}
    assert "different things. One was kept; send the right one" in shown[0].reason
    stands = feed_both.all("people")["P1"].rank
    feed_both.load("people", *reversed(rows))
    assert feed_both.all("people")["P1"].rank == stands
    assert len(feed_both.aside()) == 1
    feed_both.load("people", {"ref": "P1", "rank": "Constable", "version": "6"})
    assert feed_both.aside() == [], "a higher version settles it"


def test_the_winner_of_a_contradiction_is_always_the_same(feed):
    stands = set()
    for n, order in enumerate([("Sergeant", "Inspector"), ("Inspector", "Sergeant")]):
        for rank in order:
            feed.load("people", {"ref": "P1", "rank": rank}, system=f"hr{n}")
        with reading(feed.engine) as session:
            person = session.exec(select(Person).where(Person.source_system == f"hr{n}")).one()
            stands.add(person.rank)
    assert len(stands) == 1


def test_a_newer_mapping_reads_the_same_rows_anew(feed):
    row = {"ref": "I1", "occurred_at": "2026-11-01 12:00", "type": "C1"}
    codes = {"type": {"C1": "sudden_death"}}
    feed.load("incidents", row, codes=codes)
    changed = feed.load("incidents", row, codes={"type": {"C1": "suicide"}}, version="2")
    assert counts(changed) == {"updated": 1}
    again = feed.load("incidents", row, codes=codes)
    assert counts(again) == {"superseded": 1}
    assert feed.all("incidents")["I1"].type_code == "suicide"
    assert feed.aside() == []


def test_rows_without_a_version_may_have_that_of_their_file(feed):
    monday, tuesday = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 17, tzinfo=UTC)
    feed.load("people", {"ref": "P1", "rank": "Sergeant"}, extracted=tuesday)
    late = feed.load("people", {"ref": "P1", "rank": "Constable"}, extracted=monday)
    assert counts(late) == {"superseded": 1}
    refused = feed.load("people", {"ref": "P1", "version": "1"}, extracted=monday)
    assert refused.state is RunState.REFUSED
    assert "carry their own versions" in refused.message


# Withdrawn, ignored, relevant after all.


def test_withdrawn_attendance_no_longer_counts(feed_both):
    load_all(feed_both)
    feed_both.load("attendance", ATTENDANCE[0] | {"withdrawn": "yes", "version": "1"})
    assert exposures(feed_both) == [("P1", "I2"), ("P2", "I1")]
    feed_both.load("attendance", ATTENDANCE[0] | {"version": "2"})
    assert exposures(feed_both) == [("P1", "I1"), ("P1", "I2"), ("P2", "I1")]


@pytest.mark.parametrize("kind", ["attendance", "incidents", "postings"])
def test_a_bare_withdrawal_waits_for_what_it_withdraws(feed_both, kind):
    first = ALL[kind][0]
    feed_both.load("people", *PEOPLE)
    if kind == "attendance":
        feed_both.load("incidents", *INCIDENTS)
    bare = dict.fromkeys(first, "") | {"ref": first["ref"], "withdrawn": "yes", "version": "2"}
    if kind == "attendance":
        bare["role"], first = "", first | {"role": "at_scene"}
    assert counts(feed_both.load(kind, bare)) == {"quarantined": 1}
    assert "withdraws a record that has not arrived" in feed_both.aside()[0].reason
    run = feed_both.load(kind, first | {"version": "1"})
    assert (counts(run), run.released) == ({"stored": 1}, 1)
    assert feed_both.all(kind)[first["ref"]].withdrawn
    assert feed_both.aside() == []
    assert counts(feed_both.load(kind, first | {"version": "3"})) == {"updated": 1}
    assert not feed_both.all(kind)[first["ref"]].withdrawn


def test_an_incident_may_become_relevant_when_it_is_closed(feed_both):
    feed_both.load("people", *PEOPLE)
    codes = {"opening_code": {"WELFARE": None}, "closing_code": {"SUI": "suicide", "NFA": None}}
    opened = {
        "ref": "I1",
        "occurred_at": "2026-11-01 12:00",
        "area": "Moorside",
        "opening_code": "WELFARE",
        "closing_code": "",
        "version": "1",
    }
    assert counts(feed_both.load("incidents", opened, codes=codes)) == {"ignored": 1}
    assert counts(feed_both.load("attendance", ATTENDANCE[0])) == {"stored": 1}
    assert feed_both.aside() == [], "attendance at what is not relevant bothers nobody"
    assert exposures(feed_both) == []
    assert feed_both.all("incidents")["I1"].area == ""
    feed_both.load("incidents", opened | {"closing_code": "SUI", "version": "2"}, codes=codes)
    assert exposures(feed_both) == [("P1", "I1")]
    feed_both.load("incidents", opened | {"closing_code": "NFA", "version": "3"}, codes=codes)
    assert exposures(feed_both) == []


def test_what_stayed_irrelevant_is_forgotten(feed_both):
    feed_both.load("people", *PEOPLE)
    codes = {"type": {"X": None, "suicide": "suicide"}}
    irrelevant = INCIDENTS[0] | {"type": "X"}
    feed_both.load("incidents", irrelevant, INCIDENTS[1] | {"type": "suicide"}, codes=codes)
    feed_both.load("attendance", *ATTENDANCE)
    with transaction(feed_both.engine) as session:
        assert forgetting.delete_not_relevant(session, before=NOW) == 0
        assert forgetting.delete_not_relevant(session, before=NOW + timedelta(days=28)) == 1
    assert list(feed_both.all("incidents")) == ["I2"]
    assert list(feed_both.all("attendance")) == ["A3"]


def test_rows_set_aside_are_forgotten_in_time(feed):
    feed.load("attendance", *ATTENDANCE)
    feed.load("people", *PEOPLE)
    feed.load("incidents", INCIDENTS[0])
    with transaction(feed.engine) as session:
        assert forgetting.delete_set_aside(session, before=NOW) == 0
        assert forgetting.delete_set_aside(session, before=NOW + timedelta(days=90)) == 3
    assert feed.aside() == []


def test_an_incident_that_moves_takes_its_exposures_along(feed_both):
    load_all(feed_both)
    feed_both.load("incidents", INCIDENTS[0] | {"occurred_at": "2026-09-30 23:30", "version": "1"})
    days = feed_both.query(select(Exposure.occurred_on).order_by(Exposure.occurred_on))
    assert days == [date(2026, 9, 30), date(2026, 9, 30), date(2026, 11, 2)]
    feed_both.load("attendance", ATTENDANCE[1] | {"incident_ref": "I2", "version": "1"})
    assert exposures(feed_both) == [("P1", "I1"), ("P1", "I2"), ("P2", "I2")]
    with reading(feed_both.engine) as session:
        assert differences(session) == []


def test_attending_after_leaving_counts(feed):
    load_all(feed)
    assert ("P2", "I1") in exposures(feed), "it may be the leaving that is wrong"


def test_a_leaver_may_come_back(feed_both):
    load_all(feed_both)
    feed_both.load(
        "leavers",
        {"person_ref": "P2", "left_on": "", "withdrawn": "yes", "version": "1"},
    )
    person = feed_both.all("people")["P2"]
    assert (person.left_on, person.leaving_reason) == (None, None)


def test_a_new_row_about_a_person_leaves_their_leaving_alone(feed_both):
    load_all(feed_both)
    feed_both.load("people", {"ref": "P2", "rank": "Sergeant", "version": "1"})
    assert feed_both.all("people")["P2"].left_on == date(2026, 10, 1)


def test_characteristics_are_those_of_the_newest_row(feed_both):
    feed_both.load("people", {"ref": "P1", "sex": "female", "religion": "none"})
    with transaction(feed_both.engine) as session:
        person = session.exec(select(Person)).one()
        session.add(Characteristic(person_id=person.id, kind="disability", value="no"))
    feed_both.load("people", {"ref": "P1", "sex": "male", "religion": "", "version": "1"})
    found = feed_both.query(select(Characteristic.kind, Characteristic.value))
    assert sorted(found) == [("disability", "no"), ("sex", "male")], (
        "what the file has no column for is left alone"
    )


# Postings and units.


def test_units_are_made_below_the_force(feed_both):
    with transaction(feed_both.engine) as session:
        force = Unit(source_system="own", source_ref="F", name="Force", kind=UnitKind.FORCE)
        session.add(force)
        session.flush()
        session.add(UnitAncestor(unit_id=force.id, ancestor_id=force.id, depth=0))
        number = force.id
    feed_both.load("people", *PEOPLE)
    feed_both.load("postings", *POSTINGS)
    unit = feed_both.all("units")["U1"]
    assert (unit.name, unit.kind, unit.parent_id) == ("U1", UnitKind.TEAM, number)
    above = feed_both.query(
        select(UnitAncestor.ancestor_id, UnitAncestor.depth)
        .where(UnitAncestor.unit_id == unit.id)
        .order_by(UnitAncestor.depth)
    )
    assert above == [(unit.id, 0), (number, 1)]


def test_without_one_force_a_unit_stands_alone(feed_both):
    feed_both.load("people", *PEOPLE)
    feed_both.load("postings", *POSTINGS, unit_kind="department", unit_system="org")
    unit = feed_both.all("units")["U1"]
    assert (unit.kind, unit.parent_id, unit.source_system) == (UnitKind.DEPARTMENT, None, "org")
    rows = feed_both.query(select(UnitAncestor.depth).where(UnitAncestor.unit_id == unit.id))
    assert rows == [0]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_name_of_a_unit_does_not_depend_on_order(feed_both, order):
    feed_both.load("people", *PEOPLE)
    names = [("", "9"), ("Blue", "1"), ("Green", "2")]
    for at in order:
        name, version = names[at]
        row = POSTINGS[0] | {"ref": f"S{at}", "unit_name": name, "version": version}
        feed_both.load("postings", row)
    assert feed_both.all("units")["U1"].name == "Green"


def test_a_posting_may_pass_to_somebody_else(feed_both):
    load_all(feed_both)
    feed_both.load("postings", POSTINGS[0] | {"person_ref": "P3", "version": "1"})
    units = feed_both.query(
        select(Exposure.unit_id)
        .join(Person, Person.id == Exposure.person_id)
        .where(Person.source_ref == "P1")
    )
    assert units == [None, None]


def test_the_current_posting_can_be_told(feed_both):
    feed_both.load("people", *PEOPLE)
    rows = [
        POSTINGS[0] | {"kind": "substantive"},
        POSTINGS[0] | {"ref": "S9", "kind": "temporary", "starts_on": "2025-01-01"},
    ]
    feed_both.load("postings", *rows)
    found = feed_both.query(select(Posting.source_ref).order_by(Posting.precedence.desc()))
    assert found == ["S9", "S1"]


# Set aside and mended.


def test_a_bad_row_is_set_aside_and_the_rest_goes_in(feed_both):
    rows = [
        PEOPLE[0],
        {"ref": "P\x002", "family_name": "x"},
        {"ref": "P3", "family_name": "y" * 4_001},
        {"ref": "", "family_name": "z"},
        {"ref": "P5", "family_name": "=cmd|'/C calc'!A0"},
    ]
    run = feed_both.load("people", *rows)
    assert counts(run) == {"stored": 2, "quarantined": 3}
    assert feed_both.all("people")["P5"].family_name == "=cmd|'/C calc'!A0"
    found = {row.row_number: (row.field, row.values) for row in feed_both.aside()}
    assert found[3] == ("ref", {"ref": "P\N{REPLACEMENT CHARACTER}2"})
    assert found[4][0] == "family_name"
    assert len(found[4][1]["family_name"]) == 121
    assert found[5] == ("ref", {})


def test_no_column_that_is_not_mapped_is_kept_anywhere(feed):
    file = feed.file("ref,type,when,victim\nI1,suicide,2026-11-01 12:00,SECRET\nI2,??,x,SECRET\n")
    mapping = {"columns": {"ref": "ref", "type": "type", "occurred_at": "when"}}
    feed.load("incidents", file=file, **mapping)
    held = feed.query(select(ImportRun)) + feed.aside() + list(feed.all("incidents").values())
    assert len(held) == 3
    assert "SECRET" not in repr([row.model_dump() for row in held])


def test_a_row_that_is_mended_at_the_source_is_no_longer_listed(feed_both):
    bad = POSTINGS[0] | {"ends_on": "2025-01-01"}
    feed_both.load("people", *PEOPLE)
    feed_both.load("postings", bad)
    assert len(feed_both.aside()) == 1
    feed_both.load("postings", bad)
    assert len(feed_both.aside()) == 1, "sent again, it is the same fault"
    feed_both.load("postings", POSTINGS[0] | {"ends_on": "2026-12-01"})
    assert feed_both.aside() == []
    feed_both.load("postings", bad)
    assert len(feed_both.aside()) == 1


def test_a_code_that_is_added_to_the_mapping_lets_the_row_in(feed_both):
    row = INCIDENTS[0] | {"type": "C7"}
    feed_both.load("incidents", row, codes={"type": {"C1": "suicide"}})
    assert "“C7” is not in the mapping" in feed_both.aside()[0].reason
    known = {"type": {"C1": "suicide", "C7": "child_death"}}
    assert counts(feed_both.load("incidents", row, codes=known, version="2")) == {"stored": 1}
    assert feed_both.aside() == []


def test_a_waiting_row_that_is_outdone_waits_no_longer(feed_both):
    feed_both.load("people", PEOPLE[0])
    feed_both.load("incidents", *INCIDENTS)
    feed_both.load("attendance", ATTENDANCE[0] | {"person_ref": "P404", "version": "1"})
    assert len(feed_both.aside()) == 1
    feed_both.load("attendance", ATTENDANCE[0] | {"version": "2"})
    assert feed_both.aside() == []


def test_a_waiting_row_from_another_version_of_the_site_is_given_up(feed):
    feed.load("attendance", ATTENDANCE[0])
    with transaction(feed.engine) as session:
        row = session.merge(feed.aside()[0])
        row.values = {"ref": "A1"}
        session.add(row)
    run = feed.load("people", *PEOPLE)
    assert (run.stored, run.released) == (3, 0)
    assert "older version of the site. Send it again" in feed.aside()[0].reason


# The file as a whole.


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"ref,family_name\nP1,\xe9\n", "not UTF-8"),
        (b"PK\x03\x04", "spreadsheet"),
        (b"number,family_name\nP1,x\n", "no column ref, which the mapping names. Its columns are"),
        (b"ref,family_name,ref\nP1,x,P1\n", "2 columns called ref"),
    ],
)
def test_a_file_that_cannot_be_read_stores_nothing(feed_both, content, sentence):
    run = feed_both.load("people", file=feed_both.file(content), named=["ref", "family_name"])
    assert run.state is RunState.REFUSED
    assert sentence in run.message
    assert (run.read, feed_both.all("people"), feed_both.aside()) == (0, {}, [])


def test_a_mapping_for_something_else_is_refused(feed):
    from tests.feeds.conftest import mapping_for  # noqa: PLC0415

    run = service.load_file(
        feed.engine,
        kind=FeedKind.PEOPLE,
        path=feed.rows(PEOPLE),
        mapping=mapping_for(FeedKind.ATTENDANCE, ["ref", "person_ref", "incident_ref"]),
        now=NOW,
    )
    assert run.message == "The mapping is for attendance, not people. Use the one for people."


def test_a_file_with_a_header_alone_is_read(feed):
    run = feed.load("people", file=feed.file("ref\n"), named=["ref"])
    assert (run.state, run.read) == (RunState.FINISHED, 0)


def test_progress_is_told(feed, small_batches):
    from tests.feeds.conftest import mapping_for  # noqa: PLC0415

    small_batches(1000)
    told = []
    path = feed.rows([{"ref": f"P{n}", "family_name": "x" * 20} for n in range(5000)])
    service.load_file(
        feed.engine,
        kind=FeedKind.PEOPLE,
        path=path,
        mapping=mapping_for(FeedKind.PEOPLE, ["ref", "family_name"]),
        now=NOW,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == sorted(told)
    assert told[-1] == (path.stat().st_size,) * 2
    assert len(told) >= 5


def test_every_import_is_written_to_the_audit_log(feed_both):
    run = feed_both.load("people", *PEOPLE)
    entries = feed_both.query(select(AuditEntry))
    assert [(entry.event, entry.details) for entry in entries] == [
        ("feed:imported", {"run": run.id, "kind": "people"})
    ]


def test_an_import_that_fails_says_that_it_stopped(feed, monkeypatch, small_batches):
    small_batches(2)
    calls = []

    def fail_later(*_args, **_kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise OSError

    monkeypatch.setattr("app.feeds.service.exposure.refresh", fail_later)
    with pytest.raises(OSError, match=r"^$"):
        feed.load("people", *PEOPLE)
    run = feed.query(select(ImportRun))[0]
    assert run.state is RunState.STOPPED
    assert run.read == 2
    assert len(feed.all("people")) == 2, "the batch that failed left nothing"


def test_an_import_that_was_killed_is_marked_by_the_next(feed):
    with transaction(feed.engine) as session:
        for name, hours in (("rows.csv", 1), ("other.csv", 1), ("old.csv", 25)):
            session.add(
                ImportRun(
                    kind=FeedKind.PEOPLE,
                    file_name=name,
                    mapping="m",
                    started_at=NOW - timedelta(hours=hours),
                    state=RunState.RUNNING,
                )
            )
    feed.load("people", *PEOPLE)
    runs = feed.query(select(ImportRun).order_by(ImportRun.id.desc()))
    states = {run.file_name: run.state for run in runs}
    assert states == {
        "rows.csv": RunState.STOPPED,
        "other.csv": RunState.RUNNING,
        "old.csv": RunState.STOPPED,
    }


def test_two_imports_of_the_same_file_at_once(feed_both, small_batches):
    small_batches(50)
    feed_both.load("people", *PEOPLE)
    feed_both.load("incidents", *INCIDENTS)
    rows = [
        {"ref": f"A{n}", "person_ref": f"P{n % 3 + 1}", "incident_ref": f"I{n % 2 + 1}"}
        for n in range(400)
    ]
    path = feed_both.rows(rows)
    named = ["ref", "person_ref", "incident_ref"]
    runs = []

    def load():
        runs.append(feed_both.load("attendance", file=path, named=named))

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(run.stored for run in runs) == 400
    assert sum(run.unchanged for run in runs) == 400
    assert feed_both.query(select(func.count()).select_from(Attendance)) == [400]
    with reading(feed_both.engine) as session:
        assert differences(session) == []


def test_of_many_rows_those_about_one_person_are_taken_together(feed_both, monkeypatch):
    feed_both.load("people", {"ref": "P1"}, {"ref": "P2"}, system="hr")
    incidents = [
        {"ref": f"I{n}", "occurred_at": f"2026-11-{n:02}T10:00", "type": "suicide"}
        for n in range(1, 8)
    ]
    feed_both.load("incidents", *incidents)
    attendance = [
        {"ref": f"A{n}{who}", "person_ref": who, "incident_ref": f"I{n}", "role": "at_scene"}
        for n in range(1, 8)
        for who in ("P2", "P1", "P9")
    ]
    monkeypatch.setattr(service, "BATCH", 4)
    monkeypatch.setattr(service, "AHEAD", 12)
    batches = []

    def noted(session, *, rows, **more):
        batches.append([row.person_ref for row in rows])
        return apply(session, rows=rows, **more)

    monkeypatch.setattr(service, "apply", noted)
    run = feed_both.load("attendance", *attendance)
    assert (run.read, run.stored, run.quarantined) == (21, 14, 7)
    assert batches == [
        ["P1"] * 4,
        ["P2"] * 4,
        ["P9"] * 4,
        ["P1", "P1", "P1", "P2"],
        ["P2", "P2", "P9", "P9"],
        ["P9"],
    ]
    with reading(feed_both.engine) as session:
        assert differences(session) == []
        assert len(session.exec(select(Exposure)).all()) == 14
    assert sorted(row.row_number for row in feed_both.aside()) == list(range(4, 23, 3))
