"""The people of every role walking through the site, once for the whole run."""

import pytest

from app.security.permissions import Role
from tests.house_rules.crawl import Walk, crawl

WALKS: dict[Role | None, Walk] = {}
"""Every copy of the demo force has the same addresses, so one walk serves all tests."""


@pytest.fixture
def walks(site) -> dict[Role | None, Walk]:
    """What each role meets on its way through the site; ``None`` is somebody not signed in."""
    for role in (None, *Role):
        if role not in WALKS:
            WALKS[role] = crawl(site.sign_in_as(role) if role else site.client())
    return WALKS
