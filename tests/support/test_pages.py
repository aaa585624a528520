"""Asking, sharing and questions without a name, as people meet them, without JavaScript."""

import logging
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from app.audit.models import AuditEntry
from app.people.models import Person, Unit
from app.referrals.models import (
    Referral,
    ReferralShare,
    ReferralState,
    ReferralWish,
    ShareState,
    Support,
    Urgency,
)
from app.security.models import BrowserSession
from app.security.permissions import Role
from app.support.models import AnonymousQuestion, SupportDraft
from tests.conftest import NOW

START = "/ask-for-support/new/whom"
SHARED = re.compile(r'<section class="shared".*?</section>', re.DOTALL)


@pytest.fixture
def staff(site):
    """A member of the demo supervisor's team."""
    return site.sign_in_as(Role.STAFF)


@pytest.fixture
def peer(site):
    return site.sign_in(site.named("practitioner@demo"))


def named(site, username):
    """The number of the person a demo account belongs to."""
    return site.named(username).person_id


def ask(client, *, whom="trim", urgency="today", people=None, **contact):
    """Answer every question; the page that shows all of it."""
    contact = contact or {"means": "phone", "phone": "07700 900777"}
    page = client.follow(client.submit(client.get(START).page.form(), whom=whom)).page
    page = client.follow(client.submit(page.form(), urgency=urgency)).page
    page = client.follow(client.submit(page.form(), **contact)).page
    return client.follow(client.submit(page.form(), **(people or {}))).page


def own(site, service):
    """The staff member's newest referral to a service."""
    with site.reading() as session:
        return session.exec(
            select(Referral)
            .where(Referral.service == service, Referral.person_id == named(site, "staff@demo"))
            .order_by(Referral.id.desc())
        ).first()


# --- Asking ---------------------------------------------------------------------------------------


def test_four_questions_a_check_and_a_confirmation(site, staff):
    page = ask(
        staff,
        whom="trim",
        means="phone",
        phone="07700 900777",
        times=["evening"],
        limits=["no_message"],
    )
    words = page.words("main")
    for shown in ("TRiM", "Today", "07700 900777", "Evenings", "Do not leave a message"):
        assert shown in words
    assert "Your supervisor is not told" in words
    sent = staff.follow(staff.submit(page.form("form[action$='/send']")))
    assert "You have asked for support" in sent.page.words("h1")
    assert "Somebody takes it on by 23 November 2026 at 1:30pm" in sent.page.words("main")
    row = own(site, Support.TRIM)
    with site.reading() as session:
        assert session.get(ReferralWish, row.id).urgency is Urgency.TODAY
        assert session.exec(select(SupportDraft)).all() == []
    assert not row.supervisor_sees
    shown = staff.get(f"/ask-for-support/requests/{row.public_id}").page.words("main")
    assert "07700 900777" in shown
    assert "Is not told" in shown
    trim = site.sign_in(site.named("trim@demo"))
    listed = trim.get("/referrals").page.words("main")
    assert "Today" in listed
    assert "900777" not in listed
    assert "07700 900777" in trim.get(f"/referrals/{row.public_id}").page.words("main")


@pytest.mark.parametrize(
    ("step", "sent", "told"),
    [
        ("whom", {}, "Choose who"),
        ("urgency", {}, "Choose how soon"),
        ("contact", {}, "Choose how they should contact you"),
        ("contact", {"means": "phone"}, "Enter a phone number"),
        ("contact", {"means": "in_person"}, "Enter where they can find you"),
        ("contact", {"means": "work_email", "work_email": "me"}, "Enter an e-mail address"),
        (
            "contact",
            {"means": "work_email", "work_email": "a@b.uk", "limits": ["not_at_work"]},
            "A work e-mail reaches you at work",
        ),
    ],
)
def test_what_is_missing_is_said(staff, step, sent, told):
    ask(staff)
    form = staff.get(f"/ask-for-support/new/{step}").page.form()
    blank = dict.fromkeys({*form.values, *form.choices} - {"csrf_token"})
    page = staff.submit(form, status=422, **(blank | sent)).page
    assert told in page.words(".govuk-error-summary")


def test_going_back_shows_what_was_answered_and_change_leads_back_to_the_check(staff):
    page = ask(staff, means="in_person", in_person="The canteen", limits=["not_at_work"])
    change = next(tag["href"] for tag in page.select("main a") if tag["href"].endswith("/contact"))
    form = staff.get(change).page.form()
    assert (form.values["means"], form.values["in_person"]) == ("in_person", "The canteen")
    assert form.values["limits"] == ["not_at_work"]
    again = staff.follow(staff.submit(form, in_person="Gate 2")).page
    assert "Gate 2" in again.words("main")
    assert staff.get("/ask-for-support").page.link("Go on with your request") == START
    staff.post("/ask-for-support/new/discard")
    assert staff.get("/ask-for-support/new/check", status=303).location.endswith("/whom")


def test_nobody_can_jump_ahead(staff):
    for step in ("urgency", "contact", "people", "check"):
        assert staff.get(f"/ask-for-support/new/{step}", status=303).location.endswith("/whom")
    assert staff.post("/ask-for-support/new/send").location.endswith("/whom")
    staff.get("/ask-for-support/new/elsewhere", status=404)


def test_somebody_outside_my_line_is_a_peer_supporter_who_is(site, staff):
    page = ask(staff, whom="outside")
    assert "Somebody outside my line" in page.words("main")
    # One is open with peer support in the demo: taken back first, as the page says.
    assert "You have asked already" in page.words("main")
    row = own(site, Support.PEER_SUPPORT)
    staff.post(f"/my-record/referrals/{row.public_id}/withdraw")
    page = staff.get("/ask-for-support/new/check").page
    staff.submit(page.form("form[action$='/send']"))
    row = own(site, Support.PEER_SUPPORT)
    with site.reading() as session:
        assert session.get(ReferralWish, row.id).outside_line


def test_whoever_is_named_does_not_see_it_and_the_last_one_cannot_be_named(site, staff, peer):
    old = own(site, Support.PEER_SUPPORT)
    staff.post(f"/my-record/referrals/{old.public_id}/withdraw")
    ask(staff, whom="peer_support")
    form = staff.get("/ask-for-support/new/people").page.form()
    everybody = form.choices["avoided"]
    page = staff.submit(form, status=422, avoided=everybody).page
    assert "Nobody is left who could take it on" in page.words(".govuk-error-summary")
    page = staff.get("/ask-for-support/new/people").page
    sunita = next(
        tag["value"]
        for tag in page.select("input[name=avoided]")
        if "Sunita Marlowe" in page.one(f"label[for={tag['id']}]").text
    )
    page = staff.follow(staff.submit(page.form(), avoided=[sunita])).page
    assert "Sunita Marlowe" in page.words("main")
    staff.submit(page.form("form[action$='/send']"))
    row = own(site, Support.PEER_SUPPORT)
    peer.get(f"/referrals/{row.public_id}", status=404)
    listener = site.sign_in(site.named("listener@demo"))
    assert "Callum Ferriby" in listener.get("/referrals").page.words("main")
    listener.get(f"/referrals/{row.public_id}")
    lead = site.sign_in_as(Role.WELLBEING_LEAD)
    assert lead.get("/referrals/overview").status == 200


def test_a_supervisors_pages_are_the_same_to_the_byte(site, staff):
    sergeant = site.sign_in_as(Role.SUPERVISOR)
    with site.reading() as session:
        person = session.get(Person, named(site, "staff@demo")).public_id
        team = session.exec(select(Unit.public_id).where(Unit.kind == "team")).all()
    own_team = next(one for one in team if sergeant.get(f"/teams/{one}", status=None).status == 200)
    pages = [f"/teams/{own_team}", f"/people/{person}", f"/teams/{own_team}/packs", "/today"]
    pages = [path for path in pages if sergeant.get(path, status=None).status == 200]
    assert len(pages) >= 3

    def shown():
        return [_without_token(sergeant.get(path).text) for path in pages]

    before = shown()
    page = ask(staff)
    staff.submit(page.form("form[action$='/send']"))
    assert shown() == before


def _without_token(text):
    return re.sub(r'name="csrf_token" value="[^"]+"|content="[^"]{60,}"', "", text)


def test_a_support_practitioner_reaches_nothing_but_the_inbox(site):
    listener = site.sign_in_as(Role.SUPPORT_PRACTITIONER)
    with site.reading() as session:
        person = session.get(Person, named(site, "staff@demo")).public_id
    for path in ("/teams", f"/people/{person}", "/referrals/overview", "/feeds"):
        assert listener.get(path, status=None).status in {403, 404}, path
    assert listener.get("/referrals").page.words("h1") == "Referrals"


# --- Sharing --------------------------------------------------------------------------------------


def test_what_is_previewed_is_what_is_read_to_the_byte(site, staff, peer):
    row = own(site, Support.PEER_SUPPORT)
    request = f"/ask-for-support/requests/{row.public_id}"
    form = staff.get(f"{request}/share").page.form()
    assert "Choose what to share" in staff.submit(form, status=422).text
    refused = staff.submit(form, status=422, parts=["note"]).page
    assert "Write the note" in refused.words(".govuk-error-summary")
    sent = staff.submit(form, parts=["counts", "check", "note"], note="Late <b>shifts</b>\nhelp")
    preview = staff.follow(sent)
    assert "Nothing is shared before you say so" in preview.page.words("main")
    seen = SHARED.search(preview.text).group(0)
    for words in ("Career here", "Self-check kept on", "Late &lt;b&gt;shifts"):
        assert words in seen
    case = peer.get(f"/referrals/{row.public_id}").page
    older = case.link("Open it")
    assert SHARED.search(peer.get(older).text).group(0) != seen
    staff.submit(preview.page.form("form[action$='/confirm']"))
    peer.get(older, status=409)
    opened = peer.get(peer.get(f"/referrals/{row.public_id}").page.link("Open it"))
    assert SHARED.search(opened.text).group(0) == seen
    page = staff.get(request).page
    assert "When it was opened" in page.words("main")
    assert "Sunita Marlowe" in page.words("main")
    looks = staff.get("/my-record").text
    assert "Opened what you shared with them" in looks
    staff.submit(page.form("form[action$='/withdraw']"))
    peer.get(opened.page.address, status=409)
    assert "You took it back" in staff.get(request).page.words("main")


def test_a_colleague_a_lead_and_a_supervisor_cannot_open_it(site):
    with site.reading() as session:
        share = session.exec(
            select(ReferralShare).where(ReferralShare.state == ShareState.SHARED)
        ).one()
    for username in ("listener@demo", "trim@demo"):
        client = site.sign_in(site.named(username))
        client.get(f"/referrals/shared/{share.public_id}", status=404)
        client.get(f"/ask-for-support/shares/{share.public_id}", status=404)
    for role in (Role.WELLBEING_LEAD, Role.SUPERVISOR, Role.ADMINISTRATOR):
        site.sign_in_as(role).get(f"/referrals/shared/{share.public_id}", status=403)


def test_nothing_can_be_shared_while_nobody_has_it(site, staff):
    page = ask(staff)
    staff.submit(page.form("form[action$='/send']"))
    row = own(site, Support.TRIM)
    request = f"/ask-for-support/requests/{row.public_id}"
    assert "Once somebody has your request" in staff.get(request).page.words("main")
    staff.get(f"{request}/share", status=409)


# --- Without a name -------------------------------------------------------------------------------


def receipt(client, words="Is it on my file?"):
    form = client.get("/ask-for-support/question").page.form()
    return client.submit(form, status=200, whom="peer_support", question=words).page


def test_a_question_is_sent_once_the_code_was_typed_back_and_answered(site, staff, peer):
    page = receipt(staff)
    code = page.words(".receipt-code")
    wrong = staff.submit(page.form(), status=422, code="0000 0000 0000 0000").page
    assert "That is not the code above" in wrong.words(".govuk-error-summary")
    assert wrong.words(".receipt-code") == code
    with site.reading() as session:
        before = len(session.exec(select(AnonymousQuestion)).all())
    form = wrong.form()
    sent = staff.follow(staff.submit(form, code=code.lower().replace(" ", "")))
    staff.submit(form, code=code)
    with site.reading() as session:
        assert len(session.exec(select(AnonymousQuestion)).all()) == before + 1
    assert "Your question is sent" in sent.page.words("h1")
    inbox = peer.get("/referrals").page
    assert "2 to answer" in inbox.words("main")
    listed = peer.get("/referrals/questions").page
    thread = peer.get(listed.link("Is it on my file?")).page
    assert "Write your answer" in peer.submit(thread.form(), status=422).text
    peer.submit(thread.form(), answer="No. Only the day.")
    form = staff.get("/ask-for-support/answer").page.form()
    read = staff.submit(form, status=200, code=code).page
    assert "No. Only the day." in read.words("main")
    assert "Sunita" not in read.text
    reply = staff.submit(read.form(), status=200, reply="Thank you").page
    assert "Thank you" in reply.words(".thread")
    assert "1 to answer" not in peer.get("/referrals").page.words("main")


def test_it_cannot_be_joined_to_whoever_asked(site, staff, caplog):
    def traces():
        with site.reading() as session:
            log = session.exec(select(AuditEntry)).all()
            kept = session.exec(select(BrowserSession)).all()
        return len(log), {row.token_hash: dict(row.values) for row in kept}

    staff.get("/ask-for-support")
    before = traces()
    with caplog.at_level(logging.DEBUG):
        page = receipt(staff, "A canary of a question")
        code = page.words(".receipt-code")
        staff.follow(staff.submit(page.form(), code=code))
        form = staff.get("/ask-for-support/answer").page.form()
        read = staff.submit(form, status=200, code=code).page
        staff.submit(read.form(), status=200, reply="A canary of a reply")
    assert traces() == before
    plain = code.replace(" ", "")
    assert not any(word in caplog.text for word in ("canary", code, plain))
    with site.reading() as session:
        row = session.exec(select(AnonymousQuestion).order_by(AnonymousQuestion.id.desc())).first()
    assert row.public_id not in caplog.text
    assert str(before[1]).find(row.public_id) == -1


def test_guessing_codes_is_refused_after_a_while(staff):
    form = staff.get("/ask-for-support/answer").page.form()
    answers = [
        staff.submit(form, status=None, code="0000 0000 0000 0000").status for _guess in range(22)
    ]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_an_old_or_made_up_slip_leads_back_to_the_start(staff, clock):
    page = receipt(staff)
    code = page.words(".receipt-code")
    for _quarter in range(5):
        clock.shift(timedelta(minutes=15))
        staff.get("/ask-for-support")
    sent = staff.submit(page.form(), status=303, code=code)
    assert sent.location.endswith("/ask-for-support/question")
    made_up = staff.post("/ask-for-support/answer/reply", {"slip": "x", "reply": "y"})
    assert made_up.location.endswith("/ask-for-support/answer")


def test_somebody_without_a_record_is_told_what_they_can_do(site):
    outside = site.sign_in_as(Role.EVALUATOR)
    assert "no staff record" in outside.get("/ask-for-support").page.words("main")
    outside.get(START, status=403)
    assert receipt(outside).words(".receipt-code")


def test_the_demo_shows_one_of_everything(site, staff, peer):
    row = own(site, Support.PEER_SUPPORT)
    assert row.state is ReferralState.ACCEPTED
    assert row.sent_at < NOW
    words = staff.get("/ask-for-support").page.words("main")
    assert "Sunita Marlowe has it" in words
    assert "shares something with you" in peer.get(f"/referrals/{row.public_id}").text
    assert "1 to answer" in peer.get("/referrals").page.words("main")
