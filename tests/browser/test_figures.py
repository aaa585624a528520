"""Pages of published figures in a browser: panels that come by themselves, at two widths."""

import pytest
from playwright.sync_api import expect

from app.security.permissions import Role
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_every_page import PICTURES
from tests.figures.conftest import publish
from tests.figures.test_views import ASKED

PAGES = {
    "overview": "/figures",
    "equity": "/figures/topics/support-and-equity?each=quarter",
    "meeting": "/figures/topics/for-ethnicity?each=quarter",
    "absence": "/figures/topics/absence-and-leaving",
    "explore": "/figures/explore",
}


@pytest.mark.slow
def test_pages_of_published_figures_have_no_barrier_and_fit(site, open_as):
    publish(site.settings.releases_writer)
    client = site.sign_in_as(Role.DEI_ANALYST)
    view = client.post("/figures/explore", ASKED | {"second": "all", "by": "sex"}).location
    looking = open_as(Role.DEI_ANALYST)
    page, found = looking.page, []
    PICTURES.mkdir(exist_ok=True)
    for name, address in (PAGES | {"view": view}).items():
        page.goto(address)
        expect(page.locator(".lazy > p")).to_have_count(0)
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            picture = PICTURES / f"figures-{name}-{size['width']}.png"
            page.screenshot(path=picture, full_page=True, animations="disabled")
            found += [f"{address}: {barrier}" for barrier in looking.barriers()]
            if looking.sideways() > 0:
                found.append(f"{address} scrolls sideways at {size['width']}")
    assert found + looking.problems == []
