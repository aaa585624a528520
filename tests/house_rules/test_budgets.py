"""Pages stay light, and no page asks the database more because there is more to show."""

import gzip

import pytest

from app.security.permissions import Role

HEAVIEST_PAGE = 60_000
"""Bytes of HTML before compression: a table of a hundred and fifty people."""
HEAVIEST_FIRST_VISIT = 200_000
"""Bytes sent for the first page with its style sheets and scripts, as compressed on the way."""


@pytest.mark.slow
def test_no_page_is_heavier_than_its_budget(walks):
    heavy = {
        f"{role}: {address}": len(reply.text)
        for role, walk in walks.items()
        for address, reply in walk.opened.items()
        if len(reply.text) > HEAVIEST_PAGE
    }
    assert heavy == {}


def test_a_first_visit_fits_a_slow_line(site):
    client = site.sign_in_as(Role.SUPERVISOR)
    page = client.get("/", status=None)
    while page.location:
        page = client.follow(page)
    files = [tag["href"] for tag in page.page.select("link[rel=stylesheet]")]
    files += [tag["src"] for tag in page.page.select("script[src], img[src]")]
    sent = len(gzip.compress(page.text.encode()))
    for file in files:
        sent += len(client.get(file, headers={"Accept-Encoding": "gzip"}).response.get_data())
    assert sent <= HEAVIEST_FIRST_VISIT
