"""Comparing everything derived with the rows it comes from, for millions of rows.

The database is asked first whether a stretch of incidents, or of people, is as it should be: by
statements of its own, which share no code with what stored it. Only where the answer is no, or
where people's own words are involved, is each row looked at and the difference put in words.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Interval, Select, and_, case, cast, func, literal, not_, or_, select
from sqlalchemy.types import String
from sqlmodel import Session, col

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
from app.people.queries import CHUNK, SpellBook

MANY = 1_000
"""Of a stretch in which so many incidents have people's own words, each row is looked at."""


def exposures_that_differ(session: Session) -> Iterator[str]:
    """Every exposure that is not what the rows say."""
    # By incident, because rows of one time lie together on the disk and those of a career do not.
    book = SpellBook(session)
    last = 0
    while some := facts.incidents_after(session, incident_id=last, limit=CHUNK):
        spoken_of = _spoken_of(session, last + 1, some[-1])
        if len(spoken_of) > MANY or not _exposures_agree(session, last + 1, some[-1], spoken_of):
            yield from exposure_differences(session, some, book)
        elif spoken_of:
            yield from exposure_differences(session, spoken_of, book)
        last = some[-1]


def _spoken_of(session: Session, first: int, last: int) -> list[int]:
    statement = (
        select(ExposureStatement.incident_id)
        .where(
            col(ExposureStatement.incident_id).between(first, last),
            col(ExposureStatement.taken_back_at).is_(None),
        )
        .distinct()
    )
    return sorted(session.connection().execute(statement).scalars())


def _exposures_agree(session: Session, first: int, last: int, without: list[int]) -> bool:
    def here(column: Any) -> Any:
        return and_(column.between(first, last), column.not_in(without))

    stored: Select[Any] = columns(
        Exposure.person_id,
        Exposure.incident_id,
        Exposure.type_code,
        Exposure.occurred_at,
        Exposure.occurred_on,
        Exposure.unit_id,
        Exposure.remote,
        cast(Exposure.origin, String),
        Exposure.framework_number,
    ).where(here(col(Exposure.incident_id)))
    wanted = _wanted(session, here(col(Attendance.incident_id)))
    return _same(session, wanted, stored)


def _same(session: Session, wanted: Select[Any], stored: Select[Any]) -> bool:
    """Whether two sets of rows, each without repetition, are the same."""
    connection = session.connection()
    counts = [
        connection.execute(select(func.count()).select_from(one.subquery())).scalar_one()
        for one in (wanted, stored)
    ]
    if counts[0] != counts[1]:
        return False
    return connection.execute(wanted.except_(stored).limit(1)).first() is None


def _wanted(session: Session, here: Any) -> Select[Any]:
    pairs = (
        columns(
            Attendance.person_id,
            Attendance.incident_id,
            Incident.type_code,
            Incident.occurred_at,
            _day(session, here).label("day"),
            (func.max(case((col(Attendance.role) == AttendanceRole.AT_SCENE, 1), else_=0)) == 0)
            .label("remote"),
            func.max(case((col(Attendance.source_system) == TRACKER_SYSTEM, 0), else_=1))
            .label("fed"),
        )
        .join(Incident, col(Incident.id) == col(Attendance.incident_id))
        .where(here, *facts.stands())
        .group_by(
            col(Attendance.person_id),
            col(Attendance.incident_id),
            col(Incident.type_code),
            col(Incident.occurred_at),
        )
        .subquery()
    )
    found = pairs.c
    return select(
        found.person_id,
        found.incident_id,
        found.type_code,
        found.occurred_at,
        found.day,
        _unit(found),
        found.remote,
        case((found.fed == 1, Origin.FED.value), else_=Origin.ATTACHED.value),
        _version(session, found.day),
    )


def _unit(found: Any) -> Any:
    """Where the person was posted on the day: of postings that overlap, the one that outranks."""
    return (
        select(Posting.unit_id)
        .where(
            col(Posting.person_id) == found.person_id,
            col(Posting.withdrawn).is_(False),
            col(Posting.starts_on) <= found.day,
            or_(col(Posting.ends_on).is_(None), col(Posting.ends_on) >= found.day),
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


# --- Days -----------------------------------------------------------------------------------------


def _day(session: Session, here: Any) -> Any:
    """The calendar day in London, in the words of the database."""
    moment = col(Incident.occurred_at)
    if session.connection().dialect.name == "postgresql":
        return cast(func.timezone("Europe/London", moment), Date)
    span = columns(func.min(moment), func.max(moment)).where(
        col(Incident.id).in_(select(Attendance.incident_id).where(here))
    )
    earliest, latest = session.connection().execute(span).one()
    if earliest is None:
        return func.date(moment)
    years = range(earliest.year, latest.year + 1)
    summer = or_(*(and_(moment >= start, moment < end) for start, end in map(_summer, years)))
    return cast(func.date(moment, case((summer, "+1 hour"), else_="+0 hours")), Date)
