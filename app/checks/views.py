"""The self-check: beginning, what was said, and what becomes of it. It all goes unless its person
asks to keep it."""

from flask import Flask, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, user_logged_out

from app.checks import drafts, kept_views, service
from app.checks.answers import LAST, Answers, Part, Step, before, first_open
from app.checks.asking_views import Now, address, here_or_elsewhere
from app.checks.pages import (
    blueprint,
    chosen,
    help_pages,
    instruments,
    needs_help_now,
    show,
    under_way,
)
from app.checks.questions import QUESTIONS
from app.checks.service import NothingUnderWayError
from app.checks.wording import grouped, said
from app.common.clock import local_date, utc_now
from app.database import request_session
from app.instruments.models import Instrument
from app.instruments.scoring import score
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.security.viewer import SignedIn
from app.web import replies
from app.web.sealing import keys

__all__ = ["blueprint", "kept_views"]
MOST_PAGES = 6
"""A long list helps nobody to choose."""


@user_logged_out.connect  # type: ignore[untyped-decorator]
def leave_seen(_app: Flask, user: SignedIn | AnonymousUserMixin) -> None:
    """Whoever signs out, or leaves at once, leaves no result behind that they did not keep."""
    if isinstance(user, SignedIn):
        drafts.discard_seen(request_session(), viewer=user.viewer, now=utc_now())


# --- Beginning and ending -------------------------------------------------------------------------


@blueprint.get("/self-check")
@requires(Permission.CHECK_OWN_TAKE)
def start() -> ResponseReturnValue:
    """Who sees it, what is kept, and the way in."""
    if current_viewer().person_id is None:
        return show("checks/no_record.html")
    answers = under_way()
    instrument = chosen(answers, utc_now()) if answers else None
    go_on = _go_on(answers, instrument) if answers else ""
    return show("checks/start.html", answers=answers, go_on=go_on)


def _go_on(answers: Answers, instrument: Instrument | None) -> str:
    if answers.finished:
        return url_for("checks.result")
    return address(first_open(answers, instrument))


@blueprint.post("/self-check")
@requires(Permission.CHECK_OWN_TAKE)
def begin() -> ResponseReturnValue:
    """Start anew: what was under way goes."""
    viewer = current_viewer()
    if viewer.person_id is None:
        return replies.saved(url_for("checks.start"))
    service.begin(request_session(), viewer=viewer, keys=keys(), now=utc_now())
    return replies.saved(address(Step(Part.ABOUT)))


@blueprint.get("/self-check/leave")
@requires(Permission.CHECK_OWN_TAKE)
def leave_form() -> ResponseReturnValue:
    """Go on later, or delete what was said so far."""
    answers = under_way()
    if answers is None:
        return replies.saved(url_for("checks.start"))
    return show("checks/leave.html", answers=answers)


@blueprint.post("/self-check/leave")
@requires(Permission.CHECK_OWN_TAKE)
def leave() -> ResponseReturnValue:
    """Delete what was said, now."""
    drafts.discard(request_session(), viewer=current_viewer())
    return replies.saved(url_for("checks.gone"))


@blueprint.get("/self-check/gone")
@requires(Permission.CHECK_OWN_TAKE)
def gone() -> ResponseReturnValue:
    """It was deleted."""
    return show("checks/gone.html")


# --- What was said --------------------------------------------------------------------------------


@blueprint.get("/self-check/answers")
@requires(Permission.CHECK_OWN_TAKE)
def review() -> ResponseReturnValue:
    """Everything that was answered, to be changed."""
    here = here_or_elsewhere(LAST)
    if not isinstance(here, Now):
        return here
    items = here.instrument.items if here.instrument else ()
    return show(
        "checks/answers.html",
        sections=said(here.answers, here.instrument),
        change=[
            [address(Step(Part.ABOUT), review=True)],
            [address(Step(Part.QUESTION, n), review=True) for n, _ in enumerate(QUESTIONS, 1)],
            [address(Step(Part.ITEM, n), review=True) for n, _ in enumerate(items, 1)],
        ],
        change_choice=address(Step(Part.CHOICE), review=True),
        instrument=here.instrument,
        now_shown=needs_help_now(here.answers, here.instrument),
        back=address(before(here.instrument, LAST) or LAST),
    )


@blueprint.post("/self-check/answers")
@requires(Permission.CHECK_OWN_TAKE)
def finish() -> ResponseReturnValue:
    """On to the result."""
    here = here_or_elsewhere(LAST)
    if not isinstance(here, Now):
        return here
    session, now = request_session(), utc_now()
    service.answer(session, viewer=current_viewer(), keys=keys(), change=Answers.seen, now=now)
    return replies.saved(url_for("checks.result"))


@blueprint.get("/self-check/result")
@requires(Permission.CHECK_OWN_TAKE)
def result() -> ResponseReturnValue:
    """What was said, in plain words, and what one can do with it."""
    here = here_or_elsewhere(LAST)
    if not isinstance(here, Now):
        return here
    if not here.answers.finished:
        return replies.saved(url_for("checks.review"))
    answers, instrument = here.answers, here.instrument
    days = answers.days_since(local_date(utc_now()))
    return show(
        "checks/result.html",
        groups=grouped(answers),
        answers=answers,
        instrument=instrument,
        result=score(instrument, answers.items) if instrument else None,
        days=days,
        pages=help_pages().about(answers.harder(), days_since=days)[:MOST_PAGES],
        now_shown=needs_help_now(answers, instrument),
    )


@blueprint.post("/self-check/keep")
@requires(Permission.CHECK_OWN_TAKE)
def keep() -> ResponseReturnValue:
    """Keep the result, because the person said so."""
    try:
        row = service.keep(
            request_session(),
            viewer=current_viewer(),
            keys=keys(),
            instruments=instruments(),
            now=utc_now(),
        )
    except NothingUnderWayError:
        return replies.saved(url_for("checks.start"))
    return replies.saved(url_for("checks.kept_one", check_id=row.public_id))
