"""Looking changes nothing but the audit log, the note that a session was used, and how many
published figures an account saw in a day."""

import re

import pytest

from app.security.permissions import Role

MAY_BE_WRITTEN = {"audit_entry", "browser_session", "figures_seen"}
WRITE = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_opening_every_page_writes_only_the_audit_log(site, role):
    from tests.house_rules.crawl import crawl  # noqa: PLC0415

    with site.statements() as sent:
        crawl(site.sign_in_as(role))
    written = {found.group(1) for statement in sent if (found := WRITE.match(statement))}
    assert written <= MAY_BE_WRITTEN
