"""Counts that point to nobody."""

from itertools import product

import pytest

from app.common.disclosure import FEWEST, Hidden, parts, percent, rounded, shares

FEW, NEARLY_ALL, NOT_SHOWN = Hidden.FEW, Hidden.NEARLY_ALL, Hidden.NOT_SHOWN


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((100, 40, 20), [100, 40, 20]),
        ((101, 43, 22), [100, 45, 20]),
        ((10, 10, 9), [NOT_SHOWN] * 3),  # 29 people
        ((0, 0, 0), [NOT_SHOWN] * 3),
        ((500, 40, 3), [500, NOT_SHOWN, FEW]),
        ((500, 40, 0), [500, NOT_SHOWN, FEW]),
        ((500, 6, 7), [500, FEW, FEW]),
        ((500, 3, 2), [NEARLY_ALL, FEW, FEW]),
        ((500, 3), [NEARLY_ALL, FEW]),
        ((3, 500), [FEW, NEARLY_ALL]),
        ((0, 0, 400), [FEW, FEW, NEARLY_ALL]),
    ],
)
def test_small_counts_and_what_would_tell_them_are_hidden(counts, shown):
    assert parts(counts) == shown


def test_a_sensitive_group_must_be_larger():
    assert parts((20, 25), smallest=50) == [NOT_SHOWN, NOT_SHOWN]
    assert parts((20, 25)) == [20, 25]


def test_what_is_hidden_is_never_what_is_left_over():
    # Whoever knows the group's true size must not learn a count below ten from those shown.
    for counts in product((0, 3, 9, 10, 11, 40, 200), repeat=3):
        shown = parts(counts)
        hidden = [n for n, said in zip(counts, shown, strict=True) if isinstance(said, Hidden)]
        if hidden and sum(counts) >= 30:
            assert len(hidden) > 1
            assert sum(hidden) >= FEWEST
        assert all(n >= FEWEST for n, said in zip(counts, shown, strict=True) if said in range(999))


def test_shares_hide_the_group_that_would_tell_of_a_hidden_one():
    assert shares([(80, 100), (30, 60), (5, 12)]) == [80, NOT_SHOWN, NOT_SHOWN]
    assert shares([(80, 100), (30, 60), (20, 40)]) == [80, 50, 50]
    assert shares([(8, 12), (5, 20)]) == [NOT_SHOWN, NOT_SHOWN]
    assert shares([(80, 100)]) == [80]


def test_everything_is_worked_out_from_what_is_shown():
    assert [rounded(n) for n in (0, 2, 3, 7, 8, 12, 13)] == [0, 0, 5, 5, 10, 10, 15]
    assert shares([(52, 103)]) == [percent(50, 105)]
