"""The framework's pages: everybody reads, few draft, fewer activate; no entry is ever lost."""

import io
from datetime import date, timedelta

import pytest
from sqlmodel import select

from app.audit.models import AuditEntry
from app.incidents.framework import Framework
from app.incidents.models import FrameworkStatus, FrameworkVersion
from app.security.permissions import Role

LEAD, STEWARD = Role.WELLBEING_LEAD, Role.DATA_STEWARD


@pytest.fixture
def lead(sign_in_as):
    """A wellbeing lead, with a draft begun."""
    client = sign_in_as(LEAD)
    client.post("/framework/draft")
    return client


def document(site) -> Framework:
    with site.reading() as session:
        row = session.exec(
            select(FrameworkVersion).where(FrameworkVersion.status == FrameworkStatus.DRAFT)
        ).one()
        return Framework.model_validate(row.document)


def audited(site) -> list[tuple[str, dict]]:
    with site.reading() as session:
        rows = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
        return [(row.event, row.details) for row in rows if row.event.startswith("framework:")]


@pytest.mark.parametrize("role", [Role.STAFF, Role.SUPERVISOR, LEAD])
def test_everybody_may_read_what_holds_in_plain_words(sign_in_as, role):
    page = sign_in_as(role).get("/framework").page
    words = page.words("main")
    assert "Fatal road collision" in words
    assert "3 incidents in 28 days" in words
    assert "within 72 hours" in words
    assert ("The draft" in words) == (role is LEAD)


def test_staff_see_no_draft(sign_in_as, lead):
    staff = sign_in_as(Role.STAFF)
    staff.get("/framework/versions/1")
    staff.get("/framework/versions/2", status=404)
    staff.get("/framework/versions/2/codes", status=404)
    staff.get("/framework/draft", status=403)


def test_without_a_draft_its_parts_lead_to_where_one_is_begun(sign_in_as):
    client = sign_in_as(STEWARD)
    reply = client.get("/framework/draft/types", status=303)
    assert "There is no draft" in client.follow(reply).page.words()
    client.post("/framework/draft/discard", status=303)


def test_a_type_is_added_with_a_code_made_from_its_name(site, lead):
    form = lead.get("/framework/draft/types/add").page.form()
    lead.submit(form, name="Drowning, or near it", always="yes")
    added = document(site).types[-1]
    assert (added.code, added.always_prompts) == ("drowning_or_near_it", True)
    assert "Drowning, or near it" in lead.get("/framework/draft").page.words()
    assert audited(site)[-1] == ("framework:changed", {"version": 2, "section": "types"})


def test_a_type_in_use_is_renamed_or_retired_and_never_taken_out(site, lead):
    page = lead.get("/framework/draft/types/item/suicide").page
    assert len(page.select("main form[method=post]")) == 1
    lead.submit(page.form(), name="Death by suicide", in_use="no", always="no")
    changed = next(one for one in document(site).types if one.code == "suicide")
    assert (changed.name, changed.retired) == ("Death by suicide", True)
    revision = lead.get("/framework/draft/types/item/suicide").page.form().values["revision"]
    reply = lead.post(
        "/framework/draft/types/item/suicide/remove", {"revision": revision}, status=409
    )
    assert "has been in use" in reply.page.words()
    assert any(one.code == "suicide" for one in document(site).types)


def test_what_only_the_draft_has_can_be_taken_out(site, lead):
    lead.submit(lead.get("/framework/draft/factors/add").page.form(), name="Bad weather")
    page = lead.get("/framework/draft/factors/item/bad_weather").page
    lead.submit(page.form("form[action$=remove]"))
    assert all(one.code != "bad_weather" for one in document(site).factors)


def test_a_type_that_a_rule_needs_is_not_taken_out(site, lead):
    lead.submit(lead.get("/framework/draft/types/add").page.form(), name="Drowning")
    rule = lead.get("/framework/draft/rules/add").page.form()
    lead.submit(rule, count="2", days="90", counted="some", types=["drowning"])
    page = lead.get("/framework/draft/types/item/drowning").page
    reply = lead.submit(page.form("form[action$=remove]"), status=409)
    assert "names types that do not exist: drowning" in reply.page.words()


@pytest.mark.parametrize(
    ("address", "values", "sentence"),
    [
        ("types/add", {"name": ""}, "Enter the name"),
        ("types/add", {"name": "ab"}, "The name must be at least 3 characters"),
        ("types/add", {"name": "x" * 81}, "The name must be 80 characters or fewer"),
        ("types/add", {"name": "Fire", "code": "F 1"}, "The code must start with a small letter"),
        ("types/add", {"name": "Fire", "weight": "11"}, "The weight must be 10 or fewer"),
        ("types/add", {"name": "Fire", "weight": "big"}, "must be a whole number, like 28"),
        ("types/add", {"name": "Fire", "code": "suicide"}, "used twice: suicide"),
        ("rules/add", {"count": "1", "days": "28"}, "The number of incidents must be 2 or more"),
        ("rules/add", {"count": "3", "days": ""}, "Enter the number of days"),
        ("rules/add", {"count": "9" * 5000, "days": "3"}, "must be"),
        ("rules/add", {"count": "3", "days": "28", "counted": "some"}, "Tick at least one type"),
        ("settings/timing", {"windows": ""}, "Enter at least one window"),
        ("settings/timing", {"windows": "28, 28"}, "must be different lengths"),
        ("settings/timing", {"windows": "28, soon"}, "Each window must be a whole number"),
        ("settings/timing", {"windows": "1,2,3,4,5,6,7"}, "Enter 6 windows or fewer"),
        ("settings/timing", {"debrief_hours": "721"}, "The time limit in hours must be 720"),
        ("settings/wording", {"wording": "x" * 501}, "The note must be 500 characters or fewer"),
        ("settings/weights", {"weights": "beside_counts"}, "Read what the evidence says"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence_and_kept_as_typed(lead, address, values, sentence):
    form = lead.get(f"/framework/draft/{address}").page.form()
    reply = lead.submit(form, status=422, **values)
    assert sentence in reply.page.words(".govuk-error-summary")
    again = reply.page.form().values
    for name, value in values.items():
        assert again[name] == value


def test_windows_and_limits_are_changed_together(site, lead):
    form = lead.get("/framework/draft/settings/timing").page.form()
    lead.submit(form, windows="365 28,91", debrief_hours="48", check_in_days="30")
    found = document(site)
    assert (found.windows, found.debrief_hours, found.check_in_days) == ((28, 91, 365), 48, 30)


def test_a_code_is_mapped_ended_and_not_mapped_twice(site, lead):
    def add(**values: object):
        return lead.get("/framework/draft/codes/add").page.form(), values

    row = {"system": "storm", "field": "closing", "code": "SD1", "type": "sudden_death"}
    form, values = add(**row)
    lead.submit(form, **values)
    form, values = add(**row)
    reply = lead.submit(form, status=422, **values)
    assert "is in the map twice on the same day" in reply.page.words(".govuk-error-summary")
    (held,) = document(site).code_map
    page = lead.get(f"/framework/draft/codes/item/{held.key}").page
    last = {"ends_on-day": "1", "ends_on-month": "2", "ends_on-year": "2027"}
    lead.submit(page.form("main form:not([action$=remove])"), type="-", **last)
    (held,) = document(site).code_map
    assert (held.type, held.ends_on) == (None, date(2027, 2, 1))
    assert "Not relevant" in lead.get("/framework/versions/2/codes").page.words()


def test_a_second_editor_is_told_and_loses_nothing(site, lead, sign_in_as):
    steward = sign_in_as(STEWARD)
    theirs = steward.get("/framework/draft/types/item/suicide").page.form()
    lead.submit(lead.get("/framework/draft/types/item/other").page.form(), name="Something else")
    reply = steward.submit(theirs, status=409, name="By suicide")
    assert "changed the draft while you had this open" in reply.page.words()
    assert document(site).type_names()["suicide"] == "Suicide"
    form = reply.page.form()
    assert form.values["name"] == "By suicide"
    steward.submit(form)
    names = document(site).type_names()
    assert (names["suicide"], names["other"]) == ("By suicide", "Something else")


def test_what_somebody_took_out_meanwhile_can_be_put_back(site, lead, sign_in_as):
    lead.submit(lead.get("/framework/draft/factors/add").page.form(), name="Bad weather")
    steward = sign_in_as(STEWARD)
    address = "/framework/draft/factors/item/bad_weather"
    theirs = steward.get(address).page.form("main form:not([action$=remove])")
    lead.submit(lead.get(address).page.form("form[action$=remove]"))
    reply = steward.submit(theirs, status=409, name="Very bad weather")
    assert "took this out of the draft" in reply.page.words()
    steward.submit(reply.page.form())
    assert "Very bad weather" in document(site).factor_names().values()


def test_only_one_draft_and_it_can_be_discarded(site, lead):
    reply = lead.post("/framework/draft", status=409)
    assert "There is a draft already" in reply.page.words()
    form = lead.get("/framework/draft/discard").page.form()
    lead.submit(lead.get("/framework/draft/types/item/other").page.form(), name="Something else")
    again = lead.submit(form, status=409)
    lead.submit(again.page.form())
    assert "There is no draft" in lead.get("/framework/draft").page.words()
    events = [event for event, _details in audited(site)]
    assert events == ["framework:drafted", "framework:changed", "framework:discarded"]


def activate(client, day: date, *, status: int = 303):
    form = client.get("/framework/draft/activate").page.form()
    parts = {"starts_on-day": day.day, "starts_on-month": day.month, "starts_on-year": day.year}
    values = {name: str(value) for name, value in parts.items()}
    return client.submit(form, status=status, sure=["yes"], **values)


def test_a_draft_is_activated_from_a_day_and_history_says_by_whom(site, lead, now):
    lead.submit(lead.get("/framework/draft/types/item/other").page.form(), always="yes")
    reply = activate(lead, now.date() - timedelta(days=1), status=422)
    assert "The first day must be today or later" in reply.page.words(".govuk-error-summary")
    page = lead.follow(activate(lead, now.date())).page
    assert "Holds now From 23 November 2026" in page.words()
    history = lead.get("/framework/versions").page.words()
    name = site.account(LEAD).display_name
    assert f"by {name}, from version 1" in history
    assert "Until 23 November 2026" in history
    details = {"version": 2, "from": "2026-11-23"}
    assert audited(site)[-1] == ("framework:activated", details)
    compared = lead.get("/framework/compare?older=1&newer=2").page.words()
    assert "Other distressing incident: one attendance asks for a conversation" in compared
    assert "Nothing differs" in lead.get("/framework/compare?older=2&newer=2").page.words()


def test_a_version_to_come_is_announced_and_can_be_taken_back(lead, sign_in_as, now):
    activate(lead, now.date() + timedelta(days=10))
    staff = sign_in_as(Role.STAFF).get("/framework").page.words()
    assert "Version 2 holds from 3 December 2026" in staff
    lead.post("/framework/draft")
    reply = activate(lead, now.date(), status=422)
    assert "Version 2 is to hold from 3 December 2026" in reply.page.words()
    page = lead.get("/framework/versions/2").page
    refused = lead.submit(page.form(), status=409)
    assert "There is another draft" in refused.page.words()
    lead.submit(lead.get("/framework/draft/discard").page.form())
    lead.submit(lead.get("/framework/versions/2").page.form())
    assert "Version 2, begun" in lead.get("/framework/draft").page.words()
    lead.post("/framework/versions/1/take-back", status=409)


def test_a_data_steward_drafts_but_does_not_activate(sign_in_as):
    steward = sign_in_as(STEWARD)
    steward.post("/framework/draft")
    assert "A wellbeing lead activates it" in steward.get("/framework/draft").page.words()
    steward.get("/framework/draft/activate", status=403)
    steward.get("/framework/draft/rehearsal")


def test_a_rehearsal_shows_counts_with_their_bases_and_no_names(site, lead):
    lead.submit(
        lead.get("/framework/draft/rules/item/three_in_28").page.form(
            "main form:not([action$=remove])"
        ),
        count="2",
    )
    page = lead.get("/framework/draft/rehearsal").page
    words = page.words("main")
    assert "2 incidents in 28 days" in words
    assert "people spoken to" in words or "people really spoken to" in words
    from app.people.models import Person  # noqa: PLC0415

    with site.reading() as session:
        families = set(session.exec(select(Person.family_name)))
    cells = {cell.get_text(" ", strip=True) for cell in page.select("main td, main th")}
    assert not cells & families


def test_weights_are_switched_on_only_by_somebody_who_read_the_warning(site, lead):
    page = lead.get("/framework/draft/settings/weights").page
    assert "Weiss and colleagues, 2010" in page.words()
    lead.submit(page.form(), weights="beside_counts", read=["yes"])
    assert document(site).weights == "beside_counts"


LIST = b"""code,name,kind,always
,Drowning,type,yes
suicide,Suicide,type,yes
other,Another kind,type,
,Bad weather,factor,
"""


def load(client, content: bytes, name: str = "list.csv", *, status: int = 200, **values: object):
    form = client.get("/framework/draft/load").page.form()
    upload = {"file": (io.BytesIO(content), name)}
    data = form.values | {"wording": "Worded by A, 2026", "known": "keep"} | values | upload
    return client.post(form.action, data, status=status, content_type="multipart/form-data")


def test_a_list_from_a_file_goes_in_and_replaces_nothing_unasked(site, lead):
    words = load(lead, LIST).page.words()
    assert "2 added, 0 changed, 1 left as the draft had them, 1 already the same" in words
    assert "Other distressing incident (other); the file has Another kind (other)" in words
    found = document(site)
    assert found.type_names()["other"] == "Other distressing incident"
    assert found.wording.startswith("Worded by the Trauma Tracker project")
    assert found.wording.endswith("checklist. Worded by A, 2026")
    words = load(lead, LIST, known="replace").page.words()
    assert "0 added, 1 changed, 0 left" in words
    assert document(site).type_names()["other"] == "Another kind"


def test_a_list_with_bad_rows_goes_in_not_at_all_and_names_them(site, lead):
    before = document(site)
    bad = LIST + b"Fire 1,Fire,type,\n,Wind,gust,\n,Rain,factor,yes\n,Sun,type,often\n"
    words = load(lead, bad, status=422).page.words()
    assert "4 rows cannot be used" in words
    assert "Line 6: The code must start with a small letter" in words
    assert "Line 7: The kind must be type or factor" in words
    assert "Line 8: Always is for types" in words
    assert "Line 9: Always must be yes or no" in words
    assert document(site) == before


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "list.csv", "The first line must name the columns"),
        (b"name,kind\n", "list.csv", "The file has no rows"),
        (b"name,kind,colour\na,b,c\n", "list.csv", "The first line must name the columns"),
        ("name,kind\nFlut und Dürre,type\n".encode("latin-1"), "list.csv", "not in UTF-8"),
        (b"MZ", "list.exe", "must be a CSV or YAML file"),
        (b"a: [", "list.yaml", "must be a YAML list"),
        (b"a: b", "list.yml", "must be a YAML list"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence(lead, content, name, sentence):
    reply = load(lead, content, name, status=422)
    assert sentence in reply.page.words(".govuk-error-summary")


def test_choosing_what_to_do_with_known_codes_is_asked_for(lead):
    reply = load(lead, LIST, status=422, known="")
    assert "Choose what to do when the draft already has a code" in reply.page.words()


def test_a_list_or_a_setting_that_does_not_exist_is_not_found(lead):
    for address in ("colours", "colours/add", "types/item/no_such_type", "settings/colours"):
        lead.get(f"/framework/draft/{address}", status=404)
