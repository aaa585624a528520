"""Worked examples of others, and what our own scheme does with them."""

import numpy as np
import pytest

from app.disclosure import gates, noise, secondary, widths
from app.disclosure.gates import Counts
from app.disclosure.lines import NOBODY, Lines
from app.disclosure.parameters import Parameters
from app.disclosure.protect import rounded

RULES = Parameters()


def numbers(*values):
    return np.array(values, dtype=np.int64)


def table(rows, columns):
    """A table with its margins and total: cells 0 (all), then rows, columns, and the inside."""
    first = 1 + rows + columns
    inside = first + np.arange(rows * columns).reshape(rows, columns)
    found = [(0, list(range(1, 1 + rows))), (0, list(range(1 + rows, first)))]
    found += [(1 + at, inside[at].tolist()) for at in range(rows)]
    found += [(1 + rows + at, inside[:, at].tolist()) for at in range(columns)]
    longest = max(rows, columns)
    parts = [one + [NOBODY] * (longest - len(one)) for _whole, one in found]
    return Lines(numbers(*(whole for whole, _ in found)), np.array(parts)), inside


def filled(values):
    values = np.array(values)
    return np.concatenate([[values.sum()], values.sum(axis=1), values.sum(axis=0), values.ravel()])


def test_keys_are_added_without_what_runs_over():
    # (a) 0.9 + 0.3 + 0.6 of the handbook: 0.8 is left, by which its toy table makes a 3 a 4.
    whole = 1 << 64
    parts = np.array([int(one * whole) for one in (0.9, 0.3, 0.6)], dtype=np.uint64)
    key = int(parts.sum(dtype=np.uint64)) / whole
    assert key == pytest.approx(0.8)
    ends = np.cumsum([0.25, 0.5, 0.25])
    assert 3 + int(np.searchsorted(ends, key, side="right")) - 1 == 4


@pytest.mark.parametrize(
    ("count", "shown"), [(9, None), (10, 10), (12, 10), (13, 15), (14, 15), (751, 750)]
)
def test_a_threshold_of_ten_and_steps_of_five(count, shown):
    # (b) The 10-5 table of the Office for National Statistics, where nothing else moves a number.
    counts = Counts(*(numbers(each) for each in (2000, count, 2000, count)))
    hidden = gates.results(counts, parameters=RULES)[0]
    assert (None if hidden else int(rounded(numbers(count), 5)[0])) == shown


@pytest.mark.parametrize("parent", [58, 115])
def test_one_woman_is_not_what_a_total_has_more_than_the_men(parent):
    # (c) OpenSAFELY: 8 of 20 people and 7 of 19 men of a row leave one woman. Here too: nine more.
    for more in (1, 9):
        men, everybody = np.ones(parent + more), np.ones(parent + more)
        men[:more] = 0
        inside = np.array([everybody, men], dtype=np.float32)
        hidden = gates.too_alike(inside, np.array([True, True]), numbers(0, 1), parameters=RULES)
        assert hidden.tolist() == [False, True]


def test_two_bands_that_differ_by_one_man_are_not_both_shown():
    # (d) The handbook's hours by sex: under 20 hours in one table, under 25 in another.
    inside = np.ones((2, 60), dtype=np.float32)
    inside[0, 0] = 0
    hidden = gates.too_alike(inside, np.array([True, True]), numbers(1, 1), parameters=RULES)
    assert hidden.tolist() == [False, True]


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [([(2, 2)], [(1, 1)]), ([(0, 1), (0, 2), (2, 1), (2, 2)], [(5, 6), (2, 3), (0, 1), (0, 1)])],
)
def test_exact_intervals_of_a_small_table(hidden, expected):
    # (e) Three by three, its margins known exactly; the second pattern is still far too narrow.
    lines, inside = table(3, 3)
    true = filled([[30, 6, 2], [3, 4, 0], [2, 0, 1]]).astype(float)
    at = numbers(*(inside[place] for place in hidden))
    low, high = true.copy(), true.copy()
    low[at], high[at] = 0, true[0]
    known = widths.Box(low, high)
    found = widths.intervals(lines, known, at, np.ones(len(lines.wholes), dtype=bool))
    assert found.round(6).tolist() == [list(one) for one in expected]
    assert (found[:, 1] - found[:, 0]).max() < widths.NARROWEST
    proven = widths.proven(lines, known, true.astype(np.int64))[at]
    assert (proven <= found[:, 1] - found[:, 0] + 1e-6).all()


def test_regions_of_two_hierarchies_survive():
    # (f) Eight regions that two groupings share (sdcTools' issue 136), as a four by two table.
    lines, inside = table(4, 2)
    true = filled([[2, 2], [8, 8], [3, 3], [3, 7]])
    hidden = true < RULES.smallest_count
    none = np.zeros(len(true), dtype=bool)
    gone = secondary.closed(lines, hidden, true, none, empty=none, parameters=RULES)
    counts = Counts(true * 10, true, true * 10, true)
    reason = gates.results(counts, parameters=RULES)
    final = widths.widened(
        lines, gone, counts, none, reason=reason, group_gone=none, parameters=RULES
    )
    known = widths.box(counts, reason, final, group_gone=none, parameters=RULES)
    at = np.flatnonzero(final)
    assert set(inside.ravel()) <= set(at)
    found = widths.intervals(lines, known, at, np.ones(len(lines.wholes), dtype=bool))
    assert (found[:, 1] - found[:, 0]).min() >= widths.NARROWEST


def test_the_adjustment_of_most_entropy():
    # (g) Solved elsewhere for at most 2 and a variance of 1.
    expected = [0.063827, 0.244691, 0.382963, 0.244691, 0.063827]
    assert noise.probabilities(1.0, 2) == pytest.approx(expected, abs=1e-6)


def test_our_own_adjustment_has_its_spread_and_no_leaning():
    draws = (np.arange(200_000, dtype=np.uint64) * np.uint64(noise.UNITS // 200_000)).astype(
        np.uint64
    )
    moved = noise.adjustments(draws, spread=4.0, widest=12)
    assert abs(moved.mean()) < 0.01
    assert moved.std() == pytest.approx(4.0, abs=0.01)
    assert (moved.min(), moved.max()) == (-12, 12)
    ends = np.array([0, noise.UNITS - 1], dtype=np.uint64)
    assert noise.adjustments(ends, spread=4.0, widest=12).tolist() == [-12, 12]
