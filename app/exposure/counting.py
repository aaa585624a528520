"""Making stored exposures and monthly counts what the rows say they are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from app.bulk import KEY, add_counts, insert_rows, update_rows
from app.common.clock import local_date, month_of
from app.exposure import facts
from app.exposure.facts import Attended, Pair, Stored
from app.exposure.models import Exposure, MonthTally
from app.incidents.queries import Frameworks, frameworks
from app.people.queries import SpellBook, chunks, spells_of
from app.people.rules import Spell, unit_on

TALLY_KEY = ("person_id", "month", "type_code")


def sync_people(session: Session, person_ids: Sequence[int], book: SpellBook) -> set[int]:
    """Make everything stored about these people true; returns those for whom any changed."""
    changed: set[int] = set()
    for chunk in chunks(person_ids, 500):
        changed |= sync(
            session,
            list(facts.attended(session, person_ids=chunk)),
            list(facts.stored(session, person_ids=chunk)),
            book,
        )
    return changed


def sync(session: Session, found: list[Attended], old: list[Stored], book: SpellBook) -> set[int]:
    """Make the stored exposures those that were found; returns the people for whom any changed."""
    spells = book.of({row.person_id for row in found})
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
        "origin": row.origin,
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
    insert_rows(session, Exposure, added)
    update_rows(session, Exposure, [{KEY: row.id, **values} for row, values in altered])
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
    _add_to_tallies(session, moves)


def _add_to_tallies(session: Session, moves: Mapping[tuple[int, date, str], int]) -> None:
    moved = {key: move for key, move in moves.items() if move}
    rows = [{**dict(zip(TALLY_KEY, key, strict=True)), "count": moved[key]} for key in moved]
    add_counts(session, MonthTally, TALLY_KEY, rows)
    lowered = sorted({person_id for (person_id, _, _), move in moved.items() if move < 0})
    for chunk in chunks(lowered):
        empty = (col(MonthTally.count) <= 0) & col(MonthTally.person_id).in_(chunk)
        session.execute(delete(MonthTally).where(empty))


def recount_tallies(session: Session, person_ids: Sequence[int]) -> None:
    """Count the months of these people afresh from their exposures."""
    held = facts.tallies(session, person_ids=person_ids)
    true = _true_tallies(session, person_ids)
    _add_to_tallies(session, {key: count - held.get(key, 0) for key, count in true.items()})


def _true_tallies(session: Session, person_ids: Sequence[int]) -> dict[tuple[int, date, str], int]:
    """Counts by the exposures themselves, with a zero for each stored count that has none."""
    counted: Counter[tuple[int, date, str]] = Counter(
        (row.person_id, month_of(row.occurred_on), row.type_code)
        for row in facts.stored(session, person_ids=person_ids)
    )
    stale = dict.fromkeys(facts.tallies(session, person_ids=person_ids), 0)
    return stale | counted


def differences_of(session: Session, person_ids: Sequence[int]) -> Iterable[str]:
    """Every place where what is stored about these people differs from a recount."""
    versions = frameworks(session)
    spells = spells_of(session, person_ids=person_ids)
    wanted = {
        (row.person_id, row.incident_id): _exposure(row, spells, versions)
        for row in facts.attended(session, person_ids=person_ids)
    }
    old = {
        (row.person_id, row.incident_id): row
        for row in facts.stored(session, person_ids=person_ids)
    }
    yield from _describe(wanted, old)
    tallies = facts.tallies(session, person_ids=person_ids)
    for key, count in _true_tallies(session, person_ids).items():
        if tallies.get(key, 0) != count:
            yield f"tally {key}: stored {tallies.get(key, 0)}, counted {count}"


def _describe(wanted: dict[Pair, dict[str, Any]], old: dict[Pair, Stored]) -> Iterable[str]:
    for pair in sorted(wanted.keys() | old.keys()):
        if pair not in old:
            yield f"exposure {pair}: missing"
        elif pair not in wanted:
            yield f"exposure {pair}: should not be there"
        elif _differs(old[pair], wanted[pair]):
            yield f"exposure {pair}: differs"
