"""Saying what figures about the force are for, before there are any."""

from flask import request, session, url_for
from flask.typing import ResponseReturnValue

from app.audit.models import Purpose
from app.common.clock import utc_now
from app.database import request_session
from app.force import queries, service
from app.force.forms import PurposeForm
from app.force.pages import STATED, blueprint, stated
from app.security.access import current_viewer, local_path, requires
from app.security.permissions import Permission
from app.web import replies


@blueprint.get("/force/purpose")
@requires(Permission.FORCE_SCOPE_EXPLORE)
def purpose_form() -> ResponseReturnValue:
    """The form that asks for a purpose; with the one that holds, if there is one, to change."""
    held, form = stated(), PurposeForm()
    if held is not None:
        form.purpose.process_data(held.purpose)
        form.reason.process_data(held.reason)
    return replies.page("force/purpose.html", form=form, held=held)


@blueprint.post("/force/purpose")
@requires(Permission.FORCE_SCOPE_EXPLORE)
def state_purpose() -> ResponseReturnValue:
    """Keep the purpose for the rest of the day, and go on to the figures."""
    form, database = PurposeForm(), request_session()
    good = form.states_well()
    if good and queries.names_somebody(database, text=form.reason.data):
        form.refuse_name()
        good = False
    if not good:
        return replies.page("force/purpose.html", status=422, form=form, held=stated())
    row = service.state_purpose(
        database,
        viewer=current_viewer(),
        purpose=Purpose(form.purpose.data),
        reason=form.reason.data.strip(),
        now=utc_now(),
    )
    session[STATED] = row.public_id
    return replies.saved(local_path(request.args.get("next")) or url_for("force.lens"))
