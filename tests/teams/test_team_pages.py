"""A supervisor's team page, over HTTP, with the tiny demo force."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.incidents.models import FrameworkVersion
from app.people.models import Person, Posting, PostingKind, Unit
from app.people.service import posting_precedence
from app.security.permissions import Role
from tests.conftest import NOW
from tests.teams.filling import answer


@pytest.fixture
def sergeant(site):
    return site.sign_in_as(Role.SUPERVISOR)


@pytest.fixture
def team(sergeant):
    return sergeant.get("/teams")


def first_return(team):
    """The address of the return form of the first member for whom something waits."""
    return team.page.select("a[href$='/return']")[0]["href"]


def person_of(site, address):
    with site.reading() as session:
        return session.exec(select(Person).where(Person.public_id == address.split("/")[2])).one()


def test_the_team_page_says_who_why_and_by_when(team):
    row = team.page.select("tbody#rows tr")[0]
    assert row.select_one("th a").text
    assert row.select_one(".reason").text.endswith(".")
    assert "left" in row.select_one("time").text or "overdue" in row.select_one("time").text


def test_those_who_need_somebody_first_come_first(team):
    waits = [bool(row.select(".reason")) for row in team.page.select("tbody#rows tr")]
    assert waits == sorted(waits, reverse=True)
    assert any(waits)


def test_a_page_that_is_open_is_told_only_when_something_changed(site, sergeant, team):
    rows = team.page.select("#rows")[0]
    address, tag = rows["hx-get"], rows["hx-ptag"]
    same = sergeant.get(address, status=304, htmx=True, headers={"HX-PTag": tag})
    assert same.text == ""
    form = sergeant.get(first_return(team)).page.form("#talk-form")
    sergeant.submit(form, **answer(form, first_return(team), outcome="held"))
    assert sergeant.get(address, htmx=True, headers={"HX-PTag": tag}).headers["HX-PTag"] != tag


def test_the_old_supervisor_is_shut_out_when_somebody_moves(site, sergeant, team):
    address = first_return(team)
    person = person_of(site, address)
    with site.writing() as session:
        mine = session.exec(
            select(Posting.unit_id)
            .where(Posting.person_id == person.id)
            .order_by(col(Posting.precedence).desc())
        ).first()
        other = session.exec(select(Unit.id).where(Unit.kind == "team", Unit.id != mine)).first()
        today = NOW.date()
        session.add(
            Posting(
                source_system="hr",
                source_ref="moved-today",
                person_id=person.id,
                unit_id=other,
                kind=PostingKind.TEMPORARY,
                starts_on=today,
                precedence=posting_precedence(PostingKind.TEMPORARY, today, "moved-today"),
            )
        )
    sergeant.get(address, status=404)
    sergeant.get(address.removesuffix("/return"), status=404)
    sergeant.post(address, {"outcome": "held"}, status=404)
    assert person.public_id not in sergeant.get("/teams").text


def test_a_wellbeing_lead_may_look_and_not_answer(site, team):
    address = first_return(team)
    lead = site.sign_in_as(Role.WELLBEING_LEAD)
    assert "Record what came of it" not in lead.get(address.removesuffix("/return")).text
    lead.get(address, status=403)


def test_opening_a_record_is_seen_by_the_person(site, sergeant, team):
    staff = site.account(Role.STAFF)
    with site.reading() as session:
        public_id = session.get(Person, staff.person_id).public_id
    before = site.sign_in(staff).get("/my-record/who-looked").text.count("Opened your record")
    sergeant.get(f"/people/{public_id}")
    page = site.sign_in(staff).get("/my-record/who-looked")
    assert page.text.count("Opened your record") == before + 1
    assert site.account(Role.SUPERVISOR).display_name in page.text


def test_an_idle_poll_does_not_keep_a_session_alive(site, sergeant, team, clock):
    rows = team.page.select("#rows")[0]
    headers = {"HX-PTag": rows["hx-ptag"]}
    for _ in range(5):
        clock.shift(timedelta(minutes=7))
        sergeant.get(rows["hx-get"], status=None, htmx=True, headers=headers)
    sergeant.get(rows["hx-get"], status=401, htmx=True, headers=headers)


def switch_weights_on(site):
    """Every type weighs 3, in the version that holds."""
    with site.writing() as session:
        for version in session.exec(select(FrameworkVersion)).all():
            document = dict(version.document)
            document["types"] = [one | {"weight": 3} for one in document["types"]]
            version.document = document | {"weights": "beside_counts"}
            session.add(version)


def sums(page):
    """The last two rows of the table of counts: all types, and the weighted sum."""
    rows = page.select(".data-table tfoot tr")
    return [[int(cell.text.split()[0]) for cell in row.select("td")] for row in rows]


def test_a_weighted_sum_is_shown_to_wellbeing_roles_and_to_the_person_alone(site, sergeant, team):
    address = team.page.select("tbody#rows th a")[0]["href"]
    lead = site.sign_in_as(Role.WELLBEING_LEAD)
    assert len(sums(lead.get(address).page)) == 1
    switch_weights_on(site)
    counts, weighted = sums(lead.get(address).page)
    assert weighted == [3 * count for count in counts]
    assert any(counts)
    assert len(sums(sergeant.get(address).page)) == 1
    assert "eighted" not in sergeant.get(address).page.words("main")
    person = site.sign_in_as(Role.STAFF).get("/my-record").page
    counts, weighted = sums(person)
    assert weighted == [3 * count for count in counts]
    assert "Research does not show" in person.words("main")
