"""Every role at every endpoint: nobody meets a canary that is not for them, nor does any log,
e-mail or job."""

import base64
import io
import logging
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.database import metadata, transaction
from app.security.permissions import Role
from jobs.schedule import JOBS
from tests.conftest import NOW
from tests.wall.planting import PLANTERS, plant, sealed_columns
from tests.wall.searching import words_in, words_in_reply
from tests.wall.sweeping import sweep
from tests.wall.world import MARK, word

NEVER_SHOWN = {
    "team_pack.sealed_members",
    "referral_wish.sealed_avoided",
    "release_contributors.sealed",
}
"""What is compared, and shown to nobody as it is kept."""


@pytest.fixture
def planted(site):
    """Every canary, planted in the site's force."""
    with site.writing() as session:
        return plant(session, site.keys)


@pytest.fixture
def logged():
    """Everything that anything logs meanwhile, however small; ``logged()`` gives it."""
    written = io.StringIO()
    handler, root = logging.StreamHandler(written), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written.getvalue
    root.setLevel(before)
    root.removeHandler(handler)


def test_every_sealed_column_has_a_planter(app):
    # A new one: write a planter in planting.py, and say in it who may read.
    assert sealed_columns(metadata) == {name for name in PLANTERS if ".sealed" in name}


def test_nobody_meets_what_is_not_theirs(site, planted, logged):
    report = sweep(site, planted, of_each=1)
    assert report.leaks == []
    told = {word(*("debrief_person.sealed_factors", site.account(Role.STAFF).person_id))}
    assert told <= report.seen[Role.STAFF], "the person's own canary is not seen: nothing is"
    for column in PLANTERS:
        seen = {w for words in report.seen.values() for w in words if planted[w].column == column}
        if column not in NEVER_SHOWN:
            assert seen, f"no canary of {column} was ever met, so nothing was tried"
    rules = {
        (rule.endpoint, "GET")
        for rule in site.app.url_map.iter_rules()
        if "GET" in rule.methods and "<" not in rule.rule
    }
    assert rules - report.endpoints == set()
    assert words_in(logged().encode()) == set()
    with site.reading() as session:
        entries = session.connection().execute(text("SELECT * FROM audit_entry")).all()
        mails = session.connection().execute(text("SELECT * FROM mail_outbox")).all()
        kept = session.connection().execute(text('SELECT "values" FROM browser_session')).all()
    assert words_in(repr((entries, mails, kept)).encode()) == set()


def test_no_job_says_any_of_it(site, planted, logged, monkeypatch):
    monkeypatch.setenv("INSTANCE", str(site.settings.instance))
    outcomes = []
    for days in (0, 8):
        for job in JOBS:
            with transaction(site.engine) as session:
                outcomes.append(job.run(session=session, now=NOW + timedelta(days=days)))
    assert words_in((logged() + repr(outcomes)).encode()) == set()
    with site.reading() as session:
        for table in ("notification", "mail_outbox", "job_slot"):
            rows = session.connection().execute(text(f"SELECT * FROM {table}")).all()
            assert words_in(repr(rows).encode()) == set(), table


# --- The detector ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way",
    [
        str.encode,
        str.upper,
        lambda one: one.encode("utf-16-le"),
        lambda one: one.encode("utf-16-be"),
        lambda one: one.encode().hex(),
        lambda one: "".join(f"\\u{ord(letter):04x}" for letter in one),
        *(
            lambda one, before=before: base64.b64encode(f"{before}{one}!".encode())
            for before in ("", "x", "xy", "xyz")
        ),
        lambda one: base64.urlsafe_b64encode(f'{{"a": "{one}"}}'.encode()),
    ],
)
def test_a_canary_is_found_however_it_is_written(way):
    one = word("any", 1)
    written = way(one)
    written = written.encode() if isinstance(written, str) else written
    assert words_in(b"\x00before " + written + b" after\xff") == {one}
    assert words_in(b"before " + written[: len(written) // 2] + b" after") == set()


def test_what_is_leaked_is_found(site, planted):
    # The wall with a hole: somebody's answer in the name of a guidance page's title, so to speak.
    staff, other = site.account(Role.STAFF), site.account(Role.SUPERVISOR)
    leaked = word("debrief_person.sealed_factors", other.person_id)
    with site.writing() as session:
        change = text("UPDATE person SET family_name = :word WHERE id = :id")
        session.connection().execute(change, {"word": leaked, "id": staff.person_id})
    report = sweep(site, planted, of_each=1, roles=[Role.STAFF])
    assert any("sealed_factors" in leak and leak.startswith("staff") for leak in report.leaks)
    assert MARK in leaked


def test_a_leak_into_a_header_or_a_cookie_is_found(site, planted):
    one = next(iter(planted))
    with site.app.test_request_context():
        reply = site.app.make_response("nothing here")
        reply.headers["X-Told"] = one
        assert words_in_reply(reply) == {one}
        reply = site.app.make_response("nothing here")
        reply.set_cookie("kept", base64.b64encode(one.encode()).decode())
        assert words_in_reply(reply) == {one}
