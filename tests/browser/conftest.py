"""A real browser on the real site: Chromium, and a web server on a port of its own.

``make test`` writes where Chromium is to ``.build/chromium``; ``CHROMIUM`` names another.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from app.security.permissions import Role
from tests.browser.looking import Looking

FOUND = Path(".build/chromium")
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 20_000
"""For how many milliseconds something may not be there yet: long, for machines that are busy."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    """Where Chromium is."""
    named = os.environ.get("CHROMIUM") or (FOUND.read_text().strip() if FOUND.exists() else "")
    found = named or shutil.which("chromium") or ""
    assert found, "no Chromium: `make test` brings one, or set CHROMIUM=/path/to/chromium"
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield opened
        opened.close()


@pytest.fixture
def address(site) -> Iterator[str]:
    """The site, served; time stands still in it as in every test."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def new_context(browser, address) -> Iterator[Callable[..., BrowserContext]]:
    """A browser window of its own: ``new_context(java_script_enabled=False)``."""
    opened: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        options = {"viewport": DESKTOP, "base_url": address, "locale": "en-GB", **options}
        opened.append(browser.new_context(**options))
        opened[-1].set_default_timeout(PATIENCE)
        return opened[-1]

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def open_as(site, new_context, address) -> Callable[..., Looking]:
    """Somebody of a role, signed in: ``open_as(Role.SUPERVISOR)``; ``None`` is nobody."""

    def make(role: Role | None, **options: object) -> Looking:
        context = new_context(**options)
        if role is not None:
            held = site.sign_in_as(role).http.get_cookie("tracker")
            context.add_cookies([{"name": "tracker", "value": held.value, "url": address}])
        return Looking(context.new_page())

    return make


@pytest.fixture
def page(open_as) -> Page:
    """Somebody who has not signed in."""
    return open_as(None).page
