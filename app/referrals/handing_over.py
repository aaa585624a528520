"""Giving a referral to somebody else of its service: the same act for its practitioner and for a
lead, who come from different pages and go back to them."""

from typing import NamedTuple

from flask.typing import ResponseReturnValue

from app.common.clock import utc_now
from app.database import request_session
from app.referrals import service
from app.referrals.cases import Case
from app.referrals.forms import HandOverForm
from app.referrals.pages import CONFLICT, choices, colleagues, gone, in_words, note_opened, seen
from app.referrals.service import ConflictError, FullError
from app.security.access import current_viewer
from app.web import replies
from app.web.sealing import keys


class Way(NamedTuple):
    """From where somebody comes: the section of the site, and the addresses of the form, of where
    they go instead, and of where they go after it."""

    section: str
    action: str
    back: str
    after: str
    advice: str = ""
    """What they can do when the colleague has as many people as they may."""


def show(case: Case, way: Way) -> ResponseReturnValue:
    """Who can have it."""
    note_opened(case, utc_now())
    form = seen(HandOverForm().prepare(choices(colleagues(case, utc_now()))), case)
    return _page(case, way, form)


def take(case: Case, way: Way) -> ResponseReturnValue:
    """Give it to whoever was chosen."""
    now = utc_now()
    offered = colleagues(case, now)
    form = HandOverForm().prepare(choices(offered))
    if not form.validate_on_submit():
        return _again(case, way, form, status=422)
    to = next(one for one in offered if one.public_id == form.to.data)
    try:
        service.hand_over(
            request_session(),
            viewer=current_viewer(),
            public_id=case.row.public_id,
            revision=form.revision.data,
            to_account_id=to.account_id,
            now=now,
            keys=keys(),
        )
    except ConflictError:
        gone()
    except FullError:
        words = f"{to.name} has as many people as they may. {way.advice}".rstrip()
        return _again(case, way, form, status=CONFLICT, message=words)
    return replies.saved(way.after)


def _again(
    case: Case, way: Way, form: HandOverForm, *, status: int, message: str = ""
) -> ResponseReturnValue:
    # Noting it ends the transaction, and with it what was tried.
    note_opened(case, utc_now())
    return _page(case, way, form, status=status, message=message)


def _page(
    case: Case, way: Way, form: HandOverForm, *, status: int = 200, message: str = ""
) -> ResponseReturnValue:
    return in_words(
        "referrals/hand_over.html",
        status=status,
        case=case,
        form=form,
        message=message,
        now=utc_now(),
        section=way.section,
        back=way.back,
        action=way.action,
    )
