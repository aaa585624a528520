"""How well an attacker's order of people agrees with who was really counted."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

SURE = 0.9
FEWEST = 20


def auc(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The chance that somebody who is counted is placed above somebody who is not; 0.5: none."""
    yes, no = int(truth.sum()), int((~truth).sum())
    if not yes or not no:
        return 0.5
    ranks = rankdata(scores)
    return float((ranks[truth].sum() - yes * (yes + 1) / 2) / (yes * no))


def precision(scores: NDArray[np.float64], truth: NDArray[np.bool_], top: int) -> float:
    """The share really counted among the ``top`` people whom the attacker is surest of."""
    best = np.argsort(-scores, kind="stable")[:top]
    return float(truth[best].mean())


def sure(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> int:
    """The largest set of at least twenty people that is named with nine in ten right; 0: none."""
    right = np.cumsum(truth[np.argsort(-scores, kind="stable")])
    size = np.arange(1, len(right) + 1)
    enough = np.flatnonzero((size >= FEWEST) & (right / size >= SURE))
    return int(size[enough[-1]]) if len(enough) else 0
