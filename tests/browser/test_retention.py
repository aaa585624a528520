"""Pages that only a form leads to: what will be in the file, and a hold that cannot be placed."""

import json

import pytest

from app.security.permissions import Role
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_every_page import PICTURES

pytestmark = pytest.mark.slow


def looked_at(looking, name: str) -> list[str]:
    """What is wrong with the page that is open, at both widths."""
    found = []
    for width, size in {"desktop": DESKTOP, "phone": PHONE}.items():
        looking.page.set_viewport_size(size)
        PICTURES.mkdir(exist_ok=True)
        looking.page.screenshot(path=PICTURES / f"{name}_{width}.png", full_page=True)
        found += looking.barriers()
        assert looking.sideways() == 0
    looking.page.set_viewport_size(DESKTOP)
    return found + looking.problems


@pytest.mark.parametrize("script", [True, False])
def test_somebody_takes_their_record_with_them(open_as, script):
    looking = open_as(Role.STAFF, java_script_enabled=script)
    page = looking.page
    page.goto("/my-record")
    page.get_by_role("link", name="Take your record with you").click()
    page.get_by_label("Support that you chose").check()
    page.get_by_role("button", name="See what will be in it").click()
    if script:
        assert looked_at(looking, "career_look") == []
    with page.expect_download() as file:
        page.get_by_role("button", name="another force").click()
    assert file.value.suggested_filename == "my-record.json"
    record = json.loads(file.value.path().read_text(encoding="utf-8"))["record"]
    assert {"service", "exposures", "conversations", "support"} <= set(record)


def test_a_hold_that_cannot_be_placed_says_why_at_its_field(open_as):
    looking = open_as(Role.DATA_STEWARD)
    page = looking.page
    page.goto("/retention/holds/add")
    page.get_by_label("Everything about one person").check()
    page.get_by_label("Staff number").fill("nobody")
    page.get_by_role("button", name="Place the hold").click()
    assert page.get_by_role("alert").is_visible()
    assert looked_at(looking, "hold_refused") == []
