"""Invented forces to try attacks on: nobody in them has ever lived.

What makes a group small is put in on purpose: teams with one woman, faiths of one person, a team of
whom all are counted, and one that nobody is in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.measures.frames import Frame, People
from app.measures.vocabulary import (
    NOT_RECORDED,
    PREFER_NOT,
    Category,
    Dimension,
    Measure,
    Period,
    PeriodKind,
    Theme,
)

PREVALENCES = (0.04, 0.15, 0.30, 0.50)
QUARTER = Period(date(2026, 7, 1), PeriodKind.QUARTER)
YEAR = Period(date(2026, 4, 1), PeriodKind.YEAR)
DISTRICTS, DEPARTMENTS, TEAM_SIZE = 9, 25, 33
SHARES: dict[Dimension, Sequence[float]] = {
    Dimension.RANK: (0.45, 0.14, 0.06, 0.03, 0.32),
    Dimension.STAFF_TYPE: (0.60, 0.32, 0.05, 0.03),
    Dimension.SERVICE: (0.08, 0.08, 0.08, 0.14, 0.20, 0.14, 0.11, 0.11, 0.06),
    Dimension.HOURS: (0.86, 0.14),
    Dimension.SEX: (0.62, 0.36, 0.005, 0.015),
    Dimension.GENDER_IDENTITY: (0.90, 0.01, 0.04, 0.05),
    Dimension.ETHNICITY: (0.80, 0.06, 0.025, 0.03, 0.01, 0.025, 0.05),
    Dimension.DISABILITY: (0.09, 0.81, 0.04, 0.06),
    Dimension.RELIGION: (0.38, 0.40, 0.03, 0.012, 0.012, 0.006, 0.10, 0.06),
    Dimension.ORIENTATION: (0.80, 0.04, 0.03, 0.06, 0.07),
    Dimension.AGE: (0.12, 0.40, 0.38, 0.09, 0.01),
    Dimension.CARING: (0.30, 0.55, 0.15),
}
"""About as police forces publish them; the last two are those not given and not recorded."""


def measure(code: str) -> Measure:
    """A measure of one prevalence or one moment; its words are never shown."""
    return Measure(code, code, "counted", "people", Theme.EXPOSURE)


@dataclass(frozen=True)
class Force:
    """People, who of them is counted at each prevalence, and the risk each was given."""

    people: People
    frames: tuple[Frame, ...]
    risks: tuple[NDArray[np.float64], ...]


def force(
    *,
    seed: int,
    people: int = 10_000,
    skewed: bool = False,
    prevalences: Sequence[float] = PREVALENCES,
    period: Period = QUARTER,
) -> Force:
    """Invent one; the same seed gives the same force."""
    draw = np.random.default_rng(seed)
    codes = _organisation(draw, people)
    for dimension, shares in SHARES.items():
        weights = np.array(shares) / sum(shares)
        codes[dimension] = draw.choice(len(shares), size=people, p=weights)
    if skewed:
        _skew(codes)
    everybody = _people(codes, draw, period)
    base = np.ones(people, dtype=np.bool_)
    frames, risks = [], []
    for prevalence in prevalences:
        risk = _risk(draw, codes, prevalence)
        if skewed:
            risk[codes[Dimension.TEAM] == 1] = 1.0
        counted = draw.random(people) < risk
        frames.append(Frame(measure(f"p{round(100 * prevalence):02}"), everybody, base, counted))
        risks.append(risk)
    return Force(everybody, tuple(frames), tuple(risks))


def _organisation(draw: np.random.Generator, people: int) -> dict[Dimension, NDArray[np.int64]]:
    teams = max(people // TEAM_SIZE, 2)
    team = draw.integers(teams, size=people)
    department = team * DEPARTMENTS // teams
    return {
        Dimension.DISTRICT: department * DISTRICTS // DEPARTMENTS,
        Dimension.DEPARTMENT: department,
        Dimension.TEAM: team,
    }


def _skew(codes: dict[Dimension, NDArray[np.int64]]) -> None:
    team, sex, faith = (codes[one] for one in (Dimension.TEAM, Dimension.SEX, Dimension.RELIGION))
    for lonely in range(2, 12):
        members = np.flatnonzero(team == lonely)
        sex[members] = 0
        sex[members[:1]] = 1
    rare = 5
    faith[faith == rare] = 1
    faith[:1] = rare
    team[team == 0] = 1


def _risk(
    draw: np.random.Generator, codes: dict[Dimension, NDArray[np.int64]], prevalence: float
) -> NDArray[np.float64]:
    """Each person's chance, after four of their categories; the mean is the prevalence."""
    told = np.zeros(len(codes[Dimension.TEAM]))
    for dimension in (Dimension.DISTRICT, Dimension.STAFF_TYPE, Dimension.SERVICE, Dimension.SEX):
        told += draw.normal(0, 0.3, size=codes[dimension].max() + 1)[codes[dimension]]
    low, high = -12.0, 12.0
    for _ in range(60):
        middle = (low + high) / 2
        if (1 / (1 + np.exp(-told - middle))).mean() < prevalence:
            low = middle
        else:
            high = middle
    risk: NDArray[np.float64] = 1 / (1 + np.exp(-told - low))
    return risk


def _people(
    codes: dict[Dimension, NDArray[np.int64]], draw: np.random.Generator, period: Period
) -> People:
    count = len(codes[Dimension.TEAM])
    categories: dict[Dimension, tuple[Category, ...]] = {}
    member: dict[Dimension, NDArray[np.bool_]] = {}
    for dimension, code in codes.items():
        width = len(SHARES.get(dimension, ())) or int(code.max()) + 1
        both_recorded = 2
        names = [f"{dimension.value}-{at}" for at in range(width)]
        if dimension in SHARES and width > both_recorded:
            names[-2:] = [PREFER_NOT, NOT_RECORDED]
        categories[dimension] = tuple(Category(name, name) for name in names)
        member[dimension] = np.eye(width, dtype=np.bool_)[code]
    skills = 6
    categories[Dimension.SKILL] = tuple(Category(f"skill-{at}", "") for at in range(skills))
    member[Dimension.SKILL] = draw.random((count, skills)) < 1 / (3 + np.arange(skills))
    ids = tuple(f"person-{at:05}" for at in range(count))
    return People(period, ids, categories, member)


def later(frame: Frame, *, share: float, seed: int) -> Frame:
    """The same people some time after: for this share of them the answer is drawn again."""
    draw = np.random.default_rng(seed)
    again = draw.random(len(frame.counted)) < share
    counted = np.where(again, draw.random(len(again)) < frame.counted.mean(), frame.counted)
    return Frame(frame.measure, frame.people, frame.base, counted & frame.base)


def overlapping(draw: np.random.Generator, *, seed: int, people: int, rate: float) -> list[Force]:
    """Twelve months, four quarters and a year of the same people: each month ``rate`` of them are
    counted, and in a longer period whoever was in any of its months."""
    same = force(seed=seed, people=people, prevalences=())
    months = draw.random((12, people)) < rate
    found = []
    for kind, length in ((PeriodKind.MONTH, 1), (PeriodKind.QUARTER, 3), (PeriodKind.YEAR, 12)):
        for first in range(0, 12, length):
            month = first + 4
            period = Period(date(2025 + (month - 1) // 12, (month - 1) % 12 + 1, 1), kind)
            moved = People(period, same.people.ids, same.people.categories, same.people.member)
            counted = np.asarray(months[first : first + length].any(axis=0))
            base = np.ones(people, dtype=np.bool_)
            found.append(Force(moved, (Frame(measure("flow"), moved, base, counted),), ()))
    return found
