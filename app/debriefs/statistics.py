"""Counts of conversations and support. Counts only: no row about a person leaves this file.

These counts are not made safe for publication; only roles that may also see named records in the
same part of the force may be shown them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, distinct, func, true
from sqlmodel import Session, col, select

from app.common.clock import start_of_day
from app.database import columns
from app.debriefs import timing
from app.debriefs.models import (
    Debrief,
    DebriefPerson,
    DebriefPrompt,
    SupportOffer,
    SupportStatus,
)
from app.debriefs.timing import Asking, Timeliness
from app.exposure.models import Prompt, PromptPerson, PromptState
from app.incidents.models import Incident
from app.people.models import Person, UnitAncestor
from app.people.queries import counts_since
from app.referrals.models import Support


@dataclass(frozen=True)
class SupportCounts:
    """Conversations between two days (included) and what came of them."""

    debriefs: int
    people: int
    primary: dict[Support, int]
    offers: dict[Support, dict[SupportStatus, int]]


def support_counts(
    session: Session, *, unit_ids: Collection[int] | None, first: date, last: date
) -> SupportCounts:
    """Count within units and everything below them; ``None`` for the whole force."""
    return _support(session, and_(_within(unit_ids), col(Debrief.held_on).between(first, last)))


def support_of_people(
    session: Session, *, person_ids: Collection[int], first: date, last: date
) -> SupportCounts:
    """Count the parts that these people had in conversations, wherever they were posted then.

    Whoever had two conversations counts twice. What was somebody else's under the same number
    does not count.
    """
    theirs = select(Person.id).where(
        col(Person.id) == col(DebriefPerson.person_id), counts_since(col(Debrief.recorded_at))
    )
    chosen = and_(
        col(DebriefPerson.person_id).in_(person_ids),
        col(Debrief.held_on).between(first, last),
        theirs.exists(),
    )
    return _support(session, chosen)


def _support(session: Session, chosen: ColumnElement[bool]) -> SupportCounts:
    together = (
        select(func.count(distinct(col(Debrief.id))))
        .join(DebriefPerson, col(DebriefPerson.debrief_id) == col(Debrief.id))
        .where(chosen)
    )
    debriefs = session.exec(together).one()
    primary: dict[Support, int] = dict.fromkeys(Support, 0)
    chosen_support = session.exec(
        columns(DebriefPerson.primary_support, func.count())
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .where(chosen)
        .group_by(col(DebriefPerson.primary_support))
    )
    primary.update(dict(chosen_support.all()))
    offers: dict[Support, dict[SupportStatus, int]] = {}
    for support, status, count in session.exec(
        columns(SupportOffer.support, SupportOffer.status, func.count())
        .join(DebriefPerson, col(DebriefPerson.id) == col(SupportOffer.debrief_person_id))
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .where(chosen)
        .group_by(col(SupportOffer.support), col(SupportOffer.status))
    ):
        offers.setdefault(support, {})[status] = count
    return SupportCounts(debriefs, sum(primary.values()), primary, offers)


def _within(unit_ids: Collection[int] | None) -> ColumnElement[bool]:
    if unit_ids is None:
        return true()
    below = select(UnitAncestor.unit_id).where(col(UnitAncestor.ancestor_id).in_(unit_ids))
    return col(Debrief.unit_id).in_(below)


def timeliness(
    session: Session, *, person_ids: Sequence[int], first: date, last: date, now: datetime
) -> Timeliness:
    """What came of these people's prompts that were opened between two days (included).

    Prompts whose source took the record back never asked for anything, and are left out. The
    caller has asked ``people.queries`` whom the viewer may see.
    """
    asked = _asked(session, person_ids, start_of_day(first), start_of_day(last + timedelta(days=1)))
    return timing.measure(asked, now=now)


def _asked(
    session: Session, person_ids: Sequence[int], since: datetime, before: datetime
) -> list[Asking]:
    chosen = and_(
        col(PromptPerson.person_id).in_(person_ids),
        col(PromptPerson.state) != PromptState.WITHDRAWN,
        col(Prompt.opened_at) >= since,
        col(Prompt.opened_at) < before,
        counts_since(col(Incident.occurred_at)),
    )
    found = session.exec(
        columns(
            PromptPerson.id,
            PromptPerson.person_id,
            PromptPerson.state,
            Incident.occurred_at,
            Prompt.opened_at,
            PromptPerson.due_at,
            PromptPerson.changed_at,
        )
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .join(Incident, col(Incident.id) == col(Prompt.incident_id))
        .join(Person, col(Person.id) == col(PromptPerson.person_id))
        .where(chosen)
    ).all()
    spoken = _spoken(session, person_ids)
    return [
        Asking(
            person_id,
            PromptState(state),
            occurred_at,
            opened_at,
            due_at - occurred_at,
            timing.answered(PromptState(state), spoken.get(number), changed_at),
        )
        for number, person_id, state, occurred_at, opened_at, due_at, changed_at in found
    ]


def _spoken(session: Session, person_ids: Sequence[int]) -> dict[int, datetime]:
    """When the first conversation about each prompt was."""
    statement = (
        columns(DebriefPrompt.prompt_person_id, Debrief.held_on, Debrief.recorded_at)
        .join(DebriefPerson, col(DebriefPerson.id) == col(DebriefPrompt.debrief_person_id))
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .where(col(DebriefPerson.person_id).in_(person_ids))
    )
    found: dict[int, datetime] = {}
    for number, held_on, recorded_at in session.exec(statement):
        at = timing.spoken_at(held_on, recorded_at)
        found[number] = min(at, found.get(number, at))
    return found
