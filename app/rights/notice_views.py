"""The privacy notice, and the way to it before the first page."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import service as accounts
from app.common.clock import utc_now
from app.database import request_session
from app.rights import notice
from app.security.access import (
    OPEN,
    access_rule,
    current_viewer,
    local_path,
    open_to_everyone,
    requires,
)
from app.security.permissions import Permission
from app.web import replies

blueprint = Blueprint("notice", __name__)
NEVER_KEPT_FROM = frozenset({OPEN, Permission.GUIDANCE_ALL_READ})
"""Pages that nobody is kept from: help, guidance, and what anybody may read."""


def _to_be_read() -> bool:
    return current_user.is_authenticated and current_viewer().notice_version != notice.VERSION


@blueprint.before_app_request
def show_first() -> ResponseReturnValue | None:
    """Show the notice before the first page. What is sent, and what an open page asks for, goes on:
    nobody loses what they typed because a new version came."""
    if request.method != "GET" or request.endpoint is None or replies.wants_fragment():
        return None
    if access_rule(request.endpoint) in NEVER_KEPT_FROM or not _to_be_read():
        return None
    return redirect(url_for("notice.page", next=request.full_path.rstrip("?")))


@blueprint.get("/privacy-notice")
@open_to_everyone(reason="Anybody may know what is held, what for and who sees it.")
def page() -> ResponseReturnValue:
    """The notice."""
    return replies.page(
        "rights/notice.html",
        roles=notice.roles(),
        version=notice.VERSION,
        asks=_to_be_read(),
        next=local_path(request.args.get("next")),
    )


@blueprint.post("/privacy-notice")
@requires(Permission.RECORD_OWN_READ)
def read() -> ResponseReturnValue:
    """Keep that the viewer has read it, and go on to where they were going."""
    accounts.note_notice_read(
        request_session(),
        account_id=current_viewer().account_id,
        version=notice.VERSION,
        now=utc_now(),
    )
    return replies.saved(local_path(request.args.get("next")) or url_for("teams.home"))
