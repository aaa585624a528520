"""One conversation with several people, over HTTP, with the tiny demo force."""

import pytest
from sqlmodel import col, select

from app.debriefs.models import Debrief, DebriefPerson
from app.exposure.models import PromptState
from app.security.permissions import Role
from tests.teams.filling import about, answer, whose
from tests.teams.test_conversation import drafts, run_out, send


@pytest.fixture
def start(desk, three):
    """The way in, as one of their forms offers it."""
    return desk.client.get(three[0]).page.select("a[href*='/conversation?']")[0]["href"]


def second_screen(client, start):
    form = client.get(start).page.form()
    return client.follow(send(client, form, procedure="no", do="next")).page


def each(form, three, *outcomes):
    sent = {}
    for address, own in zip(three, outcomes, strict=True):
        sent |= about(form, whose(address), **own)
    return sent


SPOKE = {"outcome": "held", "factors": ["alone"], "support_peer_support": "accepted"}
DECLINED = {"outcome": "declined", "declined_reason": "not_now"}


def test_everybody_who_waits_for_it_is_ticked_already(desk, three, start):
    form = desk.client.get(start).page.form()
    assert sorted(form.values["people"]) == sorted(map(whose, three))
    assert len(form.choices["people"]) > 3


def test_each_has_an_outcome_of_their_own_and_it_is_one_conversation(desk, three, start):
    page = second_screen(desk.client, start)
    form = page.form()
    later = {
        "outcome": "deferred",
        "deferred_reason": "rest_days",
        "deferred_until-day": "1",
        "deferred_until-month": "12",
        "deferred_until-year": "2026",
    }
    reply = send(desk.client, form, **each(form, three, SPOKE, DECLINED, later))
    assert "Saved" in desk.client.follow(reply).text
    assert [desk.state(one) for one in three] == [
        PromptState.HELD,
        PromptState.DECLINED,
        PromptState.DEFERRED,
    ]
    assert drafts(desk.site) == 0


def test_two_who_took_part_share_a_conversation(desk, three, start):
    form = second_screen(desk.client, start).form()
    private = SPOKE | {"confidentiality": "private"}
    send(desk.client, form, **each(form, three, SPOKE, private, {"outcome": "left_out"}))
    with desk.site.reading() as session:
        newest = session.exec(select(Debrief).order_by(col(Debrief.id).desc())).first()
        parts = session.exec(
            select(DebriefPerson.confidentiality).where(DebriefPerson.debrief_id == newest.id)
        ).all()
    assert sorted(parts) == ["private", "shared"]
    assert newest.setting == "group"
    assert desk.state(three[2]) is PromptState.OPEN


def test_a_mistake_about_one_loses_nothing_of_the_others(desk, three, start):
    form = second_screen(desk.client, start).form()
    wrong = {"outcome": "declined"}
    reply = send(desk.client, form, status=422, **each(form, three, SPOKE, wrong, DECLINED))
    assert "Choose what they said" in reply.page.words(".govuk-error-summary")
    again = reply.page.form()
    assert again.values[f"p{whose(three[0])}-factors"] == ["alone"]
    assert {desk.state(one) for one in three} == {PromptState.OPEN}


def test_an_answer_given_elsewhere_is_told_and_the_others_stay_as_typed(desk, three, start):
    form = second_screen(desk.client, start).form()
    deputy = desk.site.sign_in_as(Role.SUPERVISOR)
    theirs = deputy.get(three[1]).page.form("#talk-form")
    send(deputy, theirs, **answer(theirs, three[1], **DECLINED))
    reply = send(desk.client, form, status=409, **each(form, three, SPOKE, SPOKE, SPOKE))
    assert reply.page.words("main").count("Not saved for") == 1
    assert {desk.state(one) for one in (three[0], three[2])} == {PromptState.OPEN}
    again = reply.page.form()
    assert again.values[f"p{whose(three[2])}-factors"] == ["alone"]
    send(desk.client, again, **about(again, whose(three[1]), outcome="left_out"))
    assert [desk.state(one) for one in three] == [
        PromptState.HELD,
        PromptState.DECLINED,
        PromptState.HELD,
    ]


def test_a_lock_closes_it_for_all_who_are_ticked_and_notes_nothing(desk, three, start):
    form = desk.client.get(start).page.form()
    people = [whose(one) for one in three[:2]]
    send(desk.client, form, people=people, procedure="yes", locked="led", do="locked")
    assert [desk.state(one) for one in three] == [
        PromptState.NOT_NEEDED,
        PromptState.NOT_NEEDED,
        PromptState.OPEN,
    ]
    assert drafts(desk.site) == 0


def test_a_draft_of_several_comes_back_on_the_second_screen(desk, three, start):
    page = second_screen(desk.client, start)
    form = page.form()
    line = page.one("#draft-line")["hx-post"]
    form.action = line
    kept = send(
        desk.client, form, do="", htmx=True, status=200, **each(form, three, SPOKE, DECLINED, SPOKE)
    )
    assert "Saved 9:30am" in kept.text
    people = page.address
    again = desk.client.get(people).page.form()
    assert again.values[f"p{whose(three[1])}-declined_reason"] == "not_now"
    first = desk.client.get(start).page.form()
    fewer = send(
        desk.client, first, people=[whose(one) for one in three[:2]], procedure="no", do="next"
    )
    again = desk.client.follow(fewer).page.form()
    assert again.values[f"p{whose(three[0])}-factors"] == ["alone"]
    assert f"p{whose(three[2])}-outcome" not in again.choices


def test_what_was_typed_about_several_comes_back_after_signing_in_again(desk, three, start):
    page = second_screen(desk.client, start)
    form = page.form()
    run_out(desk.site)
    reply = send(desk.client, form, status=302, **each(form, three, SPOKE, DECLINED, SPOKE))
    assert reply.location.startswith("/sign-in?next=/teams/")
    fresh = desk.site.sign_in_as(Role.SUPERVISOR)
    again = fresh.get(page.address).page.form()
    assert again.values[f"p{whose(three[0])}-factors"] == ["alone"]
    assert again.values[f"p{whose(three[1])}-outcome"] == "declined"


def test_another_teams_prompt_leads_nowhere(desk, start):
    unit, prompt = start.split("/")[2].split("?")[0], start.rsplit("=", 1)[1]
    desk.client.get(f"/teams/{unit}/conversation?prompt={'0' * 32}", status=404)
    lead = desk.site.sign_in_as(Role.WELLBEING_LEAD)
    lead.get(f"/teams/{unit}/conversation?prompt={prompt}", status=403)
