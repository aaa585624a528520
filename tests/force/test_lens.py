"""The wellbeing lens: no figure without a purpose, no name without its being told, no filter in
an address."""

import re
from datetime import timedelta

import pytest
from sqlmodel import func, select

from app.audit.events import Event
from app.audit.models import AuditEntry, StatedPurpose
from app.force.models import ForceQuestion
from app.force.service import forget
from app.people.models import Person, StaffType
from app.security.permissions import Role
from tests.conftest import NOW
from tests.force.conftest import REASON, chosen, stated

PANELS = ("exposure", "prompts", "support", "referrals", "absence", "attrition", "districts")
PROTECTED = re.compile(r"women|female|ethnic group|minority|by sex", re.IGNORECASE)


def written(site, event):
    with site.reading() as session:
        return session.exec(select(AuditEntry).where(AuditEntry.event == event.value)).all()


# --- The purpose ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["", "/filters", "/panels/exposure", "/by/teams", "/people/exposed"]
)
def test_nothing_is_shown_before_a_purpose_is_stated(site, path):
    client = site.sign_in_as(Role.WELLBEING_LEAD)
    assert client.get(f"/force{path}", status=303).location.startswith("/force/purpose")
    reply = client.get(f"/force{path}", status=204, htmx=True)
    assert reply.headers["HX-Redirect"].startswith("/force/purpose")


def test_a_purpose_is_kept_shown_and_can_be_changed(site, lead):
    assert REASON in lead.get("/force").page.words("main")
    stated(lead, "audit", "Checking that reasons are written down")
    words = lead.get("/force").page.words("main")
    assert "Audit: Checking that reasons are written down" in words
    assert len(written(site, Event.FORCE_PURPOSE_STATED)) == 2


def test_a_purpose_holds_until_midnight_and_in_its_own_session(site, lead, clock):
    site.sign_in_as(Role.WELLBEING_LEAD).get("/force", status=303)
    clock.shift(timedelta(minutes=25))
    lead.get("/force")
    clock.move_to(NOW.replace(hour=23, minute=50))
    evening = stated(site.sign_in_as(Role.WELLBEING_LEAD))
    evening.get("/force")
    clock.shift(timedelta(minutes=20))
    evening.get("/force", status=303)


@pytest.mark.parametrize(
    "reason",
    ["", "short", "x" * 121, "About officer 4417 of response", "mail me@force.police.uk about it"],
)
def test_a_reason_is_short_and_has_no_number_of_anybody(site, reason):
    client = site.sign_in_as(Role.WELLBEING_LEAD)
    client.post("/force/purpose", {"purpose": "audit", "reason": reason}, status=422)
    client.get("/force", status=303)


def test_a_reason_that_names_somebody_is_refused(site):
    client = site.sign_in_as(Role.WELLBEING_LEAD)
    with site.reading() as session:
        person = session.exec(select(Person)).first()
    for name in (f"{person.given_name} {person.family_name}", f"PC {person.family_name}"):
        sent = {"purpose": "audit", "reason": f"How is {name.lower()} doing"}
        page = client.post("/force/purpose", sent, status=422).page
        assert "Leave out names" in page.words("main")


@pytest.mark.parametrize(
    "role", [Role.WELLBEING_PRACTITIONER, Role.SENIOR_LEADER, Role.DEI_ANALYST]
)
def test_nobody_else_has_this_lens(site, role):
    site.sign_in_as(role).get("/force", status=403)
    site.sign_in_as(role).get("/force/purpose", status=403)


# --- Figures --------------------------------------------------------------------------------------


@pytest.mark.parametrize("panel", PANELS)
def test_each_panel_is_a_page_and_a_piece_and_is_not_sent_again(lead, panel):
    address = f"/force/panels/{panel}"
    lead.get(address)
    reply = lead.get(address, htmx=True)
    tag = reply.headers["HX-PTag"]
    lead.get(address, htmx=True, status=304, headers={"HX-PTag": tag})


def test_a_panel_is_sent_again_once_something_changed(site, lead):
    tag = lead.get("/force/panels/exposure", htmx=True).headers["HX-PTag"]
    with site.writing() as session:
        from app.people.models import Unit  # noqa: PLC0415

        unit = session.exec(select(Unit)).first()
        unit.version += 1
        session.add(unit)
    lead.get("/force/panels/exposure", htmx=True, headers={"HX-PTag": tag})


def test_every_percentage_has_its_numbers_and_no_page_knows_a_protected_characteristic(lead):
    for panel in PANELS:
        words = lead.get(f"/force/panels/{panel}", htmx=True).page.words("body")
        bare = re.sub(r"[\d,]+ of [\d,]+ \w+ \([\w. ]*[\d.]+%\)", "", words)
        if panel not in {"absence", "districts"}:
            assert "%" not in bare, panel
        assert not PROTECTED.search(words)
    sent = lead.get("/force/filters").page
    fields = {tag["name"] for tag in sent.select("main input, main select") if tag.get("name")}
    assert not fields & {"sex", "gender_identity", "ethnicity", "disability", "religion", "age"}


# --- Filters --------------------------------------------------------------------------------------


def matching(client, address):
    return int(
        re.search(r"([\d,]+) (?:person|people) match", client.get(address).page.words("main"))[1]
    )


def test_each_filter_narrows_is_a_chip_and_is_in_no_address(site, lead):
    everybody = matching(lead, "/force")
    form = lead.get("/force/filters").page
    for name in ("departments", "teams", "ranks", "staff_types", "service", "skills", "types"):
        boxes = form.select(f"input[name={name}]")
        assert boxes, name
        value = boxes[0]["value"]
        address = chosen(lead, **{name: value})
        assert re.fullmatch(r"/force/[0-9a-f]{32}", address)
        # A type of incident narrows what is counted, and not whom it is asked of.
        assert matching(lead, address) < everybody + (name == "types"), name
        page = lead.get(address).page
        assert len(page.select("main button.chosen__one")) == 1
        form_sent = {"way": "without", "field": name, "value": value}
        assert lead.post(f"{address}/change", form_sent).location == "/force"
    for name, value in (("psychological", "yes"), ("left", "yes")):
        with_it = matching(lead, chosen(lead, **{name: value}))
        without = matching(lead, chosen(lead, **{name: "no"}))
        assert with_it + without == everybody, name


def test_one_department_of_one_district_is_that_and_no_more(lead):
    form = lead.get("/force/filters").page
    district = form.select("input[name=districts]")[0]["value"]
    department = form.select("input[name=departments]")[0]["value"]
    alone = matching(lead, chosen(lead, departments=department))
    both = matching(lead, chosen(lead, departments=department, districts=district))
    assert both == alone
    only = lead.post("/force/change", {"way": "only", "field": "districts", "value": district})
    assert matching(lead, only.location) == matching(lead, "/force")


@pytest.mark.parametrize("period", ["d28", "d91", "d182", "d365", "y1", "y2", "y10"])
def test_each_period_can_be_chosen(lead, period):
    address = chosen(lead, period=period)
    expected = f"Last {period[1:]}"
    assert (expected in lead.get(address or "/force").page.words("main")) is True


def test_what_somebody_chose_is_theirs_and_gone_tomorrow(site, lead, clock):
    address = chosen(lead, staff_types=StaffType.OFFICER.value)
    other = stated(site.sign_in_as(Role.WELLBEING_LEAD))
    other.get(address)
    with site.writing() as session:
        row = session.exec(select(ForceQuestion)).first()
        row.account_id = session.exec(
            select(func.min(AuditEntry.actor_account_id)).where(
                AuditEntry.actor_account_id != row.account_id
            )
        ).one()
        session.add(row)
    lead.get(address, status=404)
    with site.writing() as session:
        assert forget(session, now=NOW) == 0
        assert forget(session, now=NOW + timedelta(days=1)) == 1
        assert session.exec(select(StatedPurpose)).all()


# --- Names ----------------------------------------------------------------------------------------


def test_everybody_listed_is_told_why_and_so_is_whoever_is_opened(site, lead):
    page = lead.get("/force/people/exposed").page
    links = [tag["href"] for tag in page.select("main a.person-link")]
    assert links
    listed = written(site, Event.FORCE_LISTED)
    assert len(listed) == len(links)
    assert len({row.subject_person_id for row in listed}) == len(links)
    assert lead.get(links[0], status=302).location.startswith("/people/")
    with site.reading() as session:
        stated_id = session.exec(select(StatedPurpose.public_id)).one()
    opened = written(site, Event.FORCE_OPENED)
    assert [row.details for row in opened] == [{"purpose": stated_id}]


def test_a_person_reads_who_asked_about_them_and_why(site, lead):
    account = site.account(Role.STAFF)
    with site.reading() as session:
        ref = session.get(Person, account.person_id).source_ref
    address = chosen(lead, staff_number=ref)
    assert matching(lead, address) == 1
    assert ref not in address
    words = site.sign_in(account).get("/my-record/who-looked").page.words("main")
    assert "Asked for figures about you" in words
    assert f"Checking that support reaches people equally: {REASON}" in words


def test_nobody_has_an_unknown_staff_number(lead):
    sent = {"period": "d365", "staff_number": "NOBODY-1", "psychological": "", "left": ""}
    page = lead.post("/force/filters", sent, status=422).page
    assert "Nobody in your part of the force" in page.words("main")
