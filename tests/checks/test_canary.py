"""Nothing that somebody answers, chooses or notes is anywhere but under its seal."""

import base64
import logging
import re
from pathlib import Path

from sqlalchemy import text
from sqlmodel import select

from app.audit.models import AuditEntry
from app.checks.models import CheckDraft, SelfCheck
from app.database import metadata
from app.security.models import BrowserSession
from tests.checks.conftest import Taking
from tests.checks.test_pages import FORM, finish, run_out

NOTE = "Zanderfisch swims at dawn"
CANARIES = (
    NOTE,
    "Zanderfisch",
    "or with bad dreams",
    "How do you sleep",
    "Feeling nervous",
    "phq4",
    '"sleep"',
    "unsaid",
)
"""What nothing but the answers says."""
ANSWERS = {"sleep": "more", "mood": "unsaid"}


class Watched(Taking):
    """Somebody doing a self-check, with every address and cookie that went by."""

    def __init__(self, site) -> None:
        super().__init__(site)
        self.went_by: list[str] = []
        send = self.client._send

        def noted(method, path, status, **more):
            reply = send(method, path, status, **more)
            self.went_by += [path, reply.location, *reply.headers.getlist("Set-Cookie")]
            return reply

        self.client._send = noted


def forms_of(canary: str) -> list[bytes]:
    """As it is, and as it might be written down by something that means no harm."""
    plain = canary.encode()
    return [plain, canary.encode("utf-16-le"), base64.b64encode(plain)[:-4], plain.hex().encode()]


def leaks(haystack: bytes) -> set[str]:
    lower = haystack.lower()
    return {one for one in CANARIES if any(form.lower() in lower for form in forms_of(one))}


def everything(site) -> bytes:
    """Every value of every table, and the files themselves where there are any."""
    with site.engine.connect() as connection:
        values = [
            value if isinstance(value, bytes | memoryview) else str(value).encode()
            for table in metadata.tables
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
            for value in row
        ]
    database = site.engine.url.database or ""
    files = sorted(Path(database).parent.glob(f"{Path(database).name}*")) if "/" in database else []
    return b"\n".join([*values, *(path.read_bytes() for path in files)])


def do_one(taking) -> None:
    """From the first page to a kept check with a note, and another one under way."""
    taking.walk(**ANSWERS)
    taking.go_on(questionnaire="phq4")
    taking.go_on(answer="3")
    form = taking.page().form(FORM)
    form.values["do"] = "next"
    run_out(taking.site)
    taking.client.submit(form, status=302, answer="3")
    taking.client.http = taking.site.sign_in(taking.account).http
    taking.client._csrf = ""
    taking.go_on(do="skip")
    taking.go_on(answer="3")
    finish(taking)
    kept = taking.client.follow(taking.client.post("/self-check/keep")).page
    taking.client.submit(kept.form(FORM), note=NOTE)
    assert NOTE in taking.client.get("/self-check/kept").page.words("main")
    taking.walk(**ANSWERS)


def test_no_answer_is_in_a_table_a_log_a_cookie_or_an_address(site_both, caplog):
    taking = Watched(site_both)
    with site_both.reading() as session:
        entries = session.exec(select(AuditEntry.id)).all()
    with caplog.at_level(logging.DEBUG):
        do_one(taking)
    assert leaks(everything(site_both)) == set()
    assert leaks("\n".join(taking.went_by).encode()) == set()
    words = {word for one in taking.went_by for word in re.split(r"\W", one)}
    assert not words & {"more", "less", "same", "unsaid", "skip", "none", "nothing"}
    assert leaks(caplog.text.encode()) == set()
    with site_both.reading() as session:
        assert session.exec(select(AuditEntry.id)).all() == entries
        assert len(session.exec(select(CheckDraft)).all()) == 1
        assert session.exec(select(SelfCheck)).all()
        for row in session.exec(select(BrowserSession)).all():
            assert leaks(str(row.values).encode()) == set()


def test_a_leak_would_be_found(site_both):
    with site_both.writing() as session:
        row = session.exec(select(SelfCheck)).first()
        row.sealed = NOTE.encode("utf-16-le")
        session.add(row)
    assert NOTE in leaks(everything(site_both))
