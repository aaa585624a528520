"""The people behind a number, and the same numbers unit by unit."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.common.paging import Page
from app.database import columns
from app.debriefs.models import Debrief, DebriefPerson
from app.exposure.models import Prompt, PromptPerson, PromptState
from app.incidents.models import Incident
from app.measures.asked import (
    Band,
    Behind,
    Listed,
    Number,
    PersonLine,
    Question,
    Unit,
    UnitLine,
)
from app.measures.live_absence import long_spells
from app.measures.live_exposure import Counted, count
from app.measures.live_support import asked_of, referred_of, talked_of
from app.measures.population import Asked, in_scope, load
from app.people.models import Person, UnitAncestor, UnitKind
from app.people.models import Unit as UnitRow
from app.people.queries import chunks, still_here
from app.referrals.models import Referral
from app.security.viewer import Viewer

# --- Sets of people, each by one statement --------------------------------------------------------


def _prompted(asked: Asked, question: Question, *more: Any) -> Any:
    return (
        select(PromptPerson.person_id)
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .join(Incident, col(Incident.id) == col(Prompt.incident_id))
        .where(*asked_of(asked, question), *more)
    )


def _waiting(asked: Asked, question: Question) -> Any:
    return _prompted(asked, question, col(PromptPerson.state) == PromptState.OPEN)


def _talked(asked: Asked, question: Question) -> Any:
    return (
        select(DebriefPerson.person_id)
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .where(*talked_of(asked, question))
    )


def _referred(asked: Asked, question: Question) -> Any:
    return select(Referral.person_id).where(*referred_of(asked, question))


STATEMENTS: dict[Behind, Callable[[Asked, Question], Any]] = {
    Behind.PROMPTED: _prompted,
    Behind.WAITING: _waiting,
    Behind.TALKED: _talked,
    Behind.REFERRED: _referred,
}
BANDS = {
    Behind.NOT_EXPOSED: Band.NONE,
    Behind.FEW: Band.FEW,
    Behind.SOME: Band.SOME,
    Behind.MANY: Band.MANY,
}
OF_EXPOSURE = {Behind.EVERYBODY, Behind.EXPOSED, Behind.REPEATED, *BANDS}
"""These are about everybody the other filters leave, and count exposures of the types asked for."""


def _those(session: Session, asked: Asked, question: Question, behind: Behind) -> set[int]:
    if behind in STATEMENTS:
        statement = STATEMENTS[behind](asked, question).distinct()
    else:
        long = behind is Behind.LONG_TERM
        statement = long_spells(session, asked, question, only_long=long)
    return set(session.connection().execute(statement).scalars())


# --- Names ----------------------------------------------------------------------------------------


def people(
    viewer: Viewer,
    session: Session,
    question: Question,
    *,
    behind: Behind,
    page: str | None,
    now: datetime,
) -> Listed:
    """Named people behind a number, the most exposed first.

    Only after a purpose was recorded; the caller audits that each of them was listed. Nobody is
    named who is not within the viewer's reach today, and never the viewer.
    """
    today = local_date(now)
    by_type = behind not in OF_EXPOSURE
    who = load(viewer, session, question, today=today, by_type=by_type)
    counted = count(session, question, who)
    if by_type:
        chosen = _those(session, Asked.of(viewer, session, question, today=today), question, behind)
    else:
        chosen = _exposed(counted, behind)
    here = _here(session, chosen, viewer, today)
    totals = counted.of()
    ranked = sorted(here, key=lambda one: (-totals[one], one))
    shown = Page.of(page, len(ranked))
    ids = ranked[shown.offset : shown.offset + shown.length]
    named = _named(session, ids, who, totals)
    return Listed(shown, tuple(named[one] for one in ids), len(chosen) - len(here))


def _exposed(counted: Counted, behind: Behind) -> set[int]:
    if behind is Behind.REPEATED:
        return set(counted.repeated())
    if behind in BANDS:
        return set(counted.banded()[BANDS[behind]])
    return {one for one, total in counted.of().items() if total or behind is Behind.EVERYBODY}


def _here(session: Session, ids: Collection[int], viewer: Viewer, today: date) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(sorted(ids)):
        statement = select(Person.id).where(col(Person.id).in_(chunk), still_here(today))
        found.update(session.connection().execute(statement).scalars())
    return found - {viewer.person_id or 0}


def _named(
    session: Session, ids: list[int], unit_of: dict[int, int], totals: dict[int, int]
) -> dict[int, PersonLine]:
    units = _names(session, {unit_of[one] for one in ids})
    statement = columns(
        Person.id, Person.public_id, Person.given_name, Person.family_name, Person.rank
    ).where(col(Person.id).in_(ids))
    return {
        one: PersonLine(
            one, public_id, f"{given} {family}".strip(), rank, units[unit_of[one]], totals[one]
        )
        for one, public_id, given, family, rank in session.connection().execute(statement)
    }


def _names(session: Session, ids: Collection[int]) -> dict[int, str]:
    statement = columns(UnitRow.id, UnitRow.name).where(col(UnitRow.id).in_(ids))
    return dict(session.connection().execute(statement).all())


# --- Unit by unit ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parts:
    """Who of the people asked about is in which set."""

    counted: Counted
    everybody: set[int]
    talked: set[int]
    waiting: set[int]
    absent: set[int]


def by_unit(
    viewer: Viewer, session: Session, question: Question, *, kind: UnitKind, now: datetime
) -> tuple[UnitLine, ...]:
    """One line for each unit of a kind within reach, by name; for a table and a map."""
    today = local_date(now)
    asked = Asked.of(viewer, session, question, today=today)
    who = load(viewer, session, question, today=today)
    parts = _Parts(
        count(session, question, who),
        set(asked.ids),
        *(
            _those(session, asked, question, one)
            for one in (Behind.TALKED, Behind.WAITING, Behind.ABSENT)
        ),
    )
    cards = _cards(viewer, session, kind)
    unit_of = _unit_of(session, who, cards)
    return tuple(_lines(parts, kind, cards, unit_of))


class _Card(NamedTuple):
    public_id: str
    source_ref: str
    name: str
    above: str | None


def _cards(viewer: Viewer, session: Session, kind: UnitKind) -> dict[int, _Card]:
    above = aliased(UnitRow)
    statement = (
        columns(UnitRow.id, UnitRow.public_id, UnitRow.source_ref, UnitRow.name, above.name)
        .outerjoin(above, above.id == col(UnitRow.parent_id))
        .where(
            col(UnitRow.kind) == kind,
            col(UnitRow.closed_on).is_(None),
            in_scope(viewer, col(UnitRow.id)),
        )
        .order_by(col(UnitRow.name), col(UnitRow.id))
    )
    return {number: _Card(*rest) for number, *rest in session.connection().execute(statement)}


def _unit_of(session: Session, who: dict[int, int], cards: Collection[int]) -> dict[int, int]:
    """In which of these units each person is; of one within another, the nearest."""
    statement = (
        columns(UnitAncestor.unit_id, UnitAncestor.ancestor_id)
        .join(UnitRow, col(UnitRow.id) == col(UnitAncestor.ancestor_id))
        .order_by(col(UnitAncestor.depth).desc())
    )
    nearest = {
        unit: ancestor
        for unit, ancestor in session.connection().execute(statement)
        if ancestor in cards
    }
    return {person: nearest[unit] for person, unit in who.items() if unit in nearest}


def _of(some: Collection[int], base: Collection[int]) -> Number:
    return Number(len(some), len(base), Unit.PEOPLE)


def _lines(
    parts: _Parts, kind: UnitKind, cards: dict[int, _Card], unit_of: dict[int, int]
) -> list[UnitLine]:
    totals = parts.counted.of()
    members: dict[int, list[int]] = {unit: [] for unit in cards}
    for person, unit in unit_of.items():
        members[unit].append(person)
    found = []
    for unit, card in cards.items():
        there = members[unit]
        exposed = {one for one in there if totals[one]}
        asked_about = parts.everybody.intersection(there)

        found.append(
            UnitLine(
                public_id=card.public_id,
                source_ref=card.source_ref,
                name=card.name,
                kind=kind,
                above=card.above or "",
                exposed=_of(exposed, there),
                exposures=sum(totals[one] for one in exposed),
                talked=_of(parts.talked & exposed, exposed),
                waiting=_of(parts.waiting & asked_about, asked_about),
                absent=_of(parts.absent & asked_about, asked_about),
            )
        )
    return found
