"""Asking published figures a question of one's own, and keeping it as a view.

A question is posted and kept behind an opaque id, so that no group anybody asks about ever stands
in an address, a log or a browser's history.
"""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import utc_now
from app.database import request_session
from app.figures import queries, service
from app.figures.forms import AskForm, NameForm
from app.figures.models import SavedView
from app.figures.pages import blueprint, figures_or_none, none_yet, noted
from app.figures.queries import question_of
from app.figures.questions import answer, asked_of, wrong_with
from app.figures.service import NotYoursError
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

ONE = "/views/<string(length=32):view_id>"


@blueprint.get("/explore")
@requires(Permission.FIGURES_ALL_READ)
def explore() -> ResponseReturnValue:
    """The form that asks."""
    figures = figures_or_none()
    return none_yet() if figures is None else _show_form(AskForm(figures))


@blueprint.post("/explore")
@requires(Permission.FIGURES_ALL_READ)
def ask() -> ResponseReturnValue:
    """Keep a question and go to its answer."""
    figures = figures_or_none()
    if figures is None:
        abort(404)
    form = AskForm(figures)
    if not form.validate_on_submit():
        return _show_form(form, status=422)
    question = form.question()
    wrong = wrong_with(figures, question)
    if wrong:
        form.measure.errors = [*form.measure.errors, wrong]
        return _show_form(form, status=422)
    row = service.ask(request_session(), viewer=current_viewer(), question=question, now=utc_now())
    return replies.saved(url_for("figures.view", view_id=row.public_id))


@blueprint.get(ONE)
@requires(Permission.FIGURES_ALL_READ)
def view(view_id: str) -> ResponseReturnValue:
    """The answer to a question, for anybody who may read figures and has its address."""
    return _show(_view_or_404(view_id))


@blueprint.post(f"{ONE}/keep")
@requires(Permission.FIGURES_ALL_READ)
def keep(view_id: str) -> ResponseReturnValue:
    """Keep a view under a name; somebody else's is copied, so that theirs stays as it is."""
    row, form, viewer = _view_or_404(view_id), NameForm(), current_viewer()
    if not form.validate_on_submit():
        return _show(row, form, status=422)
    session = request_session()
    if row.account_id != viewer.account_id:
        row = service.ask(session, viewer=viewer, question=question_of(row), now=utc_now())
    service.keep(session, viewer=viewer, row=row, name=form.name.data)
    return replies.saved(url_for("figures.view", view_id=row.public_id))


@blueprint.post(f"{ONE}/take-away")
@requires(Permission.FIGURES_ALL_READ)
def take_away(view_id: str) -> ResponseReturnValue:
    """Delete a view of one's own."""
    row = _view_or_404(view_id)
    try:
        service.take_away(request_session(), viewer=current_viewer(), row=row)
    except NotYoursError:
        abort(403)
    return replies.saved(url_for("figures.overview"))


def _view_or_404(public_id: str) -> SavedView:
    found = queries.saved_view(current_viewer(), request_session(), public_id=public_id)
    if found is None:
        abort(404)
    return found


def _show_form(form: AskForm, *, status: int = 200) -> ResponseReturnValue:
    return replies.page(
        "figures/explore.html",
        status=status,
        form=form,
        own=queries.own_views(current_viewer(), request_session()),
    )


def _show(
    row: SavedView, name_form: NameForm | None = None, *, status: int = 200
) -> ResponseReturnValue:
    figures = figures_or_none()
    if figures is None:
        return none_yet()
    question, own = question_of(row), row.account_id == current_viewer().account_id
    asked = asked_of(figures, question)
    answered = answer(figures, asked) if asked else None
    noted(figures)
    return replies.page(
        "figures/view.html",
        status=status,
        row=row,
        own=own,
        wrong=wrong_with(figures, question),
        view=answered,
        form=AskForm(figures, question),
        name_form=name_form or NameForm(name=row.name if own else None),
    )
