"""Every reply carries the same headers, letter for letter: pages, refusals, errors and files."""

import pytest

from app.security.permissions import Role

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def carried(reply) -> dict[str, str]:
    """The security headers of one reply."""
    return {name: reply.headers.get(name, "") for name in HEADERS}


@pytest.fixture
def broken(site):
    """The site, with one address at which everything goes wrong."""

    def fail():
        message = "on purpose"
        raise RuntimeError(message)

    fail.access_rule = "open"
    site.app.add_url_rule("/broken-on-purpose", "broken", fail)
    site.app.testing = False
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    return site


def test_pages_and_redirects(site):
    for client in (site.client(), site.sign_in_as(Role.SUPERVISOR)):
        reply = client.get("/", status=None)
        assert carried(reply) == HEADERS
        assert reply.headers["Cache-Control"] == "no-store"


def test_errors_of_every_kind(broken):
    client = broken.client()
    for path, method, status in (
        ("/nothing-here", "GET", 404),
        ("/sign-in", "DELETE", 405),
        ("/broken-on-purpose", "GET", 500),
    ):
        reply = client.http.open(path, method=method)
        assert reply.status_code == status
        assert carried(reply) == HEADERS
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers.get("Allow") or status != 405


def test_an_error_tells_nothing_about_itself(broken):
    text = broken.client().get("/broken-on-purpose", status=500).text
    for told in ("on purpose", "Traceback", "RuntimeError", ".py"):
        assert told not in text


def test_static_files_are_kept_by_browsers_and_pages_are_not(site):
    page = site.client().get("/sign-in").page
    sheet = page.select("link[rel=stylesheet]")[0]["href"]
    reply = site.client().get(sheet)
    assert carried(reply) == HEADERS
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_force_behind_https_says_so_and_keeps_its_cookie_to_itself(make_site):
    site = make_site(secure_cookies=True, demo="off")
    reply = site.client().get("/sign-in", base_url="https://localhost")
    assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
    for cookie in reply.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-tracker=")
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie.split("; ")
        assert "Domain" not in cookie


def test_over_plain_http_in_the_demo_no_promise_of_https_is_made(site):
    assert "Strict-Transport-Security" not in site.client().get("/sign-in").headers


def test_every_reply_says_nothing_about_what_serves_it(site):
    reply = site.client().get("/sign-in")
    assert "X-Powered-By" not in reply.headers
