"""The access guard: every endpoint says who may use it, or nobody may.

The rule is stored on the view function. A view without one, or with the decorator above the route
by mistake, is refused at run time and reported by a test that walks the URL map.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.common.clock import utc_now
from app.database import request_engine
from app.security.permissions import Permission
from app.security.tokens import FeedCaller, caller_of
from app.security.viewer import Viewer

P = ParamSpec("P")
R = TypeVar("R")
OPEN = "open"
FEEDS = "feeds"
NOT_KNOWN = (
    "The request carries no feed token that works. Send `Authorization: Bearer` and the token; "
    "one that has run out or was revoked needs a new one from whoever runs the tracker."
)
API = "/api/"
"""Where programs come in: with tokens, never with the session of somebody's browser."""


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only people who hold the permission may use this endpoint."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.access_rule = permission  # type: ignore[attr-defined]
        return view

    return mark


def open_to_everyone(*, reason: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Anyone may use this endpoint, signed in or not; the reason is kept for the access table."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.access_rule = OPEN  # type: ignore[attr-defined]
        view.open_reason = reason  # type: ignore[attr-defined]
        return view

    return mark


def for_feeds(*, reason: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only the force's systems may use this endpoint, each with its feed token, and no person."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.access_rule = FEEDS  # type: ignore[attr-defined]
        view.open_reason = reason  # type: ignore[attr-defined]
        return view

    return mark


def access_rule(endpoint: str) -> Permission | str | None:
    """The rule an endpoint declares; ``None`` when it declares none."""
    if endpoint == "static":
        return OPEN
    view = current_app.view_functions.get(endpoint)
    return getattr(view, "access_rule", None)


def current_viewer() -> Viewer:
    """The signed-in viewer. Only for use behind the guard."""
    viewer: Viewer = current_user.viewer
    return viewer


def current_feed() -> FeedCaller:
    """The system whose token was sent. Only for use behind the guard of a feed's endpoint."""
    caller: FeedCaller = g.feed_caller
    return caller


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # Flask answers 404 or 405 itself.
    rule = access_rule(request.endpoint)
    if rule == OPEN:
        return None
    if rule == FEEDS:
        _ask_for_token()
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if not isinstance(rule, Permission) or not current_viewer().may(rule):
        abort(403)
    return None


def _ask_for_token() -> None:
    g.feed_caller = caller_of(
        request_engine(), request.headers.get("Authorization", ""), now=utc_now()
    )
    if g.feed_caller is None:
        raise Unauthorized(NOT_KNOWN, www_authenticate=WWWAuthenticate("bearer"))


def _ask_to_sign_in() -> ResponseReturnValue:
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("accounts.sign_in", next=target)
    if request.headers.get("HX-Request"):
        # Without this, an expired session paints the sign-in page into a table cell.
        return "", 401, {"HX-Redirect": url_for("accounts.sign_in")}
    return redirect(address)


def local_path(target: str | None) -> str | None:
    """A path on this site to go back to after signing in, or ``None`` for anything else."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return None
    if any(ord(character) < 32 for character in target) or "\\" in target:  # noqa: PLR2004
        return None
    return target


def init_app(app: Flask) -> None:
    """Put the guard in front of every endpoint."""
    app.before_request(_guard)
