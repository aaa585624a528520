"""A question of one's own: one measure, one period, at most two filters. Pure but for the store."""

from dataclasses import dataclass

from app.disclosure import derived
from app.disclosure.cells import Filter
from app.figures.panels import by_group, notes, over_time
from app.figures.released import Figures
from app.figures.tables import Table, View
from app.figures.viewing import about
from app.figures.wording import KINDS, measured_words, period_words
from app.measures.vocabulary import DIMENSIONS, Dimension, Measure, Period, PeriodKind

LATEST = {f"latest-{kind.value}": kind for kind in (PeriodKind.YEAR, PeriodKind.QUARTER)} | {
    "latest-month": PeriodKind.MONTH
}
"""In the place of a period: whichever is the newest of its kind, so that a kept view stays new."""
MOST_FILTERS = 2


@dataclass(frozen=True)
class Question:
    """What somebody asks, in codes of the menu. ``by``: whose groups to set side by side."""

    measure: str
    period: str
    filters: tuple[Filter, ...] = ()
    by: Dimension | None = None


@dataclass(frozen=True)
class Asked:
    """A question that the menu has an answer to."""

    question: Question
    measure: Measure
    period: Period


def period_of(figures: Figures, code: str) -> Period | None:
    """A period by its code, or the newest of a kind."""
    if code in LATEST:
        return figures.newest(LATEST[code])
    return next((one for one in figures.menu.periods if one.code == code), None)


def wrong_with(figures: Figures, question: Question) -> str:
    """Why the menu has no answer, in a sentence; nothing if it has one."""
    measure, period = figures.measure(question.measure), period_of(figures, question.period)
    if measure is None or period is None:
        return "What you ask about is not published any more. Choose again."
    if period.kind not in measure.kinds:
        kinds = " or a ".join(KINDS[kind] for kind in measure.kinds)
        return f"There are no figures on this for a {KINDS[period.kind]}. Choose a {kinds}."
    asked = [one.dimension for one in question.filters]
    asked += [question.by] if question.by else []
    if len(asked) > MOST_FILTERS:
        return "Choose two at most: one group and a comparison, or two groups."
    if any(one not in _codes(figures, one.dimension) for one in question.filters):
        return "One of these groups is not published any more. Choose again."
    if len(asked) == MOST_FILTERS:
        return _wrong_pair(figures, asked, period)
    return ""


def _codes(figures: Figures, dimension: Dimension) -> set[Filter]:
    return {Filter(dimension, one.code) for one in figures.categories(dimension)}


def _wrong_pair(figures: Figures, asked: list[Dimension], period: Period) -> str:
    if asked[0] is asked[1]:
        return f"{DIMENSIONS[asked[0]]} is chosen twice. Choose it once."
    if tuple(asked) not in figures.menu.pairs:
        first, second = (DIMENSIONS[one] for one in asked)
        return (
            f"{first} and {second} cannot be joined: the groups would be too small. Only a "
            "district can be joined, with one thing that is not part of the organisation."
        )
    if period.kind is PeriodKind.MONTH:
        return "Two at once are published for quarters and years, not for a month."
    return ""


def asked_of(figures: Figures, question: Question) -> Asked | None:
    """The question with its measure and period; ``None`` where the menu has no answer."""
    if wrong_with(figures, question):
        return None
    measure, period = figures.measure(question.measure), period_of(figures, question.period)
    return Asked(question, measure, period) if measure and period else None


def in_words(figures: Figures, asked: Asked) -> str:
    """The whole question in words, filters and all, as it is printed inside every file."""
    question = asked.question
    groups = "; ".join(figures.label(one) for one in question.filters) or "Everybody"
    by = f" Side by side: {DIMENSIONS[question.by]}." if question.by else ""
    counted = measured_words(asked.measure)
    return f"{counted[:1].upper()}{counted[1:]}. {period_words(asked.period)}. {groups}.{by}"


def answer(figures: Figures, asked: Asked) -> View:
    """The page of a question."""
    question = asked.question
    found: list[Table | None] = [_headline(figures, asked)]
    if question.by:
        within = question.filters[0] if question.filters else None
        found.append(by_group(figures, asked.measure, asked.period, question.by, within))
    found.append(over_time(figures, [asked.measure], asked.period.kind, filters=question.filters))
    return View(
        asked.measure.name,
        in_words(figures, asked),
        figures.published.day,
        tuple(one for one in found if one),
        about(figures),
    )


def _headline(figures: Figures, asked: Asked) -> Table:
    cell = figures.cell(asked.measure, asked.period, asked.question.filters)
    who = "; ".join(figures.label(one) for one in asked.question.filters) or "Everybody"
    return Table(
        f"{who}, {period_words(asked.period)}",
        ("Who", "Share", "Likely range", "Counted", "Of how many people"),
        (
            (
                who,
                derived.percent_words(cell),
                derived.interval_words(cell),
                derived.counted_words(cell),
                derived.base_words(cell),
            ),
        ),
        None,
        (*notes(figures, [cell], ranges=False), *_caution(asked.measure)),
    )


def _caution(measure: Measure) -> tuple[str, ...]:
    return (measure.caution,) if measure.caution else ()
