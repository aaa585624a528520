"""Counts of conversations and support. Counts only: no row about a person leaves this file.

These counts are not made safe for publication; only roles that may also see named records in the
same part of the force may be shown them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, true
from sqlmodel import Session, col, select

from app.database import columns
from app.debriefs.models import Debrief, DebriefPerson, SupportOffer, SupportStatus
from app.people.models import UnitAncestor
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
    chosen = and_(_within(unit_ids), col(Debrief.held_on).between(first, last))
    debriefs = session.exec(select(func.count()).select_from(Debrief).where(chosen)).one()
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
