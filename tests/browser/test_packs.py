"""A pack asked for and waited for, with JavaScript and without: no page has to be reloaded."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.packs import making
from app.security.permissions import Role
from tests.conftest import NOW


def make(site) -> None:
    """What the job runner does every few seconds."""
    making.make_waiting(site.engine, ring=site.keys.ring, now=NOW)


def ask(page) -> None:
    """From the team's page to the page of a pack that waits."""
    page.goto("/teams")
    page.get_by_role("link", name="Team packs").click()
    page.get_by_label("The team, for a talk").check()
    page.get_by_role("button", name="Make a pack").click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()


@contextmanager
def failing(monkeypatch):
    """While this lasts, no pack can be made."""

    def fail(_contents):
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr(making, "files_of", fail)
        yield


@pytest.mark.slow
def test_the_page_says_when_the_pack_is_ready_without_a_reload(site, open_as, monkeypatch):
    looking = open_as(Role.SUPERVISOR)
    page = looking.page
    ask(page)
    assert looking.barriers() == []
    page.evaluate("window.stillTheSamePage = true")
    with failing(monkeypatch):
        make(site)
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert looking.barriers() == []
    assert page.evaluate("window.stillTheSamePage")
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    page.evaluate("window.stillTheSamePage = true")
    make(site)
    link = page.get_by_role("link", name="PDF")
    expect(link).to_be_visible()
    assert page.evaluate("window.stillTheSamePage")
    with page.expect_download() as found:
        link.click()
    assert found.value.suggested_filename == "team-briefing-2026-11-23.pdf"
    assert Path(found.value.path()).read_bytes().startswith(b"%PDF")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked == [], "it is ready, so nobody asks any more"
    assert looking.problems == []


@pytest.mark.slow
def test_without_javascript_one_looks_again(site, open_as):
    page = open_as(Role.SUPERVISOR, java_script_enabled=False).page
    ask(page)
    make(site)
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("link", name="Spreadsheet")).to_be_visible()
