"""Making stored exposures and monthly counts what the rows say they are."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import delete
from sqlmodel import Session, col

from app.bulk import KEY, add_counts, insert_rows, update_rows
from app.common.clock import local_date, month_of
from app.exposure import facts, stored
from app.exposure.days import forget_days
from app.exposure.facts import Attended
from app.exposure.models import Exposure, MonthTally, Origin
from app.exposure.stored import Stored
from app.incidents.queries import frameworks
from app.people.queries import chunks
from app.people.rules import unit_on
from app.people.spells import SpellBook

TALLY_KEY = ("person_id", "month", "type_code")
TallyKey = tuple[int, date, str]


def sync_people(session: Session, person_ids: Sequence[int], book: SpellBook) -> set[int]:
    """Make everything stored about these people true; returns those for whom any changed."""
    changed: set[int] = set()
    for chunk in chunks(person_ids, 500):
        changed |= sync(
            session,
            list(facts.attended(session, person_ids=chunk)),
            list(stored.exposures(session, person_ids=chunk)),
            book,
        )
    return changed


def sync(session: Session, found: list[Attended], old: list[Stored], book: SpellBook) -> set[int]:
    """Make the stored exposures those that were found; returns the people for whom any changed."""
    wanted = {(row.person_id, row.incident_id): row for row in _wanted(session, found, book)}
    existing = {(row.person_id, row.incident_id): row for row in old}
    added = [row for pair, row in wanted.items() if pair not in existing]
    altered = [
        (existing[pair], row)
        for pair, row in wanted.items()
        if pair in existing and row != existing[pair][1:]
    ]
    gone = [row for pair, row in existing.items() if pair not in wanted]
    _store(session, added, altered, gone)
    _move_tallies(session, added, altered, gone)
    changed = {row.person_id for row in added}
    changed |= {row.person_id for row, _new in altered}
    return changed | {row.person_id for row in gone}


class Wanted(NamedTuple):
    """An exposure as it should be: the columns of a stored one, in the same order, without its
    number."""

    person_id: int
    incident_id: int
    type_code: str
    occurred_at: datetime
    occurred_on: date
    unit_id: int | None
    remote: bool
    origin: Origin
    framework_number: int


def _wanted(session: Session, found: list[Attended], book: SpellBook) -> Iterator[Wanted]:
    spells = book.of({row.person_id for row in found})
    versions = frameworks(session)
    numbers: dict[date, int] = {}
    for person_id, incident_id, type_code, occurred_at, remote, origin in found:
        day = _day(occurred_at)
        if day not in numbers:
            numbers[day] = versions.number_on(day)
        yield Wanted(
            person_id,
            incident_id,
            type_code,
            occurred_at,
            day,
            unit_on(spells[person_id], day),
            remote,
            origin,
            numbers[day],
        )


# Several people are at each incident.
_day = lru_cache(maxsize=10_000)(local_date)


def _store(
    session: Session,
    added: list[Wanted],
    altered: list[tuple[Stored, Wanted]],
    gone: list[Stored],
) -> None:
    insert_rows(session, Exposure, [row._asdict() for row in added])
    update_rows(session, Exposure, [{KEY: row.id, **new._asdict()} for row, new in altered])
    for chunk in chunks(row.id for row in gone):
        session.execute(delete(Exposure).where(col(Exposure.id).in_(chunk)))
    changed = [*added, *gone, *(row for pair in altered for row in pair)]
    forget_days(session, {row.occurred_on for row in changed})


def _move_tallies(
    session: Session,
    added: list[Wanted],
    altered: list[tuple[Stored, Wanted]],
    gone: list[Stored],
) -> None:
    moves: Counter[TallyKey] = Counter()
    for new in [*added, *(new for _row, new in altered)]:
        moves[new.person_id, month_of(new.occurred_on), new.type_code] += 1
    for row in [*gone, *(row for row, _new in altered)]:
        moves[row.person_id, month_of(row.occurred_on), row.type_code] -= 1
    _add_to_tallies(session, moves)


def _add_to_tallies(session: Session, moves: Mapping[TallyKey, int]) -> None:
    moved = {key: move for key, move in moves.items() if move}
    rows = [{**dict(zip(TALLY_KEY, key, strict=True)), "count": moved[key]} for key in moved]
    add_counts(session, MonthTally, TALLY_KEY, rows)
    lowered = sorted({person_id for (person_id, _, _), move in moved.items() if move < 0})
    for chunk in chunks(lowered):
        empty = (col(MonthTally.count) <= 0) & col(MonthTally.person_id).in_(chunk)
        session.execute(delete(MonthTally).where(empty))


def recount_tallies(session: Session, person_ids: Sequence[int]) -> None:
    """Count the months of these people afresh from their exposures."""
    held = stored.tallies(session, person_ids=person_ids)
    moves = stored.counted(session, person_ids=person_ids)
    moves.subtract(held)
    _add_to_tallies(session, moves)


def exposure_differences(
    session: Session, incident_ids: Sequence[int], book: SpellBook
) -> Iterator[str]:
    """Every exposure to these incidents that is not what the rows say."""
    found = list(facts.attended(session, incident_ids=incident_ids))
    wanted = {(row.person_id, row.incident_id): row for row in _wanted(session, found, book)}
    for row in stored.exposures(session, incident_ids=incident_ids):
        pair = (row.person_id, row.incident_id)
        new = wanted.pop(pair, None)
        if new is None:
            yield f"exposure {pair}: should not be there"
        elif new != row[1:]:
            yield f"exposure {pair}: differs"
    yield from (f"exposure {pair}: missing" for pair in wanted)


def tally_differences(session: Session, person_ids: Sequence[int]) -> Iterator[str]:
    """Every month of these people of which the count is not that of their exposures."""
    held = stored.tallies(session, person_ids=person_ids)
    counted = stored.counted(session, person_ids=person_ids)
    for key in held.keys() | counted.keys():
        if held.get(key) != counted.get(key):
            yield f"tally {key}: stored {held.get(key, 0)}, counted {counted.get(key, 0)}"
