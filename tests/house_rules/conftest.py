"""One site for the tests that only look at it, and the people of every role walking through it."""

import pytest

from app.security.permissions import Role
from tests.house_rules.crawl import crawl


@pytest.fixture
def walks(site):
    """What each role meets on its way through the site; ``None`` is somebody not signed in."""
    found = {role: crawl(site.sign_in_as(role)) for role in Role}
    found[None] = crawl(site.client())
    return found
