"""What somebody chose to see: kept, put into words, and turned into a question. Pure.

Districts, departments and teams narrow each other, as people expect of a form; a question has one
list of units, whose parts widen each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Final, NamedTuple

from app.common.clock import months_after
from app.measures.asked import Question, ServiceBand, UnitChoice
from app.people.models import StaffType, UnitKind

DAYS: Final = (28, 91, 182, 365)
YEARS: Final = range(1, 11)
PERIODS: Final[Mapping[str, str]] = {
    **{f"d{days}": f"Last {days} days" for days in DAYS},
    **{f"y{years}": f"Last {years} year{'s' if years > 1 else ''}" for years in YEARS},
}
FIRST_PERIOD: Final = "d365"
YES_NO: Final[Mapping[str, bool | None]] = {"": None, "yes": True, "no": False}
NOBODY: Final = "0" * 32
"""A public id that no unit has: filters that contradict each other leave nobody."""
STAFF_TYPES: Final[Mapping[StaffType, str]] = {
    StaffType.OFFICER: "Officers",
    StaffType.PCSO: "PCSOs",
    StaffType.STAFF: "Staff",
    StaffType.SPECIAL: "Specials",
    StaffType.VOLUNTEER: "Volunteers",
    StaffType.NOT_RECORDED: "Not recorded",
}
SINGLE: Final = {"period": FIRST_PERIOD, "person": "", "psychological": "", "left": ""}
"""Filters with one value, and what they are when nobody set them."""
WORDS: Final[Mapping[tuple[str, str], str]] = {
    ("psychological", "yes"): "With psychological absence",
    ("psychological", "no"): "Without psychological absence",
    ("left", "yes"): "Left in the period",
    ("left", "no"): "Did not leave in the period",
}


def service_words(band: ServiceBand) -> str:
    """A length of service: "3 to 4 years"."""
    if band is ServiceBand.NOT_RECORDED:
        return "Not recorded"
    least, most = band.years
    if most is None:
        return f"{least} years or more"
    if least == 0:
        return "Under a year"
    if most - least == 1:
        return f"{least} year{'s' if least > 1 else ''}"
    return f"{least} to {most - 1} years"


@dataclass(frozen=True)
class Chosen:
    """Every filter, as text: codes from closed lists, and public ids. Of one kind any may hold;
    kinds narrow."""

    period: str = FIRST_PERIOD
    districts: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    """Names: a force has a "Response" in each district."""
    teams: tuple[str, ...] = ()
    person: str = ""
    ranks: tuple[str, ...] = ()
    staff_types: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    psychological: str = ""
    left: str = ""

    @property
    def units_chosen(self) -> bool:
        """Whether any part of the force is chosen."""
        return bool(self.districts or self.departments or self.teams)

    def values(self, field: str) -> tuple[str, ...]:
        """What is chosen of one filter; nothing if it is as nobody set it."""
        held: str | tuple[str, ...] = getattr(self, field)
        if isinstance(held, tuple):
            return held
        return () if held == SINGLE[field] else (held,)

    def without(self, field: str, value: str) -> "Chosen":
        """The same with one value taken away."""
        stays = [one for one in self.values(field) if one != value]
        return read({**self.kept(), field: "" if field in SINGLE else stays})

    def only(self, field: str, value: str) -> "Chosen":
        """The same with this value alone for one filter."""
        return read({**self.kept(), field: value if field in SINGLE else [value]})

    def kept(self) -> dict[str, object]:
        """For the database."""
        return {key: list(held) if isinstance(held, tuple) else held for key, held in self._items()}

    def _items(self) -> list[tuple[str, str | tuple[str, ...]]]:
        return list(asdict(self).items())


FIELDS: Final = tuple(field.name for field in fields(Chosen))


def read(kept: Mapping[str, object]) -> Chosen:
    """What the database holds, or what a form sent; what is not there is as nobody set it."""
    found: dict[str, str | tuple[str, ...]] = {}
    for field in FIELDS:
        held = kept.get(field)
        if field in SINGLE:
            found[field] = str(held) if held else SINGLE[field]
        elif isinstance(held, list):
            found[field] = tuple(map(str, held))
    if found["period"] not in PERIODS:
        found["period"] = FIRST_PERIOD
    return Chosen(**found)  # type: ignore[arg-type]


def first_day(period: str, last: date) -> date:
    """The day on which a period that ends with ``last`` begins."""
    length = int(period[1:])
    if period.startswith("d"):
        return last - timedelta(days=length - 1)
    return months_after(last, -12 * length) + timedelta(days=1)


def question(chosen: Chosen, *, last: date, units: Sequence[UnitChoice]) -> Question:
    """The question for a period that ends with ``last``."""
    return Question(
        first=first_day(chosen.period, last),
        last=last,
        units=units_meant(chosen, units),
        person=chosen.person,
        ranks=chosen.ranks,
        staff_types=tuple(one for one in StaffType if one in chosen.staff_types),
        service=tuple(one for one in ServiceBand if one in chosen.service),
        skills=chosen.skills,
        types=chosen.types,
        psychological=YES_NO.get(chosen.psychological),
        left=YES_NO.get(chosen.left),
    )


def units_meant(chosen: Chosen, units: Sequence[UnitChoice]) -> tuple[str, ...]:
    """The most particular units that are chosen, within the less particular ones."""
    asked: tuple[tuple[UnitKind, tuple[str, ...], Callable[[UnitChoice], str]], ...] = (
        (UnitKind.DISTRICT, chosen.districts, lambda unit: unit.public_id),
        (UnitKind.DEPARTMENT, chosen.departments, lambda unit: unit.name),
        (UnitKind.TEAM, chosen.teams, lambda unit: unit.public_id),
    )
    narrowing = [one for one in asked if one[1]]
    if not narrowing:
        return ()
    kind = narrowing[-1][0]
    found = tuple(
        path[-1].public_id
        for path in paths(units)
        if path[-1].kind is kind
        and all(any(one.kind is k and key(one) in v for one in path) for k, v, key in narrowing)
    )
    return found or (NOBODY,)


def paths(units: Sequence[UnitChoice]) -> list[tuple[UnitChoice, ...]]:
    """Each unit with those above it, the highest first. Units come each after what it hangs
    below."""
    found: list[tuple[UnitChoice, ...]] = []
    above: tuple[UnitChoice, ...] = ()
    for unit in units:
        above = (*above[: unit.depth], unit)
        found.append(above)
    return found


class Chip(NamedTuple):
    """One thing that is chosen, in words, and what to send to take it away."""

    field: str
    value: str
    words: str


@dataclass(frozen=True)
class Names:
    """The words for what is chosen by code or by public id."""

    units: Mapping[str, str]
    types: Mapping[str, str]
    person: str = ""

    def of(self, field: str, value: str) -> str:
        """One value in words."""
        if field in {"districts", "teams"}:
            return self.units.get(value, "A unit you cannot see now")
        if field == "types":
            return self.types.get(value, value)
        if field == "staff_types":
            return STAFF_TYPES[StaffType(value)]
        if field == "service":
            return f"{service_words(ServiceBand(value))} in the force".replace("recorded in", "in")
        if field == "person":
            return self.person or "One person whom you cannot see now"
        return WORDS.get((field, value), value)


def chips(chosen: Chosen, names: Names) -> list[Chip]:
    """Everything that is chosen but the period, in the order of the form."""
    return [
        Chip(field, value, names.of(field, value))
        for field in FIELDS
        if field != "period"
        for value in chosen.values(field)
    ]
