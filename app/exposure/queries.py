"""Reading exposures, tallies and prompts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from app.database import columns
from app.exposure.models import (
    WAITING,
    Exposure,
    MonthTally,
    Prompt,
    PromptingStart,
    PromptPerson,
    PromptState,
)
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.people.models import Unit, UnitAncestor, UnitKind
from app.people.queries import chunks

Pair = tuple[int, int]


class Attended(NamedTuple):
    """A person and an incident they were exposed to, from the rows that stand."""

    person_id: int
    incident_id: int
    type_code: str
    occurred_at: datetime
    remote: bool


# --- For the engine, which acts for nobody in particular ------------------------------------------


def attended(
    session: Session, *, incident_ids: Collection[int] = (), person_ids: Collection[int] = ()
) -> Iterator[Attended]:
    """Pairs that count as exposures: at the scene or dealing with it remotely, not merely sent."""
    at_scene = func.max(case((col(Attendance.role) == AttendanceRole.AT_SCENE, 1), else_=0))
    chosen = (
        col(Attendance.incident_id).in_(incident_ids)
        if incident_ids
        else col(Attendance.person_id).in_(person_ids)
    )
    statement = (
        columns(
            Attendance.person_id,
            Attendance.incident_id,
            Incident.type_code,
            Incident.occurred_at,
            at_scene,
        )
        .join(Incident, col(Incident.id) == col(Attendance.incident_id))
        .where(
            chosen,
            col(Attendance.withdrawn).is_(False),
            col(Incident.withdrawn).is_(False),
            col(Attendance.role) != AttendanceRole.ASSIGNED,
            # An incident whose code is of no concern is kept a while without a type.
            col(Incident.type_code) != "",
        )
        .group_by(
            col(Attendance.person_id),
            col(Attendance.incident_id),
            col(Incident.type_code),
            col(Incident.occurred_at),
        )
    )
    for person_id, incident_id, type_code, occurred_at, near in session.exec(statement):
        yield Attended(person_id, incident_id, type_code, occurred_at, not near)


class Stored(NamedTuple):
    """An exposure as it is stored, in the order the engine compares."""

    id: int
    person_id: int
    incident_id: int
    type_code: str
    occurred_at: datetime
    occurred_on: date
    unit_id: int | None
    remote: bool
    framework_number: int


def stored(
    session: Session,
    *,
    incident_ids: Collection[int] = (),
    person_ids: Collection[int] = (),
    since: date | None = None,
) -> Iterator[Stored]:
    """Exposures of these incidents, or of these people (since a day, if one is given)."""
    statement = columns(
        Exposure.id,
        Exposure.person_id,
        Exposure.incident_id,
        Exposure.type_code,
        Exposure.occurred_at,
        Exposure.occurred_on,
        Exposure.unit_id,
        Exposure.remote,
        Exposure.framework_number,
    )
    if incident_ids:
        statement = statement.where(col(Exposure.incident_id).in_(incident_ids))
    else:
        statement = statement.where(col(Exposure.person_id).in_(person_ids))
    if since is not None:
        statement = statement.where(col(Exposure.occurred_on) >= since)
    for row in session.exec(statement):
        yield Stored(*row)


def tallies(
    session: Session, *, person_ids: Collection[int], months: Collection[date] | None = None
) -> dict[tuple[int, date, str], int]:
    """Stored counts by person, month and type; of every month when none are named."""
    statement = columns(
        MonthTally.person_id, MonthTally.month, MonthTally.type_code, MonthTally.count
    ).where(col(MonthTally.person_id).in_(person_ids))
    if months is not None:
        statement = statement.where(col(MonthTally.month).in_(months))
    return {(person, month, code): n for person, month, code, n in session.exec(statement)}


def incident_refs(session: Session, *, incident_ids: Collection[int]) -> dict[int, str]:
    """What the sources call these incidents, by number."""
    found: dict[int, str] = {}
    for chunk in chunks(incident_ids):
        statement = select(Incident.id, Incident.source_system, Incident.source_ref).where(
            col(Incident.id).in_(chunk)
        )
        found |= {id_ or 0: f"{system}:{ref}" for id_, system, ref in session.exec(statement)}
    return found


def prompting_starts(session: Session) -> dict[int | None, date]:
    """From which day each unit is prompted. The entry for ``None`` is the whole force's own start:
    it also covers people whom no posting places anywhere."""
    starts: dict[int | None, date] = {}
    statement = (
        select(UnitAncestor.unit_id, func.min(PromptingStart.starts_on))
        .join(PromptingStart, col(PromptingStart.unit_id) == col(UnitAncestor.ancestor_id))
        .group_by(col(UnitAncestor.unit_id))
    )
    starts.update(dict(session.exec(statement).all()))
    whole = (
        select(PromptingStart)
        .join(Unit, col(Unit.id) == col(PromptingStart.unit_id))
        .where(col(Unit.kind) == UnitKind.FORCE)
        .order_by(col(PromptingStart.starts_on))
    )
    force = session.exec(whole).first()
    if force is not None:
        starts[None] = force.starts_on
    return starts


def prompt_people(
    session: Session, *, person_ids: Collection[int]
) -> list[tuple[str, PromptPerson]]:
    """Every prompt row of these people with its prompt's natural key."""
    statement = (
        select(Prompt.natural_key, PromptPerson)
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .where(col(PromptPerson.person_id).in_(person_ids))
        .order_by(col(PromptPerson.id))
    )
    return list(session.exec(statement))


def prompt_ids(session: Session, *, natural_keys: Sequence[str]) -> dict[str, int]:
    """Numbers of prompts that exist already."""
    found: dict[str, int] = {}
    for chunk in chunks(natural_keys):
        statement = select(Prompt.natural_key, Prompt.id).where(col(Prompt.natural_key).in_(chunk))
        found.update({key: number or 0 for key, number in session.exec(statement)})
    return found


def received(session: Session, *, incident_ids: Sequence[int]) -> dict[int, datetime]:
    """When each incident first reached us."""
    found: dict[int, datetime] = {}
    for chunk in chunks(incident_ids):
        statement = select(Incident.id, Incident.received_at).where(col(Incident.id).in_(chunk))
        found.update({number or 0: at for number, at in session.exec(statement)})
    return found


# --- For pages: the caller has already asked ``people.queries`` whom the viewer may see -----------


@dataclass(frozen=True)
class WaitingPrompt:
    """A prompt somebody should act on."""

    public_id: str
    person_id: int
    why: str
    due_at: datetime
    state: PromptState
    deferred_until: date | None
    revision: int
    incident_public_id: str


def waiting(session: Session, *, person_ids: Sequence[int]) -> dict[int, list[WaitingPrompt]]:
    """Prompts still waiting for a named human, by person, the most urgent first."""
    found: dict[int, list[WaitingPrompt]] = {}
    for chunk in chunks(person_ids):
        statement = (
            columns(
                PromptPerson.public_id,
                PromptPerson.person_id,
                PromptPerson.why,
                PromptPerson.due_at,
                PromptPerson.state,
                PromptPerson.deferred_until,
                PromptPerson.revision,
                Incident.public_id,
            )
            .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
            .join(Incident, col(Incident.id) == col(Prompt.incident_id))
            .where(col(PromptPerson.person_id).in_(chunk), col(PromptPerson.state).in_(WAITING))
            .order_by(col(PromptPerson.due_at), col(PromptPerson.id))
        )
        for row in session.exec(statement):
            found.setdefault(row[1], []).append(WaitingPrompt(*row))
    return found


@dataclass(frozen=True)
class WindowCounts:
    """One person's exposures: per window (days → count), per month (oldest first), in all."""

    windows: dict[int, int]
    months: tuple[int, ...]
    career: int
    latest: date | None


def window_counts(
    session: Session, *, person_ids: Sequence[int], windows: Sequence[int], day: date
) -> dict[int, WindowCounts]:
    """Exposures in the windows that end on ``day`` (included), by person.

    Windows are counted from the rows each time, so none can be stale after midnight.
    """
    sums = [_in_window(window, day) for window in windows]
    found: dict[int, WindowCounts] = {}
    careers = _careers(session, person_ids)
    months = _last_months(session, person_ids, day)
    for chunk in chunks(person_ids):
        statement = (
            columns(Exposure.person_id, func.max(Exposure.occurred_on), *sums)
            .where(
                col(Exposure.person_id).in_(chunk),
                col(Exposure.occurred_on) > _first_day(max(windows), day),
                col(Exposure.occurred_on) <= day,
            )
            .group_by(col(Exposure.person_id))
        )
        for person_id, latest, *counts in session.exec(statement):
            found[person_id] = WindowCounts(
                windows=dict(zip(windows, counts, strict=True)),
                months=tuple(months.get(person_id, {}).get(month, 0) for month in _months(day)),
                career=careers.get(person_id, 0),
                latest=latest,
            )
    nothing = tuple(0 for _ in _months(day))
    for person_id in person_ids:
        if person_id not in found:
            found[person_id] = WindowCounts(
                dict.fromkeys(windows, 0), nothing, careers.get(person_id, 0), None
            )
    return found


def _first_day(window: int, day: date) -> date:
    # The day before the window's first: a window of 28 days holds today and the 27 before it.
    return date.fromordinal(day.toordinal() - window)


def _in_window(window: int, day: date) -> object:
    return func.sum(case((col(Exposure.occurred_on) > _first_day(window, day), 1), else_=0))


def _careers(session: Session, person_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for chunk in chunks(person_ids):
        statement = (
            select(MonthTally.person_id, func.sum(MonthTally.count))
            .where(col(MonthTally.person_id).in_(chunk))
            .group_by(col(MonthTally.person_id))
        )
        found.update({person: int(total) for person, total in session.exec(statement)})
    return found


MONTHS_SHOWN = 12


def _months(day: date) -> list[date]:
    first = day.year * 12 + day.month - 1
    return [
        date((first - back) // 12, (first - back) % 12 + 1, 1)
        for back in reversed(range(MONTHS_SHOWN))
    ]


def _last_months(
    session: Session, person_ids: Sequence[int], day: date
) -> dict[int, dict[date, int]]:
    found: dict[int, dict[date, int]] = {}
    for chunk in chunks(person_ids):
        statement = (
            columns(MonthTally.person_id, MonthTally.month, func.sum(MonthTally.count))
            .where(col(MonthTally.person_id).in_(chunk), col(MonthTally.month) >= _months(day)[0])
            .group_by(col(MonthTally.person_id), col(MonthTally.month))
        )
        for person, month, total in session.exec(statement):
            found.setdefault(person, {})[month] = int(total)
    return found


@dataclass(frozen=True)
class Seen:
    """One exposure as its person or supervisor sees it: no more than type, time and nearness."""

    occurred_at: datetime
    type_code: str
    remote: bool
    framework_number: int


def exposures_of(session: Session, *, person_id: int, limit: int = 50) -> list[Seen]:
    """A person's latest exposures, newest first."""
    statement = (
        select(Exposure.occurred_at, Exposure.type_code, Exposure.remote, Exposure.framework_number)
        .where(col(Exposure.person_id) == person_id)
        .order_by(col(Exposure.occurred_at).desc(), col(Exposure.id).desc())
        .limit(limit)
    )
    return [Seen(*row) for row in session.exec(statement)]


def type_windows(
    session: Session, *, person_id: int, windows: Sequence[int], day: date
) -> dict[str, dict[int, int]]:
    """One person's exposures by type and window, with ``0`` days standing for the whole career."""
    found: dict[str, dict[int, int]] = {}
    totals = (
        select(MonthTally.type_code, func.sum(MonthTally.count))
        .where(col(MonthTally.person_id) == person_id)
        .group_by(col(MonthTally.type_code))
        .order_by(func.sum(MonthTally.count).desc(), col(MonthTally.type_code))
    )
    for code, total in session.exec(totals):
        found[code] = {**dict.fromkeys(windows, 0), 0: int(total)}
    sums = [_in_window(window, day) for window in windows]
    recent = session.exec(
        columns(Exposure.type_code, *sums)
        .where(
            col(Exposure.person_id) == person_id,
            col(Exposure.occurred_on) > _first_day(max(windows), day),
            col(Exposure.occurred_on) <= day,
        )
        .group_by(col(Exposure.type_code))
    ).all()
    for code, *counts in recent:
        found.setdefault(code, {0: 0}).update(zip(windows, counts, strict=True))
    return found
