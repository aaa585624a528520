"""A9: somebody who knows everybody's answer but one, and reads every figure for that one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.disclosure.attacks.findings import Finding, Together
from app.disclosure.attacks.scoring import auc
from app.disclosure.attacks.seen import HIDDEN, Seen
from app.disclosure.cells import Why

MOST_ONCE, MOST_YEAR = 0.86, 0.90
LEAST = 1e-12


def evidence(seen: Seen) -> NDArray[np.float64]:
    """For each person the logarithm of how much likelier the figures are, were they counted.

    Everybody else's answer is known, and the chances of every adjustment; so is that a carried
    figure tells nothing new, so only those made for this release are read.
    """
    fresh = seen.fresh
    without, with_ = (_chances(seen, seen.hits + change) for change in (-1, 1))
    same = _chances(seen, seen.hits)
    # Of a cell's people, those who are counted would be missing, the others would be one more.
    of_counted = np.where(fresh, np.log(same) - np.log(without), 0.0)
    of_others = np.where(fresh, np.log(with_) - np.log(same), 0.0)
    people = seen.within.T
    return np.asarray(np.where(seen.frame.counted, people @ of_counted, people @ of_others))


def _chances(seen: Seen, hits: NDArray[np.int64]) -> NDArray[np.float64]:
    """How likely it is that each cell is published as it is, if this many were counted."""
    scheme = seen.scheme
    adjusted = scheme.adjusted(hits)
    # A number is hidden by its true value as well as by its adjusted one.
    few = np.minimum(adjusted, hits[:, None]) < scheme.few
    over = np.minimum(seen.size[:, None] - adjusted, (seen.size - hits)[:, None])
    nearly = ~few & (over < scheme.few)
    shown = (seen.counted != HIDDEN)[:, None]
    as_shown = (scheme.rounded(adjusted) == seen.counted[:, None]) & ~few & ~nearly
    hidden = (few | nearly) & seen.why(Why.FEW)[:, None]
    silent = seen.why(Why.GROUP, Why.BESIDE)[:, None]
    fits = np.where(shown, as_shown, hidden | silent)
    return np.asarray(np.maximum(fits @ scheme.noise, LEAST))


def left_one_out(releases: Sequence[Seen], *, targets: int = 2000, seed: int = 0) -> Finding:
    """A9: how well the last unknown answers are told, over one release or several of the same
    people in the same order."""
    last = releases[-1]
    told = np.sum([evidence(seen) for seen in releases], axis=0)
    there = np.flatnonzero(np.all([seen.frame.base for seen in releases], axis=0))
    chosen = np.random.default_rng(seed).permutation(there)[:targets]
    found = auc(told[chosen], last.frame.counted[chosen])
    once = len(releases) == 1
    title = "Everybody else known" if once else f"Everybody else known, {len(releases)} releases"
    limit = MOST_ONCE if once else MOST_YEAR
    return Finding("A9", title, len(chosen), found, limit, "AUC", together=Together.MEAN)
