"""What one row says, by its mapping; or what is wrong with it."""

from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from app.feeds.cells import Context
from app.feeds.fields import BadValueError, join_reference, whole_number
from app.feeds.mapping import MappingError, parse_mapping
from app.feeds.models import FeedKind
from app.feeds.parsing import RowReader
from app.feeds.reader import Table
from app.feeds.rows import from_values, to_values
from app.incidents.models import AttendanceRole
from app.people.models import LeavingReason, PostingKind, StaffType

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TYPES = {"suicide", "sudden_death", "other"}


@pytest.fixture
def parse(tmp_path):
    """Understand one row, given as field and text."""

    def parse_row(kind, cells, **mapping):
        path = tmp_path / "rows.csv"
        path.write_text(",".join(cells) + "\n", encoding="utf-8")
        document = {
            "kind": kind,
            "version": "1",
            "system": "s",
            "columns": {name: name for name in cells},
        }
        with closing(Table(path)) as table:
            reader = RowReader(table, parse_mapping(document | mapping), Context(NOW, TYPES, 7))
        return reader.parse(2, list(cells.values()))

    return parse_row


@pytest.fixture
def fault(parse):
    """The field and the sentence of what is wrong with a row."""

    def fault_in(kind, cells, **mapping):
        with pytest.raises(BadValueError) as found:
            parse(kind, cells, **mapping)
        return found.value.field, found.value.reason

    return fault_in


def person(**cells):
    return {"ref": "P1", **cells}


def posting(**cells):
    return {"ref": "S1", "person_ref": "P1", "unit_ref": "U1", "starts_on": "2026-01-05"} | cells


def incident(**cells):
    return {"ref": "I1", "occurred_at": "2026-11-01 12:00", "closing_code": "suicide"} | cells


def attendance(**cells):
    return {"ref": "A1", "person_ref": "P1", "incident_ref": "I1", "role": "at_scene"} | cells


# People.


def test_a_person_with_everything(parse):
    row = parse(
        "people",
        person(
            given_name=" Ana ",
            family_name="=HYPERLINK(1)",
            staff_type="PC",
            rank="Sergeant",
            joined_on="2019-09-02",
            sex="F",
            ethnicity="",
            birth_year="1988.0",
            version="12",
        ),
        codes={"staff_type": {"PC": "officer"}, "sex": {"F": "female", "U": None}},
        numeric=["birth_year"],
    )
    assert (row.given_name, row.family_name) == ("Ana", "=HYPERLINK(1)")
    assert row.staff_type is StaffType.OFFICER
    assert row.joined_on == date(2019, 9, 2)
    assert row.characteristics == (("sex", "female"), ("birth_year", "1988"))
    assert row.version == 12


def test_a_person_with_only_a_number(parse):
    row = parse("people", person())
    assert row.staff_type is StaffType.NOT_RECORDED
    assert (row.joined_on, row.characteristics) == (None, ())
    assert row.version == 7, "rows without a version have that of their file"


@pytest.mark.parametrize(
    ("cells", "field", "words"),
    [
        ({"ref": "  "}, "ref", "Nothing is given"),
        ({"ref": "P\x001"}, "ref", "control characters"),
        ({"ref": "P" * 81}, "ref", "longer than 80"),
        ({"family_name": "a\tb"}, "family_name", "control characters"),
        ({"family_name": "a\u202eb"}, "family_name", "control characters"),
        ({"family_name": "x" * 81}, "family_name", "longer than 80"),
        ({"family_name": "x" * 4001}, "family_name", "longer than 4,000"),
        ({"staff_type": "Wizard"}, "staff_type", "“Wizard” is not in the mapping"),
        ({"joined_on": "02/09/2019"}, "joined_on", "not a date in the form YYYY-MM-DD"),
        ({"joined_on": "2019-02-30"}, "joined_on", "not a date"),
        ({"joined_on": "1066-10-14"}, "joined_on", "before 1900"),
        ({"joined_on": "2919-01-01"}, "joined_on", "far future"),
        ({"birth_year": "88"}, "birth_year", "not a year from 1900 to 2026"),
        ({"birth_year": "\uff12\uff10\uff10\uff10"}, "birth_year", "not a year"),
        ({"version": "new"}, "version", "not a whole number"),
        ({"version": "9" * 30}, "version", "not a whole number"),
        ({"version": ""}, "version", "not a whole number"),
    ],
)
def test_a_person_that_cannot_be(fault, cells, field, words):
    found, sentence = fault("people", person(**cells))
    assert found == field
    assert words in sentence
    assert sentence.count(". ") == 1, "what is wrong, and then what to do"


def test_a_huge_cell_in_a_column_nobody_asked_for_breaks_the_row(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("ref,narrative\n", encoding="utf-8")
    document = {"kind": "people", "version": "1", "system": "s", "columns": {"ref": "ref"}}
    with closing(Table(path)) as table:
        reader = RowReader(table, parse_mapping(document), Context(NOW, TYPES))
    assert reader.parse(2, ["P1", "x" * 9_000]).ref == "P1"
    with pytest.raises(BadValueError, match="longer than 100,000 characters"):
        reader.parse(2, ["P1", "x" * 1_000_000])


@pytest.mark.parametrize(
    ("raw", "same"),
    [("36", "36"), ("36.0", "36"), ("036", "36"), ("36.", "36"), ("-9", "-9"), ("0", "0")],
)
def test_numbers_that_went_through_a_spreadsheet_match(raw, same):
    assert whole_number("ref", raw) == same


def test_other_references_stay_as_they_are():
    assert whole_number("ref", "04337-4080") == "04337-4080"
    assert whole_number("ref", "36.5") == "36.5"
    with pytest.raises(BadValueError, match="A spreadsheet has rounded this number"):
        whole_number("ref", "1.2E+08")


def test_joined_references_differ_when_their_parts_do():
    lists = [["a", "b"], ["a|", "b"], ["a", "|b"], ["a\\", "b"], ["a\\|b"], ["a|b"], ["", "a|b"]]
    joined = [join_reference(parts) for parts in lists]
    assert joined[0] == "a|b"
    assert len(set(joined)) == len(lists)
    assert join_reference(["", ""]) == ""


# Postings and leavers.


def test_a_posting(parse):
    row = parse(
        "postings",
        posting(kind="TEMPORARY", ends_on="31-12-4712", starts_on="05-01-2026", unit_ref="36.0"),
        formats={"date": "%d-%m-%Y"},
        numeric=["unit_ref"],
    )
    assert row.kind is PostingKind.TEMPORARY
    assert (row.starts_on, row.ends_on) == (date(2026, 1, 5), None)
    assert row.unit_ref == "36"
    assert not row.bare


def test_a_posting_may_be_known_by_several_columns(parse):
    columns = {
        "ref": ["person_ref", "unit_ref", "starts_on"],
        "person_ref": "person_ref",
        "unit_ref": "unit_ref",
        "starts_on": "starts_on",
    }
    assert parse("postings", posting(), columns=columns).ref == "P1|U1|2026-01-05"


@pytest.mark.parametrize(
    ("cells", "field", "words"),
    [
        ({"ends_on": "2025-01-05"}, "ends_on", "ends before it starts"),
        ({"starts_on": ""}, "starts_on", "Nothing is given"),
        ({"starts_on": "2300-01-01"}, "starts_on", "far future"),
        ({"person_ref": ""}, "person_ref", "Nothing is given"),
        ({"unit_ref": ""}, "unit_ref", "Nothing is given"),
        ({"kind": "acting"}, "kind", "“acting” is not in the mapping"),
        ({"withdrawn": "maybe"}, "withdrawn", "neither yes nor no"),
    ],
)
def test_a_posting_that_cannot_be(fault, cells, field, words):
    found, sentence = fault("postings", posting(**cells))
    assert found == field
    assert words in sentence


def test_a_posting_may_start_in_the_future(parse):
    assert parse("postings", posting(starts_on="2027-04-01")).starts_on == date(2027, 4, 1)


def test_leavers(parse):
    mapping = {"codes": {"reason": {"RET": "ordinary_retirement", "*": "voluntary_resignation"}}}
    leaver = {"person_ref": "P1", "left_on": "2026-12-31", "reason": "RET"}
    assert parse("leavers", leaver, **mapping).reason is LeavingReason.ORDINARY_RETIREMENT
    other = parse("leavers", leaver | {"reason": "moved"}, **mapping)
    assert other.reason is LeavingReason.VOLUNTARY_RESIGNATION
    none = parse("leavers", leaver | {"reason": ""}, **mapping)
    assert none.reason is LeavingReason.NOT_RECORDED
    back = parse("leavers", leaver | {"left_on": "", "withdrawn": "Y"}, **mapping)
    assert (back.left_on, back.reason) == (None, None)


# Incidents.


@pytest.mark.parametrize(
    ("raw", "utc"),
    [
        ("2026-11-01 12:00", "2026-11-01T12:00"),
        ("2026-07-01T12:00:00", "2026-07-01T11:00"),
        ("2026-07-01T12:00:00+02:00", "2026-07-01T10:00"),
        ("2026-07-01T12:00Z", "2026-07-01T12:00"),
        ("2026-10-25 01:30", "2026-10-25T00:30"),  # Happens twice: the first.
        ("2026-03-29 01:30", "2026-03-29T01:30"),  # Does not happen: an hour on.
    ],
)
def test_times_are_those_of_london_unless_they_say(parse, raw, utc):
    row = parse("incidents", incident(occurred_at=raw))
    assert row.occurred_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_dates_and_times_in_the_files_own_form(parse):
    cells = {"ref": "I1", "occurred_date": "1/7/26", "occurred_time": "0905", "type": "other"}
    row = parse("incidents", cells, formats={"date": "%d/%m/%y", "time": "%H%M"})
    assert row.occurred_at == datetime(2026, 7, 1, 8, 5, tzinfo=UTC)
    whole = incident(occurred_at="01.07.2026 09:05")
    row = parse("incidents", whole, formats={"datetime": "%d.%m.%Y %H:%M"})
    assert row.occurred_at == datetime(2026, 7, 1, 8, 5, tzinfo=UTC)
    elsewhere = parse("incidents", incident(), time_zone="America/Chicago")
    assert elsewhere.occurred_at == datetime(2026, 11, 1, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "field", "words"),
    [
        ({"occurred_at": "2026-11-24 10:00"}, "occurred_at", "in the future"),
        ({"occurred_at": "2026-11-01"}, "occurred_at", "not a datetime in the form"),
        ({"occurred_at": "2026-11-01 25:00"}, "occurred_at", "not a datetime"),
        ({"occurred_at": "0001-01-01 00:00"}, "occurred_at", "before 1900"),
        ({"occurred_at": ""}, "occurred_at", "Nothing is given"),
        ({"closing_code": "A1"}, "closing_code", "“A1” is not in the mapping. Add it to codes."),
        ({"closing_code": ""}, "type", "Nothing is given"),
    ],
)
def test_an_incident_that_cannot_be(fault, cells, field, words):
    found, sentence = fault("incidents", incident(**cells))
    assert found == field
    assert words in sentence


def test_clocks_may_differ_by_a_day(parse):
    assert parse("incidents", incident(occurred_at="2026-11-24 09:29")).type_code == "suicide"


CODES = {
    "opening_code": {"C1": "sudden_death", "C2": None},
    "closing_code": {"C1": "suicide", "C2": None},
}


@pytest.mark.parametrize(
    ("opening", "closing", "code"),
    [
        ("C1", "", "sudden_death"),
        ("C1", "C1", "suicide"),
        ("C2", "C1", "suicide"),
        ("C2", "", ""),
        ("C1", "C2", ""),
        ("??", "C1", "suicide"),
    ],
)
def test_the_closing_code_beats_the_opening_one(parse, opening, closing, code):
    row = parse("incidents", incident(opening_code=opening, closing_code=closing), codes=CODES)
    assert row.type_code == code
    assert row.withdrawn == (code == "")


def test_an_unknown_closing_code_is_not_passed_over(fault):
    found = fault("incidents", incident(opening_code="C1", closing_code="C9"), codes=CODES)
    assert found[0] == "closing_code"


def test_the_type_may_be_the_same_for_a_whole_file(parse):
    columns = {"ref": "ref", "occurred_at": "occurred_at"}
    row = parse("incidents", incident(), columns=columns, defaults={"type": "other"})
    assert row.type_code == "other"


def test_an_incident_that_is_not_relevant_keeps_no_area(parse):
    row = parse("incidents", incident(closing_code="C2", area="Moorside"), codes=CODES)
    assert (row.type_code, row.area) == ("", "")


@pytest.mark.parametrize(
    "mapping",
    [
        {"codes": {"closing_code": {"C1": "gossip"}}},
        {"defaults": {"type": "gossip"}},
    ],
)
def test_a_mapping_to_a_type_nobody_knows_is_refused(parse, mapping):
    with pytest.raises(MappingError, match=r"leads to gossip, which is not known\. Use one of"):
        parse("incidents", incident(), **mapping)


# Attendance.


def test_attendance(parse):
    row = parse(
        "attendance",
        attendance(role="SC", unit_ref="13"),
        codes={"role": {"SC": "at_scene", "AS": "assigned"}},
    )
    assert row.role is AttendanceRole.AT_SCENE
    assert row.unit_ref == "13"


def test_attendance_needs_a_role(fault):
    assert fault("attendance", attendance(role=""))[0] == "role"


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("postings", {"ref": "S1", "person_ref": "", "unit_ref": "", "starts_on": ""}),
        ("incidents", {"ref": "I1", "occurred_at": "", "closing_code": ""}),
        ("attendance", {"ref": "A1", "person_ref": "", "incident_ref": "", "role": ""}),
    ],
)
def test_a_withdrawal_need_not_say_what_it_withdraws(parse, kind, cells):
    row = parse(kind, cells | {"withdrawn": "Yes", "version": "3"})
    assert row.withdrawn
    assert row.bare
    assert row.version == 3


@pytest.mark.parametrize("raw", ["2026-11-20T08:00:00Z", "2026-11-20 08:00:00.000001"])
def test_a_version_may_be_a_moment(parse, raw):
    row = parse("people", person(version=raw), formats={"version": "timestamp"})
    assert 1_795_000_000_000_000 < row.version < 1_796_000_000_000_000


def test_the_digest_follows_what_is_said_and_the_mappings_version(parse):
    first = parse("attendance", attendance())
    assert first.digest == parse("attendance", attendance()).digest
    assert first.digest != parse("attendance", attendance(person_ref="P2")).digest
    newer = parse("attendance", attendance(), version="2")
    assert newer.digest > first.digest
    assert newer.digest[4:] == first.digest[4:]


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("postings", posting(ends_on="2026-02-01", kind="temporary")),
        ("postings", posting(person_ref="", withdrawn="yes")),
        ("leavers", {"person_ref": "P1", "left_on": "2026-01-01", "withdrawn": ""}),
        ("leavers", {"person_ref": "P1", "left_on": "", "withdrawn": "yes"}),
        ("incidents", incident(withdrawn="yes", occurred_at="")),
        ("attendance", attendance()),
    ],
)
def test_a_row_that_waits_is_kept_whole(parse, kind, cells):
    row = parse(kind, cells)
    kept = to_values(row)
    assert all(isinstance(value, str) for value in kept.values())
    assert from_values(FeedKind(kind), kept) == row
