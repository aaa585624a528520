"""A whole page as one view: what files and prints are made of."""

from app.figures.changing import ATTENTION, CHANGES, overview_table
from app.figures.panels import table_of
from app.figures.ready import Topic
from app.figures.released import Figures
from app.figures.tables import View
from app.figures.wording import period_words, protection, source_notes
from app.measures.vocabulary import PeriodKind

OVERVIEW = "Published figures"


def topic_view(figures: Figures, topic: Topic, kind: PeriodKind) -> View:
    """A ready-made page; what is not published is left out."""
    found = (table_of(figures, panel, kind) for panel in topic.panels)
    return View(
        topic.title,
        f"{topic.title}: {_newest(figures, kind)}.",
        figures.published.day,
        tuple(one for one in found if one),
        about(figures),
    )


def overview_view(figures: Figures, kind: PeriodKind) -> View:
    """The overview: what changed and what stands out."""
    found = (overview_table(figures, slug, kind) for slug in (CHANGES, ATTENTION))
    return View(
        OVERVIEW,
        f"What changed and what stands out: {_newest(figures, kind)}.",
        figures.published.day,
        tuple(one for one in found if one),
        about(figures),
    )


def about(figures: Figures) -> tuple[str, ...]:
    """Where figures come from and how they are protected: said on every page and in every file."""
    return (*source_notes(figures.published), *protection(figures.published))


def _newest(figures: Figures, kind: PeriodKind) -> str:
    period = figures.newest(kind)
    return period_words(period) if period else "nothing yet"
