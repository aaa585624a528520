"""From published figures to tables of final strings: one panel of a page is one table."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.disclosure import derived
from app.disclosure.cells import Cell, Filter
from app.figures.released import Figures
from app.figures.tables import Chart, Drawing, Table
from app.figures.wording import (
    APART_NOTE,
    EVERYBODY,
    RANGE_NOTE,
    by_words,
    measured_words,
    period_words,
    sentence,
    stands_words,
)
from app.measures.vocabulary import (
    DIMENSIONS,
    MANY_VALUED,
    NOT_RECORDED,
    PREFER_NOT,
    RECORDED,
    Dimension,
    Measure,
    Period,
    PeriodKind,
)

SHOWN_PERIODS = {PeriodKind.MONTH: 24, PeriodKind.QUARTER: 12, PeriodKind.YEAR: 10}
UNIT = "% of people"
EARLIER = (
    "Some of these figures stand as they were in an earlier release, because too few records have "
    "changed since."
)


@dataclass(frozen=True)
class ByGroup:
    """One measure, a row a group."""

    slug: str
    measure: str
    dimension: Dimension


@dataclass(frozen=True)
class OverTime:
    """One or two measures, a row a period."""

    slug: str
    title: str
    measures: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Beside:
    """Several measures, a row a group."""

    slug: str
    title: str
    dimension: Dimension
    measures: tuple[str, ...]


Panel = ByGroup | OverTime | Beside


def heading(figures: Figures, panel: Panel) -> str | None:
    """What a panel is called; ``None`` if what it shows is not published."""
    if isinstance(panel, OverTime):
        known = any(figures.measure(code) for code in panel.measures)
        return panel.title if known else None
    if not figures.categories(panel.dimension):
        return None
    if isinstance(panel, Beside):
        known = any(figures.measure(code) for code in panel.measures)
        return panel.title if known else None
    measure = figures.measure(panel.measure)
    return _by_group_title(measure, panel.dimension) if measure else None


def table_of(figures: Figures, panel: Panel, kind: PeriodKind) -> Table | None:
    """A panel of the newest period of a kind; ``None`` if that is not published."""
    period = figures.newest(kind)
    if period is None or heading(figures, panel) is None:
        return None
    if isinstance(panel, ByGroup):
        measure = figures.measure(panel.measure)
        return by_group(figures, measure, period, panel.dimension) if measure else None
    measures = [found for code in panel.measures if (found := figures.measure(code))]
    if isinstance(panel, OverTime):
        return over_time(figures, measures, kind, title=panel.title, note=panel.note)
    return beside(figures, measures, period, panel.dimension, title=panel.title)


# --- The tables -----------------------------------------------------------------------------------

GROUP_COLUMNS = ("Share", "Likely range", "Counted", "Of how many people", "Beside everybody")


def by_group(
    figures: Figures,
    measure: Measure,
    period: Period,
    dimension: Dimension,
    within: Filter | None = None,
) -> Table | None:
    """One measure in one period, for everybody and for each group; ``None`` if not published."""
    whole = figures.cell(measure, period, (within,) if within else ())
    line = figures.line(measure, period, dimension, within)
    if not line:
        return None
    everybody = f"{EVERYBODY}, {figures.label(within)}" if within else EVERYBODY
    rows = [(everybody, *_numbers(whole), "")]
    rows += [(label, *_numbers(cell), stands_words(cell, whole)) for label, cell in line]
    return Table(
        _by_group_title(measure, dimension),
        (DIMENSIONS[dimension], *GROUP_COLUMNS),
        tuple(rows),
        Chart(Drawing.SIDEWAYS, (1,), UNIT),
        (
            _said(figures, measure, period),
            *notes(figures, [whole, *(cell for _label, cell in line)]),
            APART_NOTE,
            *(["Somebody can be in several of these groups."] if dimension in MANY_VALUED else []),
            *completeness(figures, dimension, period),
            *([measure.caution] if measure.caution else []),
        ),
    )


def over_time(
    figures: Figures,
    measures: list[Measure],
    kind: PeriodKind,
    *,
    filters: tuple[Filter, ...] = (),
    title: str = "",
    note: str = "",
) -> Table | None:
    """Measures over the periods of a kind, oldest first; ``None`` if none is published."""
    measures = [one for one in measures if kind in one.kinds]
    courses = [figures.course(one, kind, filters, SHOWN_PERIODS[kind]) for one in measures]
    periods = [one for one in figures.periods(kind) if any(one.code in each for each in courses)]
    shown = sorted(periods)[-SHOWN_PERIODS[kind] :]
    if not shown:
        return None
    single = len(measures) == 1
    heads = ["Share", *GROUP_COLUMNS[1:4]] if single else []
    for one in [] if single else measures:
        heads += [one.name, f"{one.name}: of how many"]
    cells = [cell for each in courses for cell in each.values()]
    drawn = (1,) if single else tuple(range(1, len(heads), 2))
    return Table(
        title or f"{measures[0].name}, over time",
        ("Period", *heads),
        tuple(
            (period_words(one), *_over_time_row([each.get(one.code) for each in courses]))
            for one in shown
        ),
        Chart(Drawing.LINES, drawn, UNIT) if len(shown) > 1 else None,
        (
            *(sentence(f"{one.name}: {measured_words(one)}") for one in measures),
            f"Data of {figures.published.day:%-d %B %Y}.",
            *([note] if note else []),
            *notes(figures, cells, ranges=single),
            *dict.fromkeys(one.caution for one in measures if one.caution),
        ),
    )


def beside(
    figures: Figures, measures: list[Measure], period: Period, dimension: Dimension, *, title: str
) -> Table | None:
    """Several measures in one period, a row a group, each share with both of its numbers."""
    measures = [one for one in measures if period.kind in one.kinds]
    lines = [figures.line(one, period, dimension) for one in measures]
    wholes = [figures.cell(one, period, ()) for one in measures]
    labels = list(dict.fromkeys(label for line in lines for label, _cell in line))
    if not labels:
        return None
    by_label = [dict(line) for line in lines]
    rows = [(EVERYBODY, *(_whole_words(cell) for cell in wholes))]
    rows += [(one, *(_whole_words(each.get(one)) for each in by_label)) for one in labels]
    cells = [*wholes, *(cell for line in lines for _label, cell in line)]
    return Table(
        title,
        (DIMENSIONS[dimension], *(one.name for one in measures)),
        tuple(rows),
        None,
        (
            f"{period_words(period)}. Data of {figures.published.day:%-d %B %Y}.",
            *(sentence(f"{one.name}: {measured_words(one)}") for one in measures),
            *notes(figures, cells),
            *completeness(figures, dimension, period),
            *dict.fromkeys(one.caution for one in measures if one.caution),
        ),
    )


def completeness(figures: Figures, dimension: Dimension, period: Period) -> tuple[str, ...]:
    """How much is on record of what a table tells people apart by, in one sentence."""
    words = {RECORDED: "on record", PREFER_NOT: "prefer not to say", NOT_RECORDED: "not recorded"}
    said: list[str] = []
    for held, called in words.items():
        measure = figures.measure(f"{held}_{dimension.value}")
        cell = figures.cell(measure, period, ()) if measure else None
        if cell is not None:
            numbers = derived.of_words(cell, figures.published.day)
            said.append(f"{called} {derived.percent_words(cell)} ({numbers})")
    if not said:
        return ()
    return (sentence(f"How complete {_lower(dimension)} is: {'; '.join(said)}"),)


def notes(
    figures: Figures, cells: Sequence[Cell | None], *, ranges: bool = True
) -> tuple[str, ...]:
    """What has to be said of these figures: how sure they are, what is hidden, and how old."""
    old = any(cell and cell.as_of < figures.published.number for cell in cells)
    return (
        *([RANGE_NOTE] if ranges else []),
        *derived.rules(cells),
        *([EARLIER] if old else []),
    )


def _by_group_title(measure: Measure, dimension: Dimension) -> str:
    return f"{measure.name}, by {_lower(dimension)}"


def _lower(dimension: Dimension) -> str:
    return by_words(dimension, DIMENSIONS[dimension])


def _said(figures: Figures, measure: Measure, period: Period) -> str:
    counted = sentence(measured_words(measure))
    return f"{counted} {period_words(period)}, data of {figures.published.day:%-d %B %Y}."


def _numbers(cell: Cell | None) -> tuple[str, str, str, str]:
    return (
        derived.percent_words(cell),
        derived.interval_words(cell),
        derived.counted_words(cell),
        derived.base_words(cell),
    )


def _whole_words(cell: Cell | None) -> str:
    """``29% (21% to 38%), 35 of 120 people``, or what stands in its place."""
    if derived.share(cell) is None:
        return derived.percent_words(cell)
    return f"{derived.percent_words(cell)} ({derived.interval_words(cell)}), {pair_words(cell)}"


def pair_words(cell: Cell | None) -> str:
    """``35 of 120 people``; the words for a hidden number where one is hidden."""
    if cell is None or cell.base is None:
        return derived.hidden_words(cell)
    return f"{derived.counted_words(cell)} of {derived.base_words(cell)} people"


def _over_time_row(cells: list[Cell | None]) -> tuple[str, ...]:
    if len(cells) == 1:
        return _numbers(cells[0])
    return tuple(
        words for cell in cells for words in (derived.percent_words(cell), pair_words(cell))
    )
