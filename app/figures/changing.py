"""The overview: what changed, and what stands out. Only where the ranges do not touch."""

from app.disclosure import derived
from app.disclosure.cells import Cell
from app.disclosure.derived import Apart
from app.figures.panels import notes, pair_words
from app.figures.released import Figures
from app.figures.tables import Table
from app.figures.wording import change_words, period_words
from app.measures.vocabulary import DIMENSIONS, Dimension, Measure, Period, PeriodKind

HEADLINES = (
    "exposed",
    "exposed_3",
    "talked_in_time",
    "exposed_supported",
    "referred_any",
    "contacted_any",
    "absent_psychological",
    "left_without_transfers",
)
WATCHED = ("talked_in_time", "exposed_supported", "absent_psychological", "left_without_transfers")
TOLD_APART = (
    Dimension.DISTRICT,
    Dimension.STAFF_TYPE,
    Dimension.SEX,
    Dimension.ETHNICITY,
    Dimension.DISABILITY,
)
CHANGES, ATTENTION = "changes", "attention"
TITLES = {CHANGES: "What changed", ATTENTION: "What stands out"}
NOT_AN_ANSWER = (
    "That something stands out is a reason to look and to ask. It does not say why, and it is no "
    "verdict on anybody."
)


def overview_table(figures: Figures, slug: str, kind: PeriodKind) -> Table | None:
    """One of the overview's two panels; ``None`` if no period of this kind is published."""
    period = figures.newest(kind)
    if period is None:
        return None
    return changes(figures, period) if slug == CHANGES else attention(figures, period)


def changes(figures: Figures, period: Period) -> Table:
    """The headline measures, beside the period before and the same period a year before."""
    before, a_year_ago = earlier(figures, period)
    rows: list[tuple[str, ...]] = []
    said: list[Cell | None] = []
    for measure in _known(figures, HEADLINES, period.kind):
        course = figures.course(measure, period.kind, last=5)
        now = course.get(period.code)
        then = [course.get(one.code) if one else None for one in (before, a_year_ago)]
        compared = [
            words
            for cell in then
            for words in (derived.percent_words(cell), change_words(now, cell))
        ]
        rows.append((measure.name, *_with_range(now), *compared))
        said += [now, *then]
    return Table(
        TITLES[CHANGES],
        (
            "What",
            period_words(period),
            "Of how many",
            period_words(before) if before else f"The {period.kind} before",
            "Since then",
            period_words(a_year_ago) if a_year_ago else "A year before",
            "Since then, over the year",
        ),
        tuple(rows),
        None,
        (
            f"Data of {figures.published.day:%-d %B %Y}.",
            "“No clear change” is said where the two ranges touch: chance alone can explain it.",
            *notes(figures, said),
        ),
    )


def attention(figures: Figures, period: Period) -> Table:
    """Groups whose share is clearly apart from everybody's, and how many were compared."""
    rows: list[tuple[str, ...]] = []
    compared = 0
    for measure in _known(figures, WATCHED, period.kind):
        whole = figures.cell(measure, period, ())
        for dimension in TOLD_APART:
            for label, cell in figures.line(measure, period, dimension):
                compared += derived.share(cell) is not None
                stands = derived.apart(cell, whole)
                if stands is not Apart.TOO_FEW:
                    group = f"{DIMENSIONS[dimension]}: {label}"
                    rows.append(
                        (measure.name, group, stands.value, _in_full(cell), _in_full(whole))
                    )
    found = "" if rows else "No group is clearly apart from everybody. "
    return Table(
        TITLES[ATTENTION],
        ("What", "Who", "Beside everybody", "There", "Everybody"),
        tuple(rows),
        None,
        (
            f"{period_words(period)}, data of {figures.published.day:%-d %B %Y}.",
            (
                f"{found}{compared} groups were compared with everybody. With so many, about 1 in "
                "100 would stand out by chance."
            ),
            NOT_AN_ANSWER,
            *notes(figures, []),
        ),
    )


def earlier(figures: Figures, period: Period) -> tuple[Period | None, Period | None]:
    """The period before, and for months and quarters the same one a year before."""
    older = [one for one in figures.periods(period.kind) if one < period]
    year = period.first.replace(year=period.first.year - 1)
    same = next((one for one in older if one.first == year), None)
    return next(iter(older), None), None if period.kind is PeriodKind.YEAR else same


def _known(figures: Figures, codes: tuple[str, ...], kind: PeriodKind) -> list[Measure]:
    found = [figures.measure(code) for code in codes]
    return [one for one in found if one and kind in one.kinds]


def _with_range(cell: Cell | None) -> tuple[str, str]:
    if derived.share(cell) is None:
        return derived.percent_words(cell), pair_words(cell)
    return f"{derived.percent_words(cell)} ({derived.interval_words(cell)})", pair_words(cell)


def _in_full(cell: Cell | None) -> str:
    return ", ".join(_with_range(cell))
