"""What people see when something cannot be done."""

import pytest
from flask import abort, current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.security.access import open_to_everyone
from app.security.permissions import Role
from app.web.errors import EXPLANATIONS
from tests.page import Fragment, Page
from tests.site import Client

GONE = OperationalError("SELECT 1", {}, Exception("gone"))
SECRET = "SELECT name FROM person WHERE name = 'Jo Marsh'"


def breaks(error: BaseException | int, **more):
    """A view that fails in one way."""

    @open_to_everyone(reason="Part of a test.")
    def view():
        if isinstance(error, int):
            abort(error, **more)
        raise error

    return view


@pytest.fixture
def failing(site):
    """``failing(view)``: somebody at a site where ``/fails`` fails in one way."""

    def start(view, *, role: Role | None = None) -> Client:
        site.app.testing = False
        site.app.add_url_rule("/fails", "fails", view, methods=["GET", "POST"])
        return site.sign_in_as(role) if role else site.client()

    return start


@pytest.mark.parametrize("status", sorted(EXPLANATIONS))
def test_every_error_says_what_happened_and_what_to_do(failing, status):
    reply = failing(breaks(status)).get("/fails", status=status)
    assert isinstance(reply.page, Page)
    explanation = EXPLANATIONS[status]
    assert reply.page.words("h1") == explanation.title
    assert explanation.happened in reply.page.words("main")
    assert all(step in reply.page.words("main") for step in explanation.to_do)
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", sorted(EXPLANATIONS))
def test_htmx_gets_a_message_that_never_replaces_what_was_there(failing, status):
    reply = failing(breaks(status)).get("/fails", status=status, htmx=True)
    assert isinstance(reply.page, Fragment)
    assert reply.headers["HX-Retarget"] == "#messages"
    assert reply.headers["HX-Reswap"] == "innerHTML"
    assert EXPLANATIONS[status].title in reply.page.words("[role=alert]")


def test_a_page_that_is_not_there(client, sign_in_as):
    assert client.get("/nowhere", status=404).page.words("h1") == "Page not found"
    signed_in = sign_in_as(Role.STAFF).get("/nowhere", status=404).page
    assert signed_in.one("nav[aria-label=Menu]")


def test_a_form_sent_to_a_page_without_one_is_told_what_is_allowed(sign_in_as):
    reply = sign_in_as(Role.STAFF).post("/guidance", status=405)
    assert set(reply.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_form_without_its_token_is_refused_calmly(client):
    for data in ({}, {"csrf_token": "wrong"}):
        response = client.http.post("/sign-in", data=data)
        assert response.status_code == 400
        assert "open for too long" in response.text


def test_a_conflict_says_what_the_service_says(failing):
    words = "Sgt Osei has already answered this prompt."
    page = failing(breaks(409, description=words)).get("/fails", status=409).page
    assert words in page.words("main")


def test_words_meant_for_programmers_are_not_shown(failing):
    page = failing(breaks(403, description=SECRET)).get("/fails", status=403).page
    assert SECRET not in page.text


@pytest.mark.parametrize(
    "error",
    [OperationalError(SECRET, {"name": "Jo Marsh"}, Exception("gone")), PoolTimeoutError("full")],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_a_database_that_does_not_answer(failing, caplog, error, htmx):
    reply = failing(breaks(error)).get("/fails", status=503, htmx=htmx)
    assert reply.headers["Retry-After"] == "30"
    assert "Marsh" not in reply.text
    assert "Marsh" not in caplog.text
    assert "The database did not answer" in caplog.text


@pytest.mark.parametrize("htmx", [False, True])
def test_a_fault_shows_nothing_of_itself(failing, htmx):
    reply = failing(breaks(RuntimeError(SECRET))).get("/fails", status=500, htmx=htmx)
    assert "Marsh" not in reply.text
    assert "Traceback" not in reply.text


def test_the_pages_for_a_broken_site_need_neither_database_nor_session(site, failing):
    with site.app.test_request_context("/fails"):
        current_app.config["SETTINGS"] = None
    browser = failing(breaks(RuntimeError("broken")), role=None)
    with site.statements() as sent:
        browser.get("/fails", status=500)
    assert sent == []


def test_even_signed_in_a_dead_database_ends_in_a_plain_page(site, failing, monkeypatch):
    browser = failing(breaks(404), role=Role.STAFF)

    def dead(*_arguments, **_values):
        raise GONE

    monkeypatch.setattr(site.app.session_interface, "open_session", dead)
    assert browser.get("/guidance", status=503).page.words("h1").endswith("for the moment")
