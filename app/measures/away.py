"""Who was off sick, and who left. For the engine.

Yes or no for each person: hours and spells are in ``app.measures.live_absence``.
"""

from datetime import timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import or_
from sqlmodel import Session, col

from app.database import columns
from app.debriefs.models import Confidentiality, Debrief, DebriefPerson, SupportOffer, SupportStatus
from app.measures.catalogue import BESIDE_DAYS, LONG_TERM_DAYS
from app.measures.places import NEVER, Flags, Numbers, ordinals
from app.measures.reading import Asked, Found
from app.measures.staff import Staff
from app.people.models import AbsenceSpell, LeavingReason, Person
from app.people.queries import counts_since
from app.referrals.models import Support

RESIGNED_OR_MEDICAL = frozenset(
    {LeavingReason.VOLUNTARY_RESIGNATION, LeavingReason.MEDICAL_RETIREMENT}
)


class Spells(NamedTuple):
    """Spells of sickness absence, one a place; days as ordinals."""

    who: Numbers
    """The place of the person in the list of staff."""
    starts: Numbers
    ends: Numbers
    """The last day; that of service or today where the spell goes on."""
    psychological: Flags
    hours: NDArray[np.float64]

    def chosen(self, which: Flags) -> "Spells":
        """Some of them."""
        return Spells(
            self.who[which],
            self.starts[which],
            self.ends[which],
            self.psychological[which],
            self.hours[which],
        )


def spells(session: Session, staff: Staff, *, today: int) -> Spells:
    """The spells of these people that stand and could matter to a period: those of the year before
    it too. One that goes on, up to ``today`` (an ordinal)."""
    earliest = staff.first - timedelta(days=2 * BESIDE_DAYS)
    statement = columns(
        AbsenceSpell.person_id,
        AbsenceSpell.starts_on,
        AbsenceSpell.ends_on,
        AbsenceSpell.psychological,
        AbsenceSpell.hours_lost,
    ).where(
        col(AbsenceSpell.withdrawn).is_(False),
        col(AbsenceSpell.starts_on) <= staff.last,
        or_(col(AbsenceSpell.ends_on).is_(None), col(AbsenceSpell.ends_on) >= earliest),
    )
    positions = staff.positions
    found = [row for row in session.connection().execute(statement) if row[0] in positions]
    who = np.array([positions[row[0]] for row in found], dtype=np.int64)
    starts = ordinals([row[1] for row in found], 0)
    ends = np.minimum(
        ordinals([row[2] for row in found], NEVER), np.minimum(staff.left[who], today)
    )
    every = Spells(
        who,
        starts,
        np.maximum(ends, starts),
        np.array([bool(row[3]) for row in found], dtype=np.bool_),
        np.array([float(row[4]) for row in found], dtype=np.float64),
    )
    # Whoever had the number before is somebody else.
    return every.chosen(starts >= staff.since[who])


def absence(asked: Asked) -> Found:
    """Who was off sick on any day of the period, and who for how long."""
    staff, last = asked.staff, asked.staff.last.toordinal()
    found = spells(asked.session, staff, today=last)
    found = found.chosen(found.ends >= staff.first.toordinal())
    long = found.ends - found.starts + 1 > LONG_TERM_DAYS
    for code, which in (
        ("absent", np.ones_like(long)),
        ("absent_psychological", found.psychological),
        ("absent_psychological_long", found.psychological & long),
    ):
        counted = staff.nobody.copy()
        counted[found.who[which]] = True
        yield code, (asked.everybody, counted)


def beside_support(asked: Asked) -> Found:
    """Who was off sick for a psychological reason in the half year before, and in the half year
    after, they first accepted support. Of those only who were here for all of both."""
    staff = asked.staff
    accepted = _accepted(asked)
    base = (
        (accepted < NEVER)
        & (staff.joined <= accepted - BESIDE_DAYS)
        & (staff.left >= accepted + BESIDE_DAYS)
    )
    found = spells(asked.session, staff, today=staff.last.toordinal())
    found = found.chosen(found.psychological)
    day = accepted[found.who]
    for code, first, last in (
        ("absent_before_support", day - BESIDE_DAYS, day - 1),
        ("absent_after_support", day + 1, day + BESIDE_DAYS),
    ):
        counted = staff.nobody.copy()
        counted[found.who[(found.starts <= last) & (found.ends >= first)]] = True
        yield code, (base, counted & base)


def _accepted(asked: Asked) -> Numbers:
    """The day on which each person first accepted support in the days that lie ``BESIDE_DAYS``
    before the period's; ``NEVER`` for the others."""
    staff = asked.staff
    first, last = (day.toordinal() - BESIDE_DAYS for day in (staff.first, staff.last))
    statement = (
        columns(DebriefPerson.person_id, Debrief.held_on)
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .join(SupportOffer, col(SupportOffer.debrief_person_id) == col(DebriefPerson.id))
        .join(Person, col(Person.id) == col(DebriefPerson.person_id))
        .where(
            col(SupportOffer.status) == SupportStatus.ACCEPTED,
            col(DebriefPerson.confidentiality) == Confidentiality.SHARED,
            col(SupportOffer.support) != Support.NONE,
            col(Debrief.held_on) <= staff.last,
            counts_since(col(Debrief.recorded_at)),
        )
    )
    days = np.full(len(staff.members), NEVER, dtype=np.int64)
    for person_id, held_on in asked.session.exec(statement):
        place = staff.positions.get(person_id)
        if place is not None and first <= held_on.toordinal() <= last:
            days[place] = min(days[place], held_on.toordinal())
    return days


def attrition(asked: Asked) -> Found:
    """Who left in the period, by reason."""
    staff = asked.staff
    reasons = [
        member.leaving_reason or LeavingReason.NOT_RECORDED
        if member.left_on is not None and staff.first <= member.left_on <= staff.last
        else None
        for member in staff.members
    ]
    for code, counted in (
        ("left_resigned_or_medical", [reason in RESIGNED_OR_MEDICAL for reason in reasons]),
        (
            "left_without_transfers",
            [reason not in {None, LeavingReason.TRANSFER} for reason in reasons],
        ),
        ("left_with_transfers", [reason is not None for reason in reasons]),
    ):
        yield code, (asked.everybody, np.array(counted, dtype=np.bool_))
