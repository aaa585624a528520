"""Who must not be given somebody's own request, worked out anew on each read.

Whoever leads or covers the person's unit today, or one above it, never is, nor whoever stands in
for one who is away. The person may keep out more: everybody of their own team and those they lead,
and colleagues by name.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_
from sqlmodel import Session, col

from app.database import columns
from app.people.models import AwaySpell, Posting, Supervision, UnitAncestor
from app.people.queries import covers, is_current
from app.referrals import wishes
from app.referrals.models import Referral, ReferralWish
from app.security.key_store import KeyStore

People = dict[int, set[int]]


@dataclass(frozen=True)
class Fence:
    """Who is kept out of one referral: people, accounts, or everybody."""

    people: frozenset[int] = frozenset()
    accounts: frozenset[int] = frozenset()
    everybody: bool = False
    """Names were given and cannot be read: then nobody is let in, or the wrong one might be."""

    def keeps_out(self, *, account_id: int | None, person_id: int | None) -> bool:
        """Whether somebody must not be given it, nor know of it."""
        return self.everybody or person_id in self.people or account_id in self.accounts


def line_of(session: Session, *, person_ids: Collection[int], day: date) -> People:
    """By person: whoever leads or covers their unit or one above it on a day, or stands in."""
    away = and_(col(AwaySpell.person_id) == col(Supervision.person_id), covers(AwaySpell, day))
    statement = (
        columns(Posting.person_id, Supervision.person_id, AwaySpell.deputy_id)
        .select_from(Posting)
        .join(UnitAncestor, col(UnitAncestor.unit_id) == col(Posting.unit_id))
        .join(Supervision, col(Supervision.unit_id) == col(UnitAncestor.ancestor_id))
        .outerjoin(AwaySpell, away)
        .where(
            col(Posting.person_id).in_(person_ids),
            is_current(day),
            col(Supervision.withdrawn).is_(False),
            covers(Supervision, day),
        )
    )
    found: People = defaultdict(set)
    for person_id, leader, deputy in session.exec(statement):
        found[person_id] |= {one for one in (leader, deputy) if one is not None}
    return found


def near(session: Session, *, person_ids: Collection[int], day: date) -> People:
    """By person: everybody posted to their own unit on a day, or in or below one they lead."""
    own = columns(Posting.person_id, Posting.unit_id).where(
        col(Posting.person_id).in_(person_ids), is_current(day)
    )
    led = (
        columns(Supervision.person_id, UnitAncestor.unit_id)
        .join(UnitAncestor, col(UnitAncestor.ancestor_id) == col(Supervision.unit_id))
        .where(
            col(Supervision.person_id).in_(person_ids),
            col(Supervision.withdrawn).is_(False),
            covers(Supervision, day),
        )
    )
    units: People = defaultdict(set)
    for person_id, unit_id in [*session.exec(own), *session.exec(led)]:
        units[person_id].add(unit_id)
    there = columns(Posting.unit_id, Posting.person_id).where(
        col(Posting.unit_id).in_(set().union(*units.values())),
        col(Posting.withdrawn).is_(False),
        covers(Posting, day),
    )
    posted: People = defaultdict(set)
    for unit_id, person_id in session.exec(there):
        posted[unit_id].add(person_id)
    return {one: set().union(*(posted[unit] for unit in units[one])) for one in person_ids}


def of_person(
    session: Session,
    *,
    person_id: int,
    outside_line: bool = False,
    avoided: frozenset[int] = frozenset(),
    day: date,
) -> Fence:
    """Whom a request that somebody is about to make would keep out."""
    people = line_of(session, person_ids=[person_id], day=day).get(person_id, set())
    if outside_line:
        people |= near(session, person_ids=[person_id], day=day)[person_id]
    return Fence(frozenset(people), avoided)


def around(
    session: Session,
    *,
    rows: Sequence[Referral],
    wished: dict[int, ReferralWish],
    day: date,
    keys: KeyStore | None,
) -> dict[int, Fence]:
    """Who is kept out of which of these referrals, for those their person made themself.

    Without the ``keys``, nobody is let in where somebody was named.
    """
    own = [row for row in rows if row.id in wished]
    if not own:
        return {}
    line = line_of(session, person_ids={row.person_id for row in own}, day=day)
    outside = {row.person_id for row in own if wished[row.id or 0].outside_line}
    team = near(session, person_ids=outside, day=day) if outside else {}
    found = {}
    for row in own:
        held = wished[row.id or 0]
        people = line.get(row.person_id, set())
        if held.outside_line:
            people = people | team[row.person_id]
        avoided = wishes.avoided_by(keys, row, held)
        found[row.id or 0] = Fence(
            frozenset(people), avoided or frozenset(), everybody=avoided is None
        )
    return found
