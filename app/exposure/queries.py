"""Reading exposures, tallies and prompts for pages.

The caller has already asked ``people.queries`` whom the viewer may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from app.database import columns
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
                col(Exposure.occurred_on) > before_window(max(windows), day),
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


def before_window(window: int, day: date) -> date:
    """The day before a window's first: 28 days hold the day itself and the 27 before it."""
    return date.fromordinal(day.toordinal() - window)


def _in_window(window: int, day: date) -> object:
    return func.sum(case((col(Exposure.occurred_on) > before_window(window, day), 1), else_=0))


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
