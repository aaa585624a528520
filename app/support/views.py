"""Asking for support: where it begins, and the viewer's own requests."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.audit import queries as audit
from app.common.clock import utc_now
from app.database import request_session
from app.referrals import queries as referrals
from app.referrals import wishes
from app.referrals import wording as referral_words
from app.referrals.models import Referral, ReferralState, ShareState
from app.referrals.queries import ReferralCard
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.support import drafts, queries, question_views, service, share_views, step_views
from app.support.forms import ContactForm
from app.support.pages import blueprint, crisis_contacts, in_words, own_open_referral
from app.web import replies
from app.web.sealing import keys

__all__ = ["blueprint", "question_views", "share_views", "step_views"]


def _cards() -> list[ReferralCard]:
    person_id = current_viewer().person_id
    if person_id is None:
        return []
    found = referrals.referrals_of(request_session(), person_id=person_id, for_supervisor=False)
    return [card for card in found if card.state is not ReferralState.CLOSED]


@blueprint.get("/ask-for-support")
@requires(Permission.SUPPORT_OWN_ASK)
def ask() -> ResponseReturnValue:
    """What can be asked for, and the viewer's own requests with who has them and by when."""
    viewer, session = current_viewer(), request_session()
    return in_words(
        "support/ask.html",
        requests=_cards(),
        begun=bool(drafts.find(viewer, session, keys=keys(), now=utc_now())),
        contacts=crisis_contacts(),
        in_words=referral_words,
    )


def _own_or_404(public_id: str) -> tuple[Referral, ReferralCard]:
    row = own_open_referral(public_id)
    return row, next(one for one in _cards() if one.public_id == public_id)


@blueprint.get("/ask-for-support/requests/<string(length=32):referral_id>/sent")
@requires(Permission.SUPPORT_OWN_ASK)
def sent(referral_id: str) -> ResponseReturnValue:
    """That it was sent, and what happens next."""
    _row, card = _own_or_404(referral_id)
    return in_words("support/sent.html", card=card, in_words=referral_words)


@blueprint.get("/ask-for-support/requests/<string(length=32):referral_id>")
@requires(Permission.SUPPORT_OWN_ASK)
def own_request(referral_id: str) -> ResponseReturnValue:
    """One request: who has it, what is next and by when, what is shared, who opened that."""
    viewer, session, store, now = current_viewer(), request_session(), keys(), utc_now()
    row, card = _own_or_404(referral_id)
    shares = queries.shares_of(viewer, session, row=row)
    openings = [
        opening for share in shares for opening in audit.openings_of(session, share=share.public_id)
    ]
    accounts_named = {share.recipient_account_id for share in shares}
    return in_words(
        "support/request.html",
        card=card,
        contact=wishes.contact_of(session, store, row),
        holder=queries.holder(viewer, session, row=row, keys=store, now=now),
        shares=shares,
        shared=ShareState.SHARED,
        openings=openings,
        names=accounts.names(
            session, account_ids=accounts_named | {account for _at, account in openings}
        ),
        in_words=referral_words,
    )


@blueprint.get("/ask-for-support/requests/<string(length=32):referral_id>/contact")
@requires(Permission.SUPPORT_OWN_ASK)
def contact_form(referral_id: str) -> ResponseReturnValue:
    """How the viewer wants to be reached, to be changed."""
    row, card = _own_or_404(referral_id)
    held = wishes.contact_of(request_session(), keys(), row)
    if not card.asked:
        abort(404)
    return in_words("support/change_contact.html", card=card, form=ContactForm().show(held))


@blueprint.post("/ask-for-support/requests/<string(length=32):referral_id>/contact")
@requires(Permission.SUPPORT_OWN_ASK)
def change_contact(referral_id: str) -> ResponseReturnValue:
    """Keep it."""
    _row, card = _own_or_404(referral_id)
    form = ContactForm()
    if not form.validate_on_submit():
        return in_words("support/change_contact.html", status=422, card=card, form=form)
    kept = service.change_contact(
        request_session(),
        keys=keys(),
        viewer=current_viewer(),
        public_id=referral_id,
        contact=form.contact(),
        now=utc_now(),
    )
    if not kept:
        abort(404)
    return replies.saved(url_for("support.own_request", referral_id=referral_id))
