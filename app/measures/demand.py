"""How many requests a service can expect in the next three months, from how many came before. Pure.

A forecast of work, so that enough people are there to do it. It knows months and counts, never a
person, and cannot say who will ask.

The level of the past months is followed with weights that fade, as fast as would have told each
month best from those before it. What is to come varies as counts do (Poisson), and more where the
past did (negative binomial); not knowing the level itself is part of the interval. No season is
read out of two years, and nothing that the force is about to change is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, lgamma, log, sqrt

from app.common.clock import months_after

AHEAD = 3
"""Months that are forecast."""
FEWEST_MONTHS = 12
FEWEST = 20
"""With fewer months, or fewer requests in them, there is too little to say anything from."""
MOST_MONTHS = 24
TOO_FEW = "too few to say"
WHAT_IT_IS = "A forecast of workload, never of a person."
HOW_IT_IS_MADE = (
    f"It comes from the last {FEWEST_MONTHS} to {MOST_MONTHS} months, and says what is next if "
    "things go on as they are. 8 of 10 times the true number is in the likely range, and 19 of 20 "
    "times in the wide one."
)
COLUMNS = ("Month", "Expected", "Likely range", "Wide range")
FADES = (1.0, 0.9, 0.8, 0.7)
"""What a month weighs against the one after it; at 1 all weigh the same."""
_LEARNING = 6
"""Months that only give the first level; each later one is told from those before it."""


@dataclass(frozen=True)
class Forecast:
    """How many to expect, and two intervals: both ends belong to them."""

    expected: int
    likely: tuple[int, int]
    """80% of what may come."""
    wide: tuple[int, int]
    """95% of it."""


@dataclass(frozen=True)
class Demand:
    """The months to come, by their first days, and all of them together."""

    months: tuple[tuple[date, Forecast], ...]
    together: Forecast
    more_than_chance: bool
    """The past months varied more than counts of independent requests would."""


@dataclass(frozen=True)
class Load:
    """How many people would be with a service at once, in per cent of the places it has."""

    percent: int
    low: int
    high: int
    """The ends of the likely range."""


@dataclass(frozen=True)
class _Level:
    """What the past says: a month's mean, how many months' worth it is known from, how fast that
    fades, and how much more than chance the months vary."""

    mean: float
    months: float
    fade: float
    dispersion: float
    told: int
    """Months that could be held against what those before them said."""


def forecast(counts: Sequence[int | None], *, last: date, step: int = 1) -> Demand | None:
    """The three months after the last one.

    Args:
        counts: One a whole month, oldest first, without gaps; ``None`` where it is not known, after
            which only what follows is used.
        last: Any day of the last of these months.
        step: What the counts were rounded to; the answer is rounded outwards to the same.

    Returns:
        ``None`` where there is too little to say anything.
    """
    past = _known(counts)
    if len(past) < FEWEST_MONTHS or sum(past) < FEWEST:
        return None
    level = max((_follow(past, fade) for fade in FADES), key=lambda found: found[0])[1]
    months = tuple(
        (months_after(last.replace(day=1), ahead), _told(level, ahead, ahead, step))
        for ahead in range(1, AHEAD + 1)
    )
    return Demand(months, _told(level, 1, AHEAD, step), level.dispersion > 1)


def load(demand: Demand, *, months_open: float, places: int) -> Load | None:
    """How full a service would be, by the forecast of all three months together.

    People at once are those who come a month times the months each of them stays.

    Args:
        demand: What comes.
        months_open: How long a request has stayed open, on average.
        places: What everybody who works for the service may take on, added up.
    """
    if not places:
        return None
    three = demand.together
    low, middle, high = (
        round(100 * number / AHEAD * months_open / places)
        for number in (three.likely[0], three.expected, three.likely[1])
    )
    return Load(middle, low, high)


def in_rows(demand: Demand) -> tuple[tuple[str, ...], ...]:
    """A row a month and one for all of them, below ``COLUMNS``."""
    months = [(f"{first:%B %Y}", told) for first, told in demand.months]
    return tuple(
        (label, f"{told.expected:,}", _range(told.likely), _range(told.wide))
        for label, told in [*months, ("All three months", demand.together)]
    )


def _range(ends: tuple[int, int]) -> str:
    return f"{ends[0]:,} to {ends[1]:,}"


def _known(counts: Sequence[int | None]) -> list[int]:
    known: list[int] = []
    for count in reversed(counts[-MOST_MONTHS:]):
        if count is None:
            break
        known.append(count)
    return known[::-1]


def _follow(counts: Sequence[int], fade: float) -> tuple[float, _Level]:
    """How well this fading would have told each month from those before it, and the level now."""
    total = weight = likelihood = 0.0
    squares: list[float] = []
    for place, count in enumerate(counts):
        total, weight = total * fade, weight * fade
        if place >= _LEARNING:
            mean = _mean(total, weight)
            variance = mean * (1 + 1 / weight)
            likelihood += _log_chance(count, mean, variance)
            squares.append((count - mean) ** 2 / variance)
        total, weight = total + count, weight + 1
    dispersion = max(1.0, sum(squares) / len(squares))
    level = _Level(_mean(total, weight), weight, fade, dispersion, len(squares))
    return likelihood, level


def _mean(total: float, weight: float) -> float:
    # Half a request more than there was: a service that nobody asked for months is not at nothing.
    return (total + 0.5) / weight


def _log_chance(count: int, mean: float, variance: float) -> float:
    size, chance = _shape(mean, variance)
    return (
        lgamma(count + size)
        - lgamma(size)
        - lgamma(count + 1)
        + size * log(chance)
        + count * log(1 - chance)
    )


def _shape(mean: float, variance: float) -> tuple[float, float]:
    """The negative binomial with this mean and variance, which has to be larger than the mean."""
    return mean * mean / (variance - mean), mean / variance


def _told(level: _Level, first: int, last: int, step: int) -> Forecast:
    """The requests of some months ahead, together."""
    months = last - first + 1
    # The level is known less well the further it is followed; months share that error.
    unknown = sum(
        sqrt(level.mean / (level.months * level.fade**ahead)) for ahead in range(first, last + 1)
    )
    mean = level.mean * months
    variance = level.dispersion * (mean + unknown**2)
    return Forecast(
        _nearest(mean, step),
        _interval(0.80, level, (mean, variance), step),
        _interval(0.95, level, (mean, variance), step),
    )


def _interval(
    share: float, level: _Level, moments: tuple[float, float], step: int
) -> tuple[int, int]:
    # Few pages forecast, so no process waits for this to load before one does.
    from scipy.special import nbdtrik, ndtri, stdtrit  # noqa: PLC0415

    mean, variance = moments
    tail = (1 - share) / 2
    if level.dispersion > 1:
        # How much more than chance the months vary is itself known from few of them.
        variance *= float(stdtrit(level.told, tail) / ndtri(tail)) ** 2
    size, chance = _shape(mean, variance)
    low, high = (max(0, ceil(nbdtrik(at, size, chance))) for at in (tail, 1 - tail))
    return floor(low / step) * step, ceil(high / step) * step


def _nearest(number: float, step: int) -> int:
    return floor(number / step + 0.5) * step
