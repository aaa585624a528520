"""What arrived from force systems, and what could not be used and why."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app.database import request_session
from app.exposure.queries import latest_recount
from app.feeds import queries
from app.feeds.doubts import doubts
from app.people.queries import people_in_doubt
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/feeds")
@requires(Permission.FEEDS_ALL_READ)
def runs() -> ResponseReturnValue:
    """Every import, newest first."""
    found, page = queries.runs(current_viewer(), request_session(), asked=request.args.get("page"))
    recount = latest_recount(request_session())
    viewer, session = current_viewer(), request_session()
    return replies.page(
        "feeds/runs.html",
        runs=found,
        page=page,
        recount=recount,
        doubts=doubts(viewer, session),
        in_doubt=people_in_doubt(viewer, session),
    )


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
