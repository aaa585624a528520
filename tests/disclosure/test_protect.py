"""What holds of every table that is made, on invented forces."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from app.config import UnsafeConfigurationError
from app.disclosure import gates, menu, widths
from app.disclosure.cells import Why
from app.disclosure.parameters import Parameters, read_parameters
from app.disclosure.protect import Protector, Scheme
from app.measures.frames import Frame
from app.measures.vocabulary import Dimension, Period, PeriodKind
from tests.disclosure import made

SCHEME = Scheme(Parameters(), made.SECRETS, 1)
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=SEEDS)
def forced(request):
    """A force, its protector and the cells of each of its frames."""
    force = made.invent(seed=request.param, people=1200)
    protector = Protector(force.people, SCHEME)
    return force, protector, [protector.protect(frame) for frame in force.frames]


def test_nothing_is_shown_that_is_too_small_and_everything_is_a_multiple_of_five(forced):
    force, protector, tables = forced
    for frame, cells in zip(force.frames, tables, strict=True):
        counts, _hidden = protector.count(frame)
        for place, cell in enumerate(cells):
            base, counted = counts.base[place], counts.counted[place]
            if cell.base is not None:
                assert cell.base % 5 == 0
                assert base >= (50 if protector.plan.sensitive[place] else 30)
            if cell.counted is not None:
                assert cell.counted % 5 == 0
                assert counted >= 10
                assert base - counted >= 10
                assert cell.base is not None
            assert (cell.counted is None) == (cell.why is not None)


def test_no_two_shown_numbers_are_about_people_who_differ_by_a_few(forced):
    force, protector, tables = forced
    member = protector.plan.member.toarray()
    for frame, cells in zip(force.frames, tables, strict=True):
        for shown, who in (
            ([cell.base is not None for cell in cells], frame.base),
            ([cell.counted is not None for cell in cells], frame.counted),
        ):
            rows = member[np.array(shown)] * who
            sizes = rows.sum(axis=1)
            differ = sizes[:, None] + sizes[None, :] - 2 * rows @ rows.T
            assert not ((differ > 0) & (differ < 10)).any()


def test_hidden_parts_of_a_line_are_two_with_ten_people_between_them(forced):
    force, protector, tables = forced
    for frame, cells in zip(force.frames, tables, strict=True):
        counts, _hidden = protector.count(frame)
        gone = np.array([cell.counted is None for cell in cells])
        for whole, parts in zip(protector.lines.wholes, protector.lines.parts, strict=True):
            real = parts[parts >= 0]
            left = counts.counted[whole] - counts.counted[real].sum()
            real = real[counts.base[real] > 0]
            hidden = real[gone[real]]
            if hidden.size and (~gone[real]).any():
                assert hidden.size + (left > 0) > 1
                assert counts.counted[hidden].sum() + left >= 10
            elif real.size and not left and not hidden.size:
                assert not gone[whole], "a whole is the sum of its parts"


def test_no_hidden_result_can_be_worked_out_within_ten(forced):
    force, protector, tables = forced
    frame, cells = force.frames[1], tables[1]
    counts, _hidden = protector.count(frame)
    gone = np.array([cell.counted is None for cell in cells])
    groups = np.array([cell.base is None for cell in cells])
    reason = gates.results(counts, parameters=SCHEME.parameters)
    known = widths.box(counts, reason, gone, group_gone=groups, parameters=SCHEME.parameters)
    at = np.flatnonzero(gone)[::9]
    complete = widths.remainders(protector.lines, counts.base) == 0
    found = widths.intervals(protector.lines, known, at, complete)
    exact = found[:, 1] - found[:, 0]
    assert exact.min() >= 10 - 1e-6
    proven = widths.proven(protector.lines, known, counts.counted)[at]
    assert (proven <= exact + 1e-6).all()


def test_the_same_people_give_the_same_number_in_any_month_and_order():
    force = made.invent(people=800)
    frame = force.frames[0]
    later = replace(force.people, period=Period(date(2026, 4, 1), PeriodKind.QUARTER))
    mixed = np.random.default_rng(9).permutation(800)
    moved = replace(
        later,
        ids=[later.ids[at] for at in mixed],
        member={one: member[mixed] for one, member in later.member.items()},
    )
    again = Frame(frame.measure, moved, frame.base[mixed], frame.counted[mixed])
    first = Protector(force.people, SCHEME).protect(frame)
    second = Protector(moved, SCHEME).protect(again)
    assert [one._replace(period="") for one in first] == [one._replace(period="") for one in second]


def test_a_groups_size_is_the_same_under_every_measure():
    force = made.invent(people=800)
    protector = Protector(force.people, SCHEME)
    whole = [frame for frame in force.frames if frame.base.all()]
    sizes = [[cell.base for cell in protector.protect(frame)] for frame in whole]
    assert len(sizes) > 2
    assert all(one == other for one, other in pairwise(sizes))


def test_nobody_and_a_few_look_alike():
    force = made.invent(people=800)
    frame = force.frames[0]
    protector = Protector(force.people, SCHEME)
    tables = []
    for few in range(10):
        counted = np.zeros(800, dtype=bool)
        counted[:few] = True
        tables.append(protector.protect(replace(frame, counted=counted)))
    assert all(one == other for one, other in pairwise(tables))
    assert {cell.why for cell in tables[0]} <= {Why.FEW, Why.GROUP, Why.BESIDE}


def test_nobody_is_in_more_figures_than_allowed():
    plan = menu.plan(made.invent(people=800).people, parameters=SCHEME.parameters)
    assert plan.member.sum(axis=0).max() <= 24
    assert (Dimension.DISTRICT, Dimension.SEX) in plan.lines
    assert all(len(line) < 2 or line[0] is Dimension.DISTRICT for line in plan.lines)


def test_a_month_has_no_crossed_figures():
    month = Period(date(2026, 10, 1), PeriodKind.MONTH)
    plan = menu.plan(made.invent(people=800, period=month).people, parameters=SCHEME.parameters)
    assert max(len(filters) for filters in plan.cells) == 1


@pytest.mark.parametrize(
    "text", ["smallest_group=29", "spread=2", "most_cells=25", "step=1", "height=3", "step=x"]
)
def test_a_force_cannot_protect_less(text):
    with pytest.raises(UnsafeConfigurationError):
        read_parameters(text)


def test_a_force_can_protect_more():
    found = read_parameters("smallest_group=40 spread=5 widest=15")
    assert (found.smallest_group, found.spread, found.step) == (40, 5.0, 5)
