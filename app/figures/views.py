"""Published figures: the overview, ready-made pages and their panels. From the release store."""

from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue

from app.common.clock import utc_now
from app.database import request_session
from app.figures import explore_views, queries
from app.figures.changing import TITLES, overview_table
from app.figures.pages import blueprint, chosen_kind, figures_or_none, none_yet, noted
from app.figures.panels import heading, table_of
from app.figures.ready import TOPICS, Topic, panel_of
from app.figures.released import Figures
from app.figures.tables import Table
from app.figures.viewing import about, topic_view
from app.figures.wording import KINDS
from app.measures.vocabulary import PeriodKind
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

__all__ = ["blueprint", "explore_views"]


@blueprint.get("")
@requires(Permission.FIGURES_ALL_READ)
def overview() -> ResponseReturnValue:
    """What changed and what stands out, and the way to everything else."""
    figures = figures_or_none()
    if figures is None:
        return none_yet()
    return replies.page(
        "figures/overview.html",
        figures=figures,
        about=about(figures),
        panels=TITLES,
        kind=chosen_kind(PeriodKind.QUARTER),
        kinds=_kinds(figures),
        kind_words=KINDS,
        topics=[one for one in _topics(figures) if not one.for_groups],
        meetings=[one for one in _topics(figures) if one.for_groups],
        own=queries.own_views(current_viewer(), request_session()),
        now=utc_now(),
    )


@blueprint.get("/overview/<string:panel>")
@requires(Permission.FIGURES_ALL_READ)
def overview_panel(panel: str) -> ResponseReturnValue:
    """One panel of the overview: a piece for the open page, or a page of its own."""
    figures = _figures_or_404()
    if panel not in TITLES:
        abort(404)
    table = overview_table(figures, panel, chosen_kind(PeriodKind.QUARTER))
    return _panel(figures, panel, TITLES[panel], table)


@blueprint.get("/topics/<string:slug>")
@requires(Permission.FIGURES_ALL_READ)
def topic(slug: str) -> ResponseReturnValue:
    """A ready-made page. Its panels come one by one, unless it is short enough to be whole."""
    found = _topic_or_404(slug)
    figures = figures_or_none()
    if figures is None:
        return none_yet()
    kind = chosen_kind(found.kind)
    view = None if found.lazy else topic_view(figures, found, kind)
    noted(figures)
    return replies.page(
        "figures/topic.html",
        topic=found,
        about=about(figures),
        view=view,
        panels=[(one.slug, words) for one in found.panels if (words := heading(figures, one))],
        kind=kind,
        kinds=_kinds(figures),
        kind_words=KINDS,
    )


@blueprint.get("/topics/<string:slug>/<string:panel>")
@requires(Permission.FIGURES_ALL_READ)
def topic_panel(slug: str, panel: str) -> ResponseReturnValue:
    """One panel of a ready-made page: a piece for the open page, or a page of its own."""
    found = _topic_or_404(slug)
    one, figures = panel_of(found, panel), _figures_or_404()
    title = heading(figures, one) if one else None
    if one is None or title is None:
        abort(404)
    return _panel(figures, panel, title, table_of(figures, one, chosen_kind(found.kind)))


def _panel(figures: Figures, slug: str, title: str, table: Table | None) -> ResponseReturnValue:
    noted(figures)
    values: dict[str, Any] = {"slug": slug, "title": title, "table": table, "about": about(figures)}
    if replies.wants_fragment():
        return replies.fragment("figures/_panel.html", **values)
    return replies.page("figures/panel.html", **values)


def _figures_or_404() -> Figures:
    figures = figures_or_none()
    if figures is None:
        abort(404)
    return figures


def _topic_or_404(slug: str) -> Topic:
    found = TOPICS.get(slug)
    if found is None:
        abort(404)
    return found


def _kinds(figures: Figures) -> list[PeriodKind]:
    return [one for one in (PeriodKind.QUARTER, PeriodKind.YEAR) if figures.newest(one)]


def _topics(figures: Figures) -> list[Topic]:
    """The ready-made pages that have something to show."""
    return [one for one in TOPICS.values() if any(heading(figures, panel) for panel in one.panels)]
