"""Rights, used on the site: by the person, answered by the officer, and seen by nobody else."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from app.people.models import Characteristic
from app.rights.models import Right, RightsRequest, State
from app.rights.rules import due_on
from app.rights.service import MOST_OPEN
from app.security.permissions import Role
from app.security.sealing import destroy
from tests.conftest import NOW

WORDS = "It says Sergeant. I am a Constable again since June."
REPLY = "HR has put it right. It changes here tomorrow."
ASKED = {"kind": "correction", "part": "staff_details", "words": WORDS}
ANSWER = {"decision": "done", "reply": REPLY}


@pytest.mark.parametrize(
    ("kind", "received", "due"),
    [
        (Right.CORRECTION, date(2026, 11, 23), date(2026, 12, 23)),
        (Right.ERASURE, date(2027, 1, 31), date(2027, 2, 28)),
        (Right.ACCESS, date(2028, 1, 30), date(2028, 2, 29)),
        (Right.OBJECTION, date(2026, 12, 31), date(2027, 1, 31)),
        (Right.COMPLAINT, date(2027, 1, 31), date(2027, 3, 2)),
    ],
)
def test_the_legal_clock(kind, received, due):
    assert due_on(kind, received) == due


def newest(site) -> RightsRequest:
    """The request that was sent last."""
    with site.reading() as session:
        return session.exec(select(RightsRequest).order_by(RightsRequest.id.desc())).first()


def answer_form(client, row):
    """The form with which the officer answers."""
    address = f"/data-requests/{row.public_id}"
    return client.get(address).page.form(f"form[action='{address}/answer']")


def test_from_asking_to_the_answer(site_both):
    site = site_both
    staff = site.account(Role.STAFF)
    me, officer = site.sign_in(staff), site.sign_in_as(Role.DATA_PROTECTION_OFFICER)
    me.submit(me.get("/my-rights/ask").page.form(), **ASKED)
    row = newest(site)
    mine = me.get("/my-rights").page.words("main")
    assert f"You wrote: {WORDS}" in mine
    assert "Answer due by 23 December 2026" in mine

    listed = officer.get("/data-requests").page.words("main")
    assert staff.display_name in listed
    assert WORDS not in listed
    page = officer.get(f"/data-requests/{row.public_id}").page
    assert WORDS in page.words("main")
    assert not page.select("main a[href*='/people/']")
    acknowledge = page.form(f"form[action='/data-requests/{row.public_id}/acknowledge']")
    stale = answer_form(officer, row)
    officer.submit(acknowledge)
    assert "Being looked at" in me.get("/my-rights").page.words("main")
    officer.submit(stale, status=409, **ANSWER)
    officer.submit(answer_form(officer, row), status=422, decision="done")
    officer.submit(answer_form(officer, row), **ANSWER)
    officer.submit(stale, status=409, **ANSWER)

    mine = me.get("/my-rights").page.words("main")
    assert REPLY in mine
    assert site.account(Role.DATA_PROTECTION_OFFICER).display_name in mine
    looked = me.get("/my-record/who-looked").page.words("main")
    assert "Opened your request about your own data" in looked
    assert "Saw your name in the list of requests about personal data" in looked
    assert "Answered your request about your own data" in looked


def test_a_complaint_waits_for_a_word_first_and_then_for_an_answer(site):
    me, officer = site.sign_in_as(Role.STAFF), site.sign_in_as(Role.DATA_PROTECTION_OFFICER)
    me.submit(me.get("/my-rights/ask").page.form(), **(ASKED | {"kind": "complaint"}))
    assert "told by 23 December 2026 that it is being looked at" in me.get("/my-rights").text
    address = f"/data-requests/{newest(site).public_id}"
    officer.submit(officer.get(address).page.form(f"form[action='{address}/acknowledge']"))
    assert "You get an answer as soon as it is looked into." in me.get("/my-rights").text


def test_a_request_that_is_late_is_said_to_be(site, clock):
    clock.shift(timedelta(days=25))
    page = site.sign_in_as(Role.DATA_PROTECTION_OFFICER).get("/data-requests").page
    assert [row.text for row in page.select("tbody tr") if "Overdue" in row.text]


def test_nobody_else_reads_it_or_hears_of_it(site):
    staff = site.account(Role.STAFF)
    me = site.sign_in(staff)
    me.submit(me.get("/my-rights/ask").page.form(), **ASKED)
    row = newest(site)
    for role in Role:
        if role not in {Role.DATA_PROTECTION_OFFICER, Role.STAFF}:
            site.sign_in_as(role).get(f"/data-requests/{row.public_id}", status=403)
    other = site.sign_in(site.named("editor@demo"))
    assert WORDS not in other.get("/my-rights").text
    other.post(f"/my-rights/requests/{row.public_id}/take-back")
    assert newest(site).state is State.RECEIVED
    sergeant = site.sign_in_as(Role.SUPERVISOR)
    record = next(
        link["href"]
        for link in sergeant.get("/teams").page.select("a.person-link")
        if link.text == staff.display_name
    )
    assert "request" not in sergeant.get(record).page.words("main")


def test_what_was_written_is_sealed_and_goes_with_the_key(site):
    staff = site.account(Role.STAFF)
    me = site.sign_in(staff)
    me.submit(me.get("/my-rights/ask").page.form(), **ASKED)
    with site.reading() as session:
        kept = session.execute(text("SELECT * FROM rights_request")).all()
        noted = session.execute(text("SELECT details FROM audit_entry")).all()
    assert WORDS not in f"{kept}{noted}"
    with site.writing() as session:
        destroy(session, site.keys, owner=staff.person_id, now=NOW)
    assert "What was written here has been erased." in me.get("/my-rights").text


def test_somebody_takes_a_request_back_and_may_not_flood_the_officer(site):
    me = site.sign_in(site.named("editor@demo"))
    for _ in range(MOST_OPEN):
        me.submit(me.get("/my-rights/ask").page.form(), **ASKED)
    refused = me.submit(me.get("/my-rights/ask").page.form(), status=422, **ASKED).page
    assert "You have 10 requests open." in refused.words("main")
    assert refused.one("textarea").text.strip() == WORDS, "nothing that was typed is lost"
    row = newest(site)
    me.post(f"/my-rights/requests/{row.public_id}/take-back")
    me.post(f"/my-rights/requests/{row.public_id}/take-back")
    assert newest(site).state is State.TAKEN_BACK
    me.submit(me.get("/my-rights/ask").page.form(), **ASKED)
    officer = site.sign_in_as(Role.DATA_PROTECTION_OFFICER)
    page = officer.get(f"/data-requests/{row.public_id}").page
    assert not page.select("main form"), "there is nothing to answer any more"


def test_nobody_answers_themselves(site):
    officer = site.sign_in_as(Role.DATA_PROTECTION_OFFICER)
    officer.submit(officer.get("/my-rights/ask").page.form(), **ASKED)
    row = newest(site)
    name = site.account(Role.DATA_PROTECTION_OFFICER).display_name
    assert name not in officer.get("/data-requests").page.words("main")
    officer.get(f"/data-requests/{row.public_id}", status=404)
    officer.post(f"/data-requests/{row.public_id}/answer", {"revision": 0} | ANSWER, status=404)


def test_a_form_left_empty_says_what_is_missing(site):
    me = site.sign_in_as(Role.STAFF)
    page = me.submit(me.get("/my-rights/ask").page.form(), status=422).page
    said = [link.text for link in page.select(".govuk-error-summary a")]
    assert said == ["Choose what you want", "Choose what it is about", "Write what you ask for"]
    long = me.submit(page.form(), status=422, **(ASKED | {"words": "x" * 501})).page
    assert "500 characters or fewer" in long.words("main")


def test_somebody_hr_does_not_know_is_told_where_to_write(site):
    outsider = site.sign_in_as(Role.EVALUATOR)
    assert "write to your force\u2019s data protection officer" in outsider.get("/my-rights").text
    for path in ("/my-rights/ask", "/my-rights/equality"):
        assert outsider.get(path, status=303).location.endswith("/my-rights")
    outsider.post("/my-rights/ask", ASKED)
    outsider.post("/my-rights/equality/object")


def test_objecting_to_equality_monitoring_works_at_once(site_both):
    site = site_both
    staff = site.account(Role.STAFF)
    me = site.sign_in(staff)
    held = select(Characteristic).where(Characteristic.person_id == staff.person_id)
    with site.reading() as session:
        assert session.exec(held).all()
    before = me.get("/my-record").page.words("main")
    me.submit(me.get("/my-rights/equality").page.form())
    with site.reading() as session:
        assert session.exec(held).all() == []
    assert "You objected on 23 November 2026" in me.get("/my-rights/equality").text
    assert me.get("/my-record").page.words("main") == before, "the rest is as it was"
    me.submit(me.get("/my-rights/equality").page.form())
    assert "I object" in me.get("/my-rights/equality").text
