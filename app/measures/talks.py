"""Suggested conversations, those that took place, and what was talked about. For the engine."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import col

from app.database import columns
from app.debriefs import timing
from app.debriefs.models import (
    Confidentiality,
    Debrief,
    DebriefPerson,
    DebriefPrompt,
    SupportOffer,
    SupportStatus,
)
from app.debriefs.service import FACTORS_FIELD
from app.debriefs.timing import Asking
from app.exposure.models import Prompt, PromptPerson, PromptState
from app.incidents.models import Incident
from app.measures.asked import Asked, Found
from app.measures.catalogue import ANY, FACTOR, kind_code
from app.people.models import Person
from app.people.queries import counts_since
from app.referrals.models import Support
from app.security.encryption import SealedError, decrypt
from app.security.key_store import Purpose

LONGEST = timedelta(days=31)
"""No conversation is due later than this after it was first suggested (720 hours)."""
OFFERED = (SupportStatus.OFFERED, SupportStatus.ACCEPTED, SupportStatus.DECLINED)
ANSWERED = (PromptState.HELD, PromptState.DECLINED)

# --- Prompts --------------------------------------------------------------------------------------


def timeliness(asked: Asked) -> Found:
    """Who was prompted, and who was talked with in time whenever a conversation fell due."""
    found = _prompts(asked)
    flags = asked.staff.flags
    opened = {one.person_id for one in found if one.opened_at >= asked.since}
    yield "prompted", (asked.everybody, flags(opened))
    due = [one for one in found if asked.since <= one.due_at < asked.at]
    base = {one.person_id for one in due}
    for code, states in (("talked_in_time", ANSWERED[:1]), ("answered_in_time", ANSWERED)):
        late = {one.person_id for one in due if not (one.in_time and one.state in states)}
        yield code, (flags(base), flags(base - late))


def _prompts(asked: Asked) -> list[Asking]:
    spoken = _spoken(asked)
    statement = columns(
        PromptPerson.id,
        PromptPerson.person_id,
        PromptPerson.state,
        Incident.occurred_at,
        Prompt.opened_at,
        PromptPerson.due_at,
        PromptPerson.changed_at,
    )
    statement = (
        statement.join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .join(Incident, col(Incident.id) == col(Prompt.incident_id))
        .join(Person, col(Person.id) == col(PromptPerson.person_id))
        .where(*_lately(asked), counts_since(col(Incident.occurred_at)))
    )
    return [
        Asking(
            person_id,
            PromptState(state),
            occurred_at,
            opened_at,
            due_at - occurred_at,
            timing.answered(PromptState(state), spoken.get(number), changed_at),
        )
        for number, person_id, state, occurred_at, opened_at, due_at, changed_at in (
            asked.session.exec(statement)
        )
    ]


def _lately(asked: Asked) -> tuple[Any, ...]:
    """Prompts that began or could have fallen due in the period. Those whose source took the record
    back never asked for anything."""
    return (
        col(PromptPerson.state) != PromptState.WITHDRAWN,
        col(Prompt.opened_at) >= asked.since - LONGEST,
        col(Prompt.opened_at) < asked.at,
    )


def _spoken(asked: Asked) -> dict[int, datetime]:
    """When the first conversation about each prompt was."""
    statement = (
        columns(DebriefPrompt.prompt_person_id, Debrief.held_on, Debrief.recorded_at)
        .join(PromptPerson, col(PromptPerson.id) == col(DebriefPrompt.prompt_person_id))
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .join(DebriefPerson, col(DebriefPerson.id) == col(DebriefPrompt.debrief_person_id))
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .where(*_lately(asked))
    )
    found: dict[int, datetime] = {}
    for number, held_on, recorded_at in asked.session.exec(statement):
        at = timing.spoken_at(held_on, recorded_at)
        found[number] = min(at, found.get(number, at))
    return found


# --- Conversations and support --------------------------------------------------------------------


class _Offer(NamedTuple):
    person_id: int
    support: Support
    status: SupportStatus


def _held(asked: Asked, *wanted: Any) -> Any:
    """Columns of people's parts in the conversations of the period."""
    return (
        columns(*wanted)
        .select_from(DebriefPerson)
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .join(Person, col(Person.id) == col(DebriefPerson.person_id))
        .where(
            col(Debrief.held_on).between(asked.staff.first, asked.staff.last),
            counts_since(col(Debrief.recorded_at)),
        )
    )


def support(asked: Asked) -> Found:
    """Who had a conversation, and what came of the support that was talked about."""
    parts = asked.session.exec(_held(asked, DebriefPerson.person_id))
    spoke = asked.staff.flags(row[0] for row in parts)
    offers = _offers(asked)
    exposed = asked.exposed
    yield "exposed_talked", (exposed, exposed & spoke)
    yield "exposed_offered", (exposed, exposed & _whose(asked, offers, OFFERED))
    has = (SupportStatus.ACCEPTED, SupportStatus.IN_PLACE)
    yield "exposed_supported", (exposed, exposed & _whose(asked, offers, has))
    for what, statuses in (
        ("offered", OFFERED),
        ("accepted", (SupportStatus.ACCEPTED,)),
        ("declined", (SupportStatus.DECLINED,)),
    ):
        yield kind_code(what, ANY), (spoke, _whose(asked, offers, statuses))
        for kind in Support:
            theirs = (offer for offer in offers if offer.support is kind)
            yield kind_code(what, kind.value), (spoke, _whose(asked, theirs, statuses))


def _whose(asked: Asked, offers: Iterable[_Offer], statuses: Collection[SupportStatus]) -> Any:
    return asked.staff.flags(offer.person_id for offer in offers if offer.status in statuses)


def _offers(asked: Asked) -> list[_Offer]:
    statement = _held(
        asked, DebriefPerson.person_id, SupportOffer.support, SupportOffer.status
    ).join(SupportOffer, col(SupportOffer.debrief_person_id) == col(DebriefPerson.id))
    return [
        _Offer(person_id, Support(kind), SupportStatus(status))
        for person_id, kind, status in asked.session.exec(statement)
        if kind != Support.NONE
    ]


# --- What made it harder --------------------------------------------------------------------------


class _Sealed(NamedTuple):
    person_id: int
    sealed_for: str
    """With whose key: the entry under which it was recorded."""
    sealed: bytes


def factors(asked: Asked) -> Found:
    """Who mentioned what, of those who let others see what was noted and whose key is there.

    What somebody keeps to themself is not opened. Codes that the framework never knew count in no
    measure, but in the base.
    """
    statement = _held(
        asked, DebriefPerson.person_id, DebriefPerson.named_id, DebriefPerson.sealed_factors
    ).where(
        col(DebriefPerson.confidentiality) == Confidentiality.SHARED,
        col(DebriefPerson.sealed_factors) != b"",
    )
    found = [
        _Sealed(person_id, str(named_id or person_id), sealed)
        for person_id, named_id, sealed in asked.session.exec(statement)
    ]
    keys = asked.keys.find({one.sealed_for for one in found}, Purpose.RECORD)
    base: set[int] = set()
    mentioned: dict[str, set[int]] = {}
    for one in found:
        codes = _opened(keys, one)
        if codes is not None:
            base.add(one.person_id)
            for code in codes:
                mentioned.setdefault(code, set()).add(one.person_id)
    for code, people in mentioned.items():
        yield kind_code(FACTOR, code), (asked.staff.flags(base), asked.staff.flags(people))
    yield FACTOR, (asked.staff.flags(base), asked.staff.nobody)


def _opened(keys: dict[str, bytes], one: _Sealed) -> list[str] | None:
    """The factors; ``None`` where the key has been destroyed."""
    if one.sealed_for not in keys:
        return None
    name = f"{one.sealed_for}|{FACTORS_FIELD}"
    try:
        value = decrypt(keys[one.sealed_for], name=name, sealed=one.sealed)
    except SealedError:
        return None
    return [str(code) for code in value] if isinstance(value, list) else []
