"""The pages of a draft, which nobody meets until one is begun: axe, reflow, two widths."""

import re

import pytest

from app.security.permissions import Role
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_every_page import NARROWEST, PICTURES

LISTS = ("types", "factors", "rules", "codes")
ITEMS = ("types/item/suicide", "factors/item/alone", "rules/item/three_in_28")
PAGES = [
    "/framework",
    "/framework/versions",
    "/framework/versions/1",
    "/framework/compare",
    "/framework/draft",
    *(f"/framework/draft/{one}" for one in LISTS),
    *(f"/framework/draft/{one}/add" for one in LISTS),
    *(f"/framework/draft/{one}" for one in ITEMS),
    *(f"/framework/draft/settings/{one}" for one in ("timing", "wording", "weights")),
    "/framework/draft/load",
    "/framework/draft/rehearsal",
    "/framework/draft/activate",
    "/framework/draft/discard",
]


@pytest.mark.slow
def test_no_page_of_a_draft_has_a_barrier(open_as):
    looking = open_as(Role.WELLBEING_LEAD)
    page, found = looking.page, []
    page.goto("/framework/draft")
    page.get_by_role("button", name="Begin a draft").click()
    page.goto("/framework/draft/codes/add")
    page.get_by_label("System").fill("storm")
    page.get_by_label("Closing or result code").check()
    page.get_by_label("Code", exact=True).fill("SD1")
    page.get_by_label("What does it mean?").select_option("sudden_death")
    page.get_by_role("button", name="Save in the draft").click()
    PICTURES.mkdir(exist_ok=True)
    for address in PAGES:
        page.goto(address)
        for width, size in {"desktop": DESKTOP, "phone": PHONE}.items():
            page.set_viewport_size(size)
            name = f"draft-{re.sub(r'[^a-z0-9]+', '_', address)}-{width}"
            page.screenshot(path=PICTURES / f"{name}.png", full_page=True, animations="disabled")
            found += [f"{address} ({width}): {barrier}" for barrier in looking.barriers()]
        page.set_viewport_size(NARROWEST)
        # A chart takes its new width a frame later.
        page.wait_for_timeout(100)
        if looking.sideways() > 0:
            found.append(f"{address} scrolls sideways at 320 pixels by {looking.sideways()}")
        page.set_viewport_size(DESKTOP)
    found += looking.problems
    assert not found, "\n".join(found)


def test_a_refused_form_has_no_barrier_either(open_as):
    looking = open_as(Role.WELLBEING_LEAD)
    page = looking.page
    page.goto("/framework/draft")
    page.get_by_role("button", name="Begin a draft").click()
    page.goto("/framework/draft/rules/add")
    page.get_by_label("How many incidents?").fill("one")
    page.get_by_role("button", name="Save in the draft").click()
    assert page.get_by_text("must be a whole number").first.is_visible()
    assert looking.barriers() == []
