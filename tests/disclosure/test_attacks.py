"""Attacks have to win on figures without protection, and to find nothing on ours."""

from dataclasses import replace

import numpy as np
import pytest

from app.disclosure.attacking import Table
from app.disclosure.attacks import invented
from app.disclosure.attacks.cli import has_teeth, table
from app.disclosure.attacks.differencing import nested_pairs, windows
from app.disclosure.attacks.findings import Finding, Report, Together, joined
from app.disclosure.attacks.reconstruction import reconstructed
from app.disclosure.attacks.running import run
from app.disclosure.attacks.scheme import OURS, THRESHOLD
from app.disclosure.attacks.seen import Groups, Seen
from app.disclosure.attacks.siblings import subtracted
from app.disclosure.attacks.trials import Maker, unprotected_trials
from app.disclosure.attacks.unprotected import unprotected
from app.disclosure.cells import Why
from app.disclosure.overlaps import Told, alike
from app.disclosure.parameters import Parameters
from app.measures.vocabulary import Dimension

PEOPLE = 3000


@pytest.fixture(scope="module")
def skewed() -> invented.Force:
    return invented.force(seed=1, people=PEOPLE, skewed=True)


@pytest.fixture(scope="module")
def seen(skewed) -> Seen:
    return Maker(skewed, 1).seen(skewed.frames[2])


def test_attacks_win_on_figures_without_protection():
    report = unprotected_trials([1], people=1500)
    assert has_teeth(report), "\n".join(table(report, unprotected=True))
    assert not report.passed


def test_a_suite_that_never_wins_has_no_teeth():
    assert not has_teeth(Report(()))
    assert not Report(()).passed


def test_ours_withstands_a_candidate():
    force = invented.force(seed=1, people=PEOPLE)
    cells = [cell for one in _all(force) for cell in one.cells]
    report = run([Table(force.people, force.frames, cells)], parameters=Parameters())
    assert report.passed, "\n".join(table(report, unprotected=False))
    assert {found.code for found in report.findings} >= {"A3", "A5", "A6", "A8", "A9", "A10"}
    assert Report.load(report.dump()) == report


def _all(force: invented.Force) -> list[Seen]:
    maker = Maker(force, 1)
    return [maker.seen(frame) for frame in force.frames]


def test_one_raw_number_in_a_candidate_is_found(skewed):
    cells = [cell for one in _all(skewed) for cell in one.cells]
    at = next(place for place, cell in enumerate(cells) if cell.why is Why.FEW)
    cells[at] = cells[at]._replace(counted=5, why=None)
    report = run([Table(skewed.people, skewed.frames, cells)], parameters=Parameters())
    assert "A10" in {found.code for found in report.failed}


def test_two_groups_that_differ_by_one_person_are_found(seen):
    assert nested_pairs(seen).found == 0
    crossed = unprotected(seen.frame, THRESHOLD)
    assert nested_pairs(crossed).found > 0


def test_a_single_hidden_part_is_worked_out(seen):
    line = next(one for one in seen.lines if (seen.size[list(one.parts)] > 0).sum() > 1)
    open_ = [cell._replace(base=5, counted=5, why=None) for cell in seen.cells]
    part = next(at for at in line.parts if seen.size[at])
    open_[part] = open_[part]._replace(base=None, counted=None, why=Why.GROUP)
    hidden = replace(seen, cells=tuple(open_))
    assert subtracted(hidden).found == 2


def test_an_empty_group_does_not_hide_the_one_beside_it():
    # With seed 1 a district has twelve people whose sex is not recorded, and nobody who would
    # rather not say: the second hidden cell is no cover.
    force = invented.force(seed=1, prevalences=(0.04,))
    assert subtracted(Maker(force, 1).seen(force.frames[0])).found == 0


def test_a_team_of_whom_all_are_counted_is_not_named(skewed):
    one = Maker(skewed, 1).seen(skewed.frames[1])
    team = next(
        at
        for at, cell in enumerate(one.cells)
        if [each.dimension for each in cell.filters] == [Dimension.TEAM]
        and one.size[at] == one.hits[at]
    )
    assert one.cells[team].why is Why.FEW
    named = reconstructed(one, risk=skewed.risks[1])[2]
    assert (named.tried, named.found) == (PEOPLE, 0)


def test_overlapping_periods_never_differ_by_a_few_people():
    draw = np.random.default_rng(4)
    tables = invented.overlapping(draw, seed=4, people=PEOPLE, rate=0.02)
    unguarded, guarded, told = [], [], []
    for force in tables:
        maker, frame = Maker(force, 4), force.frames[0]
        plan = maker.protector.plan
        mine = Told(maker.known(frame), plan.cells, plan.member)
        gone = alike(mine, told, frame.measure.code, apart=10)
        groups = Groups(force.people)
        cells = tuple(maker.protector.protect(frame, alike=gone))
        mine.add(cells)
        told.append(mine)
        guarded.append(Seen(cells, frame, groups, OURS, 1))
        plain = tuple(maker.protector.protect(frame))
        unguarded.append(Seen(plain, frame, groups, OURS, 1))
    assert windows(unguarded).found > 0
    assert windows(guarded).found == 0


def test_findings_of_several_measures_become_one():
    breaches = [Finding("A3", "Pairs", 10, 1, 0, "pairs"), Finding("A3", "Pairs", 5, 2, 0, "pairs")]
    (one,) = joined(breaches)
    assert (one.tried, one.found, one.passed) == (15, 3, False)
    scores = [
        Finding("A9", "Known", 100, found, 0.86, "AUC", together=Together.MEAN)
        for found in (0.8, 0.9)
    ]
    (one,) = joined(scores)
    assert one.found == pytest.approx(0.85)
    assert one.passed
