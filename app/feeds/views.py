"""What arrived from force systems, and what could not be used and why."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from app.database import request_session
from app.feeds import desk_views, doubt_views, queries
from app.feeds.pages import blueprint
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

__all__ = ["blueprint", "desk_views", "doubt_views"]


@blueprint.get("/feeds/imports")
@requires(Permission.FEEDS_ALL_READ)
def runs() -> ResponseReturnValue:
    """Every import, newest first."""
    found, page = queries.runs(current_viewer(), request_session(), asked=request.args.get("page"))
    return replies.page("feeds/runs.html", runs=found, page=page)


@blueprint.get("/feeds/<int:number>")
@requires(Permission.FEEDS_ALL_READ)
def run(number: int) -> ResponseReturnValue:
    """One import: its counts, and each row that still cannot be used with the reason."""
    viewer, session = current_viewer(), request_session()
    found = queries.run(viewer, session, run_id=number)
    if found is None:
        abort(404)
    rows, page = queries.quarantined(viewer, session, run_id=number, asked=request.args.get("page"))
    return replies.page(
        "feeds/run.html",
        run=found,
        reasons=queries.reasons(viewer, session, run_id=number),
        rows=rows,
        page=page,
    )
