"""What waits, and who is asked about it today: worked out on each read, stored nowhere.

Reach follows from it. Somebody to whom a prompt comes without the team (it was passed on or handed
over, or the team has nobody) may open and answer for that person while it waits, and no longer.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.database import columns
from app.exposure.models import WAITING, Prompt, PromptKind, PromptPerson, PromptState
from app.incidents.models import Incident
from app.people import queries as people
from app.people.duty import Ask, Turn, is_late
from app.people.duty_queries import Known, Who, below, known, led_units
from app.people.models import Person, Posting, Unit
from app.people.queries import PersonCard, is_current, still_here
from app.security.permissions import Permission, Role
from app.security.viewer import Viewer


@dataclass(frozen=True)
class Found:
    """A prompt that waits, as it is stored, in the order of the statement."""

    public_id: str
    person_id: int
    why: str
    due_at: datetime
    state: PromptState
    deferred_until: date | None
    planned_on: date | None
    handed_to_id: int | None
    changed_at: datetime
    revision: int
    kind: PromptKind
    incident_id: int
    """Of the incident's records, the one that represents the event."""
    type_code: str
    occurred_at: datetime
    area: str
    person_public_id: str
    given_name: str
    family_name: str
    rank: str
    unit_id: int | None
    unit_public_id: str | None
    unit_name: str | None
    left: bool
    left_on: date | None

    @property
    def name(self) -> str:
        """Whom it is about."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True)
class Waiting:
    """A prompt that waits and who is asked about it."""

    found: Found
    turn: Turn
    handed_to: str = ""
    """The name of whoever it was handed to, while they can still answer it."""
    helpers: tuple[tuple[int, Who], ...] = ()
    """Whom it may be handed to."""


def _has_left(day: date) -> ColumnElement[bool]:
    """A person who has left. Where nothing says when somebody joined, ``still_here`` is unknown
    rather than false."""
    return not_(func.coalesce(still_here(day), false()))


def _unit_of(found: Found) -> int | None:
    return None if found.left else found.unit_id


def _found(session: Session, *conditions: ColumnElement[bool], day: date) -> list[Found]:
    head = aliased(Incident)
    left = _has_left(day)
    statement = (
        columns(
            PromptPerson.public_id,
            PromptPerson.person_id,
            PromptPerson.why,
            PromptPerson.due_at,
            PromptPerson.state,
            PromptPerson.deferred_until,
            PromptPerson.planned_on,
            PromptPerson.handed_to_id,
            PromptPerson.changed_at,
            PromptPerson.revision,
            Prompt.kind,
            col(head.id),
            col(head.type_code),
            col(head.occurred_at),
            col(head.area),
            Person.public_id,
            Person.given_name,
            Person.family_name,
            Person.rank,
            Unit.id,
            Unit.public_id,
            Unit.name,
            left,
            Person.left_on,
        )
        .select_from(PromptPerson)
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .join(Incident, col(Incident.id) == col(Prompt.incident_id))
        .join(head, col(head.id) == func.coalesce(Incident.event_id, Incident.id))
        .join(Person, col(Person.id) == col(PromptPerson.person_id))
        .outerjoin(Posting, and_(col(Posting.person_id) == col(Person.id), is_current(day)))
        .outerjoin(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(col(PromptPerson.state).in_(WAITING), *conditions)
        .order_by(col(PromptPerson.due_at), col(PromptPerson.id))
    )
    return [Found(*row) for row in session.exec(statement)]


def _asked(
    session: Session, found: list[Found], roots: Collection[int] | None, now: datetime
) -> list[Waiting]:
    """Each prompt with who is asked about it."""
    day = local_date(now)
    who = known(session, roots=roots, people={one.person_id for one in found}, day=day)
    return [_waiting(one, who, now) for one in found]


def _waiting(one: Found, who: Known, now: datetime) -> Waiting:
    late = one.state is PromptState.OPEN and is_late(
        now,
        since=max(one.due_at, one.changed_at),
        planned_on=one.planned_on,
        today=local_date(now),
    )
    ask = Ask(one.person_id, _unit_of(one), one.handed_to_id, late)
    turn = who.duties.turn(ask)
    return Waiting(
        one,
        turn,
        who.people[one.handed_to_id or 0].name if turn.handed else "",
        tuple((person, who.people[person]) for person in who.duties.helpers(ask)),
    )


def waiting_for(viewer: Viewer, session: Session, *, now: datetime) -> list[Waiting]:
    """What the viewer is asked about today, in all their units and passed on or handed to them, the
    first due first. A fixed number of statements."""
    day = local_date(now)
    roots = led_units(viewer, session, day=day)
    if not roots:
        return []
    found = _found(session, below(roots, col(Posting.unit_id)), still_here(day), day=day)
    return [
        one for one in _asked(session, found, roots, now) if viewer.person_id in one.turn.everybody
    ]


def version_for(viewer: Viewer, session: Session, *, now: datetime) -> str:
    """What changes when a viewer's list may have changed. Every poll of a live page asks this."""
    roots = led_units(viewer, session, day=local_date(now))
    total = session.exec(
        columns(func.count(), func.sum(Unit.version)).where(below(roots, col(Unit.id)))
    ).one()
    # The hour is part of it because "5 hours left" goes stale by itself.
    return f"{total[0]}-{total[1] or 0}-{now:%Y%m%d%H}"


# --- What nobody else is asked about --------------------------------------------------------------


def _granted(viewer: Viewer) -> list[int] | None:
    """Units for which the viewer is a wellbeing lead; ``None`` is the whole force."""
    units: list[int] = []
    for grant in viewer.grants:
        if grant.role is Role.WELLBEING_LEAD:
            if grant.unit_id is None:
                return None
            units.append(grant.unit_id)
    return units


def _last_unit(day: date) -> Any:
    last = aliased(Posting)
    return (
        select(last.unit_id)
        .where(
            last.person_id == col(Person.id),
            last.withdrawn.is_(False),  # type: ignore[attr-defined]
            last.starts_on <= day,
        )
        .order_by(last.starts_on.desc(), last.precedence.desc())  # type: ignore[attr-defined]
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


def _in_grant(roots: list[int] | None, day: date) -> ColumnElement[bool]:
    nowhere = or_(col(Posting.id).is_(None), _has_left(day))
    return or_(
        and_(not_(nowhere), below(roots, col(Posting.unit_id))),
        and_(nowhere, below(roots, _last_unit(day))),
    )


def without_supervisor(viewer: Viewer, session: Session, *, now: datetime) -> list[Waiting]:
    """For a wellbeing lead: what nobody else is asked about, or nobody answered in time, within
    their part of the force. People in no unit belong to the part where they were last."""
    if not viewer.may(Permission.UNATTENDED_SCOPE_MANAGE):
        return []
    roots, day = _granted(viewer), local_date(now)
    found = _found(session, _in_grant(roots, day), day=day)
    return [one for one in _asked(session, found, roots, now) if one.turn.leads]


# --- Reach ----------------------------------------------------------------------------------------


def _of(
    viewer: Viewer, session: Session, now: datetime, *conditions: ColumnElement[bool]
) -> list[Waiting]:
    """Of the prompts that meet a condition, those that the viewer is asked about."""
    day = local_date(now)
    lead = viewer.may(Permission.UNATTENDED_SCOPE_MANAGE)
    if not lead and (viewer.person_id is None or not viewer.has(Role.SUPERVISOR)):
        return []
    found = [
        one for one in _found(session, *conditions, day=day) if one.person_id != viewer.person_id
    ]
    if not found:
        return []
    roots = sorted({one.unit_id for one in found if one.unit_id is not None})
    asked = _asked(session, found, roots, now)
    reached = [one for one in asked if viewer.person_id in one.turn.everybody]
    if lead and not reached:
        mine = {one.found.public_id for one in without_supervisor(viewer, session, now=now)}
        reached = [one for one in asked if one.found.public_id in mine]
    return reached


def one_prompt(
    viewer: Viewer, session: Session, *, public_id: str, now: datetime
) -> Waiting | None:
    """One prompt that the viewer is asked about now; nothing once it no longer waits for them."""
    found = _of(viewer, session, now, col(PromptPerson.public_id) == public_id)
    return found[0] if found else None


def person(viewer: Viewer, session: Session, *, public_id: str, now: datetime) -> PersonCard | None:
    """A named person whose record the viewer may open: within their reach, or because they are
    asked about something that waits for this person."""
    card = people.person(viewer, session, public_id=public_id, day=local_date(now))
    if card is not None:
        return card
    asked = _of(viewer, session, now, col(Person.public_id) == public_id)
    return _card(asked[0].found) if asked else None


def _card(found: Found) -> PersonCard:
    return PersonCard(
        id=found.person_id,
        public_id=found.person_public_id,
        name=found.name,
        rank=found.rank,
        unit_id=found.unit_id,
        unit_public_id=found.unit_public_id or "",
        unit_name=found.unit_name or "",
    )


def may_answer(viewer: Viewer, session: Session, *, card: PersonCard, now: datetime) -> bool:
    """Whether the viewer may record what came of a prompt for somebody they may see: they lead,
    cover or stand in for the team, or are asked about something that waits."""
    if not viewer.may(Permission.DEBRIEF_TEAM_RECORD):
        return False
    if card.unit_id in led_units(viewer, session, day=local_date(now)):
        return True
    asked = _of(viewer, session, now, col(PromptPerson.person_id) == card.id)
    return any(viewer.person_id in one.turn.everybody for one in asked)
