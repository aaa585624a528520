"""Reading referrals. Callers have asked ``people.queries`` whom the viewer may see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col

from app.database import columns
from app.people.models import Person
from app.people.queries import counts_since
from app.referrals.models import Referral, ReferralState, Support


@dataclass(frozen=True)
class ReferralCard:
    """A referral: the service, how far it has got, and when the person agreed to it."""

    service: Support
    state: ReferralState
    agreed_at: datetime


def referrals_of(
    session: Session, *, person_id: int, unseen: Collection[int] = ()
) -> list[ReferralCard]:
    """A person's referrals, newest first, without those that came of the parts of conversations
    which whoever asks may not see."""
    from_elsewhere = col(Referral.debrief_person_id).is_(None)
    statement = (
        columns(Referral.service, Referral.state, Referral.agreed_at)
        .join(Person, col(Person.id) == col(Referral.person_id))
        .where(
            col(Referral.person_id) == person_id,
            counts_since(col(Referral.agreed_at)),
            or_(from_elsewhere, col(Referral.debrief_person_id).not_in(unseen)),
        )
        .order_by(col(Referral.agreed_at).desc(), col(Referral.id).desc())
    )
    return [ReferralCard(*row) for row in session.exec(statement)]
