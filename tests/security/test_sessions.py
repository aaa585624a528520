"""Sessions live on the server, are known there by a hash alone, and end when they should."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.accounts.models import Account, RoleGrant
from app.audit.models import AuditEntry
from app.security.models import BrowserSession
from app.security.permissions import Role
from app.security.sessions import delete_expired, hash_token
from tests.security.test_sign_in import cookie

MINUTE = timedelta(minutes=1)


@pytest.fixture
def signed_in(quiet_site, sign_in):
    """Sam, signed in."""
    client = quiet_site.client()
    sign_in(client)
    return client


def is_signed_in(client, **more) -> bool:
    """Whether the home page opens."""
    return client.get("/", status=None, **more).status == 200


def test_the_database_holds_a_hash_and_the_cookie_holds_nothing_else(quiet_site, signed_in):
    token = cookie(signed_in)
    with quiet_site.reading() as session:
        row = session.exec(select(BrowserSession)).one()
    assert row.token_hash == hash_token(token)
    assert token not in str(row)
    assert len(token) >= 43, "256 random bits"


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(quiet_site, sign_in):
    reply = sign_in(quiet_site.client())
    [held] = [c for c in reply.headers.getlist("Set-Cookie") if c.startswith("tracker=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(held.split("; "))
    assert "Expires" not in held, "it goes when the browser is closed"


@pytest.mark.parametrize("token", ["", "0", "x" * 43, "../../etc/passwd", "x" * 4000, "%00"])
def test_an_invented_token_opens_nothing(quiet_site, signed_in, token):
    stranger = quiet_site.client()
    stranger.http.set_cookie("tracker", token)
    assert not is_signed_in(stranger)


def test_what_the_database_holds_does_not_open_the_site(quiet_site, signed_in):
    stranger = quiet_site.client()
    stranger.http.set_cookie("tracker", hash_token(cookie(signed_in)))
    assert not is_signed_in(stranger)


def test_half_an_hour_without_use_ends_it(signed_in, clock):
    clock.shift(29 * MINUTE)
    assert is_signed_in(signed_in)
    clock.shift(29 * MINUTE)
    assert is_signed_in(signed_in), "use in between counts"
    clock.shift(31 * MINUTE)
    assert not is_signed_in(signed_in)


def test_ten_hours_end_it_however_busy(signed_in, clock):
    for _ in range(24):
        clock.shift(25 * MINUTE)
        last = is_signed_in(signed_in)
    assert last, "ten hours exactly"
    clock.shift(MINUTE)
    assert not is_signed_in(signed_in)


def test_an_open_page_that_polls_is_not_use(signed_in, clock):
    assert is_signed_in(signed_in), "the page is opened"
    for _ in range(3):
        clock.shift(11 * MINUTE)
        polled = is_signed_in(signed_in, headers={"HX-Request": "true", "HX-PTag": "1"})
    assert not polled


def test_signing_out_ends_it_on_the_server_too(quiet_site, signed_in):
    token = cookie(signed_in)
    reply = signed_in.post("/sign-out")
    assert reply.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_signed_in(signed_in)
    stranger = quiet_site.client()
    stranger.http.set_cookie("tracker", token)
    assert not is_signed_in(stranger)


@pytest.mark.parametrize("in_between", [timedelta(), 31 * MINUTE, timedelta(hours=11)])
def test_leaving_at_once_works_from_any_page_however_old(quiet_site, signed_in, clock, in_between):
    token = cookie(signed_in)
    clock.shift(in_between)
    # Without the form's token: the page may have been open since yesterday.
    reply = signed_in.http.post("/exit")
    assert (reply.status_code, reply.location) == (303, "/left")
    assert reply.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert reply.headers["Cache-Control"] == "no-store"
    assert signed_in.http.get_cookie("tracker") is None
    with quiet_site.reading() as session:
        assert session.exec(select(BrowserSession)).all() == []
    stranger = quiet_site.client()
    stranger.http.set_cookie("tracker", token)
    assert not is_signed_in(stranger)
    assert not is_signed_in(signed_in)


def test_leaving_at_once_is_written_down_like_signing_out(quiet_site, signed_in):
    signed_in.http.post("/exit")
    signed_in.http.post("/exit")
    with quiet_site.reading() as session:
        events = [row.event for row in session.exec(select(AuditEntry))]
    assert events == ["account:signed_in", "account:signed_out"]


def test_where_one_lands_says_nothing_of_where_one_was(quiet_site, signed_in):
    assert signed_in.get("/exit", status=None).status == 405
    for client in (signed_in, quiet_site.client()):
        page = client.get("/left").page
        assert page.words("main") == "Nothing is open You can close this window. Sign in"
        assert "Trauma" not in str(page)
    assert is_signed_in(signed_in), "a link ends nothing"


def test_signing_out_is_not_a_link_somebody_can_be_lured_to(signed_in):
    assert signed_in.get("/sign-out", status=None).status == 405
    assert is_signed_in(signed_in)


def test_an_account_that_is_closed_is_out_at_the_next_request(quiet_site, signed_in):
    with quiet_site.writing() as session:
        session.exec(select(Account)).one().active = False
    assert not is_signed_in(signed_in)


def test_a_role_works_from_the_next_request_and_stops_at_the_next_request(
    quiet_site, signed_in, now
):
    assert signed_in.get("/accounts", status=None).status == 403
    with quiet_site.writing() as session:
        grant = RoleGrant(account_id=1, role=Role.ADMINISTRATOR, starts_on=now.date())
        session.add(grant)
    signed_in.get("/accounts")
    with quiet_site.writing() as session:
        session.delete(session.get(RoleGrant, grant.id))
    assert signed_in.get("/accounts", status=None).status == 403


def test_what_has_run_out_is_swept_away(quiet_site, signed_in, now):
    with quiet_site.writing() as session:
        assert delete_expired(session, before=now) == 0
        assert delete_expired(session, before=now + MINUTE) == 1
    assert not is_signed_in(signed_in)


def test_a_session_is_not_written_at_every_click(quiet_site, signed_in, clock):
    is_signed_in(signed_in)
    with quiet_site.statements() as sent:
        is_signed_in(signed_in)
    assert [s for s in sent if "browser_session" in s and not s.startswith("SELECT")] == []


def test_an_expired_session_sends_the_whole_page_to_sign_in_and_not_a_table_cell(signed_in, clock):
    clock.shift(31 * MINUTE)
    reply = signed_in.get("/", status=401, htmx=True)
    assert reply.headers["HX-Redirect"].startswith("/sign-in")
    assert reply.text == ""


def test_files_do_not_look_up_the_session(quiet_site, signed_in):
    with quiet_site.statements() as sent:
        signed_in.http.get("/static/none.css")
    assert sent == []
