"""The board pack: the overview and every ready-made page of a release in one file."""

from app.figures.demand import demand_view
from app.figures.files import Document
from app.figures.ready import TOPICS
from app.figures.released import Figures
from app.figures.tables import View
from app.figures.viewing import about, overview_view, topic_view
from app.measures.vocabulary import PeriodKind

TITLE = "Board pack"


def board_pack(figures: Figures) -> Document:
    """All of it, from the stored release alone: the same each time somebody asks."""
    views = [
        overview_view(figures, PeriodKind.QUARTER),
        *(topic_view(figures, one, one.kind) for one in TOPICS.values() if not one.for_groups),
        demand_view(figures),
    ]
    return document(figures, TITLE, *(one for one in views if one.tables))


def document(figures: Figures, title: str, *views: View) -> Document:
    """Some pages as one file; what holds for all of them is said once."""
    whole = about(figures)
    if len(views) > 1:
        views = tuple(
            View(
                one.title,
                one.question,
                one.day,
                one.tables,
                tuple(note for note in one.notes if note not in whole),
            )
            for one in views
        )
    return Document(
        title,
        views,
        release=figures.published.number,
        published_at=figures.published.published_at,
        notes=whole if len(views) > 1 else (),
    )
