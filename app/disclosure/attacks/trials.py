"""The whole suite on invented forces, where attackers can be marked: with protection and without.

Against figures without protection the attacks have to win. A suite that never wins shows nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import monotonic

import numpy as np

from app.disclosure import contributors, menu, overlaps
from app.disclosure.attacks import (
    bounds,
    changes,
    differencing,
    invented,
    omniscient,
    reconstruction,
    rules_kept,
    running,
    siblings,
)
from app.disclosure.attacks.findings import Finding, Report, joined
from app.disclosure.attacks.invented import Force
from app.disclosure.attacks.scheme import RAW, THRESHOLD
from app.disclosure.attacks.seen import Groups, Seen
from app.disclosure.attacks.unprotected import same_menu, teeth, unprotected
from app.disclosure.cells import Cell
from app.disclosure.keys import Secrets
from app.disclosure.overlaps import Told
from app.disclosure.parameters import Parameters
from app.disclosure.protect import Protector, Scheme
from app.disclosure.store import Filters
from app.measures.frames import Frame

QUARTERS, CHURN = 4, 0.15
"""Releases of a year, and for how many people in a hundred an answer differs between two."""
HIDDEN_TRIED = 100


def secrets(seed: int) -> Secrets:
    """Secrets of an invented force: another adjustment for each."""
    return Secrets(records=bytes([seed % 256]) * 32, cells=bytes([(seed + 1) % 256]) * 32)


def protected_trials(seeds: Sequence[int], *, people: int = 10_000) -> Report:
    """Every attack on protected figures: each seed, plain and skewed, at four prevalences."""
    start = monotonic()
    findings: list[Finding] = []
    for seed in seeds:
        for skewed in (False, True):
            findings += _protected(seed, people=people, skewed=skewed)
        findings += _periods(seed, people=people)
    return Report(joined(findings), monotonic() - start)


def _protected(seed: int, *, people: int, skewed: bool) -> Iterator[Finding]:
    force = invented.force(seed=seed, people=people, skewed=skewed)
    maker = Maker(force, seed)
    for frame, risk in zip(force.frames, force.risks, strict=True):
        seen = maker.seen(frame)
        yield from running.quick(seen)
        yield from bounds.pinned(seen, most=HIDDEN_TRIED, seed=seed)
        yield from reconstruction.reconstructed(seen, risk=risk, seed=seed)
        yield from _over_time(maker, seen, seed)


def _over_time(maker: "Maker", seen: Seen, seed: int) -> Iterator[Finding]:
    releases = [seen]
    for quarter in range(1, QUARTERS):
        frame = invented.later(releases[-1].frame, share=CHURN, seed=100 * seed + quarter)
        releases.append(maker.seen(frame, releases))
    yield omniscient.left_one_out(releases)
    few = invented.later(seen.frame, share=9 / len(seen.frame.base), seed=seed)
    yield changes.consecutive(seen, maker.seen(few, [seen]))
    yield changes.consecutive(seen, releases[1])
    yield changes.probes(seen, lambda frame: maker.seen(frame, [seen]).cells, seed=seed)


def _periods(seed: int, *, people: int) -> Iterator[Finding]:
    """Months in a quarter in a year, of one measure: whoever is counted in one is in the longer."""
    draw = np.random.default_rng(seed)
    for rate in (0.005, 0.02, 0.05, 0.15):
        tables = invented.overlapping(draw, seed=seed, people=people, rate=rate)
        seen: list[Seen] = []
        told: list[Told] = []
        for force in tables:
            maker, frame = Maker(force, seed), force.frames[0]
            plan = maker.protector.plan
            mine = Told(maker.known(frame), plan.cells, plan.member)
            code, apart = frame.measure.code, maker.scheme.parameters.smallest_difference
            alike = overlaps.alike(mine, told, code, apart=apart)
            cells = tuple(maker.protector.protect(frame, alike=alike))
            mine.add(cells)
            told.append(mine)
            scheme = running.attacked(maker.scheme.parameters)
            seen.append(Seen(cells, frame, maker.groups, scheme, 1))
        yield differencing.windows(seen)


class Maker:
    """Makes an invented force's releases, one after another."""

    def __init__(self, force: Force, seed: int) -> None:
        self.scheme = Scheme(Parameters(), secrets(seed), 1)
        self.protector = Protector(force.people, self.scheme)
        self.groups = Groups(force.people)

    def seen(self, frame: Frame, before: Sequence[Seen] = ()) -> Seen:
        """The next release as attackers see it, with what stays as it was published before."""
        number = len(before) + 1
        maker, groups = self.protector, self.groups
        if frame.people is not groups.people:
            maker, groups = self._of_others(frame), Groups(frame.people)
        maker.scheme = self.scheme._replace(number=number)
        kept = self._kept(frame, before) if before else {}
        old = [kept.get(filters) for filters in maker.plan.cells]
        made = {cell.filters: cell for cell in maker.protect(frame, old=old)}
        if before:
            # What the menu of today cannot say any more stays as it was said.
            made = {cell.filters: made.get(cell.filters, cell) for cell in before[-1].cells}
        scheme = running.attacked(self.scheme.parameters)
        return Seen(tuple(made.values()), frame, groups, scheme, number)

    def _of_others(self, frame: Frame) -> Protector:
        plan = menu.plan(frame.people, parameters=self.scheme.parameters)
        plan = menu.only(plan, set(self.protector.plan.cells))
        return Protector(frame.people, self.scheme, plan=plan)

    def _kept(self, frame: Frame, before: Sequence[Seen]) -> dict[Filters, Cell]:
        """What stays as it was published, by its filters."""
        code, now = frame.measure.code, self.known(frame)
        kept: dict[Filters, Cell] = {}
        for number, seen in enumerate(before, start=1):
            cells = [cell for cell in before[-1].cells if cell.as_of == number]
            asked = [cell.filters for cell in cells]
            moved = contributors.changes(self.known(seen.frame), now, code, asked)
            few = moved < self.scheme.parameters.fewest_changes
            kept |= {cell.filters: cell for cell, stays in zip(cells, few, strict=True) if stays}
        return kept

    def known(self, frame: Frame) -> contributors.Contributors:
        """Who is counted in a release, as it is remembered."""
        return contributors.contributors(frame.people, [frame], secrets=self.scheme.secrets)


# --- Without protection ---------------------------------------------------------------------------


def unprotected_trials(seeds: Sequence[int], *, people: int = 10_000) -> Report:
    """The same attacks on the true numbers: nothing hidden, or only what is under ten."""
    start = monotonic()
    findings: list[Finding] = []
    for seed in seeds:
        force = invented.force(seed=seed, people=people, prevalences=(0.30,))
        findings += _unprotected(force, seed)
    return Report(joined(findings), monotonic() - start)


def _unprotected(force: Force, seed: int) -> Iterator[Finding]:
    frame, risk = force.frames[0], force.risks[0]
    groups = Groups(force.people)
    yield from teeth(unprotected(frame, RAW, groups=groups))
    crossed = unprotected(frame, THRESHOLD, groups=groups)
    yield differencing.nested_pairs(crossed)
    yield from reconstruction.reconstructed(
        crossed, risk=risk, pulls=(reconstruction.HELD,), seed=seed
    )
    plain = same_menu(Maker(force, seed).seen(frame), THRESHOLD)
    yield siblings.subtracted(plain)
    yield from bounds.pinned(plain, most=HIDDEN_TRIED, seed=seed)
    yield omniscient.left_one_out([plain])
    raw = same_menu(plain, RAW)
    for found in rules_kept.groups(raw):
        yield replace(found, detail="nothing hidden")
