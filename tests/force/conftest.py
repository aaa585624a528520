"""A wellbeing lead who has said what figures are for."""

import pytest

from app.security.permissions import Role

REASON = "Comparing support before the wellbeing board"


@pytest.fixture
def lead(site):
    """The demo force's wellbeing lead, with a purpose for today."""
    return stated(site.sign_in_as(Role.WELLBEING_LEAD))


def stated(client, purpose="equity", reason=REASON):
    """Say what figures are for."""
    client.post("/force/purpose", {"purpose": purpose, "reason": reason})
    return client


def chosen(client, address="/force/filters", **values):
    """Set filters; returns the address of what they leave."""
    sent = {"period": "d365", "psychological": "", "left": "", **values}
    return client.post(address, sent).location
