"""A wellbeing lead opens a major incident, puts people on it, and sees who was reached."""

from io import BytesIO

import pytest
from sqlmodel import select

from app.exposure.models import Exposure
from app.incidents.models import Incident
from app.major.models import MajorIncident, MajorPerson
from app.people.models import Person
from app.security.permissions import Role


@pytest.fixture
def lead(site):
    return site.sign_in_as(Role.WELLBEING_LEAD)


def opened(lead, **values):
    form = lead.get("/major/open").page.form()
    filled = {
        "name": "Northgate fire",
        "known": "no",
        "day-day": "22",
        "day-month": "11",
        "day-year": "2026",
        "at": "21:30",
        **values,
    }
    return form, filled


@pytest.fixture
def major(lead):
    form, filled = opened(lead)
    return lead.follow(lead.submit(form, **filled))


@pytest.fixture
def staff(site):
    """A demo person and their staff reference."""
    with site.reading() as session:
        return session.get(Person, site.account(Role.STAFF).person_id)


def address(major):
    return major.page.link("Add people").removesuffix("/add")


def test_a_new_one_asks_for_three_days_and_six_months(major):
    said = major.page.words(".page-intro")
    assert "Major incident or serious disorder, 22 November 2026 at 9:30pm" in said
    assert "by 25 November 2026 at 9:30pm" in said
    assert "from 22 May 2027" in said


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "Enter what it is called"),
        ({"known": None}, "Choose whether a force system knows the incident"),
        ({"known": "yes"}, "Enter the reference"),
        ({"known": "yes", "ref": "X-1"}, "No incident has the reference X-1"),
        ({"type_code": ""}, "Choose the kind of incident"),
        ({"day-day": "", "day-month": "", "day-year": ""}, "Enter the day it happened"),
        ({"day-day": "24"}, "The day must be today or in the past"),
        ({"day-day": "23", "at": "23:00"}, "The time must be in the past"),
        ({"at": "25:00"}, "The time must be like 21:30"),
    ],
)
def test_what_cannot_be_opened_is_said_and_stays(lead, values, sentence):
    form, filled = opened(lead, **values)
    page = lead.submit(form, status=422, **filled).page
    assert sentence in page.words(".govuk-error-summary")


def test_a_known_incident_is_linked_once(site, lead):
    with site.reading() as session:
        ref = session.exec(
            select(Incident.source_ref).where(Incident.type_code == "fatal_collision")
        ).first()
    form, filled = opened(lead, known="yes", ref=ref)
    lead.submit(form, **filled)
    with site.reading() as session:
        assert session.exec(select(MajorIncident)).one()
    form, filled = opened(lead, known="yes", ref=ref)
    page = lead.submit(form, status=422, **filled).page
    assert "There is a list for this incident already" in page.words(".govuk-error-summary")


def test_pasted_references_are_previewed_then_confirmed(site, lead, major, staff):
    form = lead.get(f"{address(major)}/add").page.form()
    check = lead.submit(
        form, status=200, tier="closest", refs=f"{staff.source_ref}, nobody\n{staff.source_ref}"
    ).page
    assert "1 person was found" in check.words("legend")
    assert "Nobody has this staff reference." in check.words(".notice")
    with site.reading() as session:
        assert session.exec(select(MajorPerson)).all() == []
    page = lead.follow(lead.submit(check.form())).page
    assert staff.family_name in page.words("main")
    assert "1 of 1 people" not in page.words(".figure--good")
    with site.reading() as session:
        row = session.exec(select(MajorPerson)).one()
        incident = session.exec(select(MajorIncident)).one().incident_id
        assert session.exec(select(Exposure).where(Exposure.incident_id == incident)).one()
        assert row.person_id == staff.id
    # Looking the same people up again says that they are on the list.
    again = lead.submit(form, status=200, tier="wider", refs=staff.source_ref).page
    assert "On the list already, moves here from" in again.words("main form")


def test_a_file_is_read_by_its_column(lead, major, staff):
    form = lead.get(f"{address(major)}/add").page.form()
    content = f"\ufeffname,Person Ref\nSomebody,{staff.source_ref}\n,\n".encode()
    data = {**form.values, "tier": "supporting", "file": (BytesIO(content), "people.csv")}
    check = lead.post(form.action, data, status=200).page
    assert "1 person was found" in check.words("legend")
    assert "Somebody" not in check.words("main form")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose how close these people were"),
        ({"tier": "closest"}, "Paste staff references, or choose a file"),
        (
            {"tier": "closest", "refs": " ".join(str(n) for n in range(1001))},
            "There are 1,001 references. Add at most 1,000 at a time",
        ),
        (
            {"tier": "closest", "file": (BytesIO(b"\xff\xfe\x00"), "x.csv")},
            "The file could not be read",
        ),
    ],
)
def test_what_cannot_be_looked_up_is_said(lead, major, data, sentence):
    page = lead.post(f"{address(major)}/add", data, status=422).page
    assert sentence in page.words(".govuk-error-summary")


def test_whole_teams_by_part_of_the_force(site, lead, major):
    areas = lead.get(f"{address(major)}/teams").page
    link = areas.select(f"a[href^='{address(major)}/teams/']")[0]["href"]
    form = lead.get(link).page.form()
    assert "Tick at least one team" in lead.submit(form, status=422, tier="closest").text
    check = lead.submit(form, status=200, tier="supporting", teams=[form.choices["teams"][0]]).page
    confirm = check.form()
    everybody = confirm.values["people"]
    assert len(everybody) > 1
    refused = lead.submit(confirm, status=422, people=None).page
    assert "Tick at least one person" in refused.words(".govuk-error-summary")
    page = lead.follow(lead.submit(confirm, people=everybody[1:])).page
    with site.reading() as session:
        assert len(session.exec(select(MajorPerson)).all()) == len(everybody) - 1
    assert "By supervisor today" in page.words("main")
    printed = lead.get(f"{address(major)}/briefing").page
    assert len(printed.select("tbody tr")) == len(everybody) - 1


@pytest.fixture
def listed(lead, major, staff):
    form = lead.get(f"{address(major)}/add").page.form()
    check = lead.submit(form, status=200, tier="closest", refs=staff.source_ref).page
    return lead.follow(lead.submit(check.form()))


def test_the_person_sees_the_list_and_who_opened_it(site, listed):
    me = site.sign_in(site.account(Role.STAFF))
    pages = ("/my-record", "/my-record/conversations", "/my-record/who-looked")
    said = " ".join(me.get(page).page.words("main") for page in pages)
    assert "Northgate fire, 22 November 2026" in said
    assert "Added you to the list of a major incident" in said
    assert "Opened the list of a major incident you are or were on" in said
    assert "Added by the lead of a major incident" in said


def test_taking_somebody_off_needs_a_reason_and_takes_the_exposure_back(site, lead, listed):
    form = lead.get(listed.page.select("a[href$='/remove']")[0]["href"]).page.form()
    assert "Choose why" in lead.submit(form, status=422).text
    page = lead.follow(lead.submit(form, reason="not_involved")).page
    assert "Nobody is on the list yet" in page.words("main")
    with site.reading() as session:
        incident = session.exec(select(MajorIncident)).one().incident_id
        assert not session.exec(select(Exposure).where(Exposure.incident_id == incident)).all()
    lead.get(form.action, status=404)


def test_a_list_that_is_not_there_is_not_found(lead):
    lead.get(f"/major/{'0' * 32}", status=404)


def test_only_wellbeing_leads_open_lists(site, major):
    for role in (Role.SUPERVISOR, Role.WELLBEING_PRACTITIONER, Role.SENIOR_LEADER):
        site.sign_in_as(role).get(address(major), status=403)


def test_a_list_of_forty_takes_no_more_statements_than_of_five(site, lead, major):
    with site.reading() as session:
        refs = session.exec(select(Person.source_ref).where(Person.left_on == None)).all()  # noqa: E711

    def statements(number):
        form = lead.get(f"{address(major)}/add").page.form()
        check = lead.submit(form, status=200, tier="closest", refs=" ".join(refs[:number])).page
        lead.submit(check.form())
        lead.get(address(major))
        with site.statements() as sent:
            lead.get(address(major))
        return len(sent)

    assert statements(5) == statements(40)
