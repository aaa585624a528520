"""A7: adding a group up in every way the menu allows, and taking the mean of the answers."""

import numpy as np

from app.disclosure.attacks.findings import Finding, Together
from app.disclosure.attacks.seen import HIDDEN, Line, Seen
from app.disclosure.cells import Why

MOST_RIGHT = 0.20
"""Guessing from one adjusted number is right about one time in ten."""
GUESS, GUESS_VARIANCE = 4.0, 9.0
"""What a number hidden for being under ten is taken to be."""


def averaged(seen: Seen, *, most: int = 100) -> Finding:
    """A7: how often the mean of all sums for a numerator is exactly right, over ``most`` groups."""
    by_whole: dict[int, list[Line]] = {}
    for line in seen.lines:
        by_whole.setdefault(line.whole, []).append(line)
    # Those that can be added up in the most ways first, then those that are only shown.
    order = sorted(range(len(seen.cells)), key=lambda at: -len(by_whole.get(at, [])))
    tried = hits = 0
    for at in order:
        if seen.counted[at] == HIDDEN or not by_whole.get(at) or tried == most:
            continue
        tried += 1
        hits += round(_mean(seen, at, by_whole[at])) == seen.hits[at]
    share = hits / tried if tried else 0.0
    title = "Averaging over sums"
    return Finding(
        "A7", title, tried, share, MOST_RIGHT, "share exactly right", together=Together.MEAN
    )


def _mean(seen: Seen, at: int, lines: list[Line]) -> float:
    values = [float(seen.counted[at])]
    variances = [seen.scheme.variance]
    few = seen.why(Why.FEW)
    for line in lines:
        parts = np.array(line.parts)
        shown = seen.counted[parts] != HIDDEN
        if not (shown | few[parts] | (seen.size[parts] == 0)).all():
            continue
        guessed = (~shown & (seen.size[parts] > 0)).sum()
        values.append(float(seen.counted[parts][shown].sum() + guessed * GUESS))
        variances.append(shown.sum() * seen.scheme.variance + guessed * GUESS_VARIANCE)
    weights = 1 / np.maximum(np.array(variances), 1e-6)
    return float(np.average(values, weights=weights))
