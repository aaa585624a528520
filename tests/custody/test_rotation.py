"""A new key for the ring: used at once by everybody, and nothing that was sealed is lost."""

from sqlmodel import select

from app.audit.models import AuditEntry
from app.custody import service
from app.security.key_store import Purpose, open_store
from app.security.sealing import seal, unseal
from tests.conftest import NOW

OF = {"purpose": Purpose.RECORD, "field": "f"}


def test_a_new_key_is_used_from_now_on_by_processes_that_are_running(session, keys):
    running = open_store(keys.engine.url.render_as_string(), keys.instance)
    sealed = seal(running, owner="before", value=1, **OF)
    assert service.rotate(session, keys=keys, now=NOW) == "k2"
    seal(running, owner="after", value=1, **OF)
    assert running.wrapped_by()["k2"] == 1
    assert unseal(running, owner="before", sealed=sealed, **OF) == 1
    entry = session.exec(select(AuditEntry).where(AuditEntry.event == "keys:rotated")).one()
    assert entry.details == {"key": "k2"}
    running.engine.dispose()
