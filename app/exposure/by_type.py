"""Several people's exposures by type: in windows, and by month while they were in one unit.

The caller has already asked ``people.queries`` whom the viewer may see.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Date, bindparam, func
from sqlmodel import Session, col

from app.common.clock import month_of
from app.database import columns, rows
from app.exposure.models import Exposure
from app.exposure.queries import before_window, in_window
from app.people.queries import chunks

PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
TypeWindows = dict[str, dict[int, int]]
"""Type code → days of a window → how many."""


@cache
def _of_types(how_many: int) -> Any:
    sums = [in_window(bindparam(f"before_{place}", type_=Date())) for place in range(how_many)]
    return (
        columns(Exposure.person_id, Exposure.type_code, *sums)
        .where(
            col(Exposure.person_id).in_(PEOPLE),
            col(Exposure.occurred_on) > bindparam("before_all", type_=Date()),
            col(Exposure.occurred_on) <= bindparam("day", type_=Date()),
        )
        .group_by(col(Exposure.person_id), col(Exposure.type_code))
    )


def types_of_people(
    session: Session, *, person_ids: Sequence[int], windows: Sequence[int], day: date
) -> dict[int, TypeWindows]:
    """Each person's exposures by type, in the windows that end on ``day``; one statement."""
    found: dict[int, TypeWindows] = {}
    days = {f"before_{place}": before_window(window, day) for place, window in enumerate(windows)}
    days |= {"before_all": before_window(max(windows), day), "day": day}
    for chunk in chunks(person_ids):
        for person_id, code, *counts in rows(
            session, _of_types(len(windows)), people=chunk, **days
        ):
            found.setdefault(person_id, {})[code] = dict(zip(windows, counts, strict=True))
    return found


def added_up(people: Iterable[TypeWindows]) -> TypeWindows:
    """Several people's counts together, the most frequent type first."""
    found: TypeWindows = {}
    for types in people:
        for code, counts in types.items():
            sums = found.setdefault(code, dict.fromkeys(counts, 0))
            for window, count in counts.items():
                sums[window] += count
    longest = {code: max(counts.values(), default=0) for code, counts in found.items()}
    return dict(sorted(found.items(), key=lambda item: (-longest[item[0]], item[0])))


WITH_TYPE = (
    columns(Exposure.person_id)
    .where(
        col(Exposure.person_id).in_(PEOPLE),
        col(Exposure.type_code) == bindparam("type_code"),
        col(Exposure.occurred_on) > bindparam("before", type_=Date()),
        col(Exposure.occurred_on) <= bindparam("day", type_=Date()),
    )
    .distinct()
)


def people_with_type(
    session: Session, *, person_ids: Sequence[int], type_code: str, window: int, day: date
) -> set[int]:
    """Who of these people was exposed to one type in the window that ends on ``day``."""
    before = before_window(window, day)
    return {
        row[0]
        for chunk in chunks(person_ids)
        for row in rows(
            session, WITH_TYPE, people=chunk, type_code=type_code, before=before, day=day
        )
    }


@dataclass(frozen=True)
class Counted:
    """How often one person met one type in one month, posted to the unit that was asked about."""

    person_id: int
    month: date
    type_code: str
    count: int


IN_UNIT = (
    columns(Exposure.person_id, Exposure.occurred_on, Exposure.type_code, func.count())
    .where(
        col(Exposure.person_id).in_(PEOPLE),
        col(Exposure.unit_id) == bindparam("unit"),
        col(Exposure.occurred_on) >= bindparam("first", type_=Date()),
        col(Exposure.occurred_on) < bindparam("end", type_=Date()),
    )
    .group_by(col(Exposure.person_id), col(Exposure.occurred_on), col(Exposure.type_code))
)


def months_in_unit(
    session: Session, *, person_ids: Sequence[int], unit_id: int, first: date, end: date
) -> list[Counted]:
    """What these people were exposed to from ``first`` to the day before ``end``, on days on which
    they were posted to one unit. Nobody else is read, so nobody else can be worked out."""
    found: dict[tuple[int, date, str], int] = {}
    for chunk in chunks(person_ids):
        asked = {"people": chunk, "unit": unit_id, "first": first, "end": end}
        for person_id, day, code, count in rows(session, IN_UNIT, **asked):
            key = (person_id, month_of(day), code)
            found[key] = found.get(key, 0) + count
    return [Counted(*key, count) for key, count in sorted(found.items())]
