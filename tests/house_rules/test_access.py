"""Every endpoint says who may use it, the table says the same, and the site does as they say."""

import csv
from pathlib import Path

import pytest

from app.security.access import FEEDS, OPEN, access_rule
from app.security.permissions import ROLE_PERMISSIONS, Permission, Role

TABLE = Path(__file__).with_name("access_table.csv")
MISSING = "0" * 32
ENDS_THE_SESSION = {"accounts.leave", "accounts.sign_out"}
YES, NO, SIGN_IN, TOKEN = "yes", "no", "sign in", "feed token"


def table() -> dict[tuple[str, str], dict[str, str]]:
    """The checked-in table: by endpoint and method, the rule and who may."""
    with TABLE.open(newline="") as file:
        return {(row["endpoint"], row["method"]): row for row in csv.DictReader(file)}


def endpoints(app) -> list[tuple[str, str, str]]:
    """Every endpoint of the site with each method and its URL rule."""
    return sorted(
        (rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    )


def as_declared(app) -> dict[tuple[str, str], dict[str, str]]:
    """The table that the code's own decorators would make."""
    rows = {}
    with app.app_context():
        for endpoint, method, _ in endpoints(app):
            rule = access_rule(endpoint)
            row = {"endpoint": endpoint, "method": method, "rule": str(rule)}
            row["signed out"] = YES if rule == OPEN else SIGN_IN
            for role in Role:
                row[role.value] = YES if rule == OPEN or rule in ROLE_PERMISSIONS[role] else NO
            if rule == FEEDS:
                row |= dict.fromkeys(("signed out", *(role.value for role in Role)), TOKEN)
            rows[endpoint, method] = row
    return rows


def test_every_endpoint_has_an_access_rule(app):
    with app.app_context():
        unmarked = [name for name, *_ in endpoints(app) if access_rule(name) is None]
    assert unmarked == [], "put @requires or one like it below the route decorator"


def test_every_open_endpoint_says_why(app):
    for endpoint, *_ in endpoints(app):
        view = app.view_functions[endpoint]
        if endpoint != "static" and getattr(view, "access_rule", None) in {OPEN, FEEDS}:
            assert len(view.open_reason) > 10, endpoint


def test_the_access_table_is_what_the_code_declares(app):
    # A new line here is a decision about who may see something: write it in the table by hand.
    assert table() == as_declared(app)


def test_every_permission_is_asked_for_or_offered_somewhere(app):
    asked = {row["rule"] for row in as_declared(app).values()}
    named = Path("app").rglob("*.py"), Path("app/templates").rglob("*.html")
    text = "".join(
        path.read_text() for paths in named for path in paths if path.name != "permissions.py"
    )
    unused = [
        p.value for p in Permission if p.value not in asked and f"Permission.{p.name}" not in text
    ]
    assert unused == []


def address(app, endpoint: str, method: str, walks) -> str:
    """An address that somebody really meets, or one that leads to nothing."""
    for walk in walks.values():
        met = walk.first(endpoint, method) or walk.first(endpoint, "GET")
        if met:
            return met
    rule = next(r for r in app.url_map.iter_rules(endpoint) if method in r.methods)
    values = {
        name: 1 if type(converter).__name__ == "IntegerConverter" else MISSING
        for name, converter in rule._converters.items()
    }
    return app.url_map.bind("localhost").build(endpoint, values, method)


@pytest.mark.slow
def test_the_site_does_as_the_table_says(site, walks):
    broken = []
    for role in (None, *Role):
        client = site.sign_in_as(role) if role else site.client()
        for (endpoint, method), row in table().items():
            if endpoint == "static" or (role and endpoint in ENDS_THE_SESSION):
                continue
            target = walks[role].first(endpoint, method)
            answered = _status(client, method, target or address(site.app, endpoint, method, walks))
            expected = row[role.value if role else "signed out"]
            if not _agrees(expected, answered, met=target is not None):
                who = role or "signed out"
                broken.append(f"{who}: {method} {target or endpoint}: {answered}, not {expected}")
    assert broken == []


def _status(client, method: str, target: str) -> tuple[int, str]:
    data = {"csrf_token": client.csrf_token()} if method == "POST" else None
    with client.http.open(target, method=method, data=data) as reply:
        return reply.status_code, reply.headers.get("Location", "")


def _agrees(expected: str, answered: tuple[int, str], *, met: bool) -> bool:
    status, location = answered
    to_sign_in = status in {302, 303} and location.startswith("/sign-in")
    if expected == SIGN_IN:
        return to_sign_in
    if expected == TOKEN:
        return status == 401
    if expected == NO:
        return status == 403
    if to_sign_in:
        return False
    # Offered on a page: it works, or says what is missing or that somebody was first. Found
    # elsewhere: perhaps out of reach.
    told = {200, 204, 302, 303, 400, 409, 422}
    return status in (told if met else told | {403, 404})


def test_every_change_without_a_token_is_refused(site):
    client = site.sign_in_as(Role.SUPERVISOR)
    for endpoint, method, rule in endpoints(site.app):
        # Leaving at once asks for none; tests/security/test_csrf.py says which do not.
        if method == "POST" and "<" not in rule and endpoint != "accounts.leave":
            reply = client.http.post(rule)
            assert reply.status_code in {400, 403}, endpoint


def test_what_a_role_is_offered_is_what_it_may_open(walks):
    # The walk itself fails when a link on a page leads to a refusal; here: it got somewhere.
    for role, walk in walks.items():
        assert len(walk.opened) >= (1 if role is None else 3), f"{role} finds next to nothing"
