"""What the data steward sees of imports."""

from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from app.audit.models import AuditEntry
from app.feeds.models import FeedKind
from app.feeds.service import load_file
from app.people.models import Person
from app.security.permissions import Role
from tests.feeds.conftest import NOW, Feed, mapping_for

HOSTILE = "<script>alert(1)</script>\u202e" + "x" * 500


@pytest.fixture
def imported(site, tmp_path):
    """An import in which 121 rows are set aside for two reasons."""
    path = tmp_path / "<b>people.csv"
    rows = [f"P{n},Wizard" for n in range(119)]
    path.write_text("\n".join(["ref,staff_type", *rows, f'P999,"{HOSTILE}"', ",officer", "OK,"]))
    return load_file(
        site.engine,
        kind=FeedKind.PEOPLE,
        path=path,
        mapping=mapping_for(FeedKind.PEOPLE, ["ref", "staff_type"], system="test"),
        now=NOW,
    )


def test_the_steward_finds_an_import_and_what_was_set_aside(site, imported):
    steward = site.sign_in_as(Role.DATA_STEWARD)
    listed = steward.get("/feeds/imports").page
    row = next(row for row in listed.select("tbody tr") if "<b>people.csv" in row.get_text())
    assert "121" in row.get_text()
    page = steward.get(f"/feeds/{imported.id}").page
    words = page.words("main")
    assert "<b>people.csv" in words
    assert "The code “Wizard” is not in the mapping. Add it to codes.staff_type" in words
    assert "Nothing is given. Fill it in at the source" in words


def test_what_rows_said_is_shown_inert_and_short(site, imported):
    steward = site.sign_in_as(Role.DATA_STEWARD)
    last = steward.get(f"/feeds/{imported.id}?page=3").page
    assert "<script>alert" in last.words("main")
    assert not last.select("main script")
    assert "\u202e" not in last.text
    assert "x" * 200 not in last.text


def test_long_lists_come_in_pages(site, imported):
    steward = site.sign_in_as(Role.DATA_STEWARD)
    first = steward.get(f"/feeds/{imported.id}").page
    assert len(first.select("table")[-1].select("tbody tr")) == 50
    assert first.select(f'a[href="/feeds/{imported.id}?page=3"]')
    third = steward.get(f"/feeds/{imported.id}?page=3").page
    assert len(third.select("table")[-1].select("tbody tr")) == 21
    for odd in ("99", "0", "x", "1e9", "\uff19"):
        assert steward.get(f"/feeds/{imported.id}?page={odd}").status == 200


def test_an_import_that_does_not_exist_is_not_found(site):
    assert site.sign_in_as(Role.DATA_STEWARD).get("/feeds/999999", status=404)


def test_a_supervisor_sees_no_imports(site, imported):
    visitor = site.sign_in_as(Role.SUPERVISOR)
    visitor.get("/feeds", status=403)
    visitor.get("/feeds/imports", status=403)
    visitor.get(f"/feeds/{imported.id}", status=403)


def test_a_refused_file_says_why(site, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    run = load_file(
        site.engine,
        kind=FeedKind.PEOPLE,
        path=path,
        mapping=mapping_for(FeedKind.PEOPLE, ["ref"]),
        now=NOW,
    )
    page = site.sign_in_as(Role.DATA_STEWARD).get(f"/feeds/{run.id}").page
    assert "The file is empty. Check that the export finished" in page.words("main")


JOINED = datetime(2021, 1, 1, tzinfo=UTC)
CONTRADICTIONS = {
    "units": [
        {"ref": "U9001", "name": "Ice", "parent_ref": "U9002"},
        {"ref": "U9002", "name": "Frost", "parent_ref": "U9001"},
    ],
    "people": [
        {"ref": "X1", "family_name": "Ash", "joined_on": "2021-01-01"},
        {"ref": "X2", "family_name": "Birch", "joined_on": "2015-01-01"},
    ],
    "leavers": [{"person_ref": "X1", "left_on": "2020-12-31"}],
    "identifiers": [
        {"ref": f"N{n}", "person_ref": f"X{n}", "system": "cad", "number": "4711"} for n in (1, 2)
    ],
}


def contradict(site, folder) -> None:
    """Take in rows that contradict each other."""
    feed = Feed(site.engine, folder)
    for kind, rows in CONTRADICTIONS.items():
        feed.load(kind, *rows)


def test_what_contradicts_itself_is_listed_by_reference_and_not_by_name(site, tmp_path):
    steward = site.sign_in_as(Role.DATA_STEWARD)
    assert "contradict each other" not in steward.get("/feeds").page.words("main")
    contradict(site, tmp_path)
    words = steward.get("/feeds").page.words("main")
    assert "Unit hr U9001 leads back to itself" in words
    assert "Number 4711 of cad is two people" in words
    assert "at once, by identifiers N1 and N2" in words
    assert "Staff number X1 was given up on 31 December 2020" in words
    assert "Birch" not in words


@pytest.mark.parametrize(("who", "since"), [("same", None), ("another", JOINED)])
def test_a_steward_says_who_has_a_staff_number_that_was_given_up(site, tmp_path, who, since):
    steward = site.sign_in_as(Role.DATA_STEWARD)
    contradict(site, tmp_path)
    link = steward.get("/feeds").page.select("a[href^='/feeds/in-doubt/']")[0]["href"]
    page = steward.get(link).page
    assert "Staff number X1" in page.words("h1")
    form = page.form()
    assert "Choose who has the number now" in steward.submit(form, status=422).page.words("main")
    words = steward.follow(steward.submit(form, who=who)).page.words("main")
    assert "Staff number X1" not in words
    steward.get(link, status=404)
    with site.reading() as session:
        person = session.exec(select(Person).where(Person.source_ref == "X1")).one()
        assert person.counts_from == (since)
        newest = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
        assert newest.event == "person:recognised"
        assert newest.subject_person_id == person.id
