"""What somebody kept: change over time, a note to oneself, and deleting; and, for wellbeing leads,
which questionnaires are offered at all."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from app.checks import charts, queries, service
from app.checks.answers import KeptCheck
from app.checks.forms import NoteForm, OfferForm
from app.checks.pages import blueprint, instruments, show
from app.checks.wording import readable
from app.common.clock import utc_now
from app.database import request_session
from app.instruments.models import Instrument, Offer
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies
from app.web.sealing import keys


@blueprint.get("/self-check/kept")
@requires(Permission.CHECK_OWN_TAKE)
def kept() -> ResponseReturnValue:
    """Everything the viewer kept, side by side."""
    found = queries.kept_of(current_viewer(), request_session(), keys())
    return show(
        "checks/kept.html",
        kept=found,
        table=charts.side_by_side(found),
        lines=charts.lines(found, instruments()),
    )


def _kept_or_404(check_id: str) -> KeptCheck:
    found = queries.kept_one(current_viewer(), request_session(), keys(), public_id=check_id)
    return found or abort(404)


@blueprint.get("/self-check/kept/<string(length=32):check_id>")
@requires(Permission.CHECK_OWN_TAKE)
def kept_one(check_id: str) -> ResponseReturnValue:
    """One that the viewer kept, in full."""
    found, form = _kept_or_404(check_id), NoteForm()
    form.note.data = found.kept.note
    return _show_one(found, form)


def _show_one(found: KeptCheck, form: NoteForm, status: int = 200) -> ResponseReturnValue:
    return show(
        "checks/kept_one.html", status=status, one=found, sections=readable(found), form=form
    )


@blueprint.post("/self-check/kept/<string(length=32):check_id>")
@requires(Permission.CHECK_OWN_TAKE)
def note(check_id: str) -> ResponseReturnValue:
    """Keep the viewer's own note on it."""
    found, form = _kept_or_404(check_id), NoteForm()
    if not form.validate_on_submit():
        return _show_one(found, form, 422)
    words = (form.note.data or "").strip()
    session, viewer = request_session(), current_viewer()
    service.note(session, viewer=viewer, keys=keys(), public_id=check_id, words=words)
    return replies.saved(url_for("checks.kept"))


@blueprint.get("/self-check/kept/<string(length=32):check_id>/delete")
@requires(Permission.CHECK_OWN_TAKE)
def ask_remove(check_id: str) -> ResponseReturnValue:
    """Ask once before one is deleted."""
    return show("checks/delete.html", one=_kept_or_404(check_id))


@blueprint.post("/self-check/kept/<string(length=32):check_id>/delete")
@requires(Permission.CHECK_OWN_TAKE)
def remove(check_id: str) -> ResponseReturnValue:
    """Delete one."""
    if not service.delete_one(request_session(), viewer=current_viewer(), public_id=check_id):
        abort(404)
    return replies.saved(url_for("checks.kept"))


@blueprint.get("/self-check/delete-all")
@requires(Permission.CHECK_OWN_TAKE)
def ask_wipe() -> ResponseReturnValue:
    """What happens when all is deleted."""
    return show("checks/delete_all.html")


@blueprint.post("/self-check/delete-all")
@requires(Permission.CHECK_OWN_TAKE)
def wipe() -> ResponseReturnValue:
    """Delete everything, and destroy the key to it."""
    service.delete_all(request_session(), viewer=current_viewer(), keys=keys(), now=utc_now())
    return replies.saved(url_for("checks.gone"))


# --- What the force offers ------------------------------------------------------------------------


def _optional() -> list[Instrument]:
    return [one for one in instruments().values() if one.offer is Offer.OPTIONAL]


@blueprint.get("/self-check-offer")
@requires(Permission.CHECK_ALL_OFFER)
def offer_form() -> ResponseReturnValue:
    """Which questionnaires people may choose from."""
    form = OfferForm().prepare(_optional(), queries.switched_on(request_session()))
    return show("checks/offer.html", form=form, instruments=instruments(), kinds=Offer)


@blueprint.post("/self-check-offer")
@requires(Permission.CHECK_ALL_OFFER)
def offer() -> ResponseReturnValue:
    """Keep which are switched on."""
    optional = _optional()
    form = OfferForm().prepare(optional, frozenset())
    service.offer(
        request_session(),
        viewer=current_viewer(),
        optional={one.code for one in optional},
        chosen=form.chosen,
        now=utc_now(),
    )
    return replies.saved(url_for("checks.offer_form"))
