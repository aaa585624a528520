"""A force in which many people each have something of their own in every section."""

import pytest

from app.rights.collecting import everything
from app.rights.sections import Section, subject_of
from tests.conftest import NOW


@pytest.fixture
def sections_of(site_both):
    """Everything held about an account's holder, by section."""

    def read(username: str) -> dict[str, Section]:
        from app.accounts.queries import viewer_for  # noqa: PLC0415

        site = site_both
        account = site.named(username)
        with site.reading() as session:
            viewer = viewer_for(session, account_id=account.id, day=NOW.date())
            ring = site.app.extensions["key_ring"]
            found = everything(subject_of(viewer, session, ring=ring, now=NOW))
        return {one.key: one for one in found}

    return read
