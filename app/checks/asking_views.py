"""The questions, one a page; every answer is sealed and kept as it is given, so none is lost."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.checks import drafts, queries, service
from app.checks.answers import LAST, Answers, Part, Step, after, before, first_open, reachable
from app.checks.forms import AboutForm, AnswerForm, ChoiceForm
from app.checks.pages import blueprint, chosen, needs_help_now, offered, show, under_way
from app.checks.questions import QUESTIONS, Change
from app.checks.service import NothingUnderWayError
from app.common.clock import local_date, utc_now
from app.database import request_session
from app.instruments.models import Instrument
from app.security.access import current_viewer, keeps_what_was_typed, requires
from app.security.permissions import Permission
from app.security.viewer import Viewer
from app.web import replies
from app.web.sealing import keys

SKIP, LATER = "skip", "later"
"""What the buttons beside "Continue" send."""


class Now(NamedTuple):
    """Where somebody is: their answers, the questionnaire they chose, and the page."""

    answers: Answers
    instrument: Instrument | None
    step: Step


def address(step: Step, *, review: bool = False) -> str:
    """The address of a page of the self-check. It says how far one is, and nothing else."""
    more: dict[str, Any] = {"review": "yes"} if review else {}
    if step.part is Part.ABOUT:
        return url_for("checks.about", **more)
    if step.part is Part.QUESTION:
        return url_for("checks.question", number=step.number, **more)
    if step.part is Part.CHOICE:
        return url_for("checks.choice", **more)
    if step.part is Part.ITEM:
        return url_for("checks.item", number=step.number, **more)
    return url_for("checks.review")


def _reviewing() -> bool:
    return "review" in request.args


def here_or_elsewhere(step: Step) -> Now | ResponseReturnValue:
    """What there is to show at a step, or where to go instead."""
    answers, now = under_way(), utc_now()
    if answers is None:
        return replies.saved(url_for("checks.start"))
    instrument = chosen(answers, now)
    if not reachable(answers, instrument, step):
        return replies.saved(address(first_open(answers, instrument)))
    return Now(answers, instrument, step)


STEPS = {
    "checks.say_about": Part.ABOUT,
    "checks.answer": Part.QUESTION,
    "checks.choose": Part.CHOICE,
    "checks.answer_item": Part.ITEM,
}
Form = AboutForm | AnswerForm | ChoiceForm


def keep_for_sign_in(viewer: Viewer) -> str | None:
    """Put down the answer of a session that has run out. Nothing is written in the audit log."""
    values = request.view_args or {}
    step = Step(STEPS[request.endpoint or ""], int(values.get("number", 0)))
    session, now = request_session(), utc_now()
    answers = drafts.find(viewer, session, keys(), now=now)
    instrument = chosen(answers, now) if answers else None
    if answers is None or not reachable(answers, instrument, step):
        return url_for("checks.start")
    here = Now(answers, instrument, step)
    change = _change(here, _form(here, viewer, now))
    if change is None:
        return address(step)
    changed = service.answer(session, viewer=viewer, keys=keys(), change=change, now=now)
    return address(first_open(changed, chosen(changed, now)))


def _change(here: Now, form: Form) -> Callable[[Answers], Answers] | None:
    """What the form that was sent changes; ``None`` if it cannot be used as it is."""
    items, place = here.instrument.items if here.instrument else (), here.step.number - 1
    if here.step.part is Part.ITEM and request.form.get("do") == SKIP:
        return lambda answers: answers.with_item(items[place].code, None)
    if not form.validate():
        return None
    if isinstance(form, AboutForm):
        return _about(form)
    if isinstance(form, ChoiceForm):
        return lambda answers: answers.with_questionnaire(form.code)
    if here.step.part is Part.ITEM:
        return lambda answers: answers.with_item(items[place].code, int(form.answer.data))
    return lambda answers: answers.with_change(QUESTIONS[place].code, Change(form.answer.data))


def _about(form: AboutForm) -> Callable[[Answers], Answers]:
    one = form.incident
    if one is None:
        return lambda answers: answers.about("", None)
    return lambda answers: answers.about(one.words, local_date(one.occurred_at))


def _form(here: Now, viewer: Viewer, now: datetime) -> Form:
    answers, place = here.answers, here.step.number - 1
    if here.step.part is Part.ABOUT:
        recent = queries.recent(viewer, request_session(), now=now)
        return AboutForm().prepare(recent, answers.after)
    if here.step.part is Part.CHOICE:
        return ChoiceForm().prepare(offered(answers, now), answers.chosen)
    if here.step.part is Part.ITEM and here.instrument:
        one = here.instrument.items[place]
        return AnswerForm().ask_item(one, answers.items.get(one.code))
    return AnswerForm().ask(QUESTIONS[place], answers.changes.get(QUESTIONS[place].code))


def _ask(step: Step) -> ResponseReturnValue:
    here = here_or_elsewhere(step)
    if not isinstance(here, Now):
        return here
    return _show(here, _form(here, current_viewer(), utc_now()))


def _answer(step: Step) -> ResponseReturnValue:
    here, viewer, now = here_or_elsewhere(step), current_viewer(), utc_now()
    if not isinstance(here, Now):
        return here
    form = _form(here, viewer, now)
    change = _change(here, form)
    later = request.form.get("do") == LATER
    if change is None:
        return replies.saved(url_for("checks.leave_form")) if later else _show(here, form, 422)
    session = request_session()
    try:
        answers = service.answer(session, viewer=viewer, keys=keys(), change=change, now=now)
    except NothingUnderWayError:
        return replies.saved(url_for("checks.start"))
    if later:
        return replies.saved(url_for("checks.leave_form"))
    instrument, review = chosen(answers, now), _reviewing()
    onward = after(answers, instrument, step, review=review)
    return replies.saved(address(onward, review=review and onward != LAST))


def _show(here: Now, form: Form, status: int = 200) -> ResponseReturnValue:
    templates = {
        Part.ABOUT: "checks/about.html",
        Part.QUESTION: "checks/question.html",
        Part.CHOICE: "checks/choice.html",
        Part.ITEM: "checks/item.html",
    }
    back = LAST if _reviewing() else before(here.instrument, here.step)
    return show(
        templates[here.step.part],
        status=status,
        form=form,
        number=here.step.number,
        count=len(here.instrument.items) if here.instrument else 0,
        questions=len(QUESTIONS),
        answers=here.answers,
        instrument=here.instrument,
        now_shown=needs_help_now(here.answers, here.instrument),
        action=address(here.step, review=_reviewing()),
        back=address(back) if back else url_for("checks.start"),
    )


@blueprint.get("/self-check/about")
@requires(Permission.CHECK_OWN_TAKE)
def about() -> ResponseReturnValue:
    """After which incident, if any."""
    return _ask(Step(Part.ABOUT))


@blueprint.post("/self-check/about")
@requires(Permission.CHECK_OWN_TAKE)
@keeps_what_was_typed(keep_for_sign_in)
def say_about() -> ResponseReturnValue:
    """Keep it and go on."""
    return _answer(Step(Part.ABOUT))


@blueprint.get("/self-check/questions/<int:number>")
@requires(Permission.CHECK_OWN_TAKE)
def question(number: int) -> ResponseReturnValue:
    """One of the twelve questions."""
    return _ask(Step(Part.QUESTION, number))


@blueprint.post("/self-check/questions/<int:number>")
@requires(Permission.CHECK_OWN_TAKE)
@keeps_what_was_typed(keep_for_sign_in)
def answer(number: int) -> ResponseReturnValue:
    """Keep the answer and go on."""
    return _answer(Step(Part.QUESTION, number))


@blueprint.get("/self-check/set")
@requires(Permission.CHECK_OWN_TAKE)
def choice() -> ResponseReturnValue:
    """One questionnaire, or none."""
    return _ask(Step(Part.CHOICE))


@blueprint.post("/self-check/set")
@requires(Permission.CHECK_OWN_TAKE)
@keeps_what_was_typed(keep_for_sign_in)
def choose() -> ResponseReturnValue:
    """Keep the choice and go on."""
    return _answer(Step(Part.CHOICE))


@blueprint.get("/self-check/set/<int:number>")
@requires(Permission.CHECK_OWN_TAKE)
def item(number: int) -> ResponseReturnValue:
    """One item of the questionnaire."""
    return _ask(Step(Part.ITEM, number))


@blueprint.post("/self-check/set/<int:number>")
@requires(Permission.CHECK_OWN_TAKE)
@keeps_what_was_typed(keep_for_sign_in)
def answer_item(number: int) -> ResponseReturnValue:
    """Keep the answer, or that it was skipped, and go on."""
    return _answer(Step(Part.ITEM, number))
