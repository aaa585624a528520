"""Keeping exposures, tallies and prompts true to the rows they come from.

:func:`refresh` follows a change in the same transaction; :func:`rebuild` works everything out anew;
both end in the same state, because both store what the rows say and nothing else.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection

from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from app.audit.events import Entry, Event
from app.audit.service import append
from app.common.clock import local_date
from app.database import make_engine, snapshot
from app.exposure import facts, stored
from app.exposure.counting import (
    recount_tallies,
    sync,
    sync_people,
)
from app.exposure.days import day_differences, pack_days
from app.exposure.models import (
    WAITING,
    Exposure,
    PromptPerson,
    PromptState,
    RebuildProgress,
    Recount,
)
from app.exposure.prompting import move, prompt_differences, sync_prompts
from app.exposure.recounting import exposures_that_differ, tallies_that_differ
from app.incidents.coding import code_differences, retype
from app.incidents.linking import heads_of, link_differences, relink_all
from app.people.models import Person
from app.people.queries import chunks, touch_units
from app.people.rules import counts_from, units_near
from app.people.spells import SpellBook

Progress = Callable[[str, int, int], None]
PACKED_AT_ONCE = 200
"""Days that are put into columns in one transaction: about a second's work for a large force."""
LOCK = 7_221_002
"""PostgreSQL's advisory lock that makes writers of derived rows take turns, as SQLite's do."""


class ConflictError(Exception):
    """Somebody else changed the same prompt first."""


def refresh(
    session: Session, *, incident_ids: Collection[int], person_ids: Collection[int], now: datetime
) -> None:
    """Bring everything derived up to date after these incidents (their attendance, type, time) and
    these people (their postings) changed. Same transaction as the change."""
    take_turns(session)
    session.flush()
    book = SpellBook(session)
    changed: set[int] = set()
    if person_ids:
        changed |= sync_people(session, sorted(person_ids), book)
    # What changed about one record may change the exposures of the one that represents its event.
    for chunk in chunks(sorted({*incident_ids, *heads_of(session, incident_ids)})):
        changed |= sync(
            session,
            list(facts.attended(session, incident_ids=chunk)),
            list(stored.exposures(session, incident_ids=chunk)),
            book,
        )
    affected = sorted(changed | set(person_ids))
    sync_prompts(session, affected, now)
    _tell_pages(session, affected, now, book)


def framework_changed(session: Session, *, since: date, now: datetime) -> None:
    """Bring up to date what was counted on or after a day from which another version of the
    framework holds. Same transaction as the change."""
    # First, so that nobody counts by the old version between our reading and our commit.
    take_turns(session)
    statement = select(Exposure.person_id).where(col(Exposure.occurred_on) >= since).distinct()
    affected = sorted(session.exec(statement))
    session.flush()
    book = SpellBook(session)
    sync_people(session, affected, book)
    sync_prompts(session, affected, now)
    _tell_pages(session, affected, now, book)


def recognise(session: Session, *, public_id: str, same: bool, actor: int, now: datetime) -> Person:
    """Say of somebody who joined after a last day of their number that they are the same person
    come back, or another; what counts for them follows at once. May be said again, otherwise.

    Raises:
        ConflictError: there is nothing to decide about this person, or no such person.
    """
    person = session.exec(
        select(Person).where(Person.public_id == public_id).with_for_update()
    ).first()
    joined_on, given_up_on = (person.joined_on, person.given_up_on) if person else (None, None)
    if person is None or joined_on is None or given_up_on is None or joined_on <= given_up_on:
        raise ConflictError
    person.same_since = joined_on if same else None
    person.other_since = None if same else joined_on
    person.counts_from = counts_from(
        joined_on=joined_on, given_up_on=given_up_on, same_since=person.same_since
    )
    session.add(person)
    entry = Entry(
        Event.PERSON_RECOGNISED,
        now,
        actor_account_id=actor,
        subject_person_id=person.id,
        details={"same": same},
    )
    append(session, [entry])
    refresh(session, incident_ids=(), person_ids=[person.id or 0], now=now)
    return person


def _tell_pages(
    session: Session, person_ids: Collection[int], now: datetime, book: SpellBook
) -> None:
    units = units_near(book.of(person_ids), person_ids, local_date(now))
    touch_units(session, unit_ids=units)


def take_turns(session: Session) -> None:
    """Wait until no other writer of derived rows is at work, until the end of the transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


@dataclass(frozen=True)
class Answer:
    """What a named human decided about a prompt."""

    state: PromptState
    reason: str = ""
    deferred_until: date | None = None


def claim(session: Session, *, public_id: str, person_id: int, revision: int) -> PromptPerson:
    """A prompt of one person that still waits, as the caller last saw it, held until the end of the
    transaction.

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
    return row


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
    row = claim(session, public_id=public_id, person_id=person_id, revision=revision)
    move(row, decided.state, now)
    row.state_reason, row.deferred_until = decided.reason, decided.deferred_until
    row.changed_by_account_id = actor
    if decided.state is PromptState.DEFERRED:
        row.planned_on = None
    session.add(row)
    session.flush()
    return row


def rebuild(session: Session, *, now: datetime, progress: Progress | None = None) -> None:
    """Recount everything from the rows at once; keeps what named humans answered. For a site in
    use, :func:`rebuild_step` does the same a few people at a time."""
    take_turns(session)
    _mend_incidents(session, now)
    everyone = _everyone(session)
    done = 0
    for chunk in chunks(everyone, 500):
        _rebuild(session, chunk, now)
        done += len(chunk)
        if progress:
            progress("Counting exposures", done, len(everyone))


def _mend_incidents(session: Session, now: datetime) -> None:
    retype(session, now=now)
    relink_all(session)


def _rebuild(session: Session, person_ids: list[int], now: datetime) -> None:
    book = SpellBook(session)
    changed = sync_people(session, person_ids, book)
    recount_tallies(session, person_ids)
    changed |= sync_prompts(session, person_ids, now)
    _tell_pages(session, changed, now, book)


def rebuild_step(
    session: Session, *, now: datetime, size: int = 200, restart: bool = False
) -> RebuildProgress:
    """Recount the next few people and remember the place, in one transaction.

    Whoever calls this again after a crash goes on where the last commit was. The answer's
    ``finished_at`` says whether there is more; a call after the end starts anew.
    """
    take_turns(session)
    progress = session.get(RebuildProgress, 1)
    if progress is None or progress.finished_at is not None or restart:
        _mend_incidents(session, now)
        fresh = RebuildProgress(started_at=now)
        progress = session.merge(fresh)
    chunk = facts.people_after(session, person_id=progress.last_person_id, limit=size)
    if chunk:
        _rebuild(session, chunk, now)
        progress.last_person_id = chunk[-1]
        progress.done += len(chunk)
    if len(chunk) < size:
        progress.finished_at = now
    session.add(progress)
    session.flush()
    return progress


def pack(session: Session, *, now: datetime) -> int:
    """Put past days that are not in columns yet there, the newest first; returns how many."""
    take_turns(session)
    return pack_days(session, before=local_date(now), limit=PACKED_AT_ONCE)


def differences(session: Session) -> list[str]:
    """Every place where what is stored differs from a recount; there must be none. Reads only, and
    wants a session that sees one moment: :func:`app.database.snapshot`."""
    return [line for part in PARTS for line in part(session)]


def _of_incidents(session: Session) -> list[str]:
    return [
        *code_differences(session),
        *link_differences(session),
        *exposures_that_differ(session),
    ]


def _of_people(session: Session) -> list[str]:
    found: list[str] = []
    for chunk in chunks(_everyone(session), 500):
        found += tallies_that_differ(session, chunk)
        found += prompt_differences(session, chunk)
    return [*found, *day_differences(session)]


PARTS = (_of_incidents, _of_people)
"""What a recount compares. Each part holds at every moment by itself, so they may look at two."""


def recount(engine: Engine, *, now: datetime) -> Recount:
    """Compare everything with a recount, on two cores at once and without holding up those who
    write.

    Raises:
        EOFError: the process beside this one died; what it said is in its standard error.
    """
    # A process, because threads of one wait for each other both in Python and in SQLite.
    beside = get_context("spawn")
    answers, answering = beside.Pipe(duplex=False)
    url = engine.url.render_as_string(hide_password=False)
    other = beside.Process(target=_look_beside, args=(url, answering), daemon=True)
    other.start()
    answering.close()
    with snapshot(engine) as session:
        people = len(_everyone(session))
        kinds = _kinds(_of_people(session))
    kinds += answers.recv()
    other.join()
    return Recount(
        at=now,
        people=people,
        exposures=kinds["exposure"],
        tallies=kinds["tally"],
        prompts=kinds["prompt"],
        incidents=kinds["incident"],
    )


def _look_beside(url: str, answering: Connection) -> None:
    with snapshot(make_engine(url)) as session:
        answering.send(_kinds(_of_incidents(session)))


def _kinds(lines: Iterable[str]) -> Counter[str]:
    return Counter(line.split(" ", 1)[0] for line in lines)


def keep_recount(session: Session, found: Recount) -> None:
    """Keep what a recount found, for the data steward."""
    session.add(found)
    session.flush()


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
