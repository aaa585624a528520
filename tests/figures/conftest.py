"""A site with a small release in which every number was typed in."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session

from app.database import transaction
from app.disclosure import keeping
from app.disclosure.cells import Cell, Filter, Why
from app.disclosure.parameters import Parameters
from app.disclosure.store import open_reader, open_writer
from app.figures.released import Figures
from app.measures.vocabulary import Category, Dimension, Measure, Period, PeriodKind, Theme

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
IN_FORCE = "people in the force at any time in the period"
EXPOSED = Measure(
    "exposed", "Exposed to an incident", "people exposed to an incident", IN_FORCE, Theme.EXPOSURE
)
SUPPORTED = Measure(
    "exposed_supported",
    "Accepted support, of those exposed",
    "people exposed to an incident who accepted support",
    "people exposed to an incident",
    Theme.SUPPORT,
    caution="A low figure can mean that little was needed.",
)
ABSENT = Measure(
    "absent_psychological",
    "Off sick for a psychological reason",
    "people off sick for a psychological reason",
    IN_FORCE,
    Theme.ABSENCE,
)
LEFT = Measure(
    "left_without_transfers",
    "Left the force",
    "people who left",
    IN_FORCE,
    Theme.ATTRITION,
    kinds=(PeriodKind.QUARTER, PeriodKind.YEAR),
)
KNOWN = Measure(
    "recorded_ethnicity",
    "Ethnicity: recorded",
    "people with an answer on record",
    IN_FORCE,
    Theme.COMPLETENESS,
)
Q3, Q2, Q3_BEFORE = (
    Period(date(2026, 7, 1), PeriodKind.QUARTER),
    Period(date(2026, 4, 1), PeriodKind.QUARTER),
    Period(date(2025, 7, 1), PeriodKind.QUARTER),
)
YEAR = Period(date(2025, 4, 1), PeriodKind.YEAR)
OCTOBER = Period(date(2026, 10, 1), PeriodKind.MONTH)
NORTH, SOUTH = Filter(Dimension.DISTRICT, "n"), Filter(Dimension.DISTRICT, "s")
BLACK, WHITE = Filter(Dimension.ETHNICITY, "black"), Filter(Dimension.ETHNICITY, "white")
FEMALE = Filter(Dimension.SEX, "female")
LABELS = {
    Dimension.DISTRICT: (Category("n", "North"), Category("s", "South")),
    Dimension.ETHNICITY: (
        Category("black", "Black"),
        Category("white", "White"),
        Category("not_recorded", "Not recorded"),
    ),
    Dimension.SEX: (Category("female", "Female"), Category("male", "Male")),
}


def cell(
    measure: Measure,
    period: Period,
    counted: int | None,
    base: int | None,
    *filters: Filter,
    why: Why | None = None,
    as_of: int = 1,
) -> Cell:
    """One figure."""
    return Cell(measure.code, period.code, filters, base, counted, why, as_of)


CELLS = [
    cell(EXPOSED, Q3, 700, 2000),
    cell(EXPOSED, Q2, 500, 2000),
    cell(EXPOSED, Q3_BEFORE, 690, 2000),
    cell(EXPOSED, YEAR, 1200, 2100),
    cell(EXPOSED, OCTOBER, 240, 2000),
    cell(EXPOSED, Q3, 400, 900, NORTH),
    cell(EXPOSED, Q3, 300, 1100, SOUTH),
    cell(SUPPORTED, Q3, 350, 700),
    cell(SUPPORTED, Q3, None, 60, BLACK, why=Why.FEW),
    cell(SUPPORTED, Q3, 330, 600, WHITE),
    cell(SUPPORTED, Q3, None, None, Filter(Dimension.ETHNICITY, "not_recorded"), why=Why.GROUP),
    cell(SUPPORTED, Q3, 60, 300, NORTH),
    cell(SUPPORTED, Q3, 200, 400, SOUTH),
    cell(SUPPORTED, Q3, 30, 110, NORTH, FEMALE),
    cell(ABSENT, Q3, 60, 2000),
    cell(ABSENT, Q2, 65, 2000),
    cell(LEFT, Q3, 40, 2000),
    cell(LEFT, Q2, None, 2000, why=Why.FEW),
    cell(KNOWN, Q3, 1800, 2000),
]


def publish(address: str, *, as_of: int = 1) -> None:
    """Publish the release above; ``as_of`` of its number, or of an earlier one."""
    engine = open_writer(address)
    with transaction(engine) as session:
        number = keeping.next_number(session)
        keeping.add(
            session,
            keeping.Making(
                day=DAY,
                prepared_by="Sam Steward",
                preparer="p",
                parameters=Parameters().stored(),
                inputs="0" * 64,
            ),
            keeping.Contents(
                measures=[EXPOSED, SUPPORTED, ABSENT, LEFT, KNOWN],
                periods=[Q3, Q2, Q3_BEFORE, YEAR, OCTOBER],
                dimensions=LABELS,
                pairs=[(Dimension.DISTRICT, Dimension.SEX)],
            ),
            [one._replace(as_of=as_of) for one in CELLS],
            number=number,
            now=AT,
        )
        keeping.publish(session, number=number, approved_by="Dana Officer", now=AT)
    engine.dispose()


@pytest.fixture
def figures(tmp_path):
    """The release above, as pages ask it."""
    address = f"sqlite:///{tmp_path / 'releases.db'}"
    publish(address)
    engine = open_reader(address)
    with Session(engine) as session:
        yield Figures.of(session)
    engine.dispose()


@pytest.fixture
def published_site(site):
    """The demo's site with the release above."""
    publish(site.settings.releases_writer)
    return site
