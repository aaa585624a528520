"""Everybody's own record."""

import pytest
from sqlmodel import select

from app.debriefs import service
from app.debriefs.models import Debrief, DebriefPerson, Setting
from app.exposure.models import Exposure
from app.referrals.models import Support
from app.security.key_store import Purpose
from app.security.permissions import Role
from app.security.sealing import destroy
from tests.conftest import NOW


def test_my_record_counts_what_the_rows_say(site):
    staff = site.account(Role.STAFF)
    page = site.sign_in(staff).get("/my-record").page
    with site.reading() as session:
        mine = session.exec(select(Exposure).where(Exposure.person_id == staff.person_id)).all()
    total = page.select("tfoot td")[-1].text
    assert int(total.split()[0]) == len(mine) > 0


@pytest.fixture
def spoken_to(site):
    """The demo's member of staff, after a conversation in which something was ticked."""
    staff = site.account(Role.STAFF)
    with site.writing() as session:
        talk = Debrief(held_on=NOW.date(), setting=Setting.PHONE, recorded_at=NOW)
        session.add(talk)
        session.flush()
        sealed = service.seal(
            site.keys,
            owner=staff.person_id,
            purpose=Purpose.RECORD,
            field=service.FACTORS_FIELD,
            value=["proceedings"],
        )
        session.add(
            DebriefPerson(
                debrief_id=talk.id,
                person_id=staff.person_id,
                primary_support=Support.LINE_MANAGER,
                sealed_factors=sealed,
            )
        )
    return staff


def test_only_the_person_is_shown_what_was_ticked(site, spoken_to):
    word = "Complaint, inquest or investigation pending"
    assert word in site.sign_in(spoken_to).get("/my-record/conversations").text
    sergeant = site.sign_in_as(Role.SUPERVISOR)
    record = next(
        link["href"]
        for link in sergeant.get("/teams").page.select("a.person-link")
        if link.text == spoken_to.display_name
    )
    assert word not in sergeant.get(record).text


def test_an_erased_answer_is_said_to_be_erased(site, spoken_to):
    with site.writing() as session:
        destroy(session, site.keys, owner=spoken_to.person_id, now=NOW)
    assert (
        "What was ticked has been erased."
        in site.sign_in(spoken_to).get("/my-record/conversations").text
    )


def test_an_account_without_a_person_is_told_that_nothing_is_held(site):
    page = site.sign_in_as(Role.EVALUATOR).get("/my-record").page
    assert "not linked to a person" in page.words("main")


def test_looking_often_on_one_day_is_one_line_that_says_how_often(site):
    staff = site.account(Role.STAFF)
    sergeant = site.sign_in_as(Role.SUPERVISOR)
    for _ in range(3):
        sergeant.get("/teams")
    words = site.sign_in(staff).get("/my-record/who-looked").page.words("main")
    assert words.count("3 times that day") == 1
