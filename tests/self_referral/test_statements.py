"""Saying what one was, or was not, part of; and opening every number to what is behind it."""

import pytest
from sqlmodel import select

from app.exposure.models import Exposure, ExposureStatement, PromptPerson, StatementKind
from app.people.models import Person
from app.security.permissions import Role


@pytest.fixture
def staff(site):
    return site.account(Role.STAFF)


@pytest.fixture
def me(site, staff):
    return site.sign_in(staff)


def supervisors_view(site, staff):
    with site.reading() as session:
        return f"/people/{session.get(Person, staff.person_id).public_id}"


def add(me, **values):
    form = me.get("/my-record/add").page.form()
    filled = {
        "work": "call_handling",
        "type_code": "suicide",
        "day-day": "22",
        "day-month": "11",
        "day-year": "2026",
        **values,
    }
    return form, filled


def career(page):
    return int(page.select("tfoot td")[-1].text.split()[0])


def test_work_away_from_a_scene_is_recorded_and_seen_by_the_supervisor(site, staff, me):
    before = career(me.get("/my-record").page)
    form, filled = add(me, work="digital_media", type_code="digital_material")
    said = me.follow(me.submit(form, **filled)).page
    assert "Viewing digital material" in said.words("tbody")
    page = me.get("/my-record").page
    assert career(page) == before + 1
    assert "Recorded by you" in page.words("main")
    theirs = site.sign_in_as(Role.SUPERVISOR).get(supervisors_view(site, staff)).page
    assert "Viewing digital material. Recorded by themselves" in theirs.words("main")


def test_it_can_be_taken_back(me):
    before = career(me.get("/my-record").page)
    form, filled = add(me, work="digital_media", type_code="digital_material")
    said = me.follow(me.submit(form, **filled)).page
    after = me.follow(me.submit(said.form())).page
    assert "Taken back" in after.words("tbody")
    assert career(me.get("/my-record").page) == before


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"work": None}, "Choose what brought you into contact with it"),
        ({"type_code": ""}, "Choose the kind of incident"),
        ({"day-day": "24"}, "The day must be today or in the past"),
        ({"day-year": "1066"}, "The day must be in 1970 or later"),
        ({"day-month": "13"}, "The day must have a month between 1 and 12"),
        ({"ref": "Jo Smith"}, "The reference must hold a number"),
        ({"ref": "1" * 41}, "The reference must be 40 characters or fewer"),
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(me, values, sentence):
    form, filled = add(me, **values)
    page = me.submit(form, status=422, **filled).page
    assert sentence in page.words(".govuk-error-summary")
    assert page.form().values["day-day"] == filled["day-day"]


def exposure_nearby(site, staff):
    """An exposure of a colleague to something the member of staff was not named for."""
    with site.reading() as session:
        mine = select(Exposure.incident_id).where(Exposure.person_id == staff.person_id)
        team = session.exec(
            select(Exposure.unit_id).where(Exposure.person_id == staff.person_id)
        ).first()
        return session.exec(
            select(Exposure)
            .where(Exposure.unit_id == team, Exposure.incident_id.not_in(mine))
            .order_by(Exposure.occurred_at.desc())
        ).first()


def test_being_there_asks_which_of_the_days_incidents_it_was(site, staff, me):
    theirs = exposure_nearby(site, staff)
    day = theirs.occurred_on
    form, filled = add(
        me,
        work="at_scene",
        type_code=theirs.type_code,
        **{"day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year)},
    )
    which = me.submit(form, status=200, **filled).page
    assert "None of these, or I am not sure" in which.words("main form")
    asked = which.form()
    # Times and nothing else: no name, no reference, no place.
    labels = [tag.text.strip() for tag in which.select(".govuk-radios__label")]
    assert all(len(label) <= 8 for label in labels[:-1])
    again = me.submit(asked, status=422).page
    assert "Choose one, or none of these" in again.words(".govuk-error-summary")
    me.submit(again.form(), incident=asked.choices["incident"][0])
    with site.reading() as session:
        row = session.exec(select(ExposureStatement)).one()
        assert session.exec(
            select(Exposure.id).where(
                Exposure.incident_id == row.incident_id, Exposure.person_id == staff.person_id
            )
        ).one()


def test_none_of_these_records_it_on_its_own(site, staff, me):
    theirs = exposure_nearby(site, staff)
    day = theirs.occurred_on
    form, filled = add(
        me,
        work="at_scene",
        type_code=theirs.type_code,
        **{"day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year)},
    )
    me.submit(me.submit(form, status=200, **filled).page.form(), incident="none")
    with site.reading() as session:
        row = session.exec(select(ExposureStatement)).one()
        shared = session.exec(select(Exposure).where(Exposure.incident_id == row.incident_id))
        assert len(shared.all()) == 1


def test_an_incident_that_was_not_offered_is_refused(site, staff, me):
    theirs = exposure_nearby(site, staff)
    day = theirs.occurred_on
    form, filled = add(
        me,
        work="at_scene",
        type_code=theirs.type_code,
        **{"day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year)},
    )
    asked = me.submit(form, status=200, **filled).page.form()
    me.post(asked.action, {**asked.values, "incident": "0" * 32}, status=422)


def test_a_dispute_takes_it_out_of_the_numbers_and_the_supervisor_sees_that(site, staff, me):
    page = me.get("/my-record").page
    before = career(page)
    link = page.select("a[href$='/dispute']")[0]["href"]
    me.submit(me.get(link).page.form())
    page = me.get("/my-record").page
    assert career(page) == before - 1
    assert "1 disputed by you" in page.words("main")
    sergeant = site.sign_in_as(Role.SUPERVISOR)
    theirs = sergeant.get(supervisors_view(site, staff)).page
    assert "1 disputed by the person" in theirs.words("main")
    assert career(theirs) == before - 1
    assert "1 disputed by them, not counted" in sergeant.get("/teams").page.words("#rows")
    # Saying it twice changes nothing.
    assert me.get(link, status=303).location == "/my-record/said"
    me.post(link)
    with site.reading() as session:
        assert session.exec(select(ExposureStatement)).one()


def test_nobody_can_speak_for_somebody_else(site, staff, me):
    with site.reading() as session:
        mine = select(Exposure.incident_id).where(Exposure.person_id == staff.person_id)
        other = session.exec(select(Exposure).where(Exposure.incident_id.not_in(mine))).first()
        from app.incidents.models import Incident  # noqa: PLC0415

        incident = session.get(Incident, other.incident_id).public_id
    assert me.get(f"/my-record/incidents/{incident}/dispute", status=404)
    me.post(f"/my-record/incidents/{incident}/dispute", status=404)
    form, filled = add(me, work="digital_media", type_code="digital_material")
    me.submit(form, **filled)
    with site.reading() as session:
        said = session.exec(select(ExposureStatement)).one()
    stranger = site.sign_in_as(Role.SUPERVISOR)
    stranger.post(f"/my-record/said/{said.public_id}/take-back", status=404)
    with site.reading() as session:
        kept = session.exec(select(ExposureStatement)).one()
        assert (kept.kind, kept.taken_back_at) == (StatementKind.EXPOSED, None)


def test_an_account_without_a_person_has_nothing_to_say(site):
    nobody = site.sign_in_as(Role.EVALUATOR)
    for path in ("/my-record/add", "/my-record/counted/28"):
        nobody.get(path, status=404)
    assert "You have not said anything yet" in nobody.get("/my-record/said").text


# --- What is behind a number ----------------------------------------------------------------------


def test_every_number_leads_to_as_many_incidents(me):
    page = me.get("/my-record").page
    for link in page.select(".data-table td a[href*='/counted/']"):
        path, _, anchor = link["href"].partition("#")
        count = int(link.text.split()[0])
        behind = me.get(path).page
        rows = behind.select(f"section#{anchor} tbody tr" if anchor else "tbody tr")
        assert len(rows) == count, link["href"]


def test_the_person_and_the_supervisor_read_the_same_sentence(site, staff, me):
    view = supervisors_view(site, staff)
    sergeant = site.sign_in_as(Role.SUPERVISOR)
    mine = me.get("/my-record/counted/365").page
    theirs = sergeant.get(f"{view}/counted/365").page
    assert mine.words(".page-intro") == theirs.words(".page-intro")
    assert "both days included" in mine.words(".page-intro")
    assert "framework version 1" in theirs.words("main")


def test_a_window_that_counts_nothing_says_so(site):
    page = site.sign_in_as(Role.WELLBEING_LEAD).get("/my-record/counted/28").page
    assert page.words(".page-intro").startswith("0 incidents from")


@pytest.mark.parametrize("days", [1, 29, 100000])
def test_there_is_no_number_for_a_window_that_nobody_counts(me, days):
    me.get(f"/my-record/counted/{days}", status=404)


def test_a_prompt_opens_to_its_rule_its_incidents_and_its_clock(site, me, staff):
    sergeant = site.sign_in_as(Role.SUPERVISOR)
    with site.reading() as session:
        row = session.exec(
            select(PromptPerson)
            .where(PromptPerson.person_id == staff.person_id)
            .order_by(PromptPerson.id.desc())
        ).first()
    for client, path in (
        (me, f"/my-record/prompts/{row.public_id}"),
        (sergeant, f"{supervisors_view(site, staff)}/prompts/{row.public_id}"),
    ):
        page = client.get(path).page
        assert page.words("blockquote") == row.why
        assert "reason to talk" in page.words("main") or "reason enough" in page.words("main")
        assert page.select("tbody tr")
        assert "72 hours of the incident" in page.words("dl")


def test_somebody_elses_prompt_cannot_be_opened(site, staff, me):
    with site.reading() as session:
        other = session.exec(
            select(PromptPerson).where(PromptPerson.person_id != staff.person_id)
        ).first()
    me.get(f"/my-record/prompts/{other.public_id}", status=404)


def test_opening_a_number_is_seen_by_the_person(site, staff, me):
    site.sign_in_as(Role.SUPERVISOR).get(f"{supervisors_view(site, staff)}/counted/28")
    assert "Opened your record" in me.get("/my-record").page.words("main")


# --- The same for support staff -------------------------------------------------------------------


def explain(site, *arguments):
    return site.app.test_cli_runner().invoke(args=["exposure", "explain", *arguments])


def test_support_staff_explain_at_the_command_line_and_the_person_sees_it(site, staff, me):
    with site.reading() as session:
        ref = session.get(Person, staff.person_id).source_ref
    page = me.get("/my-record/counted/365").page
    answer = explain(site, ref, "--reason", "asked-by-the-person")
    assert answer.exit_code == 0, answer.output
    assert page.words(".page-intro") in answer.output
    assert "reason to talk" in answer.output or "reason enough" in answer.output
    looks = me.get("/my-record").page.words("main")
    assert "Support staff (" in looks
    assert "Looked up how your record was counted" in looks


def test_a_reason_is_needed_and_a_person_that_exists(site):
    assert explain(site, "X").exit_code == 2
    answer = explain(site, "no-such", "--reason", "complaint")
    assert answer.exit_code == 1
    assert "0 people have the staff reference" in answer.output


def test_a_rebuild_at_the_command_line_counts_everybody(site):
    answer = site.app.test_cli_runner().invoke(args=["exposure", "rebuild", "--size", "20"])
    assert answer.exit_code == 0, answer.output
    with site.reading() as session:
        assert f"Counted {len(session.exec(select(Person)).all())} people." in answer.output
    check = site.app.test_cli_runner().invoke(args=["exposure", "check"])
    assert "No difference" in check.output
