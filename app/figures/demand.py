"""How many people services can expect, from what is published of the months before. Pure."""

from app.figures.released import Figures
from app.figures.tables import Chart, Drawing, Table, View
from app.figures.viewing import about
from app.measures import demand
from app.measures.vocabulary import Measure, PeriodKind

TITLE = "Requests to expect"
INTRO = "How many people services can expect in the next three months."
SERVICES = ("referred_peer_support", "referred_trim", "referred_occupational_health")
"""The measures whose months are followed: people, each once a month."""
STEP = 5
"""What published counts are rounded to."""
TOO_FEW = (
    f"Too few to say: it needs {demand.FEWEST_MONTHS} months in a row with a published figure, and "
    f"{demand.FEWEST} people in them."
)
FROM_ROUNDED = (
    "The figures it comes from are adjusted and rounded, so the ranges are a little wider, and "
    "rounded too."
)


def demand_view(figures: Figures) -> View:
    """The page: a table a service, for those that are published."""
    found = [measure for code in SERVICES if (measure := figures.measure(code))]
    return View(
        TITLE,
        f"{INTRO} {demand.WHAT_IT_IS}",
        figures.published.day,
        tuple(_table(figures, measure) for measure in found),
        (demand.HOW_IT_IS_MADE, FROM_ROUNDED, *about(figures)),
    )


def _table(figures: Figures, measure: Measure) -> Table:
    periods = sorted(figures.periods(PeriodKind.MONTH))[-demand.MOST_MONTHS :]
    course = figures.course(measure, PeriodKind.MONTH, last=demand.MOST_MONTHS)
    counts = [course[one.code].counted if one.code in course else None for one in periods]
    told = demand.forecast(counts, last=periods[-1].last, step=STEP) if periods else None
    if told is None:
        return Table(
            measure.name, demand.COLUMNS[:2], (("The next three months", demand.TOO_FEW),), None,
            (TOO_FEW,),
        )  # fmt: skip
    return Table(
        measure.name,
        demand.COLUMNS,
        demand.in_rows(told),
        Chart(Drawing.BARS, (1,), "people a month"),
        (f"{measure.counted[:1].upper()}{measure.counted[1:]}, in each month.",),
    )
