"""Putting small categories together: by a rule, the same every time."""

from app.measures.grouping import AGE, SERVICE, listed, neighbours, small_ones
from app.measures.vocabulary import OTHER, Category

ABC = [Category(code, code.upper()) for code in "abcd"]


def together(labels):
    return "/".join(labels)


def test_bands_that_are_large_enough_stay():
    assert neighbours([30, 31, 400]) == [[0], [1], [2]]


def test_the_smallest_band_joins_the_smaller_of_its_neighbours():
    assert neighbours([50, 5, 40, 90]) == [[0], [1, 2], [3]]
    assert neighbours([5, 90, 90]) == [[0, 1], [2]]
    # Of two alike, the lower.
    assert neighbours([40, 5, 40]) == [[0, 1], [2]]
    # Again and again, until none is too small.
    assert neighbours([10, 10, 10, 10, 100]) == [[0, 1, 2, 3], [4]]
    assert neighbours([1, 2, 3]) == [[0, 1, 2]]
    assert neighbours([0, 0]) == [[0, 1]]


def test_small_answers_go_together_until_they_are_enough():
    assert small_ones({"a": 30, "b": 400}) == set()
    assert small_ones({"a": 10, "b": 25, "c": 400}) == {"a", "b"}
    # Ten alone would be what the whole is more than the others.
    assert small_ones({"a": 10, "b": 100, "c": 400}) == {"a", "b"}
    # "Other" is where the small ones go, however large it is.
    assert small_ones({"a": 10, OTHER: 100, "c": 50}) == {"a", OTHER}
    assert small_ones({"a": 1, "b": 2}) == {"a", "b"}


def test_a_list_says_what_is_together_and_leaves_out_what_nobody_gave():
    kept, into = listed(ABC, {"a": 12, "b": 50, "d": 25}, together)
    assert kept == (Category("b", "B"), Category(OTHER, "A/D"))
    assert into == {"a": OTHER, "b": "b", "d": OTHER}
    assert listed(ABC, {}, together) == ((), {})
    assert listed(ABC, {"a": 12, "b": 9}, together)[0] == (Category(OTHER, "Any answer"),)
    assert listed(ABC, {"c": 12}, together)[0] == (Category("c", "C"),)


def test_bands_say_what_they_hold():
    labels = [category.label for category in SERVICE.grouped([99] * 9)[0]]
    assert labels[:3] == ["Under 1 year", "1 to under 2 years", "2 to under 3 years"]
    assert labels[-1] == "25 years or more"
    ages = [category.label for category in AGE.grouped([99] * 4)[0]]
    assert ages == ["Under 26", "26 to 40", "41 to 55", "Over 55"]
    young, into = AGE.grouped([12, 99, 99, 12])
    assert [category.label for category in young] == ["Under 41", "Over 40"]
    assert into == {"0_26": "0_41", "26_41": "0_41", "41_56": "41_up", "56_up": "41_up"}
    assert AGE.grouped([1, 1, 1, 1])[0] == (Category("0_up", "Any"),)


def test_the_edges_of_bands():
    assert [SERVICE.place(years) for years in (0, 1, 2, 3, 4, 5, 24, 25, 40)] == [
        0,
        1,
        2,
        3,
        3,
        4,
        7,
        8,
        8,
    ]
    assert [AGE.place(age) for age in (19, 25, 26, 40, 41, 55, 56)] == [0, 0, 1, 1, 2, 2, 3]
