"""Reading exposures, tallies and prompts for pages.

The caller has already asked ``people.queries`` whom the viewer may see.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import BindParameter, Date, bindparam, case, func
from sqlmodel import Session, col, select

from app.common.clock import months_after
from app.database import columns, rows
from app.exposure.models import (
    WAITING,
    Exposure,
    MonthTally,
    Prompt,
    PromptPerson,
    PromptState,
    Recount,
)
from app.incidents.models import Incident
from app.people.queries import chunks

PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)


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
    planned_on: date | None = None


WAITS = (
    columns(
        PromptPerson.public_id,
        PromptPerson.person_id,
        PromptPerson.why,
        PromptPerson.due_at,
        PromptPerson.state,
        PromptPerson.deferred_until,
        PromptPerson.revision,
        Incident.public_id,
        PromptPerson.planned_on,
    )
    .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
    .join(Incident, col(Incident.id) == col(Prompt.incident_id))
    .where(col(PromptPerson.person_id).in_(PEOPLE), col(PromptPerson.state).in_(WAITING))
    .order_by(col(PromptPerson.due_at), col(PromptPerson.id))
)


def waiting(session: Session, *, person_ids: Sequence[int]) -> dict[int, list[WaitingPrompt]]:
    """Prompts still waiting for a named human, by person, the most urgent first."""
    found: dict[int, list[WaitingPrompt]] = {}
    for chunk in chunks(person_ids):
        for row in rows(session, WAITS, people=chunk):
            found.setdefault(row[1], []).append(WaitingPrompt(*row))
    return found


@dataclass(frozen=True)
class Occasion:
    """The incident that a prompt is about."""

    incident_public_id: str
    type_code: str
    occurred_at: datetime


def occasion_of(
    session: Session, *, prompt_public_id: str, person_ids: Sequence[int]
) -> Occasion | None:
    """What one prompt of one of these people is about, whatever became of the prompt."""
    statement = (
        columns(Incident.public_id, Incident.type_code, Incident.occurred_at)
        .join(Prompt, col(Prompt.incident_id) == col(Incident.id))
        .join(PromptPerson, col(PromptPerson.prompt_id) == col(Prompt.id))
        .where(
            col(PromptPerson.public_id) == prompt_public_id,
            col(PromptPerson.person_id).in_(person_ids),
        )
    )
    row = session.exec(statement).first()
    return Occasion(*row) if row else None


@dataclass(frozen=True)
class WindowCounts:
    """One person's exposures: per window (days → count) and per month (oldest first)."""

    windows: dict[int, int]
    months: tuple[int, ...]


MONTHS_SHOWN = 12
BY_DAY = (
    columns(Exposure.person_id, Exposure.occurred_on, func.count())
    .where(
        col(Exposure.person_id).in_(PEOPLE),
        col(Exposure.occurred_on) >= bindparam("first", type_=Date()),
        col(Exposure.occurred_on) <= bindparam("day", type_=Date()),
    )
    .group_by(col(Exposure.person_id), col(Exposure.occurred_on))
)


def window_counts(
    session: Session, *, person_ids: Sequence[int], windows: Sequence[int], day: date
) -> dict[int, WindowCounts]:
    """Exposures in the windows that end on ``day`` (included), and in the months that end with it,
    by person; one statement.

    Windows are counted from the rows each time, so none can be stale after midnight.
    """
    this_month = day.year * 12 + day.month
    first = months_after(day.replace(day=1), 1 - MONTHS_SHOWN)
    first = min(first, date.fromordinal(day.toordinal() - max(windows) + 1))
    ends, until = sorted(windows), day.toordinal()
    # Each day is counted once, in the shortest window that holds it: longer ones hold that one.
    in_windows = {one: [0] * (len(ends) + 1) for one in person_ids}
    in_months = {one: [0] * MONTHS_SHOWN for one in person_ids}
    for chunk in chunks(person_ids):
        for person_id, on, count in rows(session, BY_DAY, people=chunk, first=first, day=day):
            in_windows[person_id][bisect_right(ends, until - on.toordinal())] += count
            back = this_month - on.year * 12 - on.month
            if back < MONTHS_SHOWN:
                in_months[person_id][-1 - back] += count
    return {
        one: WindowCounts(
            dict(zip(ends, accumulate(in_windows[one]), strict=False)), tuple(in_months[one])
        )
        for one in person_ids
    }


def before_window(window: int, day: date) -> date:
    """The day before a window's first: 28 days hold the day itself and the 27 before it."""
    return date.fromordinal(day.toordinal() - window)


def in_window(before: date | BindParameter[date]) -> object:
    """How many of the rows of a group lie after a day: see :func:`before_window`."""
    return func.sum(case((col(Exposure.occurred_on) > before, 1), else_=0))


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
    sums = [in_window(before_window(window, day)) for window in windows]
    recent = session.exec(
        columns(Exposure.type_code, *sums)
        .where(
            col(Exposure.person_id) == person_id,
            col(Exposure.occurred_on) > before_window(max(windows), day),
            col(Exposure.occurred_on) <= day,
        )
        .group_by(col(Exposure.type_code))
    ).all()
    for code, *counts in recent:
        found.setdefault(code, {0: 0}).update(zip(windows, counts, strict=True))
    return found


def latest_recount(session: Session) -> Recount | None:
    """What the latest recount of everything found."""
    return session.exec(select(Recount).order_by(col(Recount.id).desc()).limit(1)).first()
