"""Published figures as files, the board pack, and how many people services can expect."""

from flask import Blueprint, Response, abort, make_response
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SelectField

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import utc_now
from app.database import request_session
from app.figures import queries
from app.figures.board import board_pack, document
from app.figures.demand import INTRO, TITLE, demand_view
from app.figures.files import MEDIA, Document, Kind, file_name, make
from app.figures.pages import chosen_kind, figures_or_none, none_yet, noted
from app.figures.queries import question_of
from app.figures.questions import answer, asked_of
from app.figures.ready import TOPICS
from app.figures.released import Figures
from app.figures.viewing import about, overview_view, topic_view
from app.measures.vocabulary import PeriodKind
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

blueprint = Blueprint("figure_files", __name__, url_prefix="/figures")


class KindForm(FlaskForm):  # type: ignore[misc]
    """The button that was pressed."""

    kind = SelectField(choices=[one.value for one in Kind])


@blueprint.get("/demand")
@requires(Permission.FIGURES_ALL_READ)
def demand() -> ResponseReturnValue:
    """The next three months of each service."""
    figures = figures_or_none()
    if figures is None:
        return none_yet()
    view = demand_view(figures)
    noted(figures)
    return replies.page(
        "figures/demand.html", title=TITLE, intro=INTRO, view=view, about=about(figures)
    )


@blueprint.get("/board-packs")
@requires(Permission.FIGURES_ALL_READ)
def board_packs() -> ResponseReturnValue:
    """The board pack of the latest release, and what is in it."""
    figures = figures_or_none()
    if figures is None:
        return none_yet()
    pack = board_pack(figures)
    return replies.page("figures/board_packs.html", pack=pack, published=figures.published)


@blueprint.post("/board-packs")
@requires(Permission.FIGURES_ALL_READ)
def board_pack_file() -> ResponseReturnValue:
    """The board pack as a file."""
    figures = _figures_or_404()
    return _answer(figures, "board-pack", board_pack(figures))


@blueprint.post("/demand")
@requires(Permission.FIGURES_ALL_READ)
def demand_file() -> ResponseReturnValue:
    """The page on what services can expect, as a file."""
    figures = _figures_or_404()
    return _answer(figures, "demand", document(figures, TITLE, demand_view(figures)))


@blueprint.post("/overview")
@requires(Permission.FIGURES_ALL_READ)
def overview_file() -> ResponseReturnValue:
    """The overview as a file."""
    figures = _figures_or_404()
    view = overview_view(figures, chosen_kind(PeriodKind.QUARTER))
    return _answer(figures, "overview", document(figures, view.title, view))


@blueprint.post("/topics/<string:slug>")
@requires(Permission.FIGURES_ALL_READ)
def topic_file(slug: str) -> ResponseReturnValue:
    """A ready-made page as a file."""
    figures, topic = _figures_or_404(), TOPICS.get(slug) or abort(404)
    view = topic_view(figures, topic, chosen_kind(topic.kind))
    return _answer(figures, "topic", document(figures, view.title, view))


@blueprint.post("/views/<string(length=32):view_id>")
@requires(Permission.FIGURES_ALL_READ)
def view_file(view_id: str) -> ResponseReturnValue:
    """The answer to a question as a file."""
    row = queries.saved_view(current_viewer(), request_session(), public_id=view_id)
    figures = _figures_or_404()
    asked = asked_of(figures, question_of(row or abort(404)))
    view = answer(figures, asked or abort(404))
    return _answer(figures, "view", document(figures, view.title, view))


def _figures_or_404() -> Figures:
    return figures_or_none() or abort(404)


def _answer(figures: Figures, what: str, wanted: Document) -> Response:
    """Hand a file out; that somebody took it is written down first."""
    form, viewer = KindForm(), current_viewer()
    if not form.validate_on_submit():
        abort(404)
    kind = Kind(form.kind.data)
    noted(figures)
    body = make(kind, wanted)
    entry = Entry(
        Event.FIGURES_DOWNLOADED,
        utc_now(),
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        details={"what": what, "format": kind.value, "release": wanted.release},
    )
    # It is kept before the file is sent: the reply waits for the commit.
    audit.append(request_session(), [entry])
    response = make_response(body)
    response.headers["Content-Type"] = MEDIA[kind]
    # What was asked is inside the file, and not in a name that stands in a list of downloads.
    name = file_name("board-pack" if what == "board-pack" else "figures", wanted, kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
