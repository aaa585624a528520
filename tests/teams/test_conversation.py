"""The form of one person, over HTTP, with the tiny demo force."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.debriefs.models import (
    Confidentiality,
    Debrief,
    DebriefDraft,
    DebriefPerson,
    IncidentHold,
)
from app.exposure.models import WAITING, PromptState
from app.referrals.models import Referral, Support
from app.security.models import BrowserSession
from app.security.permissions import Role
from tests.conftest import NOW
from tests.teams.filling import about, answer, whose


def send(client, form, *, status=303, htmx=False, **values):
    """Send a form with a button, which is no field of it."""
    button = values.pop("do", "save")
    form.values["do"] = button
    return client.submit(form, status=status, htmx=htmx, **values)


def newest(site):
    with site.reading() as session:
        return session.exec(select(DebriefPerson).order_by(col(DebriefPerson.id).desc())).first()


def drafts(site):
    with site.reading() as session:
        return len(session.exec(select(DebriefDraft)).all())


def test_recording_a_conversation_closes_what_it_answered(desk):
    form, before = desk.form(), desk.states()
    own = {"outcome": "held", "factors": ["alone"], "support_trim": "accepted"}
    reply = send(desk.client, form, **answer(form, desk.address, **own, confidentiality="private"))
    assert "Saved for" in desk.client.follow(reply).text
    changed = [new for old, new in zip(before, desk.states(), strict=True) if old in WAITING]
    assert set(changed) == {PromptState.HELD}
    part = newest(desk.site)
    assert part.confidentiality is Confidentiality.PRIVATE
    assert part.next_contact_on == NOW.date() + timedelta(days=28)
    with desk.site.reading() as session:
        assert session.get(Debrief, part.debrief_id).held_on == NOW.date()
    record = desk.client.get(desk.address.removesuffix("/return")).page
    assert "TRiM" not in record.words(".timeline__item--conversation")


def test_in_the_team_page_a_few_words_take_the_place_of_the_form(desk):
    form = desk.client.get(desk.address, htmx=True).page.form("form")
    reply = send(
        desk.client,
        form,
        status=200,
        htmx=True,
        **answer(form, desk.address, outcome="held"),
    )
    assert "Saved for" in reply.text
    assert "<html" not in reply.text


DATE = {"deferred_until-day": "1", "deferred_until-month": "1", "deferred_until-year": "2030"}


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ({"outcome": None}, "Choose what happened"),
        ({"outcome": "declined"}, "Choose what they said"),
        (
            {"outcome": "declined", "declined_reason": "someone_else"},
            "Choose who they would like to talk to",
        ),
        (
            {
                "outcome": "declined",
                "declined_reason": "someone_else",
                "onward": "themselves",
                "agreed": ["yes"],
            },
            "can be asked from here",
        ),
        ({"outcome": "not_needed"}, "Choose why it is not needed"),
        ({"outcome": "deferred", "deferred_reason": "on_leave"}, "Enter the date to come back"),
        ({"outcome": "deferred"}, "Choose why it is put off"),
        ({"outcome": "deferred", "deferred_reason": "on_leave", **DATE}, "within the next 28 days"),
        ({"outcome": "held", "next_contact_on-year": "2020"}, "today or in the future"),
        ({"outcome": "held", "prompts": []}, "Tick what this answers"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_lost(desk, own, sentence):
    form = desk.form()
    sent = answer(form, desk.address, **{"factors": ["gruesome"], **own})
    reply = send(desk.client, form, status=422, **sent)
    assert sentence in reply.page.words(".govuk-error-summary")
    assert reply.page.select("input[value=gruesome][checked]")
    assert set(desk.states()) & set(WAITING)


@pytest.mark.parametrize(
    ("meeting", "sentence"),
    [
        ({"held_on-day": "24"}, "must be today or in the past"),
        ({"held_on-month": ""}, "must include a month"),
        ({"held_on-day": "31"}, "date you spoke"),
        ({"procedure": None}, "Say whether a procedure"),
    ],
)
def test_a_mistake_about_the_meeting_is_named_too(desk, meeting, sentence):
    form = desk.form()
    sent = answer(form, desk.address, outcome="held") | meeting
    reply = send(desk.client, form, status=422, **sent)
    assert sentence in reply.page.words(".govuk-error-summary")


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(desk):
    deputy = desk.site.sign_in_as(Role.SUPERVISOR)
    mine, theirs = desk.form(), desk.form(client=deputy)
    no = {"outcome": "declined", "declined_reason": "not_now"}
    send(desk.client, mine, **answer(mine, desk.address, **no))
    reply = send(deputy, theirs, status=409, **answer(theirs, desk.address, outcome="held"))
    assert "Somebody else answered this" in reply.text
    assert PromptState.DECLINED in desk.states()
    assert PromptState.HELD not in desk.states()[-1:]


def test_a_prompt_that_changed_while_the_form_was_open_is_not_answered_by_it(desk):
    form = desk.form()
    again = desk.form()
    later = {
        "outcome": "deferred",
        "deferred_reason": "rest_days",
        "deferred_until-day": "1",
        "deferred_until-month": "12",
        "deferred_until-year": "2026",
    }
    send(desk.client, again, **answer(again, desk.address, **later))
    reply = send(
        desk.client,
        form,
        status=409,
        **answer(form, desk.address, outcome="held", factors=["alone"]),
    )
    assert reply.page.select("input[value=alone][checked]")
    assert PromptState.DEFERRED in desk.states()


def test_whoever_would_rather_talk_elsewhere_is_referred_once_they_agree(desk):
    form = desk.form()
    with desk.site.reading() as session:
        before = len(session.exec(select(Referral)).all())
    onward = {"declined_reason": "someone_else", "onward": "chaplain", "agreed": ["yes"]}
    send(desk.client, form, **answer(form, desk.address, outcome="declined", **onward))
    with desk.site.reading() as session:
        rows = session.exec(select(Referral).order_by(col(Referral.id))).all()
    assert len(rows) == before + 1
    assert (rows[-1].service, rows[-1].agreed_at) == (Support.CHAPLAIN, NOW)


# --- Locked ---------------------------------------------------------------------------------------


def locked(desk, **values):
    form = desk.form()
    own = about(form, whose(desk.address), outcome="held", factors=["gruesome"])
    return send(desk.client, form, **(own | {"procedure": "yes"} | values))


@pytest.mark.parametrize(
    ("choice", "state"),
    [("led", PromptState.NOT_NEEDED), ("leave", PromptState.OPEN)],
)
def test_a_form_that_locks_notes_nothing_that_was_said(desk, choice, state):
    before = newest(desk.site).id
    locked(desk, locked=choice)
    assert newest(desk.site).id == before
    assert state in desk.states()
    assert PromptState.HELD not in set(desk.states()[-1:])
    assert drafts(desk.site) == 0


def test_nothing_about_a_person_is_kept_of_a_conduct_matter(desk):
    with desk.site.statements() as sent:
        locked(desk, locked="leave")
    written = [one for one in sent if one.lstrip().upper().startswith(("INSERT", "UPDATE"))]
    assert [one for one in written if "browser_session" not in one] == []


def test_a_procedure_locks_everybodys_form_until_it_is_lifted(desk, three):
    locked(desk, locked="leave", hold=["yes"])
    with desk.site.reading() as session:
        hold = session.exec(select(IncidentHold)).one()
    other = next(one for one in three if one != desk.address)
    page = desk.client.get(other).page
    assert "This form is locked" in page.words("main")
    assert "Post-incident manager" in page.words(".contacts")
    assert not page.select("[name$='-factors'], [name$='-outcome']")
    form = page.form()
    reply = send(desk.client, form, status=422)
    assert "Choose what should happen" in reply.page.words(".govuk-error-summary")
    lead = desk.site.sign_in_as(Role.WELLBEING_LEAD)
    assert "It has ended" in lead.get("/procedures").text
    lead.post(f"/procedures/{hold.public_id}/lift")
    assert desk.client.get(other).page.form("#talk-form")


def test_an_open_form_cannot_record_what_was_locked_meanwhile(desk, three):
    form = desk.form()
    locked(desk, locked="leave", hold=["yes"])
    reply = send(desk.client, form, status=409, **answer(form, desk.address, outcome="held"))
    assert "This was not saved" in reply.text


def test_one_who_leads_no_team_of_it_cannot_lift(desk):
    locked(desk, locked="leave", hold=["yes"])
    with desk.site.reading() as session:
        hold = session.exec(select(IncidentHold)).one()
    client = desk.site.sign_in_as(Role.WELLBEING_PRACTITIONER)
    client.post(f"/procedures/{hold.public_id}/lift", status=403)


# --- Drafts ---------------------------------------------------------------------------------------


def keep(desk, client=None, *, form=None, htmx=True, status=200, **own):
    form = form or desk.form()
    form.action = f"{desk.address}/draft"
    values = about(form, whose(desk.address), **own)
    return send(client or desk.client, form, do="", htmx=htmx, status=status, **values)


def test_what_was_typed_is_kept_and_comes_back(desk):
    reply = keep(desk, outcome="held", factors=["alone"], support_gp="declined")
    assert "Saved 9:30am" in reply.text
    form = desk.form()
    prefix = f"p{whose(desk.address)}-"
    assert form.values[f"{prefix}factors"] == ["alone"]
    assert form.values[f"{prefix}support_gp"] == "declined"
    assert form.values[f"{prefix}outcome"] == "held"
    deputy = desk.site.sign_in_as(Role.SUPERVISOR)
    assert deputy.get(desk.address).text.count("What you typed before is back") == 1
    send(desk.client, form, procedure="no")
    assert drafts(desk.site) == 0
    assert PromptState.HELD in desk.states()


def test_save_and_come_back_needs_no_script(desk):
    form = desk.form()
    own = about(form, whose(desk.address), outcome="held", factors=["alone"])
    page = desk.client.follow(send(desk.client, form, do="later", **own))
    assert "Only you can open it" in page.text
    form = desk.form()
    assert form.values[f"p{whose(desk.address)}-factors"] == ["alone"]
    send(desk.client, form, do="discard")
    assert drafts(desk.site) == 0


def test_the_answer_about_procedures_is_never_kept(desk):
    keep(desk, outcome="held", factors=["alone"])
    form = desk.form()
    form.action = f"{desk.address}/draft"
    reply = send(desk.client, form, do="", htmx=True, status=200, procedure="yes")
    assert "Nothing is kept" in reply.text
    assert drafts(desk.site) == 0


def test_a_last_keeping_after_sending_leaves_no_draft(desk):
    late, form = desk.form(), desk.form()
    send(desk.client, form, **answer(form, desk.address, outcome="held"))
    keep(desk, form=late, outcome="held", factors=["alone"])
    assert drafts(desk.site) == 0


# --- A session that ran out -----------------------------------------------------------------------


def run_out(site):
    with site.writing() as session:
        for row in session.exec(select(BrowserSession)).all():
            row.seen_at -= timedelta(hours=2)


@pytest.mark.parametrize("htmx", [False, True])
def test_what_was_typed_comes_back_after_signing_in_again(desk, htmx):
    form = desk.form()
    run_out(desk.site)
    sent = answer(form, desk.address, outcome="held", factors=["gruesome"])
    reply = send(desk.client, form, status=401 if htmx else 302, htmx=htmx, **sent)
    address = reply.headers["HX-Redirect"] if htmx else reply.location
    assert address.startswith("/sign-in?next=/people/")
    assert "gruesome" not in address
    desk.client.get(desk.address, status=302)
    assert set(desk.states()) & set(WAITING)
    fresh = desk.site.sign_in_as(Role.SUPERVISOR)
    form = desk.form(client=fresh)
    assert form.values[f"p{whose(desk.address)}-factors"] == ["gruesome"]
    send(fresh, form, procedure="no")
    assert PromptState.HELD in desk.states()


def another_token(form):
    form.values["csrf_token"] = "made.up.token"


def signed_out(desk):
    with desk.site.writing() as session:
        for row in session.exec(select(BrowserSession)).all():
            session.delete(row)


@pytest.mark.parametrize("spoiled", ["token", "session", "nobody's"])
def test_nothing_is_put_aside_for_whoever_cannot_show_whose_it_is(desk, spoiled):
    form = desk.form()
    run_out(desk.site)
    client = desk.client
    if spoiled == "token":
        another_token(form)
    elif spoiled == "session":
        signed_out(desk)
    else:
        client = desk.site.client()
    sent = answer(form, desk.address, outcome="held")
    assert send(client, form, status=302, **sent).location.startswith("/sign-in")
    assert drafts(desk.site) == 0


def test_a_session_that_ran_out_can_put_nothing_aside_for_another_team(desk):
    form = desk.form()
    with desk.site.reading() as session:
        mine = whose(desk.address)
        staff = desk.site.account(Role.SENIOR_LEADER).person_id
        from app.people.models import Person  # noqa: PLC0415

        other = session.get(Person, staff).public_id
    run_out(desk.site)
    form.action = form.action.replace(mine, other)
    send(desk.client, form, status=302)
    assert drafts(desk.site) == 0
