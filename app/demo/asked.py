"""What people of a demo asked for themselves: how to be reached, what one of them shares, and a
question without a name that waits."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.accounts.queries import by_username, viewer_for
from app.common.clock import local_date
from app.demo.chance import Chance
from app.demo.incidents import World
from app.referrals import wishes
from app.referrals.models import (
    Referral,
    ReferralShare,
    ReferralState,
    ShareState,
    Support,
    Urgency,
)
from app.referrals.sealing import seal_share
from app.referrals.wishes import Contact, Limit, Means, Time, Wish
from app.security.key_store import KeyStore
from app.support import contents, questions, receipts
from app.support.contents import Chosen, Part
from app.support.models import AnonymousMessage, AnonymousQuestion

NOTE = "I would like to talk, but not at the station. I am mostly free after a late shift."
QUESTION = (
    "If I talk to peer support, does it go on my file? And can I stop after one talk if it is not "
    "for me?"
)
CODE = "DEM0 NRTH M00R 2626"
"""The receipt code of that question, for whoever tries the demo."""
ASKED_DAYS = 2


def write_asked(session: Session, world: World, keys: KeyStore, chance: Chance) -> None:
    """Store the wishes of those who asked themselves, one share, and one question."""
    own = session.exec(
        select(Referral)
        .where(
            col(Referral.supervisor_sees).is_(False),
            col(Referral.passed_from_id).is_(None),
            Referral.state != ReferralState.CLOSED,
            Referral.debrief_person_id == None,  # noqa: E711
        )
        .order_by(col(Referral.id))
    ).all()
    for row in own:
        wishes.keep(session, keys, row, wish=_wish(row))
        if row.state is ReferralState.ACCEPTED:
            _share(session, row, keys, world.now - timedelta(hours=1), chance)
    day = local_date(world.now - timedelta(days=ASKED_DAYS))
    asked = AnonymousQuestion(
        public_id=chance.public_id(),
        service=Support.PEER_SUPPORT,
        receipt_hash=receipts.hash_of(CODE),
        last_on=day,
    )
    session.add(asked)
    session.flush()
    message = chance.public_id()
    session.add(
        AnonymousMessage(
            public_id=message,
            question_id=asked.id or 0,
            from_service=False,
            written_on=day,
            sealed=questions.sealed(keys, message=message, text=QUESTION),
        )
    )
    session.flush()


def _wish(row: Referral) -> Wish:
    if row.state is ReferralState.SENT:
        contact = Contact(Means.IN_PERSON, "The canteen at Eastfield station")
        return Wish(Urgency.TODAY, contact, outside_line=True)
    phone = Contact(Means.PHONE, "07700 900143", (Time.EVENING,), (Limit.NO_MESSAGE,))
    return Wish(Urgency.THREE_DAYS, phone)


def _share(session: Session, row: Referral, keys: KeyStore, at: datetime, chance: Chance) -> None:
    account = by_username(session, username="staff@demo")
    day = local_date(at)
    viewer = viewer_for(session, account_id=account.id or 0, day=day) if account else None
    if viewer is None or row.practitioner_account_id is None:
        return
    chosen = Chosen([Part.COUNTS, Part.CHECK, Part.NOTE], NOTE)
    content = contents.gather(viewer, session, keys=keys, chosen=chosen, day=day)
    share = ReferralShare(
        public_id=chance.public_id(),
        referral_id=row.id or 0,
        recipient_account_id=row.practitioner_account_id,
        state=ShareState.SHARED,
        prepared_at=at,
        shared_at=at,
    )
    share.sealed = seal_share(
        keys, row, share=share.public_id, content=content.model_dump(mode="json")
    )
    session.add(share)
    session.flush()
