"""Reading versions of the framework, and what a rehearsal needs of the past."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.accounts.queries import names
from app.database import columns
from app.debriefs.models import Debrief, DebriefPerson
from app.exposure.models import Exposure
from app.framework.editing import Section, in_use
from app.incidents.framework import Framework
from app.incidents.models import FrameworkStatus, FrameworkVersion
from app.people.models import Person, Supervision, SupervisionKind, Unit
from app.people.queries import covers, still_here

DRAFT, TO_COME, HOLDS, REPLACED = "draft", "to_come", "holds", "replaced"


@dataclass(frozen=True)
class Version:
    """One version: when it holds, who made it, and what it says."""

    number: int
    state: str
    effective_from: date
    until: date | None
    """The day from which a later version holds."""
    based_on: int | None
    revision: int
    created_at: datetime
    created_by: str
    changed_at: datetime | None
    changed_by: str
    activated_at: datetime | None
    activated_by: str
    framework: Framework


def versions(session: Session, *, day: date) -> list[Version]:
    """Every version, the newest first."""
    rows = session.exec(select(FrameworkVersion).order_by(col(FrameworkVersion.number))).all()
    accounts = {
        number
        for row in rows
        for number in (
            row.created_by_account_id,
            row.changed_by_account_id,
            row.activated_by_account_id,
        )
        if number is not None
    }
    known = names(session, account_ids=accounts) if accounts else {}
    ends = _ends(rows)
    return [_version(row, known, ends.get(row.number), day) for row in reversed(rows)]


def _ends(rows: Sequence[FrameworkVersion]) -> dict[int, date]:
    """From which day each active version is followed by another."""
    active = sorted(
        (row for row in rows if row.status is FrameworkStatus.ACTIVE),
        key=lambda row: (row.effective_from, row.number),
    )
    return {row.number: after.effective_from for row, after in pairwise(active)}


def _version(
    row: FrameworkVersion, known: dict[int, str], until: date | None, day: date
) -> Version:
    if row.status is FrameworkStatus.DRAFT:
        state = DRAFT
    elif row.effective_from > day:
        state = TO_COME
    else:
        state = REPLACED if until is not None and until <= day else HOLDS
    return Version(
        number=row.number,
        state=state,
        effective_from=row.effective_from,
        until=until,
        based_on=row.based_on,
        revision=row.revision,
        created_at=row.created_at,
        created_by=known.get(row.created_by_account_id or 0, ""),
        changed_at=row.changed_at,
        changed_by=known.get(row.changed_by_account_id or 0, ""),
        activated_at=row.activated_at,
        activated_by=known.get(row.activated_by_account_id or 0, ""),
        framework=Framework.model_validate(row.document),
    )


def held_before(session: Session, section: Section) -> set[str]:
    """Keys of a list that some version holds that is, was or will be active."""
    rows = session.exec(
        select(FrameworkVersion).where(FrameworkVersion.status == FrameworkStatus.ACTIVE)
    )
    return in_use((Framework.model_validate(row.document) for row in rows), section)


# --- For a rehearsal: read for counting, never shown by person ------------------------------------


class Happened(NamedTuple):
    """One exposure of the past."""

    person_id: int
    incident_id: int
    type_code: str
    occurred_at: datetime
    unit_id: int | None


def happened(session: Session, *, since: date, until: date) -> Iterator[Happened]:
    """Exposures between two days (included), one person after the other."""
    statement = (
        columns(
            Exposure.person_id,
            Exposure.incident_id,
            Exposure.type_code,
            Exposure.occurred_at,
            Exposure.unit_id,
        )
        .where(col(Exposure.occurred_on).between(since, until))
        .order_by(col(Exposure.person_id))
        .execution_options(yield_per=5_000)
    )
    for row in session.exec(statement):
        yield Happened(*row)


def spoken_on(session: Session, *, first: date, last: date) -> dict[int, list[date]]:
    """On which days each person was spoken to."""
    statement = (
        columns(DebriefPerson.person_id, Debrief.held_on)
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .where(col(Debrief.held_on).between(first, last))
        .order_by(col(DebriefPerson.person_id), col(Debrief.held_on))
    )
    found: dict[int, list[date]] = {}
    for person_id, day in session.exec(statement):
        found.setdefault(person_id, []).append(day)
    return found


def units(session: Session) -> dict[int, tuple[str, int | None]]:
    """Each unit's name and the unit above it."""
    statement = columns(Unit.id, Unit.name, Unit.parent_id)
    return {number: (name, above) for number, name, above in session.exec(statement)}


def supervised(session: Session, *, day: date) -> dict[int, list[int]]:
    """The units that each supervisor leads on a day."""
    statement = (
        columns(Supervision.person_id, Supervision.unit_id)
        .join(Person, col(Person.id) == col(Supervision.person_id))
        .where(
            covers(Supervision, day),
            still_here(day),
            col(Supervision.kind) == SupervisionKind.SUPERVISOR,
        )
        .order_by(col(Supervision.person_id), col(Supervision.unit_id))
        .distinct()
    )
    found: dict[int, list[int]] = {}
    for person_id, unit_id in session.exec(statement):
        found.setdefault(person_id, []).append(unit_id)
    return found
