"""Invented people, measures and releases: ``publish`` fills a store that pages can be made on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from app.database import transaction
from app.disclosure import keeping
from app.disclosure.cells import Cell
from app.disclosure.keys import Secrets
from app.disclosure.parameters import Parameters
from app.disclosure.protect import Protector, Scheme
from app.disclosure.store import open_writer
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

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECRETS = Secrets(records=b"r" * 32, cells=b"c" * 32)
UNSAID = (Category(PREFER_NOT, "Prefer not to say"), Category(NOT_RECORDED, "Not recorded"))


def named(prefix: str, label: str, how_many: int) -> tuple[Category, ...]:
    """So many categories with invented names."""
    return tuple(Category(f"{prefix}{at}", f"{label} {at}") for at in range(1, how_many + 1))


def of(**labels: str) -> tuple[Category, ...]:
    """Categories by code."""
    return tuple(Category(code, label) for code, label in labels.items())


CATEGORIES: dict[Dimension, tuple[Category, ...]] = {
    Dimension.DISTRICT: named("D", "District", 7),
    Dimension.DEPARTMENT: named("P", "Department", 20),
    Dimension.TEAM: named("T", "Team", 120),
    Dimension.RANK: of(pc="Constable", sgt="Sergeant", insp="Inspector and above", none="Staff"),
    Dimension.STAFF_TYPE: of(officer="Police officer", staff="Police staff", pcso="PCSO"),
    Dimension.SERVICE: of(a="Under 2 years", b="2 to 4", c="5 to 9", d="10 to 19", e="20 or more"),
    Dimension.SKILL: of(firearms="Firearms", driver="Response driver", search="Search"),
    Dimension.HOURS: of(full="Full time", part="Part time"),
    Dimension.SEX: of(female="Female", male="Male"),
    Dimension.ETHNICITY: (
        *of(asian="Asian", black="Black", mixed="Mixed", white="White", other="Other"),
        *UNSAID,
    ),
    Dimension.DISABILITY: (*of(yes="Disabled", no="Not disabled"), *UNSAID),
    Dimension.RELIGION: (*of(none="No religion", christian="Christian", muslim="Muslim"), *UNSAID),
    Dimension.ORIENTATION: (*of(hetero="Heterosexual", lgb="Gay, lesbian, bisexual"), *UNSAID),
    Dimension.AGE: of(u26="Under 26", u41="26 to 40", u56="41 to 55", over="Over 55"),
}
WEIGHTS: dict[Dimension, list[float]] = {
    Dimension.RANK: [0.5, 0.12, 0.05, 0.33],
    Dimension.STAFF_TYPE: [0.62, 0.3, 0.08],
    Dimension.HOURS: [0.86, 0.14],
    Dimension.SEX: [0.36, 0.64],
    Dimension.ETHNICITY: [0.06, 0.025, 0.03, 0.81, 0.005, 0.03, 0.04],
    Dimension.DISABILITY: [0.07, 0.8, 0.05, 0.08],
    Dimension.RELIGION: [0.4, 0.35, 0.03, 0.12, 0.1],
    Dimension.ORIENTATION: [0.75, 0.06, 0.12, 0.07],
}
MEASURES = (
    Measure(
        "exposed",
        "Exposed to an incident",
        "people exposed to at least one incident",
        "people in the force on the last day",
        Theme.EXPOSURE,
    ),
    Measure(
        "three_or_more",
        "Exposed three times or more",
        "people exposed to three or more incidents",
        "people in the force on the last day",
        Theme.EXPOSURE,
    ),
    Measure(
        "talked_in_72_hours",
        "Talked with within 72 hours",
        "people who had a supportive conversation within 72 hours",
        "people with a prompt that fell due",
        Theme.TIMELINESS,
    ),
    Measure(
        "offered",
        "Offered support",
        "people who were offered support",
        "people who had a supportive conversation",
        Theme.SUPPORT,
    ),
    Measure(
        "psychological_absence",
        "Psychological absence",
        "people with a spell of psychological absence",
        "people in the force at any time",
        Theme.ABSENCE,
        caution="It does not say why somebody was away.",
    ),
    Measure(
        "left",
        "Left the force",
        "people who left, transfers not counted",
        "people in the force at any time",
        Theme.ATTRITION,
        kinds=(PeriodKind.QUARTER, PeriodKind.YEAR),
    ),
)
RISK = {
    "exposed": 0.35,
    "three_or_more": 0.12,
    "talked_in_72_hours": 0.7,
    "offered": 0.45,
    "psychological_absence": 0.05,
    "left": 0.03,
}
NARROW = {"talked_in_72_hours": 0.3, "offered": 0.25}
"""Measures whose base is a part of the force."""


@dataclass(frozen=True)
class Force:
    """An invented force in one period."""

    people: People
    frames: list[Frame]


def invent(
    *,
    seed: int = 1,
    people: int = 3000,
    period: Period = Period(date(2026, 7, 1), PeriodKind.QUARTER),
    measures: tuple[Measure, ...] = MEASURES,
) -> Force:
    """People who are the same for one seed in every period, and what happened to them in it."""
    chance = np.random.default_rng(seed)
    made = People(
        period=period,
        ids=[f"{seed:04x}{at:08x}" for at in range(people)],
        categories=CATEGORIES,
        member={one: _members(chance, one, people) for one in CATEGORIES},
    )
    chance = np.random.default_rng([seed, period.first.toordinal(), len(period.code)])
    away = made.member[Dimension.DISTRICT][:, 0] * 0.1 + made.member[Dimension.SEX][:, 0] * 0.05
    frames = []
    for measure in measures:
        if period.kind not in measure.kinds:
            continue
        base = chance.random(people) < NARROW.get(measure.code, 1.0)
        counted = base & (chance.random(people) < RISK.get(measure.code, 0.3) * (1 + 3 * away))
        frames.append(Frame(measure, made, base, counted))
    return Force(made, frames)


def _members(chance: np.random.Generator, dimension: Dimension, people: int) -> np.ndarray:
    listed = CATEGORIES[dimension]
    if dimension is Dimension.SKILL:
        return chance.random((people, len(listed))) < [0.06, 0.25, 0.04]
    weights = np.array(WEIGHTS.get(dimension, [1.0] * len(listed)))
    if dimension is Dimension.TEAM:
        weights[:10] = 3
    chosen = chance.choice(len(listed), size=people, p=weights / weights.sum())
    return chosen[:, None] == np.arange(len(listed))


def periods() -> list[Period]:
    """Six months, four quarters and two years, up to October 2026."""
    months = [Period(date(2026, month, 1), PeriodKind.MONTH) for month in range(5, 11)]
    quarters = [Period(date(2026, month, 1), PeriodKind.QUARTER) for month in (1, 4, 7)]
    years = [Period(date(year, 4, 1), PeriodKind.YEAR) for year in (2024, 2025)]
    return [*months, Period(date(2025, 10, 1), PeriodKind.QUARTER), *quarters, *years]


def publish(
    store: Engine | Path, *, seed: int = 1, people: int = 3000, wanted: list[Period] | None = None
) -> list[Cell]:
    """Put an invented release into a store and publish it; returns its cells.

    ``store``: an engine that may write, or the path of a SQLite file to be made.
    """
    engine = store if isinstance(store, Engine) else open_writer(f"sqlite:///{store}")
    with transaction(engine) as session:
        number = keeping.next_number(session)
        scheme = Scheme(Parameters(), SECRETS, number)
        asked = wanted or periods()
        cells: list[Cell] = []
        pairs: set[tuple[Dimension, Dimension]] = set()
        listed: dict[Dimension, list[Category]] = {}
        for period in asked:
            force = invent(seed=seed, people=people, period=period)
            protector = Protector(force.people, scheme)
            for frame in force.frames:
                cells += protector.protect(frame)
            pairs |= {line for line in protector.plan.lines if len(line) == 2}
            used = {one for filters in protector.plan.cells for one in filters}
            for dimension, categories in CATEGORIES.items():
                listed[dimension] = [one for one in categories if (dimension, one.code) in used]
        keeping.add(
            session,
            keeping.Making(
                day=NOW.date(),
                prepared_by="Sam Steward",
                preparer="invented",
                parameters=scheme.parameters.stored(),
                inputs="0" * 64,
            ),
            keeping.Contents(
                measures=MEASURES,
                periods=asked,
                dimensions={one: found for one, found in listed.items() if found},
                pairs=pairs,
            ),
            cells,
            number=number,
            now=NOW,
        )
        keeping.publish(session, number=number, approved_by="Dana Officer", now=NOW)
    if not isinstance(store, Engine):
        engine.dispose()
    return cells
