"""The pages that say what a record said before, at two widths, with a record and a mistake."""

import pytest
from sqlmodel import select

from app.exposure.models import Exposure
from app.people.models import Person
from app.security.permissions import Role
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_every_page import PICTURES
from tests.feeds.conftest import Feed
from tests.feeds.test_past import LATER

NAMED = {"occurred_at": "2026-11-20T10:00", "same_as_ref": "", "same_as_system": ""}


@pytest.fixture
def reported(site, tmp_path):
    """An incident that two systems report, attended by somebody who can sign in, and corrected."""
    feed = Feed(site.engine, tmp_path)
    with site.writing() as session:
        person = session.exec(select(Person).join(Exposure)).first()
        ref = person.source_ref
    feed.load("incidents", {**NAMED, "ref": "I-1", "type": "sudden_death", "version": "1"})
    link = {"same_as_ref": "I-1", "same_as_system": "cad"}
    feed.load(
        "incidents",
        {**NAMED, **link, "ref": "R-1", "type": "suicide", "version": "1"},
        system="rms",
    )
    feed.load(
        "attendance",
        {"ref": "A-1", "person_ref": ref, "incident_ref": "I-1", "role": "assigned"},
        extracted=LATER,
    )
    feed.load("incidents", {**NAMED, "ref": "I-1", "type": "suicide", "version": "2"}, now=LATER)


@pytest.mark.slow
def test_the_story_of_a_record_has_no_barrier_at_any_width(reported, open_as):
    looking = open_as(Role.DATA_STEWARD)
    page = looking.page
    for ref, told in (("I-1", "Until 23 November 2026"), ("nobody", "There is a problem")):
        page.goto("/feeds/records/incidents")
        page.fill("#system", "cad")
        page.fill("#ref", ref)
        page.click("text=Show what was known")
        assert told in page.inner_text("body")
        for width, size in {"desktop": DESKTOP, "phone": PHONE}.items():
            page.set_viewport_size(size)
            page.screenshot(path=PICTURES / f"record-{ref}-{width}.png", full_page=True)
            assert looking.barriers() == []
        page.set_viewport_size({"width": 320, "height": 640})
        assert looking.sideways() <= 0
        page.set_viewport_size(DESKTOP)
