"""Saying whether somebody with a staff number that was given up once is the same person."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import utc_now
from app.database import request_session
from app.exposure.service import ConflictError, recognise
from app.feeds.desk_forms import SAME, RecogniseForm
from app.feeds.pages import blueprint
from app.people.doubts import InDoubt, people_in_doubt
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies


@blueprint.get("/feeds/in-doubt/<string(length=32):person_id>")
@requires(Permission.FEEDS_ALL_MEND)
def in_doubt(person_id: str) -> ResponseReturnValue:
    """One staff number that was given up and is somebody's again, and what to find out first."""
    return _page(_in_doubt_or_404(person_id), RecogniseForm())


@blueprint.post("/feeds/in-doubt/<string(length=32):person_id>")
@requires(Permission.FEEDS_ALL_MEND)
def say_who(person_id: str) -> ResponseReturnValue:
    """Keep who it is; what counts for them follows at once."""
    found, form = _in_doubt_or_404(person_id), RecogniseForm()
    if not form.validate_on_submit():
        return _page(found, form, status=422)
    try:
        recognise(
            request_session(),
            public_id=person_id,
            same=form.who.data == SAME,
            actor=current_viewer().account_id,
            now=utc_now(),
        )
    except ConflictError:
        abort(404)
    return replies.saved(url_for("feeds.desk"))


def _in_doubt_or_404(person_id: str) -> InDoubt:
    doubted = people_in_doubt(current_viewer(), request_session())
    found = next((one for one in doubted if one.public_id == person_id), None)
    if found is None:
        abort(404)
    return found


def _page(found: InDoubt, form: RecogniseForm, *, status: int = 200) -> ResponseReturnValue:
    return replies.page("feeds/in_doubt.html", status=status, one=found, form=form)
