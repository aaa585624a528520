"""The privacy notice: before the first page, once a version, and never in the way of help."""

from datetime import UTC

import pytest
from sqlmodel import select

from app.audit.models import AuditEntry
from app.rights import notice
from app.security.permissions import ROLE_NAMES, Permission, Role
from tests.conftest import NOW
from tests.reading import age, longest, prose


@pytest.fixture
def newcomer(site):
    """Somebody who signs in for the first time."""
    return site.sign_in(site.named("newcomer@demo"))


def test_it_comes_before_the_first_page_and_then_one_goes_on(site, newcomer):
    asked = newcomer.get("/my-record/who-looked?page=2", status=302)
    assert asked.location == "/privacy-notice?next=/my-record/who-looked?page%3D2"
    page = newcomer.follow(asked).page
    assert newcomer.submit(page.form()).location == "/my-record/who-looked?page=2"
    newcomer.get("/my-record/who-looked")
    again = newcomer.get("/privacy-notice").page
    assert not again.select("main form")
    account = site.named("newcomer@demo")
    assert account.notice_version == notice.VERSION
    assert account.notice_read_at.astimezone(UTC) == NOW
    with site.reading() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.event == "notice:read"))
    assert (entry.actor_account_id, entry.details) == (account.id, {"version": notice.VERSION})


def test_a_new_version_is_shown_again_to_everybody(site, monkeypatch):
    me = site.sign_in_as(Role.STAFF)
    me.get("/my-record")
    monkeypatch.setattr(notice, "VERSION", notice.VERSION + 1)
    page = me.follow(me.get("/my-record", status=302)).page
    assert me.submit(page.form()).location == "/my-record"
    me.get("/my-record")


@pytest.mark.parametrize(
    "path",
    ["/help/get-help-now", "/guidance", "/guidance/trim-and-peer-support", "/who-sees-what"],
)
def test_nobody_is_kept_from_help(newcomer, path):
    newcomer.get(path)


def test_nobody_is_kept_from_signing_out_nor_loses_what_they_send(newcomer):
    ask = {"kind": "access", "part": "all", "words": "What is in the paper file?"}
    assert newcomer.post("/my-rights/ask", ask).location == "/my-rights"
    newcomer.get("/notifications/count", htmx=True)
    newcomer.post("/sign-out")
    assert newcomer.get("/", status=302).location.startswith("/sign-in")


def test_it_leads_nowhere_else(newcomer):
    form = newcomer.get("/privacy-notice?next=//elsewhere.example/").page.form()
    assert newcomer.submit(form).location == "/"


def test_anybody_may_read_it_from_the_foot_of_every_page(client):
    address = client.get("/sign-in").page.link("Privacy notice")
    page = client.get(address).page
    assert not page.select("main form")
    rows = [row.select_one("th").text for row in page.select("tbody tr")]
    assert rows == [ROLE_NAMES[role] for role in Role if role is not Role.STAFF]


def test_what_each_role_sees_is_said_of_every_permission():
    assert set(notice.MEANS) == set(Permission)
    told = {one.name: one.sees for one in notice.roles()}
    assert told["Senior leader"] == (notice.MEANS[Permission.FIGURES_ALL_READ],)
    assert told["Communications editor"] == ()
    assert told["Data protection officer"] == (
        notice.MEANS[Permission.RELEASES_ALL_APPROVE],
        notice.MEANS[Permission.RETENTION_ALL_MANAGE],
        notice.MEANS[Permission.RIGHTS_ALL_ANSWER],
    )
    assert notice.MEANS[Permission.RECORD_SCOPE_READ] in told["Supervisor"]
    assert notice.MEANS[Permission.WEIGHTS_SCOPE_READ] not in told["Supervisor"]


def test_a_child_of_eleven_could_read_it(client):
    told = prose(client.get("/privacy-notice").text)
    assert age(" ".join(told)) <= 11
    assert longest(told) <= 32
