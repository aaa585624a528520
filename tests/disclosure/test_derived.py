"""What is worked out from published figures, and the words for them."""

from datetime import date

import numpy as np
import pytest
from scipy.stats import binomtest

from app.disclosure import derived
from app.disclosure.cells import Cell, Why
from app.disclosure.derived import Apart


def made(counted: int | None, base: int | None, why: Why | None = None) -> Cell:
    return Cell("exposed", "2026-Q3", (), base, counted, why, 1)


@pytest.mark.parametrize("counted", [15, 35, 490, 9000])
def test_the_interval_is_wilsons_widened_for_the_adjustment(counted: int) -> None:
    base = 10000
    found = derived.share(made(counted, base))

    known = binomtest(counted, base).proportion_ci(method="wilson")
    assert found
    assert found.percent == round(100 * counted / base)
    assert 100 * known.low - 1.2 < found.low <= 100 * known.low
    assert 100 * known.high <= found.high < 100 * known.high + 1.2


@pytest.mark.parametrize(
    ("base", "risk"), [(40, 0.4), (40, 0.5), (120, 0.3), (120, 0.8), (600, 0.1), (600, 0.8)]
)
def test_intervals_hold_what_lies_behind_in_95_of_100(base: int, risk: float) -> None:
    chance = np.random.default_rng(7)
    size = 4000
    counted = chance.binomial(base, risk, size)
    shown = [np.rint((counts + chance.normal(0, 4, size)) / 5) * 5 for counts in (counted, base)]
    held = []
    for few, many in zip(*shown, strict=True):
        if 10 <= few <= many - 10:
            found = derived.share(made(int(few), int(many)))
            assert found
            held.append(found.low <= 100 * risk <= found.high)
    assert sum(held) / len(held) > 0.94


@pytest.mark.parametrize(
    ("cell", "percent"), [(made(0, 100), 0), (made(100, 100), 100), (made(105, 100), 100)]
)
def test_ends_stay_within_none_and_all(cell: Cell, percent: int) -> None:
    found = derived.share(cell)
    assert found
    assert 0 <= found.low <= found.percent == percent <= found.high <= 100
    assert found.high - found.low > 4


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
