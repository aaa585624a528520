"""What somebody kept and asked for themself, planted like the rest."""

from sqlmodel import Session, select

from app.checks import drafts as begun_checks
from app.checks import service as checks
from app.checks.answers import Answers, Kept
from app.checks.wording import said
from app.referrals import wishes
from app.referrals.models import Referral, ReferralShare, ShareState, Urgency
from app.referrals.sealing import seal_share
from app.referrals.wishes import Contact, Means, Wish
from app.security.key_store import KeyStore
from app.security.viewer import Viewer
from app.support import drafts as begun_requests
from app.support.contents import Content
from tests.conftest import NOW
from tests.factories import account
from tests.rights.planted import Planted


def plant_own(session: Session, keys: KeyStore, one: Planted) -> None:
    """A self-check that was kept, one under way, wishes, a share, and a request under way."""
    me = Viewer(one.account, one.person, "", ())
    _checks(session, keys, one, me)
    row = session.exec(select(Referral).where(Referral.person_id == one.person)).one()
    avoided = account(session, name=one.word("wishes", "avoided"))
    contact = Contact(Means.PHONE, one.word("wishes", "number"))
    wish = Wish(Urgency.TODAY, contact, avoided=frozenset({avoided}))
    wishes.keep(session, keys, row, wish=wish)
    _share(session, keys, one, row)
    typed = {"contact": {"where": [one.word("request_begun", "typed")]}}
    begun_requests.keep(session, keys=keys, viewer=me, answers=typed, now=NOW)


def _checks(session: Session, keys: KeyStore, one: Planted, me: Viewer) -> None:
    answers = Answers(after=one.word("self_checks", "after"), chosen="")
    kept = Kept(
        kept_at=NOW,
        answers=answers,
        sections=tuple(said(answers, None)),
        note=one.word("self_checks", "note"),
    )
    checks.store(session, person_id=one.person, keys=keys, kept=kept)
    begun = Answers(after=one.word("self_check_begun", "begun"))
    begun_checks.keep(session, viewer=me, keys=keys, answers=begun, now=NOW)


def _share(session: Session, keys: KeyStore, one: Planted, row: Referral) -> None:
    content = Content(note=one.word("shares", "told"))
    share = ReferralShare(
        referral_id=row.id or 0,
        recipient_account_id=account(session, name=one.word("shares", "reader")),
        state=ShareState.SHARED,
        prepared_at=NOW,
        shared_at=NOW,
    )
    share.sealed = seal_share(
        keys, row, share=share.public_id, content=content.model_dump(mode="json")
    )
    session.add(share)
    session.flush()
