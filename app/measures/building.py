"""The people of a period and the categories they are in, from rows. For the engine, which acts for
nobody: what is made here is counted into tables, and is neither shown nor kept.

Somebody is where they were posted on the period's last day, or on their own last day of service. A
category of fewer than 30 people in the whole force is put together with another; see ``grouping``.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func
from sqlmodel import Session, col

from app.common.clock import local_date
from app.database import columns
from app.measures import answers, places
from app.measures.catalogue import COMPLETENESS_LISTED, kind_code
from app.measures.frames import Frame, People
from app.measures.grouping import AGE, SERVICE, SMALLEST, Bands, any_other, listed
from app.measures.places import NOWHERE, Postings
from app.measures.staff import Staff, end_of, staff
from app.measures.vocabulary import (
    DIMENSIONS,
    NOT_RECORDED,
    OTHER,
    PREFER_NOT,
    PROTECTED,
    RECORDED,
    Category,
    Dimension,
    Period,
)
from app.people.models import Characteristic, CharacteristicKind, ContractedHours, Skill
from app.people.objections import objectors

MOST_SKILLS = 12
"""So many skills are told apart: those that most people have."""
WEEKS_A_MONTH = 365.25 / 12 / 7
UNSAID = Category(PREFER_NOT, "Prefer not to say")
MISSING = Category(NOT_RECORDED, "Not recorded")
Answers = list[str]
"""The code of one answer a person, ``NOT_RECORDED`` and ``PREFER_NOT`` among them."""
Group = Callable[[Counter[str]], tuple[tuple[Category, ...], dict[str, str]]]
"""From how many gave each answer to the categories, and which answer is in which."""


@dataclass
class _Sorting:
    """What is found out about a period's people, a dimension at a time."""

    staff: Staff
    like: People | None
    categories: dict[Dimension, tuple[Category, ...]] = field(default_factory=dict)
    member: dict[Dimension, NDArray[np.bool_]] = field(default_factory=dict)
    merged: dict[Dimension, dict[str, str]] = field(default_factory=dict)

    def add(
        self,
        dimension: Dimension,
        given: Answers,
        group: Group,
    ) -> None:
        """Put everybody into one category of a dimension, small ones together."""
        if self.like is None:
            sizes = Counter(one for one in given if one not in {NOT_RECORDED, PREFER_NOT})
            named, into = group(sizes)
            named += (UNSAID,) if dimension in PROTECTED else ()
            named += (_missing(dimension),)
        else:
            named = self.like.categories[dimension]
            into = dict(self.like.merged[dimension])
            strange = set(given) - into.keys() - {NOT_RECORDED, PREFER_NOT}
            into |= dict.fromkeys(strange, OTHER)
            if strange and OTHER not in {one.code for one in named}:
                named = (Category(OTHER, "Any other"), *named)
        place = {one.code: at for at, one in enumerate(named)}
        codes = np.array([place[into.get(one, one)] for one in given], dtype=np.int64)
        self.categories[dimension] = named
        self.merged[dimension] = into
        self.member[dimension] = codes[:, None] == np.arange(len(named))[None, :]


def _missing(dimension: Dimension) -> Category:
    if dimension in places.LEVELS:
        return Category(NOT_RECORDED, f"Not in a {DIMENSIONS[dimension].lower()}")
    return MISSING


def people(
    session: Session, *, period: Period, now: datetime, like: People | None = None
) -> People:
    """Everybody who was in the force in a period, with the categories they are in.

    Args:
        session: One that reads; a few statements, however many people there are.
        period: Which; while it is not over, up to now.
        now: The moment.
        like: The people of another period whose lists of categories are to be used, so that
            figures of several periods can be set side by side.
    """
    last = min(period.last, local_date(now))
    found = staff(session, first=period.first, last=last)
    sorting = _Sorting(found, like)
    _places(session, sorting)
    _work(session, sorting)
    _protected(session, sorting)
    _skills(session, sorting)
    return People(
        period=period,
        ids=[member.public_id for member in found.members],
        categories=sorting.categories,
        member=sorting.member,
        merged=sorting.merged,
        at=min(now, end_of(period.last)),
    )


def completeness(people: People, dimension: Dimension) -> tuple[Frame, ...]:
    """Of how many people something is recorded, of how many that they prefer not to say, and of how
    many nothing: counted like any measure, so that it is protected like any."""
    everybody = np.ones(len(people.ids), dtype=np.bool_)
    codes = [category.code for category in people.categories[dimension]]
    held = {
        code: people.member[dimension][:, codes.index(code)]
        if code in codes
        else np.zeros(len(people.ids), dtype=np.bool_)
        for code in (PREFER_NOT, NOT_RECORDED)
    }
    held = {RECORDED: ~(held[PREFER_NOT] | held[NOT_RECORDED]), **held}
    return tuple(
        Frame(COMPLETENESS_LISTED[code], people, everybody, counted)
        for what, counted in held.items()
        if (code := kind_code(what, dimension.value)) in COMPLETENESS_LISTED
    )


# --- Where people are -----------------------------------------------------------------------------


def _places(session: Session, sorting: _Sorting) -> None:
    units = Postings(session, sorting.staff.positions).units_on(sorting.staff.last_days)
    for dimension, above in places.above(session).items():
        given = [
            above[unit].public_id if unit != NOWHERE and unit in above else NOT_RECORDED
            for unit in units.tolist()
        ]
        named = {place.public_id: place.name for place in above.values()}
        ordered = [Category(code, named[code]) for code in sorted(named, key=_by_name(named))]
        sorting.add(dimension, given, _grouping(ordered, partial(_smaller, dimension)))


def _smaller(dimension: Dimension, _labels: list[str]) -> str:
    return f"Smaller {DIMENSIONS[dimension].lower()}s, together"


def _by_name(named: Mapping[str, str]) -> Callable[[str], tuple[str, str]]:
    return lambda code: (named[code].casefold(), code)


def _grouping(
    categories: Sequence[Category], together: Callable[[list[str]], str] = any_other
) -> Group:
    return lambda sizes: listed(categories, sizes, together)


def _banding(bands: Bands) -> Group:
    return lambda sizes: bands.grouped([sizes[code] for code in bands.codes()])


# --- What work they do ----------------------------------------------------------------------------


def _work(session: Session, sorting: _Sorting) -> None:
    members, last_days = sorting.staff.members, sorting.staff.last_days.tolist()
    ranks = [answers.rank(member.staff_type, member.rank) for member in members]
    sorting.add(Dimension.RANK, ranks, _grouping(answers.RANKS))
    types = [str(member.staff_type.value) for member in members]
    sorting.add(Dimension.STAFF_TYPE, types, _grouping(answers.STAFF_TYPES))
    codes = SERVICE.codes()
    served = [
        codes[SERVICE.place(_years(member.joined_on, date.fromordinal(day)))]
        if member.joined_on
        else NOT_RECORDED
        for member, day in zip(members, last_days, strict=True)
    ]
    sorting.add(Dimension.SERVICE, served, _banding(SERVICE))
    sorting.add(Dimension.HOURS, _hours(session, sorting.staff), _grouping(answers.HOURS))


def _years(since: date, day: date) -> int:
    """Whole years from one day to another; none where it has not come."""
    return max(day.year - since.year - ((day.month, day.day) < (since.month, since.day)), 0)


def _hours(session: Session, staff: Staff) -> Answers:
    """Full time or not, from the hours somebody was to work in the months of the period."""
    statement = (
        columns(ContractedHours.person_id, func.avg(ContractedHours.hours))
        .where(
            col(ContractedHours.withdrawn).is_(False),
            col(ContractedHours.month).between(staff.first.replace(day=1), staff.last),
        )
        .group_by(col(ContractedHours.person_id))
    )
    full, part = (category.code for category in answers.HOURS)
    given = [NOT_RECORDED] * len(staff.members)
    for number, a_month in session.connection().execute(statement):
        if number in staff.positions:
            weekly = float(a_month) / WEEKS_A_MONTH
            given[staff.positions[number]] = full if weekly >= answers.FULL_TIME_HOURS else part
    return given


def _skills(session: Session, sorting: _Sorting) -> None:
    """The skills that most people have on their last day in the period. Somebody may have several,
    and whoever has none of them is in none."""
    holders = _holders(session, sorting.staff)
    if sorting.like is None:
        large = [code for code, held in holders.items() if len(held.who) >= SMALLEST]
        most = sorted(large, key=lambda code: (-len(holders[code].who), code))[:MOST_SKILLS]
        named = tuple(Category(code, min(holders[code].names)) for code in sorted(most))
    else:
        named = sorting.like.categories[Dimension.SKILL]
    member = np.zeros((len(sorting.staff.members), len(named)), dtype=np.bool_)
    for place, category in enumerate(named):
        if category.code in holders:
            member[sorted(holders[category.code].who), place] = True
    sorting.categories[Dimension.SKILL], sorting.member[Dimension.SKILL] = named, member


@dataclass
class _Held:
    """One skill, however HR writes it, and the places of those who have it."""

    names: set[str] = field(default_factory=set)
    who: set[int] = field(default_factory=set)


def _holders(session: Session, staff: Staff) -> dict[str, _Held]:
    statement = columns(Skill.person_id, Skill.name, Skill.starts_on, Skill.ends_on).where(
        col(Skill.withdrawn).is_(False), col(Skill.starts_on) <= staff.last
    )
    found: dict[str, _Held] = {}
    days = staff.last_days.tolist()
    for number, name, starts_on, ends_on in session.connection().execute(statement):
        place, code = staff.positions.get(number), answers.plain(name)
        if place is None or not code:
            continue
        if starts_on.toordinal() <= days[place] <= (ends_on or date.max).toordinal():
            held = found.setdefault(code, _Held())
            held.names.add(name)
            held.who.add(place)
    return found


# --- What people said of themselves ---------------------------------------------------------------


def _protected(session: Session, sorting: _Sorting) -> None:
    """Equality monitoring. Of whoever objected to it there is nothing to read, and nothing would be
    read: they are among those of whom nothing is recorded."""
    positions = sorting.staff.positions
    statement = columns(Characteristic.person_id, Characteristic.kind, Characteristic.value)
    objecting, days = objectors(session), sorting.staff.last_days.tolist()
    given = {dimension: [NOT_RECORDED] * len(positions) for dimension in PROTECTED}
    for number, kind, value in session.connection().execute(statement):
        if number not in positions or number in objecting:
            continue
        place, dimension = positions[number], answers.KINDS[CharacteristicKind(kind)]
        year = date.fromordinal(days[place]).year
        given[dimension][place] = (
            _age(value, year) if dimension is Dimension.AGE else answers.said(dimension, value)
        )
    for dimension in PROTECTED:
        banded = dimension is Dimension.AGE
        group = _banding(AGE) if banded else _grouping(answers.LISTS.get(dimension, ()))
        sorting.add(dimension, given[dimension], group)


def _age(birth_year: str, year: int) -> str:
    """The band of the age somebody reaches in a year: nothing but the year of birth is held."""
    code = answers.said(Dimension.AGE, birth_year)
    return AGE.codes()[AGE.place(year - int(code))] if code.isdigit() else code
