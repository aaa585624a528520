"""The access guard: every endpoint says who may use it, or nobody may.

The rule is stored on the view function. A view without one, or with the decorator above the route
by mistake, is refused at run time and reported by a test that walks the URL map.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.common.clock import utc_now
from app.database import keep_changes, request_engine
from app.extensions import login_manager
from app.security.permissions import Permission
from app.security.sessions import StoredSession
from app.security.tokens import FeedCaller, caller_of
from app.security.viewer import Viewer

P = ParamSpec("P")
R = TypeVar("R")
KeepTyped = Callable[[Viewer], str | None]
"""Puts what a form sent aside for its author alone; answers with the address of the form."""
OPEN = "open"
FEEDS = "feeds"
NOT_KNOWN = (
    "The request carries no feed token that works. Send `Authorization: Bearer` and the token; "
    "one that has run out or was revoked needs a new one from whoever runs the tracker."
)
CSRF_SALT = "wtf-csrf-token"
"""Flask-WTF's own, with which it signs the token that a form carries."""
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


def keeps_what_was_typed(keep: KeepTyped) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A form sent to this endpoint after its session ran out is put aside until its author has
    signed in again, instead of being lost."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.keep_typed = keep  # type: ignore[attr-defined]
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
    htmx = "HX-Request" in request.headers
    here = request.full_path.rstrip("?") if request.method == "GET" and not htmx else None
    address = url_for("accounts.sign_in", next=_kept_typed() or here or _page_shown())
    if htmx:
        # Without this, an expired session paints the sign-in page into a table cell.
        return "", 401, {"HX-Redirect": address}
    return redirect(address)


def _page_shown() -> str | None:
    """The page from which htmx asked, to come back to."""
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    if not shown.path or shown.netloc != request.host:
        return None
    return local_path(shown.path + (f"?{shown.query}" if shown.query else ""))


def _kept_typed() -> str | None:
    """Put aside what was typed in a session that has run out; the address of its form.

    The session named by the cookie may do this and nothing else: its account must still exist, and
    the form must carry that session's own token, as every form has to.
    """
    keep: KeepTyped | None = getattr(
        current_app.view_functions.get(request.endpoint or ""), "keep_typed", None
    )
    ended = session.ended if isinstance(session, StoredSession) else {}
    if keep is None or request.method != "POST" or not _carries_token(ended):
        return None
    user = login_manager._user_callback(str(ended.get("_user_id")))  # noqa: SLF001
    if user is None:
        return None
    # The reply says no, and yet something is written.
    keep_changes()
    return keep(user.viewer)


def _carries_token(ended: dict[str, object]) -> bool:
    expected = ended.get("csrf_token")
    sent = request.form.get("csrf_token") or request.headers.get("X-CSRFToken", "")
    try:
        found = URLSafeTimedSerializer(str(current_app.secret_key), salt=CSRF_SALT).loads(sent)
    except BadData:
        return False
    return bool(expected and "_user_id" in ended and found == expected)


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
