"""Rows that were set aside are put right, tried again or set aside for good, by the same intake."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import inspect
from sqlmodel import select

from app.audit.models import AuditEntry
from app.database import transaction
from app.exposure.models import Exposure
from app.exposure.service import differences
from app.feeds import desk_queries, repair
from app.feeds.desk_queries import Fault
from app.feeds.forgetting import delete_set_aside
from app.feeds.kept import NOT_RELEVANT
from app.feeds.models import FeedKind, ImportRun, KnownFeed, QuarantinedRow, Resolution
from app.feeds.repair import AS_THEY_ARE, Change
from app.feeds.specification import mendable
from app.security.permissions import Role
from app.security.viewer import Viewer, grants_of
from tests.factories import account
from tests.feeds.conftest import NOW

LATER = NOW + timedelta(hours=1)
INCIDENT = {"ref": "I1", "occurred_at": "2026-11-20T12:00", "closing_code": "ZZ", "version": "5"}
CODES = {"closing_code": {"SUI": "suicide"}}


def words(**said) -> Change:
    return Change(said, {})


class Steward:
    """A data steward at work on what a feed left behind."""

    def __init__(self, feed) -> None:
        self.feed = feed
        with transaction(feed.engine) as session:
            number = account(session)
        self.viewer = Viewer(number, None, "Jo Stone", grants_of([(Role.DATA_STEWARD, None)]))

    @contextmanager
    def _about(self, row: QuarantinedRow):
        fault = Fault(row.kind, row.source_system, row.field, row.reason)
        with transaction(self.feed.engine) as session:
            yield session, {"actor": self.viewer, "fault": fault, "now": LATER}

    def put_right(self, row: QuarantinedRow, change: Change) -> repair.Attempt:
        with self._about(row) as (session, about):
            return repair.put_right(session, change=change, **about)

    def preview(self, row: QuarantinedRow, change: Change) -> repair.Attempt:
        with self._about(row) as (session, about):
            return repair.preview(session, change=change, **about)

    def not_needed(self, row: QuarantinedRow, newest: int = 10**6) -> int:
        with self._about(row) as (session, about):
            return repair.not_needed(session, newest=newest, why=Resolution.TEST_RECORD, **about)

    def wrote(self, event: str) -> list[dict]:
        found = self.feed.query(select(AuditEntry).where(AuditEntry.event == event))
        assert all(entry.actor_account_id == self.viewer.account_id for entry in found)
        return [entry.details for entry in found]


@pytest.fixture
def steward(feed_both):
    return Steward(feed_both)


def incidents(feed, *rows, **mapping):
    return feed.load("incidents", *rows, **({"codes": CODES} | mapping))


def test_a_word_puts_every_row_with_that_value_right(steward):
    feed = steward.feed
    others = ({**INCIDENT, "ref": "I2"}, {**INCIDENT, "ref": "I3", "closing_code": "YY"})
    incidents(feed, INCIDENT, *others)
    row = feed.aside()[0]
    tried = steward.preview(row, words(ZZ="suicide"))
    assert (tried.tried, tried.used) == (2, 2)
    assert (len(feed.aside()), feed.all("incidents")) == (3, {})
    done = steward.put_right(row, words(ZZ="suicide"))
    assert done.used == 2
    assert {one.type_code for one in feed.all("incidents").values()} == {"suicide"}
    assert [one.record_ref for one in feed.aside()] == ["I3"]
    (run,) = feed.query(select(ImportRun).where(ImportRun.id == done.run_id))
    assert (run.read, run.stored, run.finished_at) == (2, 2, LATER)
    closed = feed.aside(closed=True)
    assert {one.resolution for one in closed} == {Resolution.REPAIRED}
    assert {one.resolved_by_account_id for one in closed} == {steward.viewer.account_id}
    assert all(one.kept == {} and one.values == {} for one in closed)
    assert steward.wrote("feed:rows_repaired") == [
        {"run": done.run_id, "kind": "incidents", "field": "closing_code", "rows": 2}
    ]


def test_a_repair_counts_as_the_source_would_have(steward):
    feed = steward.feed
    feed.load("people", {"ref": "P1"})
    attendance = {"ref": "A1", "person_ref": "P1", "incident_ref": "I1", "role": "on the way"}
    feed.load("attendance", attendance, codes={"role": {"10-97": "at_scene"}})
    incidents(feed, INCIDENT)
    code, role = sorted(feed.aside(), key=lambda row: row.field)
    steward.put_right(role, Change({"on the way": "at_scene"}, {}))
    # The attendance now waits for the incident, by itself.
    assert [row.waiting_for for row in feed.aside()] == [None, "incident:cad:I1"]
    steward.put_right(code, words(ZZ="suicide"))
    assert feed.aside() == []
    assert [row.type_code for row in feed.query(select(Exposure))] == ["suicide"]
    with transaction(feed.engine) as session:
        assert differences(session) == []


def test_the_same_row_sent_again_changes_nothing_and_is_not_open_again(steward):
    feed = steward.feed
    incidents(feed, INCIDENT)
    steward.put_right(feed.aside()[0], words(ZZ="suicide"))
    again = incidents(feed, INCIDENT, now=LATER)
    assert (again.quarantined, feed.aside()) == (1, [])
    assert feed.all("incidents")["I1"].type_code == "suicide"
    mapped = {"closing_code": {"SUI": "suicide", "ZZ": "suicide"}}
    run = incidents(feed, INCIDENT, codes=mapped, version="2", now=LATER)
    assert (run.updated, run.quarantined) == (1, 0)
    assert feed.aside() == []


def test_another_version_of_a_repaired_row_is_open_again(steward):
    feed = steward.feed
    incidents(feed, INCIDENT)
    steward.put_right(feed.aside()[0], words(ZZ="suicide"))
    incidents(feed, {**INCIDENT, "version": "6"}, now=LATER)
    assert [row.field for row in feed.aside()] == ["closing_code"]


def test_a_newer_version_that_came_meanwhile_stands(steward):
    feed = steward.feed
    incidents(feed, INCIDENT)
    # The usable row closes the faulty one; sent once more, that is set aside once more.
    incidents(feed, {**INCIDENT, "closing_code": "SUI", "version": "9"}, now=LATER)
    assert feed.aside() == []
    incidents(feed, INCIDENT, now=LATER)
    done = steward.put_right(feed.aside()[0], words(ZZ="homicide"))
    assert (done.used, done.older) == (0, 1)
    assert feed.all("incidents")["I1"].type_code == "suicide"
    assert feed.aside() == []


def test_repairing_an_older_row_leaves_a_later_one_of_the_same_record_open(steward):
    feed = steward.feed
    incidents(feed, INCIDENT)
    incidents(feed, {**INCIDENT, "version": "6", "closing_code": "YY"}, now=LATER)
    first = next(row for row in feed.aside() if "ZZ" in row.reason)
    steward.put_right(first, words(ZZ="suicide"))
    assert [row.reason[:14] for row in feed.aside()] == ["The code “YY” "]


def test_a_code_may_be_of_no_concern(steward):
    feed = steward.feed
    incidents(feed, INCIDENT)
    assert steward.put_right(feed.aside()[0], words(ZZ=NOT_RELEVANT)).used == 1
    held = feed.all("incidents")["I1"]
    assert (held.type_code, held.withdrawn) == ("", True)


def test_rows_are_put_right_one_by_one_where_the_value_is_free(steward):
    feed = steward.feed
    given = [
        {"ref": f"I{n}", "occurred_date": day, "occurred_time": "10:00", "closing_code": "SUI"}
        for n, day in enumerate(("31/02/2026", "32/10/2026", "33/10/2026"), 1)
    ]
    incidents(feed, *given, formats={"date": "%d/%m/%Y"})
    rows = feed.aside()
    change = Change({}, {rows[0].id: "28/02/2026", rows[1].id: "nonsense"})
    done = steward.put_right(rows[0], change)
    assert (done.tried, done.used, sum(done.still.values())) == (2, 1, 1)
    assert list(feed.all("incidents")) == ["I1"]
    left = feed.aside()
    assert [row.kept["cells"]["occurred_date"] for row in left] == ["nonsense", "33/10/2026"]


def test_a_row_with_two_faults_is_put_right_in_two_steps(steward):
    feed = steward.feed
    incidents(feed, {**INCIDENT, "occurred_at": "yesterday"})
    done = steward.put_right(feed.aside()[0], words(ZZ="suicide"))
    assert (done.used, sum(done.still.values())) == (0, 1)
    (row,) = feed.aside()
    assert row.field == "occurred_at"
    assert steward.put_right(row, Change({}, {row.id: "2026-11-20 10:00"})).used == 1
    assert feed.all("incidents")["I1"].type_code == "suicide"


def test_rows_are_tried_again_with_the_force_s_newest_code_list(steward):
    feed = steward.feed
    incidents(feed, INCIDENT)
    (row,) = feed.aside()
    assert steward.put_right(row, AS_THEY_ARE).used == 0
    newer = {"closing_code": {"SUI": "suicide", "ZZ": "homicide"}}
    other = {**INCIDENT, "ref": "I9", "closing_code": "SUI"}
    incidents(feed, other, codes=newer, version="2", now=LATER)
    assert steward.put_right(row, AS_THEY_ARE).used == 1
    assert feed.all("incidents")["I1"].type_code == "homicide"


def test_a_newer_mapping_that_reads_days_otherwise_is_not_used_for_older_rows(steward):
    feed = steward.feed
    row = {"ref": "S1", "person_ref": "P1", "unit_ref": "U1", "starts_on": "03/02/2026"}
    feed.load("people", {"ref": "P1"})
    wrong = {**row, "kind": "odd"}
    feed.load("postings", wrong, formats={"date": "%d/%m/%Y"})
    feed.load("postings", {**row, "ref": "S2"}, formats={"date": "%m/%d/%Y"}, version="2")
    steward.put_right(feed.aside()[0], words(odd="temporary"))
    assert f"{feed.all('postings')['S1'].starts_on:%d %B}" == "03 February"


def test_rows_not_needed_come_back_only_as_another_version(steward):
    feed = steward.feed
    incidents(feed, INCIDENT, {**INCIDENT, "ref": "I2"})
    row = feed.aside()[0]
    assert steward.not_needed(row, newest=row.id) == 1
    assert [one.record_ref for one in feed.aside()] == ["I2"]
    (closed,) = feed.aside(closed=True)
    assert (closed.resolution, closed.kept, closed.values) == (Resolution.TEST_RECORD, {}, {})
    (details,) = steward.wrote("feed:rows_not_needed")
    assert (details["rows"], details["reason"], details["system"]) == (1, "test_record", "cad")
    incidents(feed, INCIDENT, now=LATER)
    assert [one.record_ref for one in feed.aside()] == ["I2"]
    incidents(feed, {**INCIDENT, "version": "6"}, now=LATER)
    assert {one.record_ref for one in feed.aside()} == {"I1", "I2"}


def test_rows_that_wait_stay_automatic(steward):
    feed = steward.feed
    row = {"ref": "A1", "person_ref": "P1", "incident_ref": "I1"}
    feed.load("attendance", row)
    (waiting,) = feed.aside()
    assert steward.not_needed(waiting) == 0
    assert steward.put_right(waiting, AS_THEY_ARE).tried == 0
    assert [one.waiting_for for one in feed.aside()] == ["person:hr:P1"]


def test_a_mapping_is_kept_once(steward):
    feed = steward.feed
    for version in ("5", "6"):
        incidents(feed, {**INCIDENT, "version": version})
    assert len({row.mapping_id for row in feed.aside()}) == 1


# --- What is never kept ---------------------------------------------------------------------------

SECRET = "Zoroastrian"


def everything(feed) -> str:
    """Every text in the database, as a thief would read it."""
    with feed.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if "framework" not in name]
        return "\n".join(
            str(tuple(row))
            for name in names
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')
        )


@pytest.mark.parametrize(
    ("kind", "row", "codes"),
    [
        ("people", {"ref": "P1", "religion": SECRET, "staff_type": "odd"}, {}),
        ("people", {"ref": "P1", "religion": SECRET}, {"religion": {"C": "christian"}}),
        ("people", {"ref": "P1", "birth_year": SECRET}, {}),
        (
            "absences",
            {"ref": "B1", "person_ref": "P1", "starts_on": "2026-01-01", "psychological": SECRET},
            {"psychological": {"S98": "no"}},
        ),
        (
            "absences",
            {"ref": "B1", "person_ref": "P1", "starts_on": "today", "psychological": SECRET},
            {"psychological": {SECRET: "yes"}},
        ),
        ("people", {"ref": "P1", "staff_type": "odd", "victim": SECRET}, {}),
    ],
)
def test_nothing_sensitive_and_nothing_unmapped_is_kept(steward, kind, row, codes):
    feed = steward.feed
    # A mapping may name a code; a row must not leave behind that it had it.
    feed.load(kind, row, codes=codes)
    (aside,) = feed.aside()
    left = everything(feed)
    if SECRET in str(codes):
        left = "\n".join(line for line in left.splitlines() if '"columns"' not in line)
        left = "\n".join(line for line in left.splitlines() if "'columns'" not in line)
    assert SECRET not in left
    assert aside.kept == {} or SECRET not in str(aside.kept)
    if row.keys() & {"religion", "birth_year", "psychological"}:
        assert aside.kept == {}
        assert steward.put_right(aside, words(odd="officer")).tried == 0


@pytest.mark.parametrize("field", ["ref", "person_ref", "incident_ref", "unit_ref", "version"])
def test_whom_or_what_a_row_is_about_is_not_for_the_desk_to_say(field):
    kind = FeedKind.ATTENDANCE if field == "incident_ref" else FeedKind.POSTINGS
    assert mendable(kind, field) is None
    assert mendable(kind, "withdrawn") is not None


def test_a_row_that_nobody_may_put_right_is_not_kept(steward):
    feed = steward.feed
    row = {"ref": "S1", "person_ref": "", "unit_ref": "U1", "starts_on": "2026-01-01"}
    feed.load("postings", {**row, "kind": "odd"})
    assert feed.aside()[0].kept == {}
    # Nor is one that turns out to be such when its first fault is put right.
    feed.load(
        "absences", {"ref": "B1", "person_ref": "P1", "starts_on": "x", "psychological": "no"}
    )
    assert feed.aside()[-1].kept == {}
    attendance = {"ref": "A1", "person_ref": "P1", "incident_ref": "I1", "withdrawn": "maybe"}
    feed.load("attendance", {**attendance, "version": "x"})
    found = feed.aside()[-1]
    assert (found.field, bool(found.kept)) == ("withdrawn", True)
    steward.put_right(found, Change({}, {found.id: "no"}))
    left = feed.aside()[-1]
    assert (left.field, left.kept) == ("version", {})


def test_a_decided_row_is_known_for_as_long_as_its_source_sends_it(steward):
    feed = steward.feed
    incidents(feed, INCIDENT, {**INCIDENT, "ref": "I2", "closing_code": "YY"})
    steward.not_needed(feed.aside()[0])
    incidents(feed, INCIDENT, now=NOW + timedelta(days=80))
    with transaction(feed.engine) as session:
        assert delete_set_aside(session, before=NOW + timedelta(days=10)) == 1
    incidents(feed, INCIDENT, now=NOW + timedelta(days=100))
    assert feed.aside() == []
    with transaction(feed.engine) as session:
        assert delete_set_aside(session, before=NOW + timedelta(days=101)) == 1


def test_a_repair_is_no_sign_of_life_of_the_source(steward):
    feed = steward.feed
    incidents(feed, INCIDENT)
    steward.put_right(feed.aside()[0], words(ZZ="suicide"))
    (known,) = feed.query(select(KnownFeed))
    assert known.delivered_at == NOW


def test_somebody_who_may_not_see_feeds_can_do_nothing(steward):
    feed = steward.feed
    incidents(feed, INCIDENT)
    steward.viewer = Viewer(steward.viewer.account_id, None, "X", grants_of([]))
    assert steward.put_right(feed.aside()[0], words(ZZ="suicide")).tried == 0
    with transaction(feed.engine) as session:
        assert desk_queries.group(steward.viewer, session, number=feed.aside()[0].id) is None
        assert desk_queries.unmapped_codes(steward.viewer, session)[0] == []


def test_an_older_version_that_comes_later_does_not_close_a_newer_faulty_row(steward):
    feed = steward.feed
    incidents(feed, {**INCIDENT, "version": "6"})
    incidents(feed, {**INCIDENT, "closing_code": "SUI", "version": "5"}, now=LATER)
    assert [row.record_version for row in feed.aside()] == [6]
    incidents(feed, {**INCIDENT, "closing_code": "SUI", "version": "6"}, now=LATER)
    assert feed.aside() == []
