"""Choosing rows of a team's table, opening what is behind them, and moving a check-in."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import col, delete, select, update

from app.accounts.models import Account
from app.audit.events import Event
from app.debriefs.models import DebriefPerson
from app.people.models import AbsenceSpell, PostingKind, Supervision, Unit
from app.people.queries import touch_units
from app.teams.choosing import type_tag
from app.teams.table_forms import CheckInForm
from tests.conftest import BOTH, NOW
from tests.teams.told import TODAY, tell_of_a_team

SUICIDE = type_tag("suicide")


@pytest.fixture(params=BOTH)
def team(request, make_site):
    return tell_of_a_team(make_site(request.param, "empty"))


@pytest.fixture
def jo(team):
    return team.sign_in("Jo")


def names(reply):
    """Whose rows are shown, in order."""
    return [cell.text.split()[0] for cell in reply.page.select("#rows th a")]


CHOSEN = {
    "": "Ann Bea Cal Dee",
    "show=waiting": "Ann Bea",
    "show=overdue": "Ann",
    "show=overdue&show=check_in": "Ann Cal",
    "quiet=28": "Ann Cal Dee",
    f"type={SUICIDE}": "Ann Bea",
    f"type={SUICIDE}&sort=-name": "Bea Ann",
    "sort=-name": "Dee Cal Bea Ann",
    "sort=last": "Ann Dee Cal Bea",
    "sort=next": "Cal Bea Ann Dee",
    "sort=-d365": "Bea Ann Cal Dee",
    f"type={SUICIDE}&show=check_in": "",
    "show=nobody&type=suicide&sort=rank": "Ann Bea Cal Dee",
}
"""What an address asks for, and whose rows it gives in which order."""


def test_a_chosen_table_is_the_same_as_a_page_and_as_a_piece_of_one(team, jo):
    for query, wanted in CHOSEN.items():
        shown = wanted.split()
        few = f"Showing {len(shown)} of 4 people"
        words = few if len(shown) < 4 else "Showing everybody"
        page = jo.get(f"{team.address}?{query}")
        assert (query, names(page), page.page.words("#shown")) == (query, shown, words)
        piece = jo.get(f"{team.address}?{query}", htmx=True)
        assert (query, names(piece)) == (query, shown)
        assert words in piece.text
        assert "<html" not in piece.text


def test_what_is_chosen_is_said_and_can_be_taken_away(team, jo):
    page = jo.get(f"{team.address}?show=overdue&quiet=28&sort=-d28").page
    assert [tag.text for tag in page.select(".chosen__one")] == [
        "Take away: Past the time limit",
        "Take away: Not spoken to for 28 days",
    ]
    assert page.select("#show-overdue[checked]")
    assert not page.select("#show-waiting[checked]")
    assert page.select("th[aria-sort=descending] #sort-d28")
    without = jo.get(page.select(".chosen__one")[0]["href"])
    assert names(without) == ["Ann", "Cal", "Dee"]
    assert without.page.select("th[aria-sort=descending] #sort-d28")


def test_the_form_alone_chooses_without_any_script(team, jo):
    form = jo.get(team.address).page.form(".table-filter__form")
    reply = jo.get(f"{form.action}?show=waiting&quiet=&type={SUICIDE}&sort=-name")
    assert form.method == "GET"
    assert names(reply) == ["Bea", "Ann"]


def test_what_is_chosen_outlives_a_poll(team, jo):
    rows = jo.get(f"{team.address}?show=overdue&sort=-name").page.select("#rows")[0]
    tag = {"HX-PTag": rows["hx-ptag"]}
    jo.get(rows["hx-get"], status=304, htmx=True, headers=tag)
    # The same version, chosen otherwise, is not what is on the screen.
    other = jo.get(f"{team.address}/rows", htmx=True, headers=tag)
    assert names_of_rows(other) == ["Ann", "Bea", "Cal", "Dee"]
    with team.site.writing() as session:
        touch_units(session, unit_ids=[team.unit])
    changed = jo.get(rows["hx-get"], htmx=True, headers=tag)
    assert names_of_rows(changed) == ["Ann"]
    assert "Showing 1 of 4 people" in changed.text
    jo.get(rows["hx-get"], status=304, htmx=True, headers={"HX-PTag": changed.headers["HX-PTag"]})


def names_of_rows(reply):
    """Of rows without their table."""
    return [cell.text.split()[0] for cell in reply.page.select("tr[id^=row-] th a")]


def test_a_form_that_is_open_keeps_its_place_whatever_is_chosen(team, jo):
    panel = f"change.{team.id_of('Cal')}"
    reply = jo.get(f"{team.address}/rows?show=overdue&open={panel}&open=x&open=types.1", htmx=True)
    assert names_of_rows(reply) == ["Ann", "Cal"]
    kept = reply.page.select("tr[hx-preserve]")
    assert [one["id"] for one in kept] == [panel.replace(".", "-")]
    assert kept[0].find_previous_sibling("tr")["id"] == f"row-{team.id_of('Cal')}"
    # Closed while this was on its way: the next poll is not told that nothing changed.
    tag = {"HX-PTag": reply.headers["HX-PTag"]}
    closed = jo.get(f"{team.address}/rows?show=overdue", htmx=True, headers=tag)
    assert names_of_rows(closed) == ["Ann"]
    assert not closed.page.select("tr[hx-preserve]")
    elsewhere = jo.get(f"{team.address}/rows?open=types.{team.id_of('Vi')}", htmx=True)
    assert not elsewhere.page.select("tr[hx-preserve]")


def test_who_met_a_type_is_asked_for_in_the_open(team, jo):
    jo.get(team.address)
    seen = len(team.written_down(Event.TEAM_VIEWED))
    jo.get(f"{team.address}?show=waiting", htmx=True)
    assert len(team.written_down(Event.TEAM_VIEWED)) == seen
    jo.get(f"{team.address}?type={SUICIDE}", htmx=True)
    assert len(team.written_down(Event.TEAM_VIEWED)) == seen + 1


def test_a_row_says_who_is_here_for_a_while_and_who_covers(team, jo):
    with team.site.writing() as session:
        team.force.session = session
        team.add("Eva", since=TODAY, until=TODAY, kind=PostingKind.TEMPORARY)
        team.force.post(team.people["Di"], team.unit)
        team.add("Flo", since=TODAY - timedelta(days=9), until=TODAY - timedelta(days=1))
    page = jo.get(team.address)
    rows = {row.select_one("th a").text: row.text for row in page.page.select("#rows tr")}
    assert "here temporarily" in rows["Eva Field"]
    assert "Covers the team" in rows["Di Stone"]
    assert "Flo Field" not in rows
    assert "Cal Field" in team.sign_in("Di").get(team.address).text


def test_each_number_opens_what_it_counts(team, jo):
    row = jo.get(team.address).page.select(f"#row-{team.id_of('Bea')}")[0]
    links = {link["href"].rsplit("/", 1)[1]: link.text for link in row.select("td.is-number a")}
    assert links == {"28": "1", "91": "1", "182": "1", "365": "2"}
    assert jo.get(row.select("td.is-number a")[3]["href"]).page.select("#type-suicide")
    assert not jo.get(team.address).page.select(f"#row-{team.id_of('Dee')} td a[href*=counted]")


# --- By type --------------------------------------------------------------------------------------


def test_somebodys_types_open_below_their_row_and_they_see_that(team, jo):
    address = f"/people/{team.id_of('Bea')}/types"
    piece = jo.get(address, htmx=True).page
    assert piece.select(f"tr#types-{team.id_of('Bea')}")
    assert "Suicide" in piece.words("tbody")
    assert [entry.details for entry in team.written_down(Event.RECORD_VIEWED)] == [
        {"page": "types"}
    ]
    jo.get(f"{address}?open=types.{team.id_of('Bea')}", htmx=True, status=204)
    assert len(team.written_down(Event.RECORD_VIEWED)) == 1
    assert "Suicide" in jo.get(address).page.words("main")
    closed = jo.get(
        f"{team.address}/rows/{team.id_of('Bea')}?open=types.{team.id_of('Bea')}", htmx=True
    )
    assert closed.page.select(f"template[hx-target='#types-{team.id_of('Bea')}']")


def test_the_team_by_type_adds_up_its_people(team, jo):
    tables = jo.get(f"{team.address}/types").page.select("table")
    counts = {
        row.select_one("th").text: [int(cell.text) for cell in row.select("td")]
        for row in tables[0].select("tbody tr")
    }
    assert counts["Suicide"] == [1, 1, 1, 2]
    assert counts["Fatal road collision"] == [1, 1, 1, 1]
    people = tables[1].select("tbody tr")
    assert [row.select_one("th").text.split()[0] for row in people] == ["Ann", "Bea", "Cal", "Dee"]
    totals = [sum(int(cell.text) for cell in row.select("td")) for row in people]
    assert totals == [1, 2, 1, 0]


def test_the_months_of_a_team_are_those_of_its_people(team, jo):
    page = jo.get(f"{team.address}/history?month=2026-11").page
    assert page.select("table tfoot td")[-1].text == "2"
    assert "Bea Field" in page.words("main")
    assert jo.get(f"{team.address}/history?month=nonsense").page.words("h1") == page.words("h1")


# --- A check-in -----------------------------------------------------------------------------------

CHECK_IN = "form[action$=check-in]"
LATER = {"on-day": "1", "on-month": "12", "on-year": "2026"}


def test_a_check_in_is_moved_below_its_row(team, jo):
    form = jo.get(team.change("Cal"), htmx=True).page.form(CHECK_IN)
    assert form.values["on-day"] == str((TODAY - timedelta(days=1)).day)
    reply = jo.submit(form, status=200, htmx=True, **LATER)
    assert f'id="row-{team.id_of("Cal")}"' in reply.text
    assert "1 Dec 2026" in reply.text
    assert reply.text.count("autofocus") == 1
    assert reply.page.select(f"template[hx-target='#change-{team.id_of('Cal')}']")
    entry = team.written_down(Event.CHECK_IN_MOVED)[0]
    assert entry.subject_person_id == team.people["Cal"]
    assert entry.actor_account_id == team.accounts["Jo"]
    jo.get(f"{team.change('Cal')}?open=change.{team.id_of('Cal')}", htmx=True, status=204)


def test_the_same_as_a_page_of_its_own(team, jo):
    form = jo.get(team.change("Cal")).page.form(CHECK_IN)
    reply = jo.post(form.action, {**form.values, "none": "y"})
    assert reply.location.endswith(f"#row-{team.id_of('Cal')}")
    row = jo.get(team.address).page.select(f"#row-{team.id_of('Cal')}")[0]
    assert "None" in row.select_one("td[data-label=Check-in]").text


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (("", "", ""), "Enter the date of the check-in"),
        (("22", "11", "2026"), "must be today or within"),
        (("1", "1", "2028"), "must be today or within"),
        (("31", "2", "2027"), "must be a real date"),
        (("1", "", "2027"), "must include a month"),
    ],
)
def test_a_day_that_makes_no_sense_is_named(clock, day, sentence):
    app = Flask(__name__)
    app.config.update(WTF_CSRF_ENABLED=False, SECRET_KEY="for this test")
    sent = dict(zip(("on-day", "on-month", "on-year"), day, strict=True))
    with app.test_request_context(method="POST", data=sent):
        form = CheckInForm()
        assert not form.asks_for(TODAY)
        assert sentence in form.on.errors[0]


def test_a_form_with_a_mistake_comes_back_below_its_row(team, jo):
    form = jo.get(team.change("Cal"), htmx=True).page.form(CHECK_IN)
    reply = jo.submit(form, status=422, htmx=True, **{**LATER, "on-year": "2020"})
    assert "must be today or within" in reply.page.words(".govuk-error-summary")
    assert reply.page.select(f"tr#change-{team.id_of('Cal')} input[value='2020']")
    assert team.written_down(Event.CHECK_IN_MOVED) == []


def test_the_second_of_two_sees_both_days_and_may_save_again(team, jo):
    di = team.sign_in("Di")
    forms = [who.get(team.change("Cal"), htmx=True).page.form(CHECK_IN) for who in (jo, di)]
    jo.submit(forms[0], status=200, htmx=True, **LATER)
    mine = {**LATER, "on-day": "4"}
    told = di.submit(forms[1], status=409, htmx=True, **mine)
    words = told.page.words(".notice")
    assert (
        "Jo Stone saved this on 23 November 2026 at 9:30am: check-in on 1 December 2026." in words
    )
    assert "You wanted 4 December 2026" in words
    with team.site.reading() as session:
        days = session.exec(select(DebriefPerson.next_contact_on)).all()
    assert TODAY.replace(month=12, day=1) in days
    again = told.page.form(CHECK_IN)
    assert again.values["on-day"] == "4"
    assert "4 Dec 2026" in di.submit(again, status=200, htmx=True).text


def test_a_conversation_recorded_meanwhile_is_not_overwritten(team, jo):
    form = jo.get(team.change("Cal")).page.form(CHECK_IN)
    with team.site.writing() as session:
        team.force.session = session
        team.spoke("Cal", TODAY, None, by="Di")
    told = jo.submit(form, status=409, **LATER)
    assert ": no check-in. You wanted 1 December 2026" in told.page.words(".notice")
    with team.site.reading() as session:
        assert session.exec(select(DebriefPerson.next_contact_revision)).all() == [0, 0, 0]


def test_a_check_in_can_be_moved_by_whoever_leads_the_team_now_and_nobody_else(team, jo):
    vi = team.sign_in("Vi")
    assert "Change" not in vi.get(team.address).page.words("#rows")
    vi.get(team.change("Cal"), status=403)
    vi.post(f"{team.change('Cal')}/check-in", LATER, status=403)
    assert not jo.get(team.change("Dee")).page.select(CHECK_IN)
    jo.post(f"{team.change('Dee')}/check-in", LATER, status=409)
    with team.site.writing() as session:
        other = session.exec(select(Unit.id).where(col(Unit.kind) == "district")).one()
        session.exec(update(Supervision).values(unit_id=other))
    jo.post(f"{team.change('Cal')}/check-in", LATER, status=404)
    for part in ("", "/rows", "/types", "/history", f"/rows/{team.id_of('Cal')}"):
        jo.get(f"{team.address}{part}", status=404)
    jo.get(f"/people/{team.id_of('Cal')}/types", status=404)
    with team.site.writing() as session:
        session.exec(delete(Supervision))
    assert team.written_down(Event.CHECK_IN_MOVED) == []


def test_the_person_sees_that_their_check_in_was_moved(team, jo):
    with team.site.writing() as session:
        own = session.get(Account, team.accounts["Vi"])
        own.person_id = team.people["Cal"]
        session.add(own)
    jo.submit(jo.get(team.change("Cal")).page.form(CHECK_IN), **LATER)
    record = team.sign_in("Vi").get("/my-record").page.words("main")
    assert "Moved the day of your next check-in" in record
    assert "Next contact 1 December 2026" in record


# --- A plan, and time away ------------------------------------------------------------------------

PLAN, AWAY = "form[action$=plan]", "form[action$=away]"
TOMORROW = {"planned_on-day": "24", "planned_on-month": "11", "planned_on-year": "2026"}
WEEK = {
    "kind": "leave",
    "starts_on-day": "23",
    "starts_on-month": "11",
    "starts_on-year": "2026",
    "ends_on-day": "3",
    "ends_on-month": "12",
    "ends_on-year": "2026",
}


def test_a_conversation_is_planned_and_the_second_to_plan_it_is_told(team, jo):
    di = team.sign_in("Di")
    forms = [who.get(team.change("Ann"), htmx=True).page.form(PLAN) for who in (jo, di)]
    assert "Planned for tomorrow" in jo.submit(forms[0], status=200, htmx=True, **TOMORROW).text
    later = {**TOMORROW, "planned_on-day": "26"}
    told = di.submit(forms[1], status=409, htmx=True, **later).page
    assert (
        "Jo Stone saved this on 23 November 2026 at 9:30am: planned for 24 November 2026. "
        "You wanted 26 November 2026."
    ) in told.words(".notice")
    again = told.form(PLAN)
    assert again.values["planned_on-day"] == "26"
    assert "Planned for Thursday 26 November" in di.submit(again, status=200, htmx=True).text
    past = {**TOMORROW, "planned_on-day": "22"}
    wrong = jo.submit(jo.get(team.change("Ann")).page.form(PLAN), status=422, **past)
    assert "within the next 28 days" in wrong.page.words(".govuk-error-summary")
    assert not jo.get(team.change("Cal")).page.select(PLAN)


def test_who_is_away_is_said_and_can_be_asked_for(team, jo):
    di = team.sign_in("Di")
    forms = [who.get(team.change("Bea"), htmx=True).page.form(AWAY) for who in (jo, di)]
    assert "On leave until 3 Dec 2026" in jo.submit(forms[0], status=200, htmx=True, **WEEK).text
    told = di.submit(forms[1], status=409, htmx=True, **WEEK).page
    assert "Jo Stone saved this on 23 November 2026 at 9:30am: Leave" in told.words(".notice")
    with team.site.writing() as session:
        for name, psychological in (("Cal", True), ("Bea", False)):
            session.add(
                AbsenceSpell(
                    person_id=team.people[name],
                    starts_on=TODAY,
                    psychological=psychological,
                    recorded_at=NOW,
                )
            )
    page = jo.get(f"{team.address}?show=away&sort=name")
    assert names(page) == ["Bea", "Cal"]
    badges = [row.select_one("th .badge").text for row in page.page.select("#rows tr")]
    assert badges == ["On leave until 3 Dec 2026", "Absent"]
    assert "sychological" not in page.text
