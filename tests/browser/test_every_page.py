"""Every page that each role can reach, at two widths: axe, reflow, scripts, and a picture."""

import re
import shutil
from pathlib import Path

import pytest

from app.security.permissions import Role
from tests.browser.conftest import DESKTOP, PHONE
from tests.house_rules.crawl import crawl

PICTURES = Path(__file__).with_name("screenshots")
WIDTHS = {"desktop": DESKTOP, "phone": PHONE}
NARROWEST = {"width": 320, "height": 640}
"""A desktop page at 400 % zoom."""
SCANNED: set[tuple[int, str]] = set()
"""What was looked at in this run: the content of a page, and what is around it. Roles share most
of both, though seldom both on one page."""


@pytest.fixture(scope="module", autouse=True)
def fresh_pictures():
    """Pictures of pages that are gone would mislead."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()


def pages_of(site, role: Role | None) -> dict[str, str]:
    """One address for each kind of page that a role can reach from the home page."""
    walk = crawl(site.sign_in_as(role) if role else site.client())
    pages = {"not_found": "/nothing-here", "left": "/left"}
    for (endpoint, method), addresses in sorted(walk.addresses.items()):
        html = [a for a in addresses if a in walk.opened and _is_page(walk.opened[a])]
        if method == "GET" and html:
            pages[endpoint] = html[0]
    return pages


def _is_page(reply) -> bool:
    return reply.status == 200 and reply.text.lstrip()[:9].lower() == "<!doctype"


@pytest.mark.slow
@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "signed_out")
def test_every_page_has_no_barrier_at_any_width(site, open_as, role):
    looking = open_as(role)
    page, found = looking.page, []
    for endpoint, address in pages_of(site, role).items():
        page.goto(address)
        parts = set(enumerate(looking.skeleton()))
        if parts <= SCANNED:
            continue
        SCANNED.update(parts)
        for width, size in WIDTHS.items():
            page.set_viewport_size(size)
            name = re.sub(r"\W+", "_", f"{role or 'signed_out'}-{endpoint}-{width}")
            picture = PICTURES / f"{name}.png"
            page.screenshot(path=picture, full_page=True, animations="disabled")
            found += [f"{address} ({width}): {barrier}" for barrier in looking.barriers()]
        page.set_viewport_size(NARROWEST)
        if looking.sideways() > 0:
            found.append(f"{address} scrolls sideways at 320 pixels by {looking.sideways()}")
        page.set_viewport_size(DESKTOP)
    found += looking.problems
    assert not found, "\n".join(found)


def test_axe_does_find_a_barrier_where_there_is_one(open_as):
    # Without this, a scan that silently stopped scanning would look like a perfect site.
    looking = open_as(None)
    looking.page.goto("/sign-in")
    looking.page.evaluate("document.querySelector('label').remove()")
    assert any(barrier.startswith("label:") for barrier in looking.barriers())
