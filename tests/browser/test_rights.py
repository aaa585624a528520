"""The notice before the first page, and asking for something, in a real browser."""

import pytest
from playwright.sync_api import expect

from app.security.permissions import Role
from tests.browser.conftest import PHONE
from tests.browser.looking import Looking


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_somebody_new_reads_the_notice_and_goes_on(site, new_context, address, scripts):
    context = new_context(java_script_enabled=scripts, viewport=PHONE)
    held = site.sign_in(site.named("newcomer@demo")).http.get_cookie("tracker")
    context.add_cookies([{"name": "tracker", "value": held.value, "url": address}])
    looking = Looking(context.new_page())
    page = looking.page
    page.goto("/my-record")
    expect(page.get_by_role("heading", name="Your data, in plain words")).to_be_visible()
    if scripts:
        assert looking.barriers() == []
    page.get_by_role("button", name="I have read this").press("Enter")
    expect(page.get_by_role("heading", name="My record", exact=True)).to_be_visible()
    assert looking.problems == []


@pytest.mark.slow
def test_asking_for_something_and_taking_a_copy(site, open_as):
    looking = open_as(Role.STAFF)
    page = looking.page
    page.goto("/my-rights/ask")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what you want")
    assert looking.barriers() == []
    page.get_by_label("Put something right").check()
    page.get_by_label("What is it about?").select_option("skills")
    page.get_by_label("In your own words").fill("My driving course is missing.")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("You wrote: My driving course is missing.")).to_be_visible()
    page.goto("/my-record/download")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Web page, to read").click()
    assert taken.value.suggested_filename == "my-record-2026-11-23.html"
    # Read as somebody who keeps it would: from the disk, with nobody to fetch anything from.
    copy = Looking(page.context.new_page())
    copy.page.set_content(taken.value.path().read_text())
    expect(copy.page.get_by_role("heading", level=1)).to_contain_text("What Trauma Tracker holds")
    assert copy.sideways() == 0
    assert looking.problems + copy.problems == []
