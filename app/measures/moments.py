"""Days, moments and lists as numbers, in words of each database that both can compare.

Days are counted from 1 January 2000, moments in seconds since 1970.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Date, Integer, case, cast, func, literal, or_, select, type_coerce
from sqlmodel import Session

from app.common.clock import LONDON

EPOCH = date(2000, 1, 1)
JULIAN = 2_451_544.5
SINCE_1970 = 10_957
A_DAY, AN_HOUR = 86_400, 3_600


def number_of(day: date) -> int:
    """A day as :func:`day_number` gives it."""
    return (day - EPOCH).days


def _is_postgresql(session: Session) -> bool:
    return session.connection().dialect.name == "postgresql"


def one_of(session: Session, numbers: Sequence[int]) -> Any:
    """Any number of whole numbers, for ``IN``: one value, whatever their number."""
    if _is_postgresql(session):
        return select(func.unnest(literal(list(numbers), ARRAY(Integer()))))
    return select(func.json_each(json.dumps(numbers)).table_valued("value").c.value)


def day_number(session: Session, day: Any) -> Any:
    """A column of days, in days."""
    if _is_postgresql(session):
        return type_coerce(day - literal(EPOCH, Date()), Integer())
    return cast(func.julianday(day) - JULIAN, Integer())


def seconds(session: Session, moment: Any) -> Any:
    """A column of moments, in seconds; parts of one are left out."""
    if _is_postgresql(session):
        return cast(func.floor(func.extract("epoch", moment)), Integer())
    return cast(func.strftime("%s", moment), Integer())


def midnight_after(session: Session, day: Any, years: tuple[int, int]) -> Any:
    """The end of a London day, in seconds, for days of the years between two, included."""
    next_day = day_number(session, day) + 1
    summer = or_(
        *(
            next_day.between(*(number_of(turn) for turn in _summer(year)))
            for year in range(years[0], years[1] + 1)
        )
    )
    return (next_day + SINCE_1970) * A_DAY - case((summer, AN_HOUR), else_=0)


@cache
def _summer(year: int) -> tuple[date, date]:
    """The first and the last day that begin in summer time."""
    days = [date(year, 1, 1) + timedelta(days=count) for count in range(365)]
    summer = [day for day in days if datetime.combine(day, time.min, LONDON).dst()]
    return summer[0], summer[-1]
