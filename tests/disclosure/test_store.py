"""What the store answers, and that whoever reads it cannot write."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.disclosure import store
from app.disclosure.cells import Filter
from app.disclosure.store import open_reader, open_writer
from app.measures.vocabulary import Dimension, PeriodKind
from tests.disclosure import made

D1 = Filter(Dimension.DISTRICT, "D1")
FEMALE = Filter(Dimension.SEX, "female")


def test_the_latest_release_says_who_stands_for_it(figures):
    found = store.latest(figures)
    assert (found.number, found.day, found.published_at) == (1, made.NOW.date(), made.NOW)
    assert (found.prepared_by, found.approved_by) == ("Sam Steward", "Dana Officer")
    assert found.parameters["smallest_group"] == 30


def test_the_menu_lists_what_can_be_asked(figures):
    menu = store.menu(figures)
    assert [one.code for one in menu.measures] == [one.code for one in made.MEASURES]
    assert menu.periods[0].code == "2026-10"
    assert (Dimension.SEX, Dimension.DISTRICT) in menu.pairs
    assert (Dimension.SEX, Dimension.RANK) not in menu.pairs
    assert menu.dimensions[Dimension.SEX] == made.CATEGORIES[Dimension.SEX]


def test_one_figure_is_the_same_by_every_route(figures):
    asked = {"measure": "exposed", "period": "2026-Q3"}
    one = store.cell(figures, **asked, filters=(FEMALE, D1))
    assert one == store.cell(figures, **asked, filters=(D1, FEMALE))
    assert one in store.line(figures, **asked, dimension=Dimension.SEX, within=D1)
    assert one in store.line(figures, **asked, dimension=Dimension.DISTRICT, within=FEMALE)
    course = store.course(figures, measure="exposed", kind=PeriodKind.QUARTER, filters=(D1, FEMALE))
    assert one == course[-1]
    assert [each.period for each in course] == ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]


def test_a_line_is_in_the_order_of_its_list(figures):
    line = store.line(figures, measure="exposed", period="2026-10", dimension=Dimension.AGE)
    assert [store.code_of(one, Dimension.AGE) for one in line] == ["u26", "u41", "u56", "over"]


@pytest.mark.parametrize(
    ("period", "filters"),
    [
        ("2026-10", (D1, FEMALE)),
        ("2026-11", ()),
        ("2026-Q3", (FEMALE, Filter(Dimension.RANK, "pc"))),
        ("2026-Q3", (Filter(Dimension.SEX, "FEMALE"),)),
    ],
)
def test_what_is_not_on_the_menu_is_nowhere(figures, period, filters):
    assert store.cell(figures, measure="exposed", period=period, filters=filters) is None


def test_a_third_filter_is_refused(figures):
    with pytest.raises(ValueError, match="two filters"):
        store.cell(figures, measure="exposed", period="2026-Q3", filters=(D1, FEMALE, FEMALE))


def test_an_empty_store_has_no_release(tmp_path):
    open_writer(f"sqlite:///{tmp_path / 'empty.db'}").dispose()
    engine = open_reader(f"sqlite:///{tmp_path / 'empty.db'}")
    with store.Session(engine) as session:
        assert store.latest(session) is None
        assert store.menu(session).measures == ()
    engine.dispose()


def test_pages_cannot_write(figures):
    with pytest.raises(OperationalError, match="readonly"):
        figures.connection().execute(text("UPDATE cell SET counted = 1"))
