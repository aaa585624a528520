"""Keeping exposures, tallies and prompts true to the rows they come from.

:func:`refresh` follows a change in the same transaction; :func:`rebuild` works everything out anew;
both end in the same state, because both store what the rows say and nothing else.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.exposure import queries
from app.exposure.counting import differences_of, recount_tallies, sync, sync_people
from app.exposure.models import WAITING, PromptPerson, PromptState
from app.exposure.prompting import move, sync_prompts
from app.people.models import Person
from app.people.queries import chunks, spells_of, touch_units
from app.people.rules import units_on

Progress = Callable[[str, int, int], None]
LOCK = 7_221_002
"""PostgreSQL's advisory lock that makes writers of derived rows take turns, as SQLite's do."""


class ConflictError(Exception):
    """Somebody else changed the same prompt first."""


def refresh(
    session: Session, *, incident_ids: Collection[int], person_ids: Collection[int], now: datetime
) -> None:
    """Bring everything derived up to date after these incidents (their attendance, type, time) and
    these people (their postings) changed. Same transaction as the change."""
    _take_turns(session)
    changed: set[int] = set()
    if person_ids:
        changed |= sync_people(session, sorted(person_ids))
    for chunk in chunks(sorted(incident_ids)):
        changed |= sync(
            session,
            list(queries.attended(session, incident_ids=chunk)),
            list(queries.stored(session, incident_ids=chunk)),
        )
    affected = sorted(changed | set(person_ids))
    sync_prompts(session, affected, now)
    day = local_date(now)
    touch_units(session, unit_ids=units_on(spells_of(session, person_ids=affected), affected, day))


def _take_turns(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


@dataclass(frozen=True)
class Answer:
    """What a named human decided about a prompt."""

    state: PromptState
    reason: str = ""
    deferred_until: date | None = None


def answer(
    session: Session,
    *,
    public_id: str,
    person_id: int,
    revision: int,
    decided: Answer,
    actor: int,
    now: datetime,
) -> PromptPerson:
    """Record an answer to one prompt of one person.

    Raises:
        ConflictError: the prompt is no longer waiting, or changed since the form was opened.
    """
    row = session.exec(
        select(PromptPerson)
        .where(PromptPerson.public_id == public_id, PromptPerson.person_id == person_id)
        .with_for_update()
    ).first()
    if row is None or row.state not in WAITING or row.revision != revision:
        raise ConflictError
    move(row, decided.state, now)
    row.state_reason, row.deferred_until = decided.reason, decided.deferred_until
    row.changed_by_account_id = actor
    session.add(row)
    session.flush()
    return row


def rebuild(session: Session, *, now: datetime, progress: Progress | None = None) -> None:
    """Recount everything from the rows; keeps what named humans answered."""
    _take_turns(session)
    everyone = _everyone(session)
    done = 0
    for chunk in chunks(everyone, 500):
        sync_people(session, chunk)
        recount_tallies(session, chunk)
        sync_prompts(session, chunk, now)
        done += len(chunk)
        if progress:
            progress("Counting exposures", done, len(everyone))


def differences(session: Session) -> list[str]:
    """Every place where what is stored differs from a recount; there must be none. Reads only."""
    found: list[str] = []
    for chunk in chunks(_everyone(session), 500):
        found += differences_of(session, chunk)
    return found


def _everyone(session: Session) -> list[int]:
    return [number for number in session.exec(select(Person.id).order_by(col(Person.id))) if number]


def reopen_deferred(session: Session, *, now: datetime) -> int:
    """Open prompts whose deferral has run out; returns how many."""
    due = session.exec(
        select(PromptPerson).where(
            PromptPerson.state == PromptState.DEFERRED,
            col(PromptPerson.deferred_until) <= local_date(now),
        )
    ).all()
    for row in due:
        move(row, PromptState.OPEN, now)
    session.flush()
    return len(due)
