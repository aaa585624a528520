"""The file: in three forms, for oneself alone, and written down."""

import json
import re
from io import BytesIO

import html5lib
import pytest
from pypdf import PdfReader
from sqlmodel import select

from app.audit.models import AuditEntry
from app.people.models import AbsenceSpell
from app.rights.collecting import COLLECTORS
from app.rights.files import MEDIA, ON_PAPER, Kind, as_json, as_pdf
from app.rights.sections import Section
from app.security.permissions import Role
from tests.conftest import NOW


def take(client, kind: str):
    """The reply to somebody who takes their file."""
    return client.http.post(f"/my-record/download/{kind}", data={"csrf_token": client.csrf_token()})


@pytest.mark.parametrize("kind", list(Kind))
def test_each_form_is_a_file_that_no_browser_keeps(site, kind):
    with take(site.sign_in_as(Role.STAFF), kind.value) as reply:
        assert reply.status_code == 200
        assert reply.headers["Content-Type"] == MEDIA[kind]
        assert reply.headers["Cache-Control"] == "no-store"
        name = f'attachment; filename="my-record-2026-11-23.{kind.value}"'
        assert reply.headers["Content-Disposition"] == name


def test_it_is_taken_by_a_form_with_a_token_and_by_nothing_else(site):
    me = site.sign_in_as(Role.STAFF)
    assert me.http.post("/my-record/download/json").status_code == 400
    assert me.http.get("/my-record/download/json").status_code == 405
    me.post("/my-record/download/xml", status=404)
    form = me.get("/my-record/download").page.select("main form[method=post]")
    assert [one["action"].rsplit("/", 1)[1] for one in form] == ["html", "pdf", "json"]


def test_the_three_say_the_same(site):
    me = site.account(Role.STAFF)
    client = site.sign_in(me)
    told = json.loads(take(client, "json").data)
    assert (told["schema"], told["version"]) == ("trauma-tracker/my-record", 1)
    assert told["name"] == me.display_name
    assert [one["key"] for one in told["sections"]] == [one.key for one in COLLECTORS]
    text = take(client, "html").get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(text)
    assert not re.search(r"<script|\ssrc=|https?://|@import|url\(", text)
    pages = PdfReader(BytesIO(take(client, "pdf").data))
    assert b"pdfuaid" in pages.trailer["/Root"]["/Metadata"].get_data()
    words = " ".join(" ".join(page.extract_text() for page in pages.pages).split())
    for one in told["sections"]:
        assert one["title"] in words
        assert f'<h2 id="title-{one["key"]}">' in text
    (unit,) = {row["unit"] for row in told["sections"][2]["rows"] if row["until"] is None}
    assert unit in text
    assert unit in words


def test_it_is_written_down_where_the_person_alone_sees_it(site):
    staff = site.account(Role.STAFF)
    me, line = site.sign_in(staff), "Downloaded everything held about you"
    assert line not in me.get("/my-record/who-looked").page.words("main")
    take(me, "json")
    assert line in me.get("/my-record/who-looked").page.words("main")
    with site.reading() as session:
        entry = session.exec(
            select(AuditEntry).where(AuditEntry.event == "record:downloaded")
        ).one()
    assert (entry.subject_person_id, entry.details) == (staff.person_id, {"format": "json"})
    sergeant = site.sign_in_as(Role.SUPERVISOR)
    record = next(
        link["href"]
        for link in sergeant.get("/teams").page.select("a.person-link")
        if link.text == staff.display_name
    )
    assert "ownloaded" not in sergeant.get(record).page.words("main")


def test_somebody_hr_does_not_know_gets_what_there_is(site):
    told = json.loads(take(site.sign_in_as(Role.EVALUATOR), "json").data)
    rows = {one["key"]: one["rows"] for one in told["sections"]}
    assert rows["account"][0]["username"] == "evaluator@demo"
    assert rows["staff"] == rows["exposures"] == rows["who_looked"] == []


def test_the_page_shows_absence_as_held(site):
    staff = site.account(Role.STAFF)
    with site.writing() as session:
        spell = {"starts_on": NOW.date(), "psychological": True, "recorded_at": NOW}
        session.add(AbsenceSpell(person_id=staff.person_id, **spell))
    page = site.sign_in(staff).get("/my-record/from-hr").page
    row = page.one("section[aria-labelledby=held-absence] tbody tr")
    assert " ".join(row.get_text(" ").split()).startswith("23 November 2026 \u2013 Yes")


def test_very_many_rows_are_cut_on_paper_alone_and_a_long_word_stays_in_its_column():
    address = "somebody.with.a.very.long.name@wellbeing.northmoor.example"
    rows = tuple((address, number) for number in range(ON_PAPER + 1))
    many = Section("many", "Many", "To see.", (("who", "Who"), ("number", "Number")), rows)
    pages = PdfReader(BytesIO(as_pdf("Sam", [many], NOW)))
    words = "".join(page.extract_text() for page in pages.pages).replace("\u200b", "")
    assert "The first 300 of 301." in words
    assert address in words.replace("\n", "")
    assert len(json.loads(as_json("Sam", [many], NOW))["sections"][0]["rows"]) == ON_PAPER + 1
