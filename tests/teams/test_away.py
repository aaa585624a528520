"""Planned time away: one's own with a deputy, and a team member's."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.people.models import AwaySpell
from tests.conftest import NOW
from tests.teams.test_today import Shift

TODAY = NOW.date()


@pytest.fixture
def shift(empty_site):
    return Shift(empty_site)


def dates(starts, ends, **more):
    """What the form sends for two days, given in days from today."""
    sent = {"kind": "leave", **more}
    for name, ahead in (("starts_on", starts), ("ends_on", ends)):
        day = TODAY + timedelta(days=ahead)
        sent |= {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}
    return sent


def spells(shift):
    with shift.site.reading() as session:
        return session.exec(select(AwaySpell).order_by(AwaySpell.id)).all()


def test_a_supervisor_notes_leave_chooses_a_deputy_and_comes_back_early(shift, clock):
    sergeant = shift.sign_in("sergeant")
    page = sergeant.get("/away").page
    form = page.form("form[action='/away']")
    offered = [option["value"] for option in page.select("select[name=deputy] option")]
    # Who covers by the HR feed comes first, then others of the district and above; never oneself.
    assert offered[:2] == ["", shift.public_id("deputy")]
    assert set(offered[2:]) == {shift.public_id("inspector"), shift.public_id("other")}
    sergeant.submit(form, **dates(0, 5, deputy=shift.public_id("other")))
    assert "Otto Her" in sergeant.get("/away").text
    assert shift.asked() == {"other"}
    clock.shift(timedelta(days=1))
    sergeant = shift.sign_in("sergeant")
    mine = spells(shift)[0]
    sergeant.submit(sergeant.get("/away").page.form(f"form[action='/away/{mine.public_id}/end']"))
    assert spells(shift)[0].ends_on == TODAY
    assert shift.asked() == {"sergeant"}


def test_leave_that_has_not_begun_is_forgotten(shift):
    sergeant = shift.sign_in("sergeant")
    sergeant.submit(sergeant.get("/away").page.form("form[action='/away']"), **dates(3, 5))
    mine = spells(shift)[0]
    sergeant.post(f"/away/{mine.public_id}/end")
    assert spells(shift) == []


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (dates(-1, 3), "The first day away must be today or in the future"),
        (dates(3, 2), "The last day away must be the first day or later"),
        (dates(1, 400), "within a year"),
        (dates(2, 4), "must not be within another time away: Tuesday 24 November to Wednesday"),
        ({**dates(5, 6), "kind": "sick"}, "Not a valid choice"),
        ({**dates(5, 6), "deputy": "0" * 32}, "Not a valid choice"),
        ({**dates(5, 6), "starts_on-day": "31", "starts_on-month": "2"}, "must be a real date"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_noted(shift, sent, sentence):
    sergeant = shift.sign_in("sergeant")
    sergeant.post("/away", dates(1, 2))
    reply = sergeant.post("/away", sent, status=422)
    assert sentence in reply.page.words(".govuk-error-summary")
    assert len(spells(shift)) == 1


def test_a_member_of_the_team_is_noted_away_sees_it_and_nobody_elses_is(shift):
    sergeant, address = shift.sign_in("sergeant"), f"/people/{shift.public_id('officer')}/away"
    assert not sergeant.get(address).page.select("select[name=deputy]")
    sergeant.submit(sergeant.get(address).page.form(f"form[action='{address}']"), **dates(0, 4))
    assert "Away until Friday 27 November" in sergeant.get("/today").text
    me = shift.sign_in("officer")
    mine = me.get("/my-record/conversations").text + me.get("/my-record").text
    assert "Leave, 23 November 2026 to 27 November 2026" in mine
    assert "Noted when you are away" in mine
    spell = spells(shift)[0].public_id
    for name in ("other", "inspector"):
        stranger = shift.sign_in(name)
        stranger.get(address, status=404)
        stranger.post(address, dates(10, 11), status=404)
        sent = {"person": shift.public_id("officer")}
        stranger.post(f"/away/{spell}/end", sent, status=404)
    # Somebody of the team opens the way to their own spells, and to nobody else's.
    sergeant.post(f"/away/{spell}/end", {"person": shift.public_id("second")}, status=404)
    assert len(spells(shift)) == 1
    sergeant.post(f"/away/{spell}/end", {"person": shift.public_id("officer")})
    assert spells(shift) == []
