"""Deciding about the next figures: what waits, what changed, what its tests found."""

from flask import Blueprint, abort, current_app, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import utc_now
from app.database import reading, request_engine, request_session
from app.disclosure import queries, service, wording
from app.disclosure.forms import ApproveForm, RefuseForm
from app.disclosure.queries import Release
from app.disclosure.service import DecisionError, Places
from app.disclosure.store import State, open_writer
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies
from app.web.sealing import keys

blueprint = Blueprint("releases", __name__)


@blueprint.get("/releases")
@requires(Permission.RELEASES_ALL_APPROVE)
def overview() -> ResponseReturnValue:
    """What waits for a decision, and what became of those before."""
    with _places() as places, reading(places.releases) as session:
        found = queries.releases(session)
    waiting = next((one for one in found if one.state is State.CANDIDATE), None)
    return replies.page("releases/overview.html", releases=found, waiting=waiting, words=wording)


@blueprint.get("/releases/<string(length=32):public_id>")
@requires(Permission.RELEASES_ALL_APPROVE)
def release(public_id: str) -> ResponseReturnValue:
    """One release, with forms to decide while it waits."""
    return _page(public_id, ApproveForm(), RefuseForm())


@blueprint.post("/releases/<string(length=32):public_id>/approve")
@requires(Permission.RELEASES_ALL_APPROVE)
def approve(public_id: str) -> ResponseReturnValue:
    """Publish it."""
    form = ApproveForm()
    if not form.validate_on_submit():
        return _page(public_id, form, RefuseForm(formdata=None), status=422)
    try:
        with _places(decides=True) as places:
            service.approve(places, viewer=current_viewer(), public_id=public_id, now=utc_now())
    except DecisionError as error:
        return _page(public_id, form, RefuseForm(formdata=None), message=str(error), status=409)
    return replies.saved(url_for("releases.overview"))


@blueprint.post("/releases/<string(length=32):public_id>/refuse")
@requires(Permission.RELEASES_ALL_APPROVE)
def refuse(public_id: str) -> ResponseReturnValue:
    """Leave the figures as they are."""
    form = RefuseForm()
    if not form.validate_on_submit():
        return _page(public_id, ApproveForm(formdata=None), form, status=422)
    try:
        with _places(decides=True) as places:
            service.refuse(
                places,
                viewer=current_viewer(),
                public_id=public_id,
                reason=form.why,
                now=utc_now(),
            )
    except DecisionError as error:
        return _page(public_id, ApproveForm(formdata=None), form, message=str(error), status=409)
    return replies.saved(url_for("releases.overview"))


def _page(
    public_id: str,
    approving: ApproveForm,
    refusing: RefuseForm,
    *,
    message: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    found = _found(public_id)
    waits = found.state is State.CANDIDATE
    return replies.page(
        "releases/release.html",
        status=status,
        release=found,
        waits=waits,
        refusal=service.not_by(found, current_viewer()) if waits else "",
        approving=approving,
        refusing=refusing,
        message=message,
        words=wording,
    )


def _found(public_id: str) -> Release:
    with _places() as places, reading(places.releases) as session:
        found = queries.release(session, public_id=public_id)
    if found is None:
        abort(404)
    return found


def _places(*, decides: bool = False) -> Places:
    """Here alone the site opens the store so that it can write."""
    if decides:
        # Nothing was written yet. What is decided is kept in transactions of its own, in an order
        # that matters, and they would wait for this request's.
        request_session().rollback()
    releases = open_writer(current_app.config["SETTINGS"].releases_writer)
    return Places(request_engine(), releases, keys())
