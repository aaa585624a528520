"""Reading what somebody may ask, whom, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.common.clock import local_date
from app.people.models import Posting, Unit, UnitAncestor
from app.people.queries import is_current
from app.referrals import cases, fences, workload
from app.referrals.models import Referral, ReferralShare, ShareState, Support
from app.referrals.queries import limits, own_referral
from app.referrals.rules import Limits
from app.referrals.workload import Practitioner
from app.security.key_store import KeyStore
from app.security.viewer import Viewer


@dataclass(frozen=True)
class Place:
    """A service that somebody can ask: what it holds to, and who could be given the request."""

    service: Support
    limits: Limits
    people: tuple[Practitioner, ...]


def _above(viewer: Viewer, session: Session, day: date) -> set[str]:
    """The unit in which the viewer is today and those above it, by the names forms use."""
    statement = (
        select(Unit.public_id)
        .join(UnitAncestor, col(UnitAncestor.ancestor_id) == col(Unit.id))
        .join(Posting, col(Posting.unit_id) == col(UnitAncestor.unit_id))
        .where(col(Posting.person_id) == viewer.person_id, is_current(day))
    )
    return set(session.exec(statement))


def places(viewer: Viewer, session: Session, *, day: date) -> dict[Support, Place]:
    """Services in which somebody could take on a request of the viewer's today: not those who lead
    them, and not themself. A service without such a person is left out, so that nobody waits for
    one."""
    if viewer.person_id is None:
        return {}
    fence = fences.of_person(session, person_id=viewer.person_id, day=day)
    above = _above(viewer, session, day)
    found: dict[Support, list[Practitioner]] = {}
    for one in workload.practitioners(session, day=day):
        shut = fence.keeps_out(account_id=one.account_id, person_id=one.person_id)
        near = not one.unit_public_id or one.unit_public_id in above
        if one.can_open and near and not shut and one.person_id != viewer.person_id:
            found.setdefault(one.service, []).append(one)
    return {
        service: Place(service, held, tuple(found[service]))
        for service, held in limits(session).items()
        if held.offered and service in found
    }


def left(
    viewer: Viewer,
    session: Session,
    *,
    place: Place,
    outside_line: bool,
    avoided: frozenset[int],
    day: date,
) -> list[Practitioner]:
    """Who of a service could still be given a request of the viewer's with these wishes."""
    fence = fences.of_person(
        session,
        person_id=viewer.person_id or 0,
        outside_line=outside_line,
        avoided=avoided,
        day=day,
    )
    return [
        one
        for one in place.people
        if not fence.keeps_out(account_id=one.account_id, person_id=one.person_id)
    ]


def holder(
    viewer: Viewer, session: Session, *, row: Referral, keys: KeyStore, now: datetime
) -> Account | None:
    """Who has a referral of the viewer's own today; nobody where they left the service, or lead
    the viewer now."""
    day, account_id = local_date(now), row.practitioner_account_id
    if row.person_id != viewer.person_id or account_id is None:
        return None
    works = cases.works_for(account_id, row.service.value, day)
    found = session.exec(select(Account).where(col(Account.id) == account_id, works)).first()
    fence = cases.fence_of(session, row=row, day=day, keys=keys)
    if found is None or fence.keeps_out(account_id=found.id, person_id=found.person_id):
        return None
    return found


# --- What is shared -------------------------------------------------------------------------------


def shares_of(viewer: Viewer, session: Session, *, row: Referral) -> list[ReferralShare]:
    """What the viewer shared about a referral of their own, newest first; previews are not."""
    statement = select(ReferralShare).where(
        ReferralShare.referral_id == row.id, ReferralShare.state != ShareState.PREVIEW
    )
    if row.person_id != viewer.person_id:
        return []
    return list(session.exec(statement.order_by(col(ReferralShare.id).desc())))


def own_share(
    viewer: Viewer, session: Session, *, public_id: str
) -> tuple[ReferralShare, Referral] | None:
    """A share or a preview of the viewer's own, with its referral."""
    row = session.exec(select(ReferralShare).where(ReferralShare.public_id == public_id)).first()
    referral = session.get(Referral, row.referral_id) if row else None
    if row is None or referral is None:
        return None
    mine = own_referral(viewer, session, public_id=referral.public_id)
    return (row, referral) if mine else None


def shared_with(
    viewer: Viewer,
    session: Session,
    *,
    keys: KeyStore,
    now: datetime,
    public_id: str = "",
    referral_public_id: str = "",
) -> tuple[ReferralShare, cases.Case] | None:
    """What somebody shares with the viewer, who has their referral at this moment."""
    statement = (
        select(ReferralShare, Referral.public_id)
        .join(Referral, col(Referral.id) == col(ReferralShare.referral_id))
        .where(
            ReferralShare.recipient_account_id == viewer.account_id,
            ReferralShare.state == ShareState.SHARED,
            (col(ReferralShare.public_id) == public_id)
            | (col(Referral.public_id) == referral_public_id),
        )
    )
    found = session.exec(statement).first()
    if found is None:
        return None
    case = cases.case(viewer, session, public_id=found[1], now=now, keys=keys)
    return (found[0], case) if case is not None and case.mine else None


def was_shared_with(viewer: Viewer, session: Session, *, public_id: str) -> bool:
    """Whether something was shared with the viewer once, so that they are told that it ended."""
    statement = select(ReferralShare.id).where(
        ReferralShare.public_id == public_id,
        ReferralShare.recipient_account_id == viewer.account_id,
        col(ReferralShare.shared_at).is_not(None),
    )
    return session.exec(statement).first() is not None
