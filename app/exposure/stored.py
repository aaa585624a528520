"""What is stored: exposures, counts and prompts, read for the engine, which acts for nobody."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Date, String, bindparam, func, or_, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.common.clock import month_of, start_of_day
from app.database import QuickMoment, columns, rows
from app.exposure.facts import INCIDENTS, PEOPLE
from app.exposure.models import (
    Exposure,
    MonthTally,
    Origin,
    Prompt,
    PromptingStart,
    PromptPerson,
    RuleSpoke,
)
from app.exposure.rules import natural_key
from app.incidents.models import DisposalLine, Incident
from app.people.models import Unit, UnitAncestor, UnitKind
from app.people.queries import chunks

UNITS: BindParameter[Any] = bindparam("units", expanding=True)


class Stored(NamedTuple):
    """An exposure as it is stored, in the order the engine compares."""

    id: int
    person_id: int
    incident_id: int
    type_code: str
    occurred_at: datetime
    occurred_on: date
    unit_id: int | None
    remote: bool
    origin: Origin
    framework_number: int


EXPOSURES = columns(
    Exposure.id,
    Exposure.person_id,
    Exposure.incident_id,
    Exposure.type_code,
    type_coerce(Exposure.occurred_at, QuickMoment()),
    Exposure.occurred_on,
    Exposure.unit_id,
    Exposure.remote,
    # As a word, which is equal to the member.
    type_coerce(Exposure.origin, String()),
    Exposure.framework_number,
)
BY_INCIDENT = EXPOSURES.where(col(Exposure.incident_id).in_(INCIDENTS))
BY_PERSON = EXPOSURES.where(col(Exposure.person_id).in_(PEOPLE))
BY_PERSON_SINCE = BY_PERSON.where(col(Exposure.occurred_on) >= bindparam("since", type_=Date()))


def exposures(
    session: Session,
    *,
    incident_ids: Collection[int] = (),
    person_ids: Collection[int] = (),
    since: date | None = None,
) -> Iterator[Stored]:
    """Exposures to these incidents, or of these people (since a day, if one is given)."""
    if incident_ids:
        found = rows(session, BY_INCIDENT, incidents=incident_ids)
    elif since is None:
        found = rows(session, BY_PERSON, people=person_ids)
    else:
        found = rows(session, BY_PERSON_SINCE, people=person_ids, since=since)
    # All at once: one by one costs several times more.
    yield from map(Stored._make, found.all())


COUNTED = columns(Exposure.person_id, Exposure.occurred_on, Exposure.type_code).where(
    col(Exposure.person_id).in_(PEOPLE)
)


def counted(session: Session, *, person_ids: Collection[int]) -> Counter[tuple[int, date, str]]:
    """Exposures by person, month and type, counted from the rows."""
    found = rows(session, COUNTED, people=person_ids).all()
    return Counter((person, _month(day), code) for person, day, code in found)


_month = lru_cache(maxsize=10_000)(month_of)


TALLIES = columns(
    MonthTally.person_id, MonthTally.month, MonthTally.type_code, MonthTally.count
).where(col(MonthTally.person_id).in_(PEOPLE))


def tallies(session: Session, *, person_ids: Collection[int]) -> dict[tuple[int, date, str], int]:
    """Stored counts by person, month and type."""
    found = rows(session, TALLIES, people=person_ids).all()
    return {(person, month, code): count for person, month, code, count in found}


STARTS = (
    select(UnitAncestor.unit_id, func.min(PromptingStart.starts_on))
    .join(PromptingStart, col(PromptingStart.unit_id) == col(UnitAncestor.ancestor_id))
    .group_by(col(UnitAncestor.unit_id))
)
STARTS_OF = STARTS.where(col(UnitAncestor.unit_id).in_(UNITS))
STARTS_SET = (
    columns(PromptingStart.starts_on, Unit.kind)
    .join(Unit, col(Unit.id) == col(PromptingStart.unit_id))
    .order_by(col(PromptingStart.starts_on))
)


def first_start(session: Session) -> date | None:
    """The first day on which anybody is prompted."""
    found = rows(session, STARTS_SET).first()
    return found[0] if found else None


def prompting_starts(
    session: Session, *, unit_ids: Collection[int] | None = None
) -> dict[int | None, date]:
    """From which day each of these units (or each one there is) is prompted. The entry for ``None``
    is the whole force's own start: it also covers people whom no posting places anywhere."""
    starts: dict[int | None, date] = {}
    if unit_ids is None:
        starts.update(dict(rows(session, STARTS).all()))
    else:
        for chunk in chunks(unit_ids):
            starts.update(dict(rows(session, STARTS_OF, units=chunk).all()))
    for starts_on, kind in rows(session, STARTS_SET).all():
        if kind is UnitKind.FORCE:
            starts.setdefault(None, starts_on)
    return starts


class Asked(NamedTuple):
    """A prompt row of one person. ``key``: that of its event, which others may share; ``own``:
    whether the event is represented by the incident that the prompt was made for."""

    key: str
    own: bool
    id: int
    person_id: int
    state: str
    why: str
    due_at: datetime
    revision: int
    arranged: bool
    """Whether somebody planned the conversation, or handed it over."""


ASKED = (
    columns(
        Prompt.kind,
        Prompt.incident_id,
        Incident.event_id,
        PromptPerson.id,
        PromptPerson.person_id,
        # As a word, which is equal to the member.
        type_coerce(PromptPerson.state, String()),
        PromptPerson.why,
        type_coerce(PromptPerson.due_at, QuickMoment()),
        PromptPerson.revision,
        or_(col(PromptPerson.planned_on).is_not(None), col(PromptPerson.handed_to_id).is_not(None)),
    )
    .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
    .join(Incident, col(Incident.id) == col(Prompt.incident_id))
    .where(col(PromptPerson.person_id).in_(PEOPLE))
    .order_by(col(PromptPerson.id))
)


SETTLED = columns(DisposalLine.settled_before)
SPOKE = (
    columns(RuleSpoke.person_id, RuleSpoke.rule_code, func.max(RuleSpoke.spoke_on))
    .where(
        col(RuleSpoke.person_id).in_(PEOPLE),
        col(RuleSpoke.spoke_on) < bindparam("before", type_=Date()),
    )
    .group_by(col(RuleSpoke.person_id), col(RuleSpoke.rule_code))
)


def settled_before(session: Session) -> date | None:
    """The day before which what the rules said stays as it was; none until something is gone."""
    found = rows(session, SETTLED).first()
    return found[0] if found else None


def spoken(
    session: Session, *, person_ids: Collection[int], before: date
) -> dict[int, dict[str, date]]:
    """When each rule last spoke of each of these people before a day, as far as it was kept."""
    found: dict[int, dict[str, date]] = {}
    for person_id, code, day in rows(session, SPOKE, people=person_ids, before=before):
        found.setdefault(person_id, {})[code] = day
    return found


HEAD = aliased(Incident)
ASKED_SINCE = ASKED.outerjoin(HEAD, col(HEAD.id) == col(Incident.event_id)).where(
    func.coalesce(col(HEAD.occurred_at), col(Incident.occurred_at)) >= bindparam("since")
)
"""Of events on or after a moment."""


def prompt_people(
    session: Session, *, person_ids: Collection[int], since: date | None = None
) -> Iterator[Asked]:
    """Every prompt row of these people, or those about events on or after a day."""
    if since is None:
        found = rows(session, ASKED, people=person_ids).all()
    else:
        found = rows(session, ASKED_SINCE, people=person_ids, since=start_of_day(since)).all()
    for kind, incident_id, event_id, *rest in found:
        key = natural_key(kind, rest[1], event_id or incident_id)
        yield Asked(key, event_id is None or event_id == incident_id, *rest)


def prompt_ids(session: Session, *, natural_keys: Sequence[str]) -> dict[str, int]:
    """Numbers of prompts that exist already."""
    found: dict[str, int] = {}
    for chunk in chunks(natural_keys):
        statement = select(Prompt.natural_key, Prompt.id).where(col(Prompt.natural_key).in_(chunk))
        found.update({key: number or 0 for key, number in session.exec(statement)})
    return found
