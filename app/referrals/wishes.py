"""What somebody who asks for support wishes: how soon, how to be reached, and by whom not."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from app.referrals.models import Referral, ReferralWish, Urgency
from app.referrals.sealing import open_for, seal_for
from app.security.encryption import SealedError
from app.security.key_store import KeyStore

CONTACT, AVOIDED = "referral_wish.sealed_contact", "referral_wish.sealed_avoided"


class Means(StrEnum):
    """How somebody wants to be reached."""

    PHONE = "phone"
    WORK_EMAIL = "work_email"
    IN_PERSON = "in_person"


class Time(StrEnum):
    """When it suits them."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"
    WEEKEND = "weekend"


class Limit(StrEnum):
    """What whoever contacts them must not do."""

    NO_MESSAGE = "no_message"
    NOT_AT_WORK = "not_at_work"


@dataclass(frozen=True)
class Contact:
    """How to reach somebody. ``where``: the number, the address or the place, by ``means``."""

    means: Means
    where: str
    times: tuple[Time, ...] = ()
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True)
class Wish:
    """All of it. ``avoided``: accounts of people who must not be given the request."""

    urgency: Urgency
    contact: Contact
    outside_line: bool = False
    avoided: frozenset[int] = frozenset()


def keep(session: Session, keys: KeyStore, row: Referral, *, wish: Wish) -> ReferralWish:
    """Store what somebody wishes beside their referral, in place of what they wished before."""
    held = session.get(ReferralWish, row.id) or ReferralWish(
        referral_id=row.id or 0, urgency=wish.urgency, outside_line=wish.outside_line
    )
    held.urgency, held.outside_line = wish.urgency, wish.outside_line
    held.sealed_avoided = (
        seal_for(keys, row, field=AVOIDED, value=sorted(wish.avoided)) if wish.avoided else None
    )
    return keep_contact(session, keys, row, held=held, contact=wish.contact)


def keep_contact(
    session: Session, keys: KeyStore, row: Referral, *, held: ReferralWish, contact: Contact
) -> ReferralWish:
    """Store how somebody wants to be reached, in place of what they said before."""
    held.sealed_contact = seal_for(keys, row, field=CONTACT, value=asdict(contact))
    session.add(held)
    session.flush()
    return held


def copy(session: Session, keys: KeyStore | None, row: Referral, following: Referral) -> None:
    """Let what was wished about one referral hold for the one that follows it.

    Raises:
        SealedError: without the keys nobody knows who must not be given it.
    """
    held = session.get(ReferralWish, row.id)
    if held is None or session.get(ReferralWish, following.id) is not None:
        return
    avoided = avoided_by(keys, row, held)
    if keys is None or avoided is None:
        message = "It cannot be read who must not be given this."
        raise SealedError(message)
    contact = contact_of(session, keys, row)
    if contact is not None:
        wish = Wish(held.urgency, contact, outside_line=held.outside_line, avoided=avoided)
        keep(session, keys, following, wish=wish)


def of(session: Session, *, referral_ids: Collection[int]) -> dict[int, ReferralWish]:
    """What was wished about these referrals, still sealed; nothing for those of others' making."""
    found = session.exec(
        select(ReferralWish).where(col(ReferralWish.referral_id).in_(referral_ids))
    )
    return {row.referral_id: row for row in found}


def contact_of(session: Session, keys: KeyStore, row: Referral) -> Contact | None:
    """How to reach the person, for them and for whoever has the referral or may take it on.

    ``None`` where they did not ask themselves, where it is closed, or their key was destroyed.
    """
    held = session.get(ReferralWish, row.id)
    if held is None or held.sealed_contact is None:
        return None
    try:
        value: Any = open_for(keys, row, field=CONTACT, sealed=held.sealed_contact)
    except SealedError:
        return None
    return Contact(
        means=Means(value["means"]),
        where=value["where"],
        times=tuple(Time(one) for one in value["times"]),
        limits=tuple(Limit(one) for one in value["limits"]),
    )


def avoided_by(keys: KeyStore | None, row: Referral, held: ReferralWish) -> frozenset[int] | None:
    """Accounts the person named; ``None`` where that cannot be read, so that nobody is let in."""
    if held.sealed_avoided is None:
        return frozenset()
    if keys is None:
        return None
    try:
        value: Any = open_for(keys, row, field=AVOIDED, sealed=held.sealed_avoided)
    except SealedError:
        return None
    return frozenset(value)


def forget_contact(session: Session, *, referral_id: int) -> None:
    """Remove how to reach somebody: nobody needs it once their referral is closed.

    By whom not stays: somebody who was never to know is not told of the ending either.
    """
    held = session.get(ReferralWish, referral_id)
    if held is not None:
        held.sealed_contact = None
        session.add(held)
        session.flush()
