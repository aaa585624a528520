"""What is worked out from published figures, and the words for them."""

from datetime import date

import pytest
from scipy.stats import binomtest

from app.disclosure import derived
from app.disclosure.cells import Cell, Why
from app.disclosure.derived import Apart


def made(counted: int | None, base: int | None, why: Why | None = None) -> Cell:
    return Cell("exposed", "2026-Q3", (), base, counted, why, 1)


@pytest.mark.parametrize(
    ("counted", "base"), [(10, 30), (35, 120), (490, 500), (15, 10000), (50, 95), (100, 105)]
)
def test_the_interval_is_wilsons_and_holds_the_percentage(counted: int, base: int) -> None:
    found = derived.share(made(counted, base))

    known = binomtest(counted, base).proportion_ci(method="wilson")
    assert found
    assert 100 * known.low - 1 < found.low <= 100 * known.low
    assert 100 * known.high <= found.high < 100 * known.high + 1
    assert found.low <= found.percent <= found.high
    assert found.percent == round(100 * counted / base)


@pytest.mark.parametrize(
    ("cell", "percent", "low", "high"),
    [(made(0, 100), 0, 0, 4), (made(100, 100), 100, 96, 100), (made(105, 100), 100, 96, 100)],
)
def test_ends_stay_within_none_and_all(cell: Cell, percent: int, low: int, high: int) -> None:
    assert derived.share(cell) == (percent, low, high)


@pytest.mark.parametrize(
    "cell",
    [
        None,
        made(None, None, Why.GROUP),
        made(None, 40, Why.FEW),
        made(None, 40, Why.BESIDE),
        made(0, 0),
    ],
)
def test_there_is_no_share_and_no_comparison_of_what_is_hidden(cell: Cell | None) -> None:
    assert derived.share(cell) is None
    assert derived.interval_words(cell) == ""
    assert derived.apart(cell, made(400, 500)) is Apart.TOO_FEW
    assert derived.apart(made(400, 500), cell) is Apart.TOO_FEW


def test_groups_are_apart_only_where_their_intervals_do_not_touch() -> None:
    # 20% (15 to 26) and 40% (31 to 50); 20% and 30% of a hundred reach into each other.
    assert derived.apart(made(80, 200), made(40, 200)) is Apart.HIGHER
    assert derived.apart(made(40, 200), made(80, 200)) is Apart.LOWER
    assert derived.apart(made(20, 100), made(30, 100)) is Apart.TOO_FEW
    assert derived.apart(made(20, 100), made(20, 100)) is Apart.TOO_FEW


@pytest.mark.parametrize(
    ("cell", "percent", "of"),
    [
        (made(35, 1240), "3%", "35 of 1,240 people, 30 September 2026"),
        (
            made(None, 120, Why.FEW),
            "very few or nearly all",
            "very few or nearly all of 120 people, 30 September 2026",
        ),
        (made(None, 120, Why.BESIDE), "not shown", "not shown, of 120 people, 30 September 2026"),
        (
            made(None, None, Why.GROUP),
            "group too small",
            "group too small, 30 September 2026",
        ),
        (None, "no figure", "no figure, 30 September 2026"),
    ],
)
def test_words(cell: Cell | None, percent: str, of: str) -> None:
    assert derived.percent_words(cell) == percent
    assert derived.of_words(cell, date(2026, 9, 30)) == of


def test_each_rule_that_hides_something_is_said_once() -> None:
    cells = [made(None, 40, Why.FEW), made(35, 40), made(None, 40, Why.FEW), None]

    assert derived.rules(cells) == (derived.RULES[Why.FEW],)
    assert set(derived.RULES) == set(derived.HIDDEN) == set(Why)
