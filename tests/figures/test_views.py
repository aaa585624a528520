"""Pages of published figures: what they say, to whom, and what never stands in an address."""

import pytest
from sqlmodel import select

from app.audit.events import Event
from app.audit.models import AuditEntry
from app.figures import service
from app.figures.models import FiguresSeen, SavedView
from app.security.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.conftest import NOW

ASKED = {
    "measure": "exposed_supported",
    "period": "2026-Q3",
    "first": "district:n",
    "second": "sex:female",
    "by": "all",
}


def words(reply) -> str:
    """What a page or a piece of it says."""
    return reply.page.text


def test_before_the_first_release_the_page_says_so(site):
    client = site.sign_in_as(Role.SENIOR_LEADER)
    for address in ("/figures", "/figures/explore", "/figures/topics/timeliness"):
        assert "Nothing is published yet" in words(client.get(address))


def test_the_overview_says_what_changed_and_who_stands_for_it(published_site):
    client = published_site.sign_in_as(Role.SENIOR_LEADER)
    page = words(client.get("/figures"))
    assert "Prepared by Sam Steward. Approved by Dana Officer." in page
    assert "We never show a group of fewer than 30 people" in page
    panel = words(client.get("/figures/overview/changes", htmx=True))
    assert "700 of 2,000 people" in panel
    assert "higher" in panel
    assert "no clear change" in panel
    assert "too few to say" in panel
    stands = words(client.get("/figures/overview/attention", htmx=True))
    assert "District: North" in stands
    assert "lower" in stands


def test_a_panel_is_a_page_of_its_own_without_scripts(published_site):
    client = published_site.sign_in_as(Role.DEI_ANALYST)
    page = client.get("/figures/topics/support-and-equity?each=quarter")
    address = page.page.select("[hx-get*=ethnicity]")[0]["hx-get"]
    panel = words(client.get(address))
    assert "fewer than 10" in panel
    assert "group too small" in panel
    assert "Very few or nearly all: we do not show" in panel
    assert "How complete ethnicity is: on record 90%" in panel
    assert "55%" in panel
    assert "330" in panel


@pytest.mark.parametrize("role", Role)
def test_only_those_who_may_read_figures_do(published_site, role):
    may = Permission.FIGURES_ALL_READ in ROLE_PERMISSIONS[role]
    client = published_site.sign_in_as(role)
    expected = 200 if may else 403
    for address in ("/figures", "/figures/overview/changes", "/figures/explore"):
        assert client.get(address, status=None).status == expected
    assert client.post("/figures/explore", ASKED, status=None).status == (303 if may else 403)


def test_a_question_goes_behind_an_opaque_id_and_its_answer_says_everything(published_site):
    client = published_site.sign_in_as(Role.DEI_ANALYST)
    form = client.get("/figures/explore").page.form()
    reply = client.submit(form, **ASKED)
    assert "female" not in reply.location
    assert "district" not in reply.location
    page = words(client.follow(reply))
    assert "District: North; Sex: Female" in page
    assert "27%" in page
    assert "110" in page
    again = client.post("/figures/explore", ASKED)
    assert again.location == reply.location


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"second": "ethnicity:black"}, "cannot be joined"),
        ({"by": "ethnicity"}, "two at most"),
        ({"second": "district:s"}, "chosen twice"),
        ({"period": "2026-10"}, "not for a month"),
        ({"measure": "left_without_transfers", "period": "2026-10"}, "no figures on this"),
        ({"first": "sex:nobody"}, "Not a valid choice"),
        ({"measure": "salary"}, "Not a valid choice"),
    ],
)
def test_what_is_not_on_the_menu_cannot_be_asked(published_site, change, said):
    client = published_site.sign_in_as(Role.EVALUATOR)
    reply = client.post("/figures/explore", ASKED | change, status=422)
    assert said in words(reply)
    with published_site.reading() as session:
        assert session.exec(select(SavedView)).all() == []


def test_a_view_is_shared_by_its_address_and_changed_by_its_owner_alone(published_site):
    mine = published_site.sign_in_as(Role.DEI_ANALYST)
    view = mine.post("/figures/explore", ASKED).location
    mine.post(f"{view}/keep", {"name": "Women in the north"})
    assert "Women in the north" in words(mine.get("/figures"))
    other = published_site.sign_in_as(Role.STAFF_NETWORK)
    assert "Women in the north" in words(other.get(view))
    other.post(f"{view}/take-away", status=403)
    copy = other.post(f"{view}/keep", {"name": "Mine now"}).location
    assert copy != view
    assert "Women in the north" in words(mine.get(view))
    mine.post(f"{view}/keep", {"name": "x" * 61}, status=422)
    mine.post(f"{view}/take-away")
    mine.get(view, status=404)
    assert "Mine now" in words(other.get(copy))


def test_questions_without_a_name_go_after_four_weeks(published_site):
    client = published_site.sign_in_as(Role.DEI_ANALYST)
    client.post("/figures/explore", ASKED)
    kept = client.post("/figures/explore", ASKED | {"second": "all"}).location
    client.post(f"{kept}/keep", {"name": "Kept"})
    with published_site.writing() as session:
        assert service.forget(session, now=NOW + service.KEPT) == 0
        assert service.forget(session, now=NOW + 2 * service.KEPT) == 1
        assert session.exec(select(FiguresSeen)).all() == []
    client.get(kept)


def test_very_many_figures_in_a_day_are_written_down_once(published_site, monkeypatch):
    monkeypatch.setattr(service, "MANY", 5)
    client = published_site.sign_in_as(Role.SENIOR_LEADER)
    for _ in range(2):
        client.get("/figures/overview/changes", htmx=True)
        client.get("/figures/overview/attention", htmx=True)
    with published_site.reading() as session:
        held = session.exec(select(FiguresSeen)).one()
        found = session.exec(
            select(AuditEntry).where(AuditEntry.event == Event.FIGURES_MANY_SEEN)
        ).all()
    # Seven headline figures, and the two districts; what is hidden as a group was never said.
    assert len(held.digests) // service.DIGEST > 5
    assert [one.details["figures"] > 5 for one in found] == [True]
