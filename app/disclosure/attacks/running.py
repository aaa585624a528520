"""Every attack on one candidate, before anybody may approve it."""

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Protocol

import numpy as np

from app.disclosure.attacks import (
    averaging,
    bounds,
    differencing,
    omniscient,
    reconstruction,
    rules_kept,
    siblings,
)
from app.disclosure.attacks.findings import Finding, Report, joined
from app.disclosure.attacks.scheme import Scheme
from app.disclosure.attacks.seen import HIDDEN, Groups, Seen
from app.disclosure.cells import Cell
from app.disclosure.parameters import Parameters
from app.measures.frames import Frame, People

SAMPLE, HIDDEN_SAMPLE = 4, 25
"""On how many tables the attacks that take seconds are tried, and on how many hidden numbers."""
ENOUGH = 100
"""With fewer people counted, or not counted, chance decides how well people are told apart."""


class Table(Protocol):
    """What a candidate says of one period, and the truth by which attacks are scored."""

    @property
    def people(self) -> People:
        """Everybody in the period."""

    @property
    def frames(self) -> Sequence[Frame]:
        """Who was counted, by measure."""

    @property
    def cells(self) -> Sequence[Cell]:
        """All figures of the period."""


def run(tables: Sequence[Table], *, parameters: Parameters) -> Report:
    """Attack every table of a candidate: the quick attacks on all, the slow ones on a sample.

    At most a minute for a force of 10,000 people.
    """
    start = monotonic()
    seen = views(tables, parameters=parameters)
    findings = [found for view in seen for found in quick(view)]
    findings += [differencing.windows(seen)]
    for view in hardest(seen):
        findings += bounds.pinned(view, most=HIDDEN_SAMPLE)
        findings += reconstruction.reconstructed(view, pulls=(reconstruction.HELD,))
    return Report(joined(findings), monotonic() - start)


def attacked(parameters: Parameters) -> Scheme:
    """What an attacker knows of a release: its parameters are printed with it."""
    return Scheme(
        few=parameters.smallest_count,
        group=parameters.smallest_group,
        apart=parameters.smallest_difference,
        spread=parameters.spread,
        cut=parameters.widest,
        rounding=parameters.step,
        changed=parameters.fewest_changes,
    )


def views(tables: Sequence[Table], *, parameters: Parameters) -> list[Seen]:
    """Each measure of each period as an attacker sees it."""
    scheme = attacked(parameters)
    number = max((cell.as_of for table in tables for cell in table.cells), default=0)
    return [view for table in tables for view in _views(table, scheme, number)]


def _views(table: Table, scheme: Scheme, number: int) -> Iterator[Seen]:
    by_measure: dict[str, list[Cell]] = {}
    for cell in table.cells:
        by_measure.setdefault(cell.measure, []).append(cell)
    groups = Groups(table.people)
    for frame in table.frames:
        if cells := by_measure.get(frame.measure.code):
            yield Seen(tuple(cells), frame, groups, scheme, number)


def quick(view: Seen) -> list[Finding]:
    """The attacks that take a moment."""
    found = [differencing.nested_pairs(view), siblings.subtracted(view), averaging.averaged(view)]
    found += [*rules_kept.groups(view, view.scheme), rules_kept.recomputed(view)]
    if view.fresh.any() and _enough(view):
        found.append(omniscient.left_one_out([view]))
    return found


def hardest(seen: Sequence[Seen]) -> list[Seen]:
    """A few tables to try slow attacks on: of different measures, with the most figures."""
    by_measure: dict[str, Seen] = {}
    for view in sorted(seen, key=_figures):
        if _enough(view):
            by_measure[view.frame.measure.code] = view
    return sorted(by_measure.values(), key=_figures)[-SAMPLE:]


def _figures(view: Seen) -> int:
    return int((view.counted != HIDDEN).sum())


def _enough(view: Seen) -> bool:
    counted = int(view.frame.counted.sum())
    return bool(min(counted, int(np.sum(view.frame.base)) - counted) >= ENOUGH)
