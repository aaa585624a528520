"""A8: guessing who is counted from all figures together, knowing everybody's categories."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from app.disclosure.attacks.averaging import GUESS, GUESS_VARIANCE
from app.disclosure.attacks.findings import Finding, Together
from app.disclosure.attacks.scoring import auc, precision, sure
from app.disclosure.attacks.seen import HIDDEN, Seen
from app.disclosure.cells import Why

MOST_ABOVE_TWIN, MOST_TOP = 0.10, 0.25
TOP = 100
COMMON = 0.5
"""Where more than half are counted, nine guesses in ten are right without any figure."""
HELD = 1.0
LOOSE = 1e-3
STEPS = 150


@dataclass(frozen=True)
class Equations:
    """Published numerators as sums over people: which, how large, and how certain."""

    members: csr_matrix
    values: NDArray[np.float64]
    variances: NDArray[np.float64]


def equations(seen: Seen) -> Equations:
    """Every number that says something of who is counted, hidden ones with their reason too.

    Of a number that is very small or nearly all the attacker takes what the shown ones make
    likelier.
    """
    shown = np.flatnonzero(seen.counted != HIDDEN)
    variances = np.full(len(shown), seen.scheme.variance)
    told = Equations(seen.within[shown], seen.counted[shown].astype(float), variances)
    few = np.flatnonzero(seen.why(Why.FEW))
    if not len(few):
        return told
    likely = seen.within[few] @ reconstruct([told], int(seen.frame.base.sum()))
    guesses = np.where(2 * likely > seen.size[few], seen.size[few] - GUESS, GUESS)
    return Equations(
        vstack([told.members, seen.within[few]]).tocsr(),
        np.concatenate([told.values, guesses]),
        np.concatenate([variances, np.full(len(few), GUESS_VARIANCE)]),
    )


def reconstruct(
    told: Sequence[Equations], people: int, *, pull: float = HELD
) -> NDArray[np.float64]:
    """How likely each person is to be counted: least squares, each answer between 0 and 1.

    ``pull``: how strongly answers are held to the force's average. Several releases are solved
    together, as for somebody whose answer stays the same.
    """
    members = vstack([one.members for one in told]).tocsr()
    values = np.concatenate([one.values for one in told])
    weights = 1 / np.concatenate([one.variances for one in told])
    average = min(max(float(values[0]) / max(people, 1), 0.005), 0.995) if len(values) else 0.5
    hold = pull / (average * (1 - average))
    across = members.T.tocsr()

    def distance(guess: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        apart = members @ guess - values
        away = guess - average
        slope = across @ (weights * apart) + hold * away
        return float((weights * apart**2).sum() + hold * (away**2).sum()) / 2, slope

    solved = minimize(
        distance,
        np.full(members.shape[1], average),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, 1.0)] * members.shape[1],
        options={"maxiter": STEPS},
    )
    found: NDArray[np.float64] = solved.x
    return found


def risks(seen: Seen, *, seed: int = 0) -> NDArray[np.float64]:
    """What a person's categories alone say of them, learnt from the other half of the force.

    The truth is used, so this is the most that knowing about groups can tell.
    """
    places = [at for at, cell in enumerate(seen.cells) if len(cell.filters) <= 1]
    features = seen.within[places].T.tocsr()
    truth = seen.frame.counted.astype(np.float64)
    there = np.flatnonzero(seen.frame.base)
    halves = np.random.default_rng(seed).random(len(truth)) < COMMON
    found = np.zeros(len(truth))
    for half in (halves, ~halves):
        known, asked = there[half[there]], there[~half[there]]
        mean = truth[known].mean() if len(known) else 0.0
        normal = (features[known].T @ features[known]).toarray()
        learnt = np.linalg.solve(
            normal + 25 * np.eye(len(places)), features[known].T @ (truth[known] - mean)
        )
        found[asked] = np.clip(mean + features[asked] @ learnt, 0, 1)
    return found


@dataclass(frozen=True)
class Score:
    """How well people were told apart, and how well the same guesses do for a twin."""

    auc: float
    twin: float
    top: float
    twin_top: float
    sure: int
    share: float
    """How many of the base are counted."""
    people: int


def score(
    seen: Seen, guess: NDArray[np.float64], risk: NDArray[np.float64], *, seed: int = 0
) -> Score:
    """Mark a guess against the truth, and against twins: forces in which everybody has the same
    risk, but chance fell otherwise. What is as right for a twin was learnt of groups, not people.
    """
    there = seen.frame.base
    truth, guess, risk = seen.frame.counted[there], guess[there], risk[there]
    draw = np.random.default_rng(seed)
    twins = [draw.random(len(risk)) < risk for _ in range(8)]
    top = min(TOP, max(len(truth) // 20, 1))
    return Score(
        auc(guess, truth),
        float(np.mean([auc(guess, twin) for twin in twins])),
        precision(guess, truth, top),
        float(np.mean([precision(guess, twin, top) for twin in twins])),
        sure(guess, truth),
        float(truth.mean()),
        len(truth),
    )


def reconstructed(
    seen: Seen,
    *,
    risk: NDArray[np.float64] | None = None,
    pulls: Sequence[float] = (HELD, LOOSE),
    seed: int = 0,
) -> list[Finding]:
    """A8: what one measure's figures give away of people, by the stronger of several solvers."""
    told = [equations(seen)]
    risk = risks(seen, seed=seed) if risk is None else risk
    size = int(seen.frame.base.sum())
    scores = [score(seen, reconstruct(told, size, pull=pull), risk, seed=seed) for pull in pulls]
    return findings(max(scores, key=lambda one: one.auc - one.twin))


def findings(best: Score) -> list[Finding]:
    """The three limits of A8."""
    rate = f"{best.share:.0%} of {best.people:,} counted"
    named = best.sure if best.share <= COMMON else 0
    return [
        Finding(
            "A8",
            "Reconstruction: telling people apart",
            best.people,
            best.auc - best.twin,
            MOST_ABOVE_TWIN,
            "AUC above the twin's",
            f"{best.auc:.3f} against {best.twin:.3f}; {rate}",
            Together.WORST,
        ),
        Finding(
            "A8",
            "Reconstruction: the 100 surest",
            TOP,
            best.top - best.twin_top,
            MOST_TOP,
            "precision above the twin's",
            f"{best.top:.2f} against {best.twin_top:.2f}; {rate}",
            Together.WORST,
        ),
        Finding(
            "A8",
            "Reconstruction: named with 9 in 10 right",
            best.people,
            named,
            0,
            "people",
            rate,
            Together.WORST,
        ),
    ]
