"""A form sent from elsewhere in somebody's name is refused, and changes nothing."""

import pytest
from sqlmodel import select

from app.audit.models import AuditEntry
from tests.security.conftest import PASSWORD


@pytest.fixture
def signed_in(quiet_site, sign_in):
    """Sam, signed in, and what was written down so far."""
    client = quiet_site.client()
    sign_in(client)
    return client


def events(site) -> list[str]:
    """What the audit log says happened."""
    with site.reading() as session:
        return [row.event for row in session.exec(select(AuditEntry))]


@pytest.mark.parametrize("token", [None, "", "wrong", "x" * 300])
def test_without_the_right_token_nothing_happens(quiet_site, signed_in, token):
    data = {} if token is None else {"csrf_token": token}
    assert signed_in.http.post("/sign-out", data=data).status_code == 400
    assert events(quiet_site) == ["account:signed_in"]


def test_somebody_elses_token_is_worth_nothing(quiet_site, signed_in):
    other = quiet_site.client().csrf_token()
    assert signed_in.http.post("/sign-out", data={"csrf_token": other}).status_code == 400
    assert events(quiet_site) == ["account:signed_in"]


def test_signing_in_needs_a_token_too(quiet_site):
    reply = quiet_site.client().http.post(
        "/sign-in", data={"username": "sam", "password": PASSWORD}
    )
    assert reply.status_code == 400
    assert events(quiet_site) == []


def test_htmx_may_send_the_token_as_a_header(quiet_site, signed_in):
    headers = {"X-CSRFToken": signed_in.csrf_token(), "HX-Request": "true"}
    assert signed_in.http.post("/sign-out", headers=headers).status_code in {204, 303}
    assert events(quiet_site)[-1] == "account:signed_out"


def test_the_refusal_says_what_to_do(signed_in):
    reply = signed_in._send("POST", "/sign-out", 400, htmx=False)
    assert "load the page again" in reply.page.words("main")


def test_only_rows_sent_with_a_feed_token_and_leaving_at_once_need_no_form_token(site):
    from app.extensions import csrf  # noqa: PLC0415

    assert csrf._exempt_views == {
        "app.accounts.views.leave",
        "app.feeds.api.receive_rows",
    }
    assert csrf._exempt_blueprints == set()
