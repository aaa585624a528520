"""What arrived from force systems, and what could not be used and why."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.exposure.queries import latest_recount
from app.feeds import queries
from app.feeds.codes import propose
from app.feeds.unmapped import Unmapped, unmapped
from app.incidents.queries import frameworks
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
    return replies.page(
        "feeds/runs.html", runs=found, page=page, recount=recount, codes=_codes_to_map()
    )


def _codes_to_map() -> list[tuple[Unmapped, str | None]]:
    """Codes that the framework does not know, each with the name of the type it may mean."""
    framework = frameworks(request_session()).on(local_date(utc_now()))
    names = framework.type_names()
    return [
        (
            one,
            names.get(propose(framework, code=one.code, system=one.system, field=one.field) or ""),
        )
        for one in unmapped(current_viewer(), request_session())
    ]


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
