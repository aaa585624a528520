"""Comparing everything derived with the rows it comes from, for millions of rows.

The database is asked first whether a stretch of incidents, or of people, is as it should be: by
statements of its own, which share no code with what stored it. Only where the answer is no, or
where people's own words are involved, is each row looked at and the difference put in words.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Date, String, and_, case, cast, func, literal, or_, type_coerce
from sqlmodel import Session, col, select

from app.common.clock import LONDON
from app.database import columns
from app.exposure import facts
from app.exposure.counting import exposure_differences, tally_differences
from app.exposure.models import (
    TRACKER_SYSTEM,
    Exposure,
    ExposureStatement,
    MonthTally,
    Origin,
)
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.incidents.queries import frameworks
from app.people.models import Posting
from app.people.queries import CHUNK
from app.people.spells import SpellBook

MANY = 1_000
"""Of a stretch in which so many incidents have people's own words, each row is looked at."""


def exposures_that_differ(session: Session) -> Iterator[str]:
    """Every exposure that is not what the rows say."""
    # By incident, because rows of one time lie together on the disk and those of a career do not.
    book = SpellBook(session)
    last = 0
    while some := facts.incidents_after(session, incident_id=last, limit=CHUNK):
        special = _special(session, some[0], some[-1])
        if len(special) > MANY or not _exposures_agree(session, some[0], some[-1], special):
            yield from exposure_differences(session, some, book)
        elif special:
            yield from exposure_differences(session, special, book)
        last = some[-1]


def _special(session: Session, first: int, last: int) -> list[int]:
    """Incidents that people spoke of themselves, and those that share their event with others."""
    spoken_of = select(ExposureStatement.incident_id).where(
        col(ExposureStatement.incident_id).between(first, last),
        col(ExposureStatement.taken_back_at).is_(None),
    )
    shared = select(Incident.id).where(
        col(Incident.id).between(first, last), col(Incident.event_id).is_not(None)
    )
    return sorted(session.connection().execute(spoken_of.union(shared)).scalars())


def _exposures_agree(session: Session, first: int, last: int, without: list[int]) -> bool:
    def here(column: Any) -> Any:
        return and_(column.between(first, last), column.not_in(without))

    stored = columns(
        Exposure.person_id,
        Exposure.incident_id,
        Exposure.type_code,
        Exposure.occurred_at,
        Exposure.occurred_on,
        Exposure.unit_id,
        Exposure.remote,
        type_coerce(Exposure.origin, String),
        Exposure.framework_number,
    ).where(here(col(Exposure.incident_id)))
    pairs = _pairs(session, first, last).where(here(col(Attendance.incident_id)))
    return _same(session, _wanted(session, pairs.subquery().c), stored)


def tallies_that_differ(session: Session, person_ids: Sequence[int]) -> Iterator[str]:
    """Every month of these people of which the count is not that of their exposures."""
    month = _month(session).label("month")
    wanted = (
        columns(Exposure.person_id, month, Exposure.type_code, func.count())
        .where(col(Exposure.person_id).in_(person_ids))
        .group_by(col(Exposure.person_id), month, col(Exposure.type_code))
    )
    stored = columns(
        MonthTally.person_id, MonthTally.month, MonthTally.type_code, MonthTally.count
    ).where(col(MonthTally.person_id).in_(person_ids))
    if not _same(session, wanted, stored):
        yield from tally_differences(session, person_ids)


def _same(session: Session, wanted: Any, stored: Any) -> bool:
    """Whether two sets of rows, neither of which repeats one, are the same: then each row is there
    once in either."""
    both = wanted.union_all(stored).subquery()
    alone = select(literal(1)).select_from(both).group_by(*both.c).having(func.count() == 1)
    return session.connection().execute(alone.limit(1)).first() is None


def _pairs(session: Session, first: int, last: int) -> Any:
    """Who was exposed to what, by the systems' word, where each incident is an event of its own."""
    at_scene = func.max(case((col(Attendance.role) == AttendanceRole.AT_SCENE, 1), else_=0))
    fed = func.max(case((col(Attendance.source_system) == TRACKER_SYSTEM, 0), else_=1))
    return (
        columns(
            Attendance.person_id,
            Attendance.incident_id,
            Incident.type_code,
            Incident.occurred_at,
            _day(session, first, last).label("day"),
            (at_scene == 0).label("remote"),
            fed.label("fed"),
        )
        .join(Incident, col(Incident.id) == col(Attendance.incident_id))
        .where(*facts.stands(), *facts.went_there())
        .group_by(
            col(Attendance.person_id),
            col(Attendance.incident_id),
            col(Incident.type_code),
            col(Incident.occurred_at),
        )
    )


def _wanted(session: Session, pair: Any) -> Any:
    """The exposures that follow, column by column as they are stored."""
    return columns(
        pair.person_id,
        pair.incident_id,
        pair.type_code,
        pair.occurred_at,
        pair.day,
        _unit(pair),
        pair.remote,
        case((pair.fed == 1, Origin.FED.value), else_=Origin.ATTACHED.value),
        _version(session, pair.day),
    )


def _unit(pair: Any) -> Any:
    """Where the person was posted on the day: of postings that overlap, the one that outranks."""
    return (
        select(Posting.unit_id)
        .where(
            col(Posting.person_id) == pair.person_id,
            col(Posting.withdrawn).is_(False),
            col(Posting.starts_on) <= pair.day,
            or_(col(Posting.ends_on).is_(None), col(Posting.ends_on) >= pair.day),
        )
        .order_by(col(Posting.precedence).desc())
        .limit(1)
        .scalar_subquery()
    )


def _version(session: Session, day: Any) -> Any:
    """The version of the framework in force on the day; before the first one, the first."""
    starts = frameworks(session).starts
    later = [(day >= start, number) for start, number in reversed(starts[1:])]
    first = starts[0][1]
    return case(*later, else_=first) if later else literal(first)


# --- Days and months, in the words of the database ------------------------------------------------


def _month(session: Session) -> Any:
    """The first day of the month."""
    day = col(Exposure.occurred_on)
    if session.connection().dialect.name == "postgresql":
        return cast(func.date_trunc("month", day), Date)
    return type_coerce(func.date(day, "start of month"), Date)


def _day(session: Session, first: int, last: int) -> Any:
    """The calendar day in London of the incidents between two numbers."""
    moment = col(Incident.occurred_at)
    if session.connection().dialect.name == "postgresql":
        return cast(func.timezone("Europe/London", moment), Date)
    span = columns(func.min(moment), func.max(moment)).where(col(Incident.id).between(first, last))
    earliest, latest = session.connection().execute(span).one()
    years = range(earliest.year, latest.year + 1)
    summer = or_(*(and_(moment >= start, moment < end) for start, end in map(_summer, years)))
    hours = case((summer, "+1 hours"), else_="+0 hours")
    return type_coerce(func.date(moment, hours), Date)


@cache
def _summer(year: int) -> tuple[datetime, datetime]:
    """When summer time begins and ends: both at one o'clock by the sun, on a Sunday."""
    days = [date(year, 1, 1) + timedelta(days=count) for count in range(366)]
    summer = [day for day in days if datetime.combine(day, NOON, LONDON).dst()]
    return _turn(summer[0]), _turn(summer[-1] + timedelta(days=1))


NOON = time(12)


def _turn(day: date) -> datetime:
    return datetime.combine(day, time(1), UTC)
