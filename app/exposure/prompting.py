"""Making open prompts what the rules ask for, without touching what a named human answered."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import insert
from sqlmodel import Session

from app.common.identifiers import new_public_id
from app.exposure import queries
from app.exposure.models import WAITING, Prompt, PromptPerson, PromptState
from app.exposure.rules import Fact, Wanted, prompts_for
from app.incidents.queries import frameworks
from app.people.queries import chunks


def sync_prompts(session: Session, person_ids: Sequence[int], now: datetime) -> None:
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
        found = list(queries.stored(session, person_ids=chunk, since=since))
        refs = queries.incident_refs(session, incident_ids={row.incident_id for row in found})
        for row in found:
            facts.setdefault(row.person_id, []).append(
                Fact(
                    row.incident_id,
                    row.type_code,
                    row.occurred_at,
                    row.unit_id,
                    row.framework_number,
                    refs[row.incident_id],
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
            move(row, PromptState.WITHDRAWN, now)
        return
    if row.state is PromptState.WITHDRAWN:
        move(row, PromptState.OPEN, now)
    if row.state in WAITING and (row.why, row.due_at) != (item.why, item.due_at):
        row.why, row.due_at = item.why, item.due_at


def move(row: PromptPerson, state: PromptState, now: datetime) -> None:
    """Bring a prompt into another state, as a new revision of it."""
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
