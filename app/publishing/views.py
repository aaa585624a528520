"""Guidance for those who sign in, and the few pages that anybody may open."""

from flask import Blueprint, abort, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from app.security.access import open_to_everyone, requires
from app.security.permissions import Permission
from app.web.library import GuidancePage, Library
from app.web.replies import page

blueprint = Blueprint("publishing", __name__)
OPEN_PAGES = frozenset({"accessibility", "for-families", "get-help-now", "what-happens-to-my-data"})


def _library() -> Library:
    return Library.of_site(current_app.config["SETTINGS"].instance)


def _found(slug: str) -> GuidancePage:
    return _library().page(slug) or abort(404)


@blueprint.get("/guidance")
@requires(Permission.GUIDANCE_ALL_READ)
def guidance() -> ResponseReturnValue:
    """List every page under its topic."""
    return page("publishing/guidance.html", topics=_library().topics(), open_pages=OPEN_PAGES)


@blueprint.get("/guidance/<slug>")
@requires(Permission.GUIDANCE_ALL_READ)
def guidance_page(slug: str) -> ResponseReturnValue:
    """Show one page; the open ones have their own address."""
    if slug in OPEN_PAGES:
        return redirect(url_for(".open_page", slug=slug))
    return page("publishing/guidance_page.html", guidance_page=_found(slug))


@blueprint.get("/help/<slug>")
@open_to_everyone(reason="Help, privacy and accessibility must be readable without an account.")
def open_page(slug: str) -> ResponseReturnValue:
    """Show one of the pages that need no account."""
    if slug not in OPEN_PAGES:
        abort(404)
    return page("publishing/guidance_page.html", guidance_page=_found(slug))
