"""Files of published figures, taken in a real browser by everybody who may, and what is printed."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.security.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_every_page import PICTURES
from tests.figures.conftest import publish

MAY = [role for role in Role if Permission.FIGURES_ALL_READ in ROLE_PERMISSIONS[role]]
BUTTONS = {
    "Download as PDF": b"%PDF",
    "Download as spreadsheet": b"PK",
    "Download as CSV": b"\xef\xbb\xbf",
}
PAGES = ("/figures/demand", "/figures/board-packs", "/figures/topics/for-ethnicity?each=quarter")


@pytest.mark.slow
def test_whoever_may_read_figures_can_take_them_as_files(site, open_as):
    publish(site.settings.releases_writer)
    assert len(MAY) == 5
    for role in MAY:
        looking = open_as(role)
        page = looking.page
        page.goto("/figures/topics/for-ethnicity?each=quarter")
        for name, beginning in BUTTONS.items():
            with page.expect_download() as found:
                page.get_by_role("button", name=name).click()
            assert Path(found.value.path()).read_bytes().startswith(beginning)
            assert found.value.suggested_filename.startswith("figures-release-")
        assert looking.problems == []


@pytest.mark.slow
def test_the_pages_of_files_have_no_barrier_and_print_as_tables(site, open_as):
    publish(site.settings.releases_writer)
    looking = open_as(Role.SENIOR_LEADER)
    page, found = looking.page, []
    PICTURES.mkdir(exist_ok=True)
    for address in PAGES:
        page.goto(address)
        name = address.split("?")[0].rsplit("/", 1)[-1]
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            picture = PICTURES / f"figure-files-{name}-{size['width']}.png"
            page.screenshot(path=picture, full_page=True, animations="disabled")
            found += [f"{address}: {barrier}" for barrier in looking.barriers()]
    assert found + looking.problems == []
    page.emulate_media(media="print")
    expect(page.locator("main table").first).to_be_visible()
    expect(page.get_by_text("Date of the data").first).to_be_visible()
    for gone in (".chart__canvas", ".govuk-service-navigation", ".button-row", "nav"):
        for one in page.locator(gone).all():
            expect(one).to_be_hidden()


@pytest.mark.slow
def test_requests_to_expect_have_no_barrier(open_as):
    looking = open_as(Role.WELLBEING_LEAD)
    looking.page.goto("/force/demand")
    for size in (DESKTOP, PHONE):
        looking.page.set_viewport_size(size)
        picture = PICTURES / f"force-demand-{size['width']}.png"
        looking.page.screenshot(path=picture, full_page=True, animations="disabled")
        assert looking.barriers() == []
        assert looking.sideways() <= 0
