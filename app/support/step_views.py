"""The pages of a request: one question each, what was answered, and sending it."""

from datetime import datetime

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.referrals.forms import refuse
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.support import drafts, queries, service
from app.support.answering import FORMS, STEPS, Asked, answers_so_far, asked
from app.support.forms import PlainForm
from app.support.pages import blueprint, crisis_contacts, in_words, promised
from app.support.service import AlreadyAskedError, NobodyLeftError
from app.web import replies
from app.web.sealing import keys

NOBODY = "Nobody is left who could take it on. Choose fewer people, or ask somebody else"
UNPROCESSABLE = 422
PAGES = {
    "whom": "support/whom.html",
    "urgency": "support/urgency.html",
    "contact": "support/contact.html",
    "people": "support/people.html",
}


def _step(step: str, now: datetime) -> tuple[str, Asked]:
    """A page that can be answered now: those before it have been."""
    if step not in STEPS:
        abort(404)
    held = asked(now)
    first = held.missing
    ready = first is None or STEPS.index(step) <= STEPS.index(first)
    return (step if ready else str(first)), held


@blueprint.get("/ask-for-support/new/<string:step>")
@requires(Permission.SUPPORT_OWN_ASK)
def step_form(step: str) -> ResponseReturnValue:
    """One question."""
    now = utc_now()
    ready, held = _step(step, now)
    if ready != step:
        return replies.saved(url_for("support.step_form", step=ready))
    return _show(step, held, FORMS[step](held, now))


def _show(step: str, held: Asked, form: object, status: int = 200) -> ResponseReturnValue:
    place = STEPS.index(step)
    before = url_for("support.step_form", step=STEPS[place - 1]) if place else ""
    back = url_for("support.check") if held.missing is None else before
    return in_words(
        PAGES[step],
        status=status,
        form=form,
        held=held,
        back=back or url_for("support.ask"),
        contacts=crisis_contacts() if step == "urgency" else (),
    )


@blueprint.post("/ask-for-support/new/<string:step>")
@requires(Permission.SUPPORT_OWN_ASK)
def step(step: str) -> ResponseReturnValue:
    """Keep one answer, and on to the next question or to all of them."""
    now, viewer, session = utc_now(), current_viewer(), request_session()
    ready, held = _step(step, now)
    if ready != step:
        return replies.saved(url_for("support.step_form", step=ready))
    form = FORMS[step](held, now)
    if not form.validate_on_submit():
        return _show(step, held, form, UNPROCESSABLE)
    answers = answers_so_far(now)
    before = answers.get(step)
    answers[step] = {name: request.form.getlist(name) for name in form.data if name != "csrf_token"}
    if step == "whom" and answers[step] != before:
        # Those named were of the other service.
        answers.pop("people", None)
    drafts.keep(session, keys=keys(), viewer=viewer, answers=answers, now=now)
    held = asked(now)
    if step == "people" and not _somebody(held, now):
        refuse(form.avoided, NOBODY)
        return _show(step, held, form, UNPROCESSABLE)
    missing = held.missing
    return replies.saved(
        url_for("support.step_form", step=missing) if missing else url_for("support.check")
    )


def _somebody(held: Asked, now: datetime) -> bool:
    if held.place is None:
        return False
    left = queries.left(
        current_viewer(),
        request_session(),
        place=held.place,
        outside_line=held.outside_line,
        avoided=held.avoided,
        day=local_date(now),
    )
    return bool(left)


@blueprint.get("/ask-for-support/new/check")
@requires(Permission.SUPPORT_OWN_ASK)
def check() -> ResponseReturnValue:
    """Everything that was answered, with a way to change each, and what happens next."""
    now = utc_now()
    held = asked(now)
    if held.missing is not None:
        return replies.saved(url_for("support.step_form", step=held.missing))
    return _show_check(held, now)


def _show_check(held: Asked, now: datetime, status: int = 200) -> ResponseReturnValue:
    if held.place is None or held.urgency is None:
        abort(404)
    known = service.asked_already(
        request_session(), viewer=current_viewer(), service=held.place.service
    )
    taken, reached = promised(held.place, held.urgency, now)
    return in_words(
        "support/check.html",
        status=status,
        held=held,
        known=known,
        somebody=_somebody(held, now),
        named=[one.name for one in held.place.people if one.account_id in held.avoided],
        taken=taken,
        reached=reached,
        now=now,
    )


@blueprint.post("/ask-for-support/new/send")
@requires(Permission.SUPPORT_OWN_ASK)
def send() -> ResponseReturnValue:
    """Send it; what was kept of the answers is forgotten."""
    now, viewer, session = utc_now(), current_viewer(), request_session()
    held = asked(now)
    wish = held.wish
    if wish is None or held.place is None or not PlainForm().validate_on_submit():
        return replies.saved(url_for("support.step_form", step=held.missing or STEPS[0]))
    try:
        row = service.ask(
            session,
            keys=keys(),
            viewer=viewer,
            service=held.place.service,
            wish=wish,
            now=now,
        )
    except AlreadyAskedError as error:
        return replies.saved(url_for("support.own_request", referral_id=error.row.public_id))
    except NobodyLeftError:
        return _show_check(held, now, UNPROCESSABLE)
    drafts.discard(session, viewer=viewer)
    return replies.saved(url_for("support.sent", referral_id=row.public_id))


@blueprint.post("/ask-for-support/new/discard")
@requires(Permission.SUPPORT_OWN_ASK)
def discard() -> ResponseReturnValue:
    """Forget what was answered."""
    drafts.discard(request_session(), viewer=current_viewer())
    return replies.saved(url_for("support.ask"))
