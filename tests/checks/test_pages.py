"""The self-check as its person meets it, without JavaScript."""

import os
import re
from datetime import timedelta

import pytest
import yaml
from sqlmodel import select

from app.audit.models import AuditEntry
from app.checks.models import CheckOffer, SelfCheck
from app.checks.questions import QUESTIONS, Change
from app.instruments import library
from app.people.models import Person
from app.security.models import BrowserSession
from app.security.permissions import Role
from tests.checks.conftest import Taking
from tests.conftest import NOW
from tests.instruments.vectors import filling
from tests.reading import prose, too_old

FORM = ".check form"
HARD = dict.fromkeys(("sleep", "mood"), "more")


def switch_on(site, *codes) -> None:
    """Have the force offer optional questionnaires."""
    with site.writing() as session:
        session.add_all(
            CheckOffer(code=code, switched_on_at=NOW, by_account_id=1) for code in codes
        )


def heading(reply) -> str:
    return reply.page.words("h1")


def finish(taking):
    """From "check your answers" to the result."""
    return taking.client.follow(taking.client.submit(taking.page().form(FORM)))


def result(taking, **answers):
    """The result of the twelve questions and nothing else."""
    taking.twelve(**answers)
    taking.go_on(questionnaire="none")
    return finish(taking).page


def button(page, text):
    """The form of the button that reads so."""
    (tag,) = [one for one in page.select("main form") if text in one.get_text()]
    return tag["action"]


# --- The way through ------------------------------------------------------------------------------


def test_twelve_questions_and_nothing_else_read_back_and_are_grouped(taking):
    taking.walk(sleep="more", mood="less", alcohol="unsaid")
    reply = taking.go_on(questionnaire="none")
    assert heading(reply) == "Check your answers"
    rows = reply.page.select(".govuk-summary-list__row")
    said = [(row.dt.get_text(), row.dd.get_text()) for row in rows][1:]
    answers = {"sleep": "more", "mood": "less", "alcohol": "unsaid"}
    assert said == [
        (one.text, one.choices[Change(answers.get(one.code, "same"))]) for one in QUESTIONS
    ]
    page = finish(taking).page
    groups = {
        one.select_one("h2").get_text(): [item.get_text() for item in one.select("li")]
        for one in page.select(".check-group")
    }
    assert groups["Harder than before"] == ["Sleep"]
    assert groups["Easier than before"] == ["Mood"]
    assert len(groups["About the same"]) == len(QUESTIONS) - 3


@pytest.mark.parametrize("code", ["phq4", "who5"])
def test_a_questionnaire_is_asked_as_its_authors_word_it_and_explained(taking, code):
    instrument = library.load()[code]
    taking.twelve()
    reply = taking.go_on(questionnaire=code)
    for place, item in enumerate(instrument.items, 1):
        page = reply.page
        assert page.words("h1") == item.text
        assert instrument.period in page.words("main")
        assert instrument.attribution in page.words("main")
        assert f"{place} of {len(instrument.items)}" in page.words("main")
        assert taking.client.get("/self-check/answers", status=303).location.endswith(str(place))
        reply = taking.go_on(answer=str(item.most))
    page = finish(taking).page
    words = page.words("main")
    assert "This is not a diagnosis" in words
    assert instrument.source in words
    assert instrument.licence.holder in words
    assert re.search(r"add up to \d+ out of \d+", words)


def test_an_answer_may_be_skipped_and_then_the_questionnaires_own_rule_holds(taking):
    taking.twelve()
    taking.go_on(questionnaire="phq4")
    taking.go_on(answer="3")
    taking.go_on(do="skip")
    taking.go_on(do="skip")
    reply = taking.go_on(answer="3")
    assert reply.page.words("main").count("You skipped this one") == 2
    words = finish(taking).page.words("main")
    assert "so there is no number" in words
    assert "out of 12" not in words


def test_back_leads_one_page_back_and_what_was_answered_is_there(taking):
    taking.start()
    taking.go_on(answer="more")
    page = taking.go_on(answer="less").page
    page = taking.client.get(page.link("Back")).page
    assert page.words("h1") == QUESTIONS[1].text
    assert page.form(FORM).values["answer"] == "less"
    page = taking.client.get(page.link("Back")).page
    assert page.form(FORM).values["answer"] == "more"
    page = taking.client.get(page.link("Back")).page
    assert page.words("h1") == "Do you have one incident in mind?"
    assert heading(taking.client.get(page.link("Back"))) == "Self-check"


def test_one_answer_is_changed_and_one_is_back_at_all_of_them(taking):
    taking.twelve()
    page = taking.go_on(questionnaire="none").page
    change = page.link(f"Change your answer: {QUESTIONS[3].text}")
    form = taking.client.get(change).page.form(FORM)
    page = taking.client.follow(taking.client.submit(form, answer="more")).page
    assert page.words("h1") == "Check your answers"
    assert QUESTIONS[3].harder in page.words("main")
    # A change that asks for more leads there, and back again.
    form = taking.client.get(page.link("Add a set of questions")).page.form(FORM)
    reply = taking.client.follow(taking.client.submit(form, questionnaire="phq4"))
    for _ in range(4):
        assert "review=yes" in reply.page.address
        reply = taking.client.follow(taking.client.submit(reply.page.form(FORM), answer="0"))
    assert heading(reply) == "Check your answers"


def test_changing_an_answer_after_the_result_shows_it_again(taking):
    page = result(taking)
    page = taking.client.get(page.link("Your answers")).page
    form = taking.client.get(page.link(f"Change your answer: {QUESTIONS[0].text}")).page.form(FORM)
    taking.client.submit(form, answer="more")
    assert taking.client.get("/self-check/result", status=303).location.endswith("/answers")
    assert "Harder than before Sleep" in finish(taking).page.words("main")


def test_no_answer_is_asked_for_again_and_a_made_up_one_is_refused(taking):
    taking.start()
    reply = taking.go_on(status=422)
    assert "Choose one" in reply.page.words(".govuk-error-summary")
    form = taking.page().form(FORM)
    reply = taking.client.submit(form, status=422, answer="worst")
    assert heading(reply) == QUESTIONS[0].text


def test_nobody_jumps_ahead_or_finds_anything_without_having_begun(taking):
    for path in ("about", "questions/1", "set", "set/1", "answers", "result", "leave"):
        assert taking.client.get(f"/self-check/{path}", status=303).location == "/self-check"
        if path not in {"result", "leave"}:
            assert taking.client.post(f"/self-check/{path}").location == "/self-check"
    assert taking.client.post("/self-check/keep").location == "/self-check"
    taking.start()
    for path in ("questions/2", "questions/13", "questions/0", "set", "set/1", "answers"):
        reply = taking.client.get(f"/self-check/{path}", status=303)
        assert reply.location == "/self-check/questions/1"
    assert taking.client.post("/self-check/keep").location == "/self-check"


def test_it_may_be_about_an_incident_of_ones_own_and_nobody_elses(taking):
    form = taking.client.get("/self-check").page.form(FORM)
    page = taking.client.follow(taking.client.submit(form)).page
    labels = [tag.get_text().strip() for tag in page.select(".govuk-radios__label")]
    form = page.form(FORM)
    assert len(form.choices["about"]) == len(labels) > 2
    taking.client.submit(form, status=422, about="0" * 32)
    taking.client.submit(form, about=form.choices["about"][1])
    assert "before that incident" in taking.page().words("main")
    for _ in QUESTIONS:
        taking.go_on(answer="more")
    taking.go_on(questionnaire="none")
    assert labels[1] in finish(taking).page.words("main")


# --- Leaving --------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{"answer": "more"}, {}])
def test_one_can_stop_and_go_on_another_day(taking, clock, values):
    taking.start()
    reply = taking.go_on(do="later", **values)
    assert heading(reply) == "You can stop here"
    clock.shift(timedelta(days=6))
    again = Taking(taking.site)
    place = 1 if values else 0
    assert again.page().words("h1") == QUESTIONS[place].text
    clock.shift(timedelta(days=1))
    assert "You have begun one" not in again.client.get("/self-check", status=None).text


def test_leaving_deletes_it_and_says_so(taking):
    taking.start()
    reply = taking.go_on(do="later")
    form = reply.page.form("main form[method=post]")
    reply = taking.client.follow(taking.client.submit(form))
    assert heading(reply) == "It is deleted"
    assert taking.drafts() == []


def test_starting_again_deletes_what_was_begun(taking):
    taking.start()
    taking.go_on(answer="more")
    form = taking.client.get("/self-check").page.form(FORM)
    page = taking.client.follow(taking.client.submit(form)).page
    taking.client.submit(page.form(FORM), about="nothing")
    assert "answer" not in taking.page().form(FORM).values


def test_a_result_that_nobody_keeps_is_gone_two_hours_later(taking, clock):
    before = len(taking.checks())
    result(taking)
    clock.shift(timedelta(hours=2))
    again = Taking(taking.site)
    assert again.client.get("/self-check/result", status=303).location == "/self-check"
    assert len(taking.checks()) == before


@pytest.mark.parametrize("path", ["/sign-out", "/exit"])
def test_signing_out_takes_a_result_that_was_not_kept_and_no_answers_under_way(taking, path):
    taking.start()
    taking.client.post(path)
    assert len(taking.drafts()) == 1
    again = Taking(taking.site)
    result(again)
    kept = len(again.checks())
    again.client.post(path)
    assert again.drafts() == []
    assert len(again.checks()) == kept


def run_out(site) -> None:
    with site.writing() as session:
        for row in session.exec(select(BrowserSession)).all():
            row.seen_at -= timedelta(hours=2)


@pytest.mark.parametrize("step", ["about", "question", "choice", "item", "skipped"])
def test_a_session_that_runs_out_loses_no_answer_and_tells_nobody(taking, step):
    site = taking.site
    if step == "about":
        taking.client.submit(taking.client.get("/self-check").page.form(FORM))
        values = {"about": "nothing"}
    elif step == "question":
        taking.start()
        values = {"answer": "more"}
    else:
        taking.twelve()
        values = {"questionnaire": "phq4"}
    if step in {"item", "skipped"}:
        taking.go_on(**values)
        values = {"answer": "3"} if step == "item" else {"do": "skip"}
    form = taking.page().form(FORM)
    form.values["do"] = "next"
    with site.reading() as session:
        entries = len(session.exec(select(AuditEntry)).all())
    run_out(site)
    reply = taking.client.submit(form, status=302, **values)
    assert reply.location.startswith("/sign-in?next=/self-check/")
    assert not set(values.values()) & set(re.split(r"\W", reply.location))
    with site.reading() as session:
        assert len(session.exec(select(AuditEntry)).all()) == entries
    again = Taking(site)
    assert reply.location.endswith(
        again.client.get("/self-check").page.link("Go on where you stopped")
    )
    assert again.page().form(FORM).action != form.action


def test_a_session_that_runs_out_puts_down_nothing_that_is_wrong(taking):
    taking.start()
    form = taking.page().form(FORM)
    run_out(taking.site)
    reply = taking.client.submit(form, status=302, answer="made up")
    assert reply.location == "/sign-in?next=/self-check/questions/1"
    again = Taking(taking.site)
    assert "answer" not in again.page().form(FORM).values


# --- The result -----------------------------------------------------------------------------------


def test_somebody_for_whom_nothing_is_harder_reads_so(taking):
    words = result(taking).words("main")
    assert "You did not say that anything is harder" in words
    assert "Changes like these are common" not in words


def test_what_is_harder_is_explained_and_all_four_ways_on_are_there(taking):
    page = result(taking, **HARD)
    assert "Changes like these are common" in page.words("main")
    titles = [tag.get_text().strip() for tag in page.select(".check-next h3")]
    assert titles == ["Nothing", "Keep it for yourself", "Ask for support", "Talk to someone now"]
    assert page.link("Ask for support") == "/ask-for-support"
    pages = {tag["href"].rsplit("/")[-1] for tag in page.select("ul.cards:not(.check-next) a")}
    assert {"sleep-and-shifts", "low-mood"} <= pages
    assert "alcohol" not in pages


def test_pages_of_help_go_by_what_is_harder_and_not_by_a_number(taking):
    taking.twelve(alcohol="more")
    taking.go_on(questionnaire="phq4")
    for _ in range(4):
        taking.go_on(answer="3")
    pages = [tag["href"].rsplit("/")[-1] for tag in finish(taking).page.select("ul.cards h3 a")]
    assert pages[0] == "alcohol"
    assert "low-mood" not in pages


def test_keeping_it_is_one_press_and_only_then_is_it_there(taking):
    before = len(taking.checks())
    page = result(taking, **HARD)
    assert len(taking.checks()) == before
    reply = taking.client.follow(taking.client.post(button(page, "Keep it")))
    assert heading(reply) == "Kept on 23 November 2026"
    assert len(taking.checks()) == before + 1
    assert taking.drafts() == []
    # Once is enough: pressing it again, or going back, keeps nothing more.
    assert taking.client.post(button(page, "Keep it")).location == "/self-check"
    assert len(taking.checks()) == before + 1


def test_a_note_can_be_written_changed_and_taken_off(taking):
    page = taking.client.get("/self-check/kept").page
    address = page.select(".check-list a")[0]["href"]
    for words in ("Walked the dog <b>twice</b>.", "", "Again."):
        form = taking.client.get(address).page.form(FORM)
        page = taking.client.follow(taking.client.submit(form, note=words)).page
        assert ("Your note" in page.words(".check-list li")) == bool(words)
        assert taking.client.get(address).page.form(FORM).values["note"] == words
    form = taking.client.get(address).page.form(FORM)
    reply = taking.client.submit(form, status=422, note="x" * 501)
    assert "500 letters or fewer" in reply.page.words(".govuk-error-summary")


def test_one_is_deleted_and_then_all(taking):
    page = taking.client.get("/self-check/kept").page
    before = len(taking.checks())
    assert before > 2
    page = taking.client.get(page.select(".check-list a")[0]["href"]).page
    page = taking.client.get(page.link("Delete this one")).page
    page = taking.client.follow(taking.client.submit(page.form(FORM))).page
    assert len(taking.checks()) == before - 1
    page = taking.client.get(page.link("Delete everything you kept")).page
    reply = taking.client.follow(taking.client.submit(page.form(FORM)))
    assert heading(reply) == "It is deleted"
    assert taking.checks() == []
    assert "You have not kept" in taking.client.get("/self-check/kept").page.words("main")


def test_what_one_person_kept_is_not_there_for_anybody_else(taking):
    addresses = [
        f"/self-check/kept/{row.public_id}{more}"
        for row in taking.checks()
        for more in ("", "/delete")
    ]
    assert len(addresses) > 2
    for role in (Role.SUPERVISOR, Role.WELLBEING_LEAD, Role.DATA_STEWARD, Role.ADMINISTRATOR):
        client = taking.site.sign_in_as(role)
        for address in addresses:
            missing = re.sub(r"kept/\w+", f"kept/{'0' * 32}", address)
            found = client.get(address, status=404).text
            assert re.sub(r"csrf.*|X-CSRF.*", "", found) == re.sub(
                r"csrf.*|X-CSRF.*", "", client.get(missing, status=404).text
            ), role
            client.post(address, {"note": "x"}, status=404)
        assert "You have not kept" in client.get("/self-check/kept").page.words("main")
    assert len(taking.checks()) * 2 == len(addresses)


def test_somebody_without_a_record_is_told_and_can_begin_nothing(site):
    client = site.sign_in_as(Role.EVALUATOR)
    assert "not linked to a person" in client.get("/self-check").page.words("main")
    assert client.post("/self-check").location == "/self-check"
    assert client.get("/self-check/kept").status == 200
    for path in ("answers", "leave", "keep", "about", "set", "delete-all"):
        client.post(f"/self-check/{path}")


# --- Help now -------------------------------------------------------------------------------------


def test_help_now_is_on_every_page(taking):
    pages = [taking.client.get("/self-check").page, taking.start().page]
    pages += [taking.twelve().page, taking.go_on(questionnaire="who5").page]
    pages += [taking.client.get(f"/self-check/{path}").page for path in ("leave", "kept", "gone")]
    for page in pages:
        words = page.words(".now")
        assert all(number in words for number in ("999", "111", "116 123", "F2"))
        assert not page.select(".now-first")


def test_its_contacts_are_the_forces_own_and_an_empty_entry_is_no_help(taking):
    folder = taking.site.settings.instance / "guidance"
    folder.mkdir()
    text = (folder.parent.cwd() / "guidance" / "get-help-now.md").read_text()
    own = text.replace("116 123", "0800 555 0199")
    (folder / "get-help-now.md").write_text(own)
    words = taking.client.get("/self-check").page.words(".now")
    assert "0800 555 0199" in words
    assert "116 123" not in words
    assert "Your force adds its number" not in words


def test_a_risk_answer_brings_help_first_at_once_and_from_then_on(taking):
    switch_on(taking.site, "core10")
    instrument = library.load()["core10"]
    risk, least = next(iter(instrument.risk.items()))
    taking.twelve()
    reply = taking.go_on(questionnaire="core10")
    for item in instrument.items:
        assert not reply.page.select(".now-first")
        if item.code == risk:
            break
        reply = taking.go_on(answer=str(item.least))
    reply = taking.go_on(answer=str(least))
    assert "You do not have to carry this alone" in reply.page.words("main")[:80]
    assert "999" in reply.page.words(".now-first")
    while heading(reply) != "Check your answers":
        assert reply.page.select(".now-first")
        reply = taking.go_on(do="skip")
    assert reply.page.select(".now-first")
    assert finish(taking).page.select(".now-first"), "whatever else is missing"


# --- What is offered ------------------------------------------------------------------------------


def choices(taking) -> set[str]:
    return set(taking.page().form(FORM).choices["questionnaire"])


def test_optional_ones_are_there_once_the_force_switched_them_on(taking):
    taking.twelve()
    assert choices(taking) == {"phq4", "who5", "none"}
    lead = taking.site.sign_in_as(Role.WELLBEING_LEAD)
    page = lead.get("/self-check-offer").page
    form = page.form()
    assert set(form.choices["codes"]) >= {"gad7", "core10", "audit_c"}
    lead.submit(form, codes=["gad7"])
    assert choices(taking) == {"phq4", "who5", "gad7", "none"}
    lead.submit(lead.get("/self-check-offer").page.form(), codes=[])
    assert choices(taking) == {"phq4", "who5", "none"}


def test_those_for_occupational_health_cannot_be_had_by_any_means(taking):
    lead = taking.site.sign_in_as(Role.WELLBEING_LEAD)
    page = lead.get("/self-check-offer").page
    assert not {"phq9", "pcl5", "itq"} & set(page.form().choices["codes"])
    lead.post("/self-check-offer", {"codes": ["phq9", "pcl5", "itq"]})
    switch_on(taking.site, "phq9", "pcl5", "itq")
    taking.twelve()
    assert choices(taking) == {"phq4", "who5", "none"}
    taking.client.submit(taking.page().form(FORM), status=422, questionnaire="pcl5")


def test_one_that_the_force_holds_a_licence_for_is_there_once_its_file_is(taking, caplog):
    folder = taking.site.settings.instance / "instruments"
    folder.mkdir()
    words = yaml.safe_dump(filling("swemwbs"))
    (folder / "swemwbs.yaml").write_text(words.replace("licence:", "license:"))
    switch_on(taking.site, "swemwbs")
    taking.twelve()
    assert choices(taking) == {"phq4", "who5", "none"}, "one that cannot be used stops nothing"
    assert "swemwbs.yaml" in caplog.text
    (folder / "swemwbs.yaml").write_text(words)
    os.utime(folder / "swemwbs.yaml", (1, 1))
    assert "swemwbs" in choices(taking)
    lead = taking.site.sign_in_as(Role.WELLBEING_LEAD)
    assert "swemwbs" in lead.get("/self-check-offer").page.form().choices["codes"]


def test_one_that_is_switched_off_meanwhile_has_to_be_chosen_again(taking):
    switch_on(taking.site, "gad7")
    taking.twelve()
    taking.go_on(questionnaire="gad7")
    taking.go_on(answer="2")
    with taking.site.writing() as session:
        session.delete(session.get_one(CheckOffer, "gad7"))
    assert "a few more questions" in taking.page().words("h1")
    taking.client.get("/self-check/set/2", status=303)


# --- Who is who -----------------------------------------------------------------------------------


def test_the_demos_checks_are_the_member_of_staffs_own(site):
    with site.reading() as session:
        people = set(session.exec(select(SelfCheck.person_id)).all())
        (person,) = [session.get_one(Person, number) for number in people]
    assert person.id == site.account(Role.STAFF).person_id


# --- Words ----------------------------------------------------------------------------------------


def test_every_page_reads_at_nine_to_eleven(taking):
    switch_on(taking.site, "core10")
    client = taking.client
    found = {"start": client.get("/self-check"), "about": taking.client.get("/self-check/gone")}
    found["question"] = taking.start()
    found["choice"] = taking.twelve(**HARD, withdrawal="less", alcohol="unsaid")
    found["review"] = taking.go_on(questionnaire="none")
    found["stop"] = client.get("/self-check/leave")
    found["result"] = finish(taking)
    found["kept"] = client.get("/self-check/kept")
    found["one"] = client.follow(client.post("/self-check/keep"))
    for name in ("leave", "delete-all"):
        found[name] = client.get(f"/self-check/{name}", status=None)
    hard = {name: too_old(prose(reply.text)) for name, reply in found.items() if reply.text}
    assert {name: words for name, words in hard.items() if words} == {}
