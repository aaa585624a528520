"""From people to figures: frames in, protected cells out. Nothing else makes a figure.

For each measure and period: count, adjust by keys, hide, hide what gives hidden numbers away,
round.
All cells of a table are worked out at once; nothing is asked of a database.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.disclosure import gates, keys, menu, noise, secondary, widths
from app.disclosure.cells import Cell
from app.disclosure.gates import WHY, Counts, Flags, Hidden, Numbers
from app.disclosure.keys import Secrets
from app.disclosure.lines import Lines, lines_of
from app.disclosure.menu import Plan
from app.disclosure.parameters import Parameters
from app.measures.frames import Frame, People

PARTS = 4
"""A key is summed in four parts of 16 bits: their sums are exact in floating point."""


class Scheme(NamedTuple):
    """How one release is protected."""

    parameters: Parameters
    secrets: Secrets
    number: int
    """Of the release that is being made."""


class Protected(NamedTuple):
    """One table as it is published, and the numbers before rounding for whoever checks it."""

    cells: list[Cell]
    hidden: Numbers


class Protector:
    """Protects the frames of one period."""

    def __init__(self, people: People, scheme: Scheme, *, plan: Plan | None = None) -> None:
        self.people, self.scheme = people, scheme
        self.plan = plan or menu.plan(people, parameters=scheme.parameters)
        self.lines: Lines = lines_of(self.plan.cells)
        self.depth = np.array([len(cell) for cell in self.plan.cells], dtype=np.int64)
        self._dense = self.plan.member.toarray().astype(np.float32)
        # Two rounds of arithmetic on the same people: done once for measures with the same base.
        self._bases: dict[bytes, tuple[Numbers, Numbers, Flags]] = {}
        self._base_keys = self._halves(keys.BASE)

    def protect(
        self,
        frame: Frame,
        *,
        old: Sequence[Cell | None] | None = None,
        alike: Flags | None = None,
    ) -> list[Cell]:
        """Every cell of one measure; those with an ``old`` one stay as they were published.

        ``alike``: results that would tell of a few people beside those of another period.
        """
        kept = [None] * len(self.plan.cells) if old is None else old
        counts, hidden_group = self.count(frame)
        fixed = np.array([cell is not None for cell in kept], dtype=bool)
        hidden = self._hide(frame, counts, hidden_group, kept, fixed, alike)
        return list(self._cells(frame, counts, hidden, kept))

    def count(self, frame: Frame) -> tuple[Counts, Flags]:
        """True and adjusted numbers, and which groups are too small or too like another."""
        base, shown_base, hidden = self._base(frame)
        counted, adjusted = self._adjusted(
            frame.counted, self._halves(frame.measure.code), frame.measure.code
        )
        return Counts(base, counted, shown_base, adjusted), hidden

    # --- Counting ---------------------------------------------------------------------------------

    def _base(self, frame: Frame) -> tuple[Numbers, Numbers, Flags]:
        """The groups of a base: the same for every measure that has the same people in it."""
        known = frame.base.tobytes()
        if known not in self._bases:
            base, shown = self._adjusted(frame.base, self._base_keys, keys.BASE)
            counts = Counts(base, base, shown, shown)
            rules = self.scheme.parameters
            hidden = gates.groups(counts, self.plan.sensitive, parameters=rules)
            hidden |= gates.too_alike(
                self._dense[:, frame.base], ~hidden, self.depth, parameters=rules
            )
            self._bases[known] = base, shown, hidden
        return self._bases[known]

    def _adjusted(
        self, inside: Flags, halves: NDArray[np.float64], counted_for: str
    ) -> tuple[Numbers, Numbers]:
        rules = self.scheme.parameters
        chosen = np.column_stack([inside, halves * inside[:, None]])
        sums = np.asarray(self.plan.member @ chosen)
        totals = np.zeros(len(sums), dtype=np.uint64)
        for part in range(PARTS):
            totals += sums[:, 1 + part].astype(np.uint64) << np.uint64(16 * part)
        drawn = keys.draws(self.scheme.secrets, counted_for=counted_for, sums=totals)
        moved = noise.adjustments(drawn, spread=rules.spread, widest=rules.widest)
        count = np.rint(sums[:, 0]).astype(np.int64)
        return count, count + moved

    def _halves(self, counted_for: str) -> NDArray[np.float64]:
        found = keys.record_keys(self.scheme.secrets, counted_for=counted_for, ids=self.people.ids)
        mask = np.uint64(0xFFFF)
        return np.column_stack(
            [((found >> np.uint64(16 * part)) & mask).astype(np.float64) for part in range(PARTS)]
        )

    # --- Hiding -----------------------------------------------------------------------------------

    def _hide(
        self,
        frame: Frame,
        counts: Counts,
        groups: Flags,
        kept: Sequence[Cell | None],
        fixed: Flags,
        alike: Flags | None,
    ) -> Numbers:
        rules = self.scheme.parameters
        group_gone = _as_kept(groups, kept, lambda cell: cell.base is None)
        empty = counts.base == 0
        group_gone = secondary.closed(
            self.lines, group_gone, counts.base, fixed, empty=empty, parameters=rules
        )
        reason = gates.results(counts, parameters=rules)
        gone = group_gone | (reason != Hidden.SHOWN)
        if alike is not None:
            gone |= alike
        gone |= gates.too_alike(self._dense[:, frame.counted], ~gone, self.depth, parameters=rules)
        gone = _as_kept(gone, kept, lambda cell: cell.counted is None) | group_gone
        gone = secondary.closed(
            self.lines, gone, counts.counted, fixed, empty=empty, parameters=rules
        )
        gone = widths.widened(
            self.lines,
            gone,
            counts,
            fixed,
            reason=reason,
            group_gone=group_gone,
            parameters=rules,
        )
        reason = np.where(gone & (reason == Hidden.SHOWN), Hidden.BESIDE, reason)
        reason = np.where(gone, reason, Hidden.SHOWN)
        reason = np.where(group_gone, Hidden.GROUP_BESIDE, reason)
        return np.where(groups & group_gone, Hidden.GROUP, reason)

    # --- Saying -----------------------------------------------------------------------------------

    def _cells(
        self, frame: Frame, counts: Counts, hidden: Numbers, kept: Sequence[Cell | None]
    ) -> Iterator[Cell]:
        step, code, period = (
            self.scheme.parameters.step,
            frame.measure.code,
            self.people.period.code,
        )
        bases = rounded(counts.shown_base, step).tolist()
        results = rounded(counts.shown_counted, step).tolist()
        for place, filters in enumerate(self.plan.cells):
            why = Hidden(int(hidden[place]))
            before = kept[place]
            if before is not None and (before.counted is None or why is Hidden.SHOWN):
                yield before
                continue
            no_base = why in {Hidden.GROUP, Hidden.GROUP_BESIDE}
            yield Cell(
                measure=code,
                period=period,
                filters=filters,
                base=None if no_base else bases[place],
                counted=results[place] if why is Hidden.SHOWN else None,
                why=WHY.get(why),
                as_of=self.scheme.number,
            )


def rounded(numbers: Numbers, step: int) -> Numbers:
    """To the nearest step; half of one goes up."""
    return np.asarray((numbers + step // 2) // step * step)


def _as_kept(gone: Flags, kept: Sequence[Cell | None], hides: object) -> Flags:
    found = gone.copy()
    for place, cell in enumerate(kept):
        if cell is not None:
            found[place] = hides(cell)  # type: ignore[operator]
    return found


def protect(people: People, frames: Iterable[Frame], *, scheme: Scheme) -> Iterator[Cell]:
    """Every cell of one period, nothing having been published of it before."""
    protector = Protector(people, scheme)
    for frame in frames:
        yield from protector.protect(frame)
