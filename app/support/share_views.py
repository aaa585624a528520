"""Sharing with whoever has one's request: choosing, seeing it as they will, taking it back."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.audit import service as audit
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.referrals.models import Referral, ReferralShare, ReferralState, ShareState
from app.referrals.service import ConflictError
from app.security.access import current_viewer, requires
from app.security.encryption import SealedError
from app.security.permissions import Permission
from app.support import contents, queries, sharing
from app.support.contents import Chosen, Content, Part
from app.support.forms import PlainForm, ShareForm
from app.support.pages import blueprint, in_words, own_open_referral
from app.web import replies
from app.web.sealing import keys

CONFLICT = 409
NOBODY = (
    "Nobody has your request at the moment, or somebody else has taken it over. You can share once "
    "you know who has it. Nothing was shared."
)
ENDED = "This is no longer shared with you. The person may have taken it back. That is fine."


def _holder_or_409(row: Referral) -> str:
    holder = queries.holder(
        current_viewer(), request_session(), row=row, keys=keys(), now=utc_now()
    )
    if holder is None:
        abort(CONFLICT, NOBODY)
    return holder.display_name


@blueprint.get("/ask-for-support/requests/<string(length=32):referral_id>/share")
@requires(Permission.SUPPORT_OWN_ASK)
def share_form(referral_id: str) -> ResponseReturnValue:
    """What can be shared, and with whom."""
    row = own_open_referral(referral_id)
    return in_words("support/share.html", row=row, to=_holder_or_409(row), form=_share_form())


def _share_form() -> ShareForm:
    viewer, session = current_viewer(), request_session()
    return ShareForm().prepare(check=contents.has_check(viewer, session, keys=keys()))


@blueprint.post("/ask-for-support/requests/<string(length=32):referral_id>/share")
@requires(Permission.SUPPORT_OWN_ASK)
def prepare_share(referral_id: str) -> ResponseReturnValue:
    """Take down what was chosen, and show it as it will be seen. Nobody sees it yet."""
    row, form, now = own_open_referral(referral_id), _share_form(), utc_now()
    to, session, viewer = _holder_or_409(row), request_session(), current_viewer()
    if not form.validate_on_submit():
        return in_words("support/share.html", status=422, row=row, to=to, form=form)
    content = contents.gather(
        viewer,
        session,
        keys=keys(),
        chosen=Chosen([Part(one) for one in form.parts.data], form.note.data or ""),
        day=local_date(now),
    )
    share = sharing.prepare(session, keys=keys(), viewer=viewer, row=row, content=content, now=now)
    return replies.saved(url_for("support.own_share", share_id=share.public_id))


def _own_share_or_404(public_id: str) -> tuple[ReferralShare, Referral]:
    return queries.own_share(current_viewer(), request_session(), public_id=public_id) or abort(404)


def _content(share: ReferralShare, row: Referral) -> Content | None:
    try:
        return sharing.content_of(keys=keys(), share=share, row=row)
    except SealedError:
        return None


@blueprint.get("/ask-for-support/shares/<string(length=32):share_id>")
@requires(Permission.SUPPORT_OWN_ASK)
def own_share(share_id: str) -> ResponseReturnValue:
    """What is about to be shared, or is: exactly what the other sees."""
    share, row = _own_share_or_404(share_id)
    content = _content(share, row)
    if content is None:
        return replies.saved(url_for("support.own_request", referral_id=row.public_id))
    to = accounts.names(request_session(), account_ids={share.recipient_account_id})
    return in_words(
        "support/preview.html",
        share=share,
        row=row,
        content=content,
        to=to.get(share.recipient_account_id, ""),
        preview=share.state is ShareState.PREVIEW,
    )


@blueprint.post("/ask-for-support/shares/<string(length=32):share_id>/confirm")
@requires(Permission.SUPPORT_OWN_ASK)
def confirm_share(share_id: str) -> ResponseReturnValue:
    """Let them see it."""
    _own_share_or_404(share_id)
    if not PlainForm().validate_on_submit():
        abort(400)
    try:
        row = sharing.confirm(
            request_session(),
            keys=keys(),
            viewer=current_viewer(),
            public_id=share_id,
            now=utc_now(),
        )
    except ConflictError:
        abort(CONFLICT, NOBODY)
    return replies.saved(url_for("support.own_request", referral_id=row.public_id))


@blueprint.post("/ask-for-support/shares/<string(length=32):share_id>/withdraw")
@requires(Permission.SUPPORT_OWN_ASK)
def withdraw_share(share_id: str) -> ResponseReturnValue:
    """Take it back, or throw the preview away. Twice is once."""
    _own_share_or_404(share_id)
    row = sharing.withdraw(
        request_session(),
        keys=keys(),
        viewer=current_viewer(),
        public_id=share_id,
        now=utc_now(),
    )
    if row.state is ReferralState.CLOSED:
        return replies.saved(url_for("support.ask"))
    return replies.saved(url_for("support.own_request", referral_id=row.public_id))


# --- Whoever it is shared with --------------------------------------------------------------------


@blueprint.app_template_global("shared_with_me")
def shared_with_me(referral_id: str) -> str:
    """The name in addresses of what somebody shares with the viewer about a referral; or nothing.
    For the page of a referral, whose area knows nothing of sharing."""
    found = queries.shared_with(
        current_viewer(),
        request_session(),
        keys=keys(),
        now=utc_now(),
        referral_public_id=referral_id,
    )
    return found[0].public_id if found else ""


@blueprint.get("/referrals/shared/<string(length=32):share_id>")
@requires(Permission.REFERRALS_SERVICE_WORK)
def shared(share_id: str) -> ResponseReturnValue:
    """What somebody shares with the viewer, who has their request; each look is written down."""
    viewer, session, now = current_viewer(), request_session(), utc_now()
    found = queries.shared_with(viewer, session, keys=keys(), now=now, public_id=share_id)
    if found is None:
        if queries.was_shared_with(viewer, session, public_id=share_id):
            abort(CONFLICT, ENDED)
        abort(404)
    share, case = found
    content = _content(share, case.row)
    if content is None:
        abort(CONFLICT, ENDED)
    audit.append_now(request_engine(), sharing.opened(viewer, share, case.row, now))
    return in_words("support/shared.html", share=share, case=case, content=content)
