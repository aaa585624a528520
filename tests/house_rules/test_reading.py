"""What somebody reads of themselves reads at about 9 to 11.

Every page under these addresses that the walk of a member of staff meets is measured as it is
served, by the Flesch-Kincaid grade and 5 years (see tests/reading.py); 11 is the most. Tables,
menus and headings are left out, and so are names of incidents, which the force chooses.
"""

import pytest

from app.security.permissions import Role
from tests.reading import prose, too_old

OWN = ("/my-record", "/my-rights", "/privacy-notice", "/self-check", "/ask-for-support")


@pytest.mark.slow
def test_a_child_of_eleven_could_read_ones_own_pages(walks):
    opened = walks[Role.STAFF].opened
    pages = {path: reply.text for path, reply in opened.items() if path.startswith(OWN)}
    assert {"/my-record", "/my-record/add", "/my-record/said"} <= pages.keys()
    found = {path: too_old(prose(html)) for path, html in pages.items()}
    assert {path: why for path, why in found.items() if why} == {}
