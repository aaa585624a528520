"""Incidents under a post-incident procedure: which they are, and saying that it has ended."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.debriefs import holds as held
from app.incidents.queries import frameworks
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.teams.pages import blueprint
from app.web import replies


@blueprint.get("/procedures")
@requires(Permission.HOLD_SCOPE_LIFT)
def holds() -> ResponseReturnValue:
    """The incidents about which nothing is noted, among those that concern the viewer's people."""
    session, day = request_session(), local_date(utc_now())
    return replies.page(
        "teams/holds.html",
        holds=held.holds(current_viewer(), session, day=day),
        type_names=frameworks(session).type_names(),
    )


@blueprint.post("/procedures/<string(length=32):hold_id>/lift")
@requires(Permission.HOLD_SCOPE_LIFT)
def lift_hold(hold_id: str) -> ResponseReturnValue:
    """Unlock the forms about an incident."""
    now = utc_now()
    try:
        held.lift(
            request_session(),
            viewer=current_viewer(),
            public_id=hold_id,
            day=local_date(now),
            now=now,
        )
    except held.NotHeldError:
        abort(404)
    return replies.saved(url_for("teams.holds"))
