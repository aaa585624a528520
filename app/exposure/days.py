"""Exposures of whole days side by side, for questions about thousands of people and years.

Asked of the rows themselves, a year of a large force takes a database a fifth of a second; kept in
columns, a day to a row, it takes a few milliseconds. See decision 0035. Whoever calls has asked
whom the viewer may see: what is read here is everybody's.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, or_
from sqlmodel import Session, col, select

from app.bulk import insert_rows
from app.database import columns
from app.exposure.models import Exposure, ExposureDay, ExposureType
from app.people.queries import chunks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PERSON, TYPE = "<i4", "<i2"
DAY = timedelta(days=1)
MOST_SPANS = 20
"""With more gaps than this, what lies between them is read too, and left out afterwards."""


@dataclass(frozen=True)
class Exposures:
    """Exposures of a stretch of days, in columns of one length and in no order."""

    people: "NDArray[np.int32]"
    types: "NDArray[np.int16]"
    """Places in ``codes``."""
    days: "NDArray[np.int32]"
    """Proleptic ordinals."""
    codes: tuple[str, ...]


def forget_days(session: Session, days: Collection[date]) -> None:
    """What these days hold has changed: from now on it is read from the exposures."""
    for chunk in chunks(sorted(days)):
        session.connection().execute(delete(ExposureDay).where(col(ExposureDay.day).in_(chunk)))


def read(session: Session, *, first: date, last: date) -> Exposures:
    """Everybody's exposures of these days."""
    import numpy as np  # noqa: PLC0415 - loaded where it is needed

    numbers = _numbers(session)
    stored = (
        columns(ExposureDay.day, ExposureDay.people, ExposureDay.types)
        .where(col(ExposureDay.day).between(first, last))
        .order_by(col(ExposureDay.day))
    )
    found = session.connection().execute(stored).all()
    loose = _loose(session, first, last, {row[0] for row in found})
    for _day, _person, code in loose:
        numbers.setdefault(code, len(numbers))
    lengths = [len(row[2]) // 2 for row in found]
    ordinals = np.array([row[0].toordinal() for row in found], dtype=np.int32)
    more = np.array(
        [(day.toordinal(), person, numbers[code]) for day, person, code in loose], dtype=np.int32
    ).reshape(-1, 3)
    return Exposures(
        people=np.concatenate(
            [np.frombuffer(b"".join([row[1] for row in found]), PERSON), more[:, 1]]
        ),
        types=np.concatenate(
            [np.frombuffer(b"".join([row[2] for row in found]), TYPE), more[:, 2].astype(TYPE)]
        ),
        days=np.concatenate([np.repeat(ordinals, lengths), more[:, 0]]),
        codes=tuple(numbers),
    )


def _numbers(session: Session) -> dict[str, int]:
    """Types by their numbers, which begin with nothing and leave none out."""
    statement = columns(ExposureType.code, ExposureType.number).order_by(col(ExposureType.number))
    return dict(session.connection().execute(statement).all())


def _loose(
    session: Session, first: date, last: date, packed: Collection[date]
) -> list[tuple[date, int, str]]:
    """Exposures of days that are not kept in columns."""
    spans = list(_gaps(first, last, packed))
    if not spans:
        return []
    if len(spans) > MOST_SPANS:
        spans = [(spans[0][0], spans[-1][1])]
    statement = columns(Exposure.occurred_on, Exposure.person_id, Exposure.type_code).where(
        or_(*(col(Exposure.occurred_on).between(*span) for span in spans))
    )
    rows = session.connection().execute(statement)
    return [(day, person, code) for day, person, code in rows if day not in packed]


def _gaps(first: date, last: date, packed: Collection[date]) -> Iterator[tuple[date, date]]:
    since: date | None = None
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        if day in packed:
            if since is not None:
                yield since, day - DAY
            since = None
        elif since is None:
            since = day
    if since is not None:
        yield since, last


# --- For the job and the recount, which act for nobody --------------------------------------------


def pack_days(session: Session, *, before: date, limit: int) -> int:
    """Put the newest days before one into columns that are not yet; returns how many.

    The caller has seen to it that nobody else writes exposures until the end of the transaction.
    """
    earliest: date | None = session.exec(select(func.min(col(Exposure.occurred_on)))).one()
    if earliest is None:
        return 0
    packed = set(session.exec(select(col(ExposureDay.day))))
    days = [
        day
        for number in range(before.toordinal() - 1, earliest.toordinal() - 1, -1)
        if (day := date.fromordinal(number)) not in packed
    ][:limit]
    for chunk in chunks(days, 31):
        _pack(session, chunk)
    return len(days)


def _pack(session: Session, days: list[date]) -> None:
    import numpy as np  # noqa: PLC0415

    numbers = _numbers(session)
    known = len(numbers)
    held: dict[date, list[tuple[int, int]]] = {day: [] for day in days}
    for day, person, code in _of_days(session, days):
        held[day].append((person, numbers.setdefault(code, len(numbers))))
    fresh = [{"number": number, "code": code} for code, number in list(numbers.items())[known:]]
    insert_rows(session, ExposureType, fresh)
    packs = []
    for day, rows in held.items():
        both = np.array(rows, dtype=np.int32).reshape(-1, 2)
        people, types = both[:, 0].astype(PERSON), both[:, 1].astype(TYPE)
        packs.append({"day": day, "people": people.tobytes(), "types": types.tobytes()})
    insert_rows(session, ExposureDay, packs)


def _of_days(session: Session, days: list[date]) -> Any:
    statement = columns(Exposure.occurred_on, Exposure.person_id, Exposure.type_code)
    return session.connection().execute(statement.where(col(Exposure.occurred_on).in_(days)))


def day_differences(session: Session) -> Iterator[str]:
    """Every day kept in columns of which the columns are not the exposures."""
    codes = list(_numbers(session))
    packed = session.exec(select(col(ExposureDay.day)).order_by(col(ExposureDay.day))).all()
    for some in chunks(packed, 31):
        held: dict[date, list[tuple[int, str]]] = {day: [] for day in some}
        for day, person, code in _of_days(session, some):
            held[day].append((person, code))
        yield from _that_differ(session, held, codes)


def _that_differ(
    session: Session, held: dict[date, list[tuple[int, str]]], codes: list[str]
) -> Iterator[str]:
    import numpy as np  # noqa: PLC0415

    statement = columns(ExposureDay.day, ExposureDay.people, ExposureDay.types)
    in_these = statement.where(col(ExposureDay.day).in_(held))
    for day, people, types in session.connection().execute(in_these):
        named = [codes[at] for at in np.frombuffer(types, TYPE).tolist()]
        stored = zip(np.frombuffer(people, PERSON).tolist(), named, strict=False)
        if sorted(stored) != sorted(held[day]):
            yield f"tally {day}: columns differ from exposures"
