"""Keeping exposures, tallies and prompts true to the rows they come from.

:func:`refresh` follows a change in the same transaction; :func:`rebuild` works everything out anew;
both end in the same state, because both store what the rows say and nothing else.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, text, update
from sqlmodel import Session, col, select

from app.common.clock import local_date, month_of
from app.common.identifiers import new_public_id
from app.exposure import queries
from app.exposure.models import (
    WAITING,
    Exposure,
    MonthTally,
    Prompt,
    PromptPerson,
    PromptState,
)
from app.exposure.queries import Attended, Pair, Stored
from app.exposure.rules import Fact, Wanted, prompts_for
from app.incidents.queries import Frameworks, frameworks
from app.people.models import Person
from app.people.queries import chunks, spells_of, touch_units
from app.people.rules import Spell, unit_on, units_on

Progress = Callable[[str, int, int], None]
LOCK = 7_221_002
"""PostgreSQL's advisory lock that makes writers of derived rows take turns, as SQLite's do."""
TALLY_KEY = ("person_id", "month", "type_code")


class ConflictError(Exception):
    """Somebody else changed the same prompt first."""


# --- Following a change ---------------------------------------------------------------------------


def refresh(
    session: Session, *, incident_ids: Collection[int], person_ids: Collection[int], now: datetime
) -> None:
    """Bring everything derived up to date after these incidents (their attendance, type, time) and
    these people (their postings) changed. Same transaction as the change."""
    _take_turns(session)
    changed: set[int] = set()
    if person_ids:
        changed |= _sync_people(session, sorted(person_ids))
    for chunk in chunks(sorted(incident_ids)):
        changed |= _sync(
            session,
            list(queries.attended(session, incident_ids=chunk)),
            list(queries.stored(session, incident_ids=chunk)),
        )
    affected = sorted(changed | set(person_ids))
    _sync_prompts(session, affected, now)
    day = local_date(now)
    touch_units(session, unit_ids=units_on(spells_of(session, person_ids=affected), affected, day))


def _take_turns(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


def _sync_people(session: Session, person_ids: Sequence[int]) -> set[int]:
    changed: set[int] = set()
    for chunk in chunks(person_ids, 500):
        changed |= _sync(
            session,
            list(queries.attended(session, person_ids=chunk)),
            list(queries.stored(session, person_ids=chunk)),
        )
    return changed


def _sync(session: Session, found: list[Attended], old: list[Stored]) -> set[int]:
    """Make the stored exposures those that were found; returns the people for whom any changed."""
    people = sorted({row.person_id for row in found})
    spells = spells_of(session, person_ids=people)
    versions = frameworks(session)
    wanted = {(row.person_id, row.incident_id): _exposure(row, spells, versions) for row in found}
    existing = {(row.person_id, row.incident_id): row for row in old}
    added = [values for pair, values in wanted.items() if pair not in existing]
    altered = [
        (existing[pair], values)
        for pair, values in wanted.items()
        if pair in existing and _differs(existing[pair], values)
    ]
    gone = [row for pair, row in existing.items() if pair not in wanted]
    _store(session, added, altered, gone)
    _move_tallies(session, added, altered, gone)
    changed = {values["person_id"] for values in added}
    changed |= {row.person_id for row, _values in altered}
    return changed | {row.person_id for row in gone}


def _exposure(
    row: Attended, spells: dict[int, list[Spell]], versions: Frameworks
) -> dict[str, Any]:
    day = local_date(row.occurred_at)
    return {
        "person_id": row.person_id,
        "incident_id": row.incident_id,
        "type_code": row.type_code,
        "occurred_at": row.occurred_at,
        "occurred_on": day,
        "unit_id": unit_on(spells.get(row.person_id, []), day),
        "remote": row.remote,
        "framework_number": versions.number_on(day),
    }


def _differs(row: Stored, values: dict[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _store(
    session: Session,
    added: list[dict[str, Any]],
    altered: list[tuple[Stored, dict[str, Any]]],
    gone: list[Stored],
) -> None:
    if added:
        session.execute(insert(Exposure), added)
    if altered:
        session.execute(update(Exposure), [{"id": row.id, **values} for row, values in altered])
    for chunk in chunks(row.id for row in gone):
        session.execute(delete(Exposure).where(col(Exposure.id).in_(chunk)))


def _move_tallies(
    session: Session,
    added: list[dict[str, Any]],
    altered: list[tuple[Stored, dict[str, Any]]],
    gone: list[Stored],
) -> None:
    moves: Counter[tuple[int, date, str]] = Counter()
    for values in [*added, *(values for _row, values in altered)]:
        moves[values["person_id"], month_of(values["occurred_on"]), values["type_code"]] += 1
    for row in [*gone, *(row for row, _values in altered)]:
        moves[row.person_id, month_of(row.occurred_on), row.type_code] -= 1
    moves = Counter({key: move for key, move in moves.items() if move})
    for chunk in chunks(sorted({person for person, _month, _code in moves})):
        chosen = set(chunk)
        mine = {key: move for key, move in moves.items() if key[0] in chosen}
        months = {month for _person, month, _code in mine}
        old = queries.tallies(session, person_ids=chunk, months=months)
        new = {key: old.get(key, 0) + move for key, move in mine.items()}
        _write_tallies(session, old, new)


def _write_tallies(
    session: Session,
    old: dict[tuple[int, date, str], int],
    new: dict[tuple[int, date, str], int],
) -> None:
    table = MonthTally.__table__  # type: ignore[attr-defined]
    same = and_(*(table.c[name] == bindparam(f"b_{name}") for name in TALLY_KEY))
    fresh = [
        {**dict(zip(TALLY_KEY, key, strict=True)), "count": count}
        for key, count in new.items()
        if key not in old and count > 0
    ]
    moved = [
        {**_bound(key), "count": count}
        for key, count in new.items()
        if key in old and count > 0 and count != old[key]
    ]
    emptied = [_bound(key) for key, count in new.items() if key in old and count <= 0]
    connection = session.connection()
    if fresh:
        connection.execute(insert(table), fresh)
    if moved:
        connection.execute(update(table).where(same), moved)
    if emptied:
        connection.execute(delete(table).where(same), emptied)


def _bound(key: tuple[int, date, str]) -> dict[str, Any]:
    return {f"b_{name}": value for name, value in zip(TALLY_KEY, key, strict=True)}


# --- Prompts --------------------------------------------------------------------------------------


def _sync_prompts(session: Session, person_ids: Sequence[int], now: datetime) -> None:
    """Make the open prompts of these people those that the rules ask for.

    What a named human has answered is never touched. A prompt whose reason was taken back at the
    source is marked withdrawn, and opens again if the reason returns.
    """
    starts = queries.prompting_starts(session)
    if not starts or not person_ids:
        return
    versions = frameworks(session)
    longest = max(
        [rule.days for found in versions.by_number.values() for rule in found.rules], default=1
    )
    # A rule can have last spoken one window ago and have counted one more window back.
    since = min(starts.values()) - timedelta(days=longest)
    for chunk in chunks(person_ids, 500):
        facts: dict[int, list[Fact]] = {}
        for row in queries.stored(session, person_ids=chunk, since=since):
            facts.setdefault(row.person_id, []).append(
                Fact(
                    row.incident_id,
                    row.type_code,
                    row.occurred_at,
                    row.unit_id,
                    row.framework_number,
                )
            )
        wanted = {
            person_id: prompts_for(
                person_id,
                facts.get(person_id, []),
                frameworks=versions.by_number,
                has_started=lambda unit_id, day: _has_started(starts, unit_id, day),
            )
            for person_id in chunk
        }
        _reconcile(session, wanted, now)


def _has_started(starts: dict[int | None, date], unit_id: int | None, day: date) -> bool:
    start = starts.get(unit_id, starts.get(None))
    return start is not None and start <= day


def _reconcile(session: Session, wanted: dict[int, list[Wanted]], now: datetime) -> None:
    existing = {
        (row.person_id, key): row
        for key, row in queries.prompt_people(session, person_ids=list(wanted))
    }
    asked = {
        (person_id, item.natural_key): item for person_id, items in wanted.items() for item in items
    }
    for pair, row in existing.items():
        _update_prompt_person(row, asked.get(pair), now)
    missing = {pair: item for pair, item in asked.items() if pair not in existing}
    numbers = _prompt_numbers(session, list(missing.values()))
    fresh = [
        {
            "public_id": new_public_id(),
            "prompt_id": numbers[item.natural_key],
            "person_id": person_id,
            "why": item.why,
            "due_at": item.due_at,
            "state": PromptState.OPEN,
            "state_reason": "",
            "changed_at": now,
            "revision": 0,
        }
        for (person_id, _key), item in missing.items()
    ]
    if fresh:
        session.execute(insert(PromptPerson), fresh)
    session.flush()


def _update_prompt_person(row: PromptPerson, item: Wanted | None, now: datetime) -> None:
    if item is None:
        if row.state in WAITING:
            _move(row, PromptState.WITHDRAWN, now)
        return
    if row.state is PromptState.WITHDRAWN:
        _move(row, PromptState.OPEN, now)
    if row.state in WAITING and (row.why, row.due_at) != (item.why, item.due_at):
        row.why, row.due_at = item.why, item.due_at


def _move(row: PromptPerson, state: PromptState, now: datetime) -> None:
    row.state, row.changed_at, row.revision = state, now, row.revision + 1
    row.deferred_until, row.state_reason = None, ""


def _prompt_numbers(session: Session, items: Sequence[Wanted]) -> dict[str, int]:
    by_key = {item.natural_key: item for item in items}
    numbers = queries.prompt_ids(session, natural_keys=sorted(by_key))
    new = [item for key, item in by_key.items() if key not in numbers]
    if not new:
        return numbers
    received = queries.received(session, incident_ids=[item.incident_id for item in new])
    session.execute(
        insert(Prompt),
        [
            {
                "public_id": new_public_id(),
                "natural_key": item.natural_key,
                "kind": item.kind,
                "rule_code": item.rule_code,
                "framework_number": item.framework_number,
                "incident_id": item.incident_id,
                "opened_at": received[item.incident_id],
            }
            for item in new
        ],
    )
    return numbers | queries.prompt_ids(session, natural_keys=[item.natural_key for item in new])


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
    _move(row, decided.state, now)
    row.state_reason, row.deferred_until = decided.reason, decided.deferred_until
    row.changed_by_account_id = actor
    session.add(row)
    session.flush()
    return row


# --- Working everything out anew ------------------------------------------------------------------


def rebuild(session: Session, *, now: datetime, progress: Progress | None = None) -> None:
    """Recount everything from the rows; keeps what named humans answered."""
    _take_turns(session)
    everyone = [
        number for number in session.exec(select(Person.id).order_by(col(Person.id))) if number
    ]
    done = 0
    for chunk in chunks(everyone, 500):
        _sync_people(session, chunk)
        _recount_tallies(session, chunk)
        _sync_prompts(session, chunk, now)
        done += len(chunk)
        if progress:
            progress("Counting exposures", done, len(everyone))


def _recount_tallies(session: Session, person_ids: Sequence[int]) -> None:
    _write_tallies(
        session,
        queries.tallies(session, person_ids=person_ids),
        _true_tallies(session, person_ids),
    )


def _true_tallies(session: Session, person_ids: Sequence[int]) -> dict[tuple[int, date, str], int]:
    """Counts by the exposures themselves, with a zero for each stored count that has none."""
    counted: Counter[tuple[int, date, str]] = Counter(
        (row.person_id, month_of(row.occurred_on), row.type_code)
        for row in queries.stored(session, person_ids=person_ids)
    )
    stale = dict.fromkeys(queries.tallies(session, person_ids=person_ids), 0)
    return stale | counted


def differences(session: Session) -> list[str]:
    """Every place where what is stored differs from a recount; there must be none. Reads only."""
    versions = frameworks(session)
    found: list[str] = []
    everyone = [
        number for number in session.exec(select(Person.id).order_by(col(Person.id))) if number
    ]
    for chunk in chunks(everyone, 500):
        spells = spells_of(session, person_ids=chunk)
        wanted = {
            (row.person_id, row.incident_id): _exposure(row, spells, versions)
            for row in queries.attended(session, person_ids=chunk)
        }
        old = {
            (row.person_id, row.incident_id): row
            for row in queries.stored(session, person_ids=chunk)
        }
        found += _describe(wanted, old)
        tallies = queries.tallies(session, person_ids=chunk)
        for key, count in _true_tallies(session, chunk).items():
            if tallies.get(key, 0) != count:
                found.append(f"tally {key}: stored {tallies.get(key, 0)}, counted {count}")
    return found


def _describe(wanted: dict[Pair, dict[str, Any]], old: dict[Pair, Stored]) -> Iterable[str]:
    for pair in sorted(wanted.keys() | old.keys()):
        if pair not in old:
            yield f"exposure {pair}: missing"
        elif pair not in wanted:
            yield f"exposure {pair}: should not be there"
        elif _differs(old[pair], wanted[pair]):
            yield f"exposure {pair}: differs"


def reopen_deferred(session: Session, *, now: datetime) -> int:
    """Open prompts whose deferral has run out; returns how many."""
    due = session.exec(
        select(PromptPerson).where(
            PromptPerson.state == PromptState.DEFERRED,
            col(PromptPerson.deferred_until) <= local_date(now),
        )
    ).all()
    for row in due:
        _move(row, PromptState.OPEN, now)
    session.flush()
    return len(due)
