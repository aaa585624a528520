"""Making open prompts what the rules ask for, without touching what a named human answered."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from app.bulk import KEY, insert_rows, update_rows
from app.common.identifiers import new_public_id
from app.exposure import facts, stored
from app.exposure.models import WAITING, Prompt, PromptPerson, PromptState
from app.exposure.rules import Fact, Settled, Wanted, prompts_for
from app.exposure.stored import Asked
from app.incidents.queries import Frameworks, frameworks
from app.people.queries import chunks


def sync_prompts(session: Session, person_ids: Sequence[int], now: datetime) -> set[int]:
    """Make the open prompts of these people those that the rules ask for; returns the people for
    whom any changed.

    What a named human has answered is never touched. A prompt whose reason was taken back at the
    source is marked withdrawn, and opens again if the reason returns.
    """
    changed: set[int] = set()
    for wanted in wanted_prompts(session, person_ids):
        changed |= _reconcile(session, wanted, now)
    return changed


def wanted_prompts(
    session: Session, person_ids: Sequence[int]
) -> Iterator[dict[int, list[Wanted]]]:
    """The prompts that the rules ask for, by person, some people at a time; nothing at all where
    nobody is prompted yet, and nothing of days that are settled."""
    first = stored.first_start(session)
    if first is None or not person_ids:
        return
    versions = frameworks(session)
    settled = stored.settled_before(session)
    # A rule can have last spoken one window ago and have counted one more window back.
    since = max(first, settled or first) - timedelta(days=longest_window(versions))
    for chunk in chunks(person_ids, 500):
        seen = _seen(session, chunk, since)
        units = {fact.unit_id for found in seen.values() for fact in found if fact.unit_id}
        has_started = partial(_has_started, stored.prompting_starts(session, unit_ids=units))
        spoke = stored.spoken(session, person_ids=chunk, before=settled) if settled else {}
        yield {
            person_id: prompts_for(
                person_id,
                seen.get(person_id, []),
                frameworks=versions.by_number,
                has_started=has_started,
                settled=Settled(settled, spoke.get(person_id, {})) if settled else None,
            )
            for person_id in chunk
        }


def longest_window(versions: Frameworks) -> int:
    """The longest window of any rule there has ever been, in days."""
    rules = (rule for found in versions.by_number.values() for rule in found.rules)
    return max((rule.days for rule in rules), default=1)


def _seen(session: Session, person_ids: Sequence[int], since: date) -> dict[int, list[Fact]]:
    """What happened to these people since a day, for the rules."""
    found = list(stored.exposures(session, person_ids=person_ids, since=since))
    moments = Counter((row.person_id, row.occurred_at) for row in found)
    together = {row.incident_id for row in found if moments[row.person_id, row.occurred_at] > 1}
    refs = facts.incident_refs(session, incident_ids=together)
    seen: dict[int, list[Fact]] = {}
    for row in found:
        fact = Fact(
            row.incident_id,
            row.type_code,
            row.occurred_at,
            row.unit_id,
            row.framework_number,
            refs.get(row.incident_id, ""),
            row.occurred_on,
        )
        seen.setdefault(row.person_id, []).append(fact)
    return seen


def prompt_differences(session: Session, person_ids: Sequence[int]) -> Iterator[str]:
    """Every prompt of these people that is not as the rules ask; answered ones are never wrong."""
    for wanted in wanted_prompts(session, person_ids):
        existing = _by_event(session, list(wanted))
        asked = _by_key(wanted)
        for pair in sorted(asked.keys() | existing.keys()):
            rows = existing.get(pair, [])
            if not rows:
                yield f"prompt {pair}: missing"
            elif any(_is_wrong(row, item) for row, item in _answerable(rows, asked.get(pair))):
                yield f"prompt {pair}: differs"


def _by_key(wanted: dict[int, list[Wanted]]) -> dict[tuple[int, str], Wanted]:
    """What is asked for, by person and event."""
    return {
        (person_id, item.natural_key): item for person_id, items in wanted.items() for item in items
    }


FIRST: dict[str, int] = {PromptState.DEFERRED: 1, PromptState.OPEN: 2, PromptState.WITHDRAWN: 3}
"""Of several rows about one event: what a named human answered before what they put off, and that
before what waits, so that nobody is asked twice. Of those that wait, what was planned or handed
over goes first, so that it is not lost."""


def _by_event(session: Session, person_ids: Sequence[int]) -> dict[tuple[int, str], list[Asked]]:
    """Prompt rows by person and event. Two records may have been prompted for before it was known
    that they are one event; the row that speaks for it comes first."""
    found: dict[tuple[int, str], list[Asked]] = {}
    settled = stored.settled_before(session)
    for one in stored.prompt_people(session, person_ids=person_ids, since=settled):
        found.setdefault((one.person_id, one.key), []).append(one)
    for rows in found.values():
        if len(rows) > 1:
            rows.sort(key=_precedence)
    return found


def _precedence(one: Asked) -> tuple[int, bool, bool, int]:
    return FIRST.get(one.state, 0), not one.arranged, not one.own, one.id


def _answerable(
    rows: Sequence[Asked], item: Wanted | None
) -> Iterator[tuple[Asked, Wanted | None]]:
    """The first row with what is asked for; the others ask for nothing."""
    yield rows[0], item
    yield from ((row, None) for row in rows[1:])


def _is_wrong(row: Asked, item: Wanted | None) -> bool:
    if item is None:
        return row.state in WAITING
    if row.state == PromptState.WITHDRAWN:
        return True
    return row.state in WAITING and (row.due_at != item.due_at or row.why != item.why)


def _has_started(starts: dict[int | None, date], unit_id: int | None, day: date) -> bool:
    start = starts.get(unit_id, starts.get(None))
    return start is not None and start <= day


def _reconcile(session: Session, wanted: dict[int, list[Wanted]], now: datetime) -> set[int]:
    existing = _by_event(session, list(wanted))
    asked = _by_key(wanted)
    wrong = [
        (row, item)
        for pair, rows in existing.items()
        for row, item in _answerable(rows, asked.get(pair))
        if _is_wrong(row, item)
    ]
    _put_right(session, wrong, now)
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
    insert_rows(session, PromptPerson, fresh)
    changed = {row.person_id for row, _item in wrong}
    return changed | {person_id for person_id, _key in missing}


def _put_right(
    session: Session, wrong: Sequence[tuple[Asked, Wanted | None]], now: datetime
) -> None:
    changes: list[dict[str, Any]] = []
    for row, item in wrong:
        said = {"why": item.why, "due_at": item.due_at} if item else {}
        if item is None:
            said |= moved(row.revision, PromptState.WITHDRAWN, now)
        elif row.state == PromptState.WITHDRAWN:
            said |= moved(row.revision, PromptState.OPEN, now)
        changes.append({KEY: row.id, **said})
    update_rows(session, PromptPerson, changes)
    if changes:
        # Whoever holds one of them in this session reads it anew.
        for held in list(session.identity_map.values()):
            if isinstance(held, PromptPerson):
                session.expire(held)


def moved(revision: int, state: PromptState, now: datetime) -> dict[str, Any]:
    """What changes when a prompt comes into another state, as a new revision of it."""
    return {
        "state": state,
        "changed_at": now,
        "revision": revision + 1,
        "deferred_until": None,
        "state_reason": "",
    }


def move(row: PromptPerson, state: PromptState, now: datetime) -> None:
    """Bring a prompt into another state, as a new revision of it."""
    for name, value in moved(row.revision, state, now).items():
        setattr(row, name, value)


def _prompt_numbers(session: Session, items: Sequence[Wanted]) -> dict[str, int]:
    by_key = {item.natural_key: item for item in items}
    numbers = stored.prompt_ids(session, natural_keys=sorted(by_key))
    new = [item for key, item in by_key.items() if key not in numbers]
    if not new:
        return numbers
    received = facts.received(session, incident_ids=[item.incident_id for item in new])
    insert_rows(
        session,
        Prompt,
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
    return numbers | stored.prompt_ids(session, natural_keys=[item.natural_key for item in new])
