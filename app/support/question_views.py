"""Questions without a name: for whoever asks, and for the service that answers.

Nothing on the asking side goes to a page of its own with an identifier in its address, into the
session or into the audit log; what a page has to carry on is in a slip.
"""

from datetime import datetime

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.referrals import queries as referrals
from app.referrals import workload
from app.referrals.forms import refuse
from app.referrals.models import Support
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.support import questions as threads
from app.support import receipts
from app.support.forms import AnswerForm, CodeForm, QuestionForm, ReceiptForm, ReplyForm
from app.support.pages import blueprint, guesses, in_words
from app.support.questions import SILENT_DAYS, Thread
from app.support.wording import WHOM
from app.web import replies
from app.web.sealing import keys

UNPROCESSABLE = 422
UNKNOWN = "No question has this code. Check each letter. Questions go after 90 quiet days"
TOO_MANY = "That was a wrong code too often. Try again in an hour"


def _answering(now: datetime) -> list[tuple[str, str, str]]:
    """Services with somebody to answer today, as a form offers them."""
    session = request_session()
    there = {
        one.service for one in workload.practitioners(session, day=local_date(now)) if one.can_open
    }
    offered = {service.value for service in referrals.receiving(session) if service in there}
    return [(value, words, hint) for value, (words, hint) in WHOM.items() if value in offered]


@blueprint.get("/ask-for-support/question")
@requires(Permission.SUPPORT_OWN_ASK)
def question_form() -> ResponseReturnValue:
    """What asking without a name means, and the form."""
    form = QuestionForm().prepare(_answering(utc_now()))
    return in_words("support/question.html", form=form, days=SILENT_DAYS)


@blueprint.post("/ask-for-support/question")
@requires(Permission.SUPPORT_OWN_ASK)
def question() -> ResponseReturnValue:
    """Show the receipt code. The question is not kept before the code was typed back."""
    now = utc_now()
    form = QuestionForm().prepare(_answering(now))
    if not form.validate_on_submit():
        return in_words("support/question.html", status=UNPROCESSABLE, form=form, days=SILENT_DAYS)
    code = receipts.new_code()
    slip = receipts.slip(
        keys(), now=now, code=code, service=form.whom.data, text=form.question.data.strip()
    )
    return _show_receipt(ReceiptForm(formdata=None), slip, code)


def _show_receipt(
    form: ReceiptForm, slip: str, code: str, status: int = 200
) -> ResponseReturnValue:
    form.slip.process_data(slip)
    return in_words("support/receipt.html", status=status, form=form, code=code, days=SILENT_DAYS)


@blueprint.post("/ask-for-support/question/send")
@requires(Permission.SUPPORT_OWN_ASK)
def send_question() -> ResponseReturnValue:
    """Keep the question, once its author has shown that they have the code."""
    now, form = utc_now(), ReceiptForm()
    written = form.slip.data or ""
    said = receipts.read_slip(keys(), written, now=now)
    if said is None or "text" not in said:
        return replies.saved(url_for("support.question_form"))
    valid = form.validate_on_submit()
    if valid and receipts.plain(form.code.data) != receipts.plain(said["code"]):
        valid = refuse(form.code, "That is not the code above. Type it again")
    if not valid:
        return _show_receipt(form, written, said["code"], UNPROCESSABLE)
    threads.ask(
        request_session(),
        keys=keys(),
        service=Support(said["service"]),
        text=said["text"],
        code=said["code"],
        day=local_date(now),
    )
    return replies.saved(url_for("support.question_sent"))


@blueprint.get("/ask-for-support/question/sent")
@requires(Permission.SUPPORT_OWN_ASK)
def question_sent() -> ResponseReturnValue:
    """That a question was sent: the same page for everybody."""
    return in_words("support/question_sent.html", days=SILENT_DAYS)


@blueprint.get("/ask-for-support/answer")
@requires(Permission.SUPPORT_OWN_ASK)
def code_form() -> ResponseReturnValue:
    """Where the code is typed to read the answer."""
    return in_words("support/code.html", form=CodeForm())


@blueprint.post("/ask-for-support/answer")
@requires(Permission.SUPPORT_OWN_ASK)
def read_answer() -> ResponseReturnValue:
    """The thread that the code opens."""
    now, form, viewer = utc_now(), CodeForm(), current_viewer()
    if guesses().too_many(viewer.account_id, now):
        refuse(form.code, TOO_MANY)
        return in_words("support/code.html", status=429, form=form)
    if not form.validate_on_submit():
        return in_words("support/code.html", status=UNPROCESSABLE, form=form)
    day = local_date(now)
    thread = threads.with_code(request_session(), keys=keys(), code=form.code.data, day=day)
    if thread is None:
        guesses().was_wrong(viewer.account_id, now)
        refuse(form.code, UNKNOWN)
        return in_words("support/code.html", status=UNPROCESSABLE, form=form)
    return _show_thread(thread, ReplyForm(formdata=None), now)


def _show_thread(
    thread: Thread, form: ReplyForm, now: datetime, status: int = 200, *, kept: bool = False
) -> ResponseReturnValue:
    form.slip.process_data(receipts.slip(keys(), now=now, thread=thread.public_id))
    return in_words(
        "support/thread.html",
        status=status,
        thread=thread,
        form=form,
        kept=kept,
        warned=thread.warned(local_date(now)),
    )


@blueprint.post("/ask-for-support/answer/reply")
@requires(Permission.SUPPORT_OWN_ASK)
def write_back() -> ResponseReturnValue:
    """Keep what whoever asked writes back, and show the thread again."""
    now, form, session, store = utc_now(), ReplyForm(), request_session(), keys()
    day = local_date(now)
    said = receipts.read_slip(store, form.slip.data or "", now=now) or {}
    name = said.get("thread", "")
    thread = threads.with_id(session, keys=store, public_id=name, day=day)
    if thread is None:
        return replies.saved(url_for("support.code_form"))
    if not form.validate_on_submit():
        return _show_thread(thread, form, now, UNPROCESSABLE)
    threads.write_back(session, keys=store, public_id=name, text=form.reply.data.strip(), day=day)
    thread = threads.with_id(session, keys=store, public_id=name, day=day) or thread
    return _show_thread(thread, ReplyForm(formdata=None), now, kept=True)


# --- The service ----------------------------------------------------------------------------------


@blueprint.app_template_global("unanswered_questions")
def unanswered_questions() -> list[Thread]:
    """Questions to the viewer's services, unanswered ones first: for the top of their inbox."""
    return threads.inbox(
        current_viewer(), request_session(), keys=keys(), day=local_date(utc_now())
    )


@blueprint.get("/referrals/questions")
@requires(Permission.REFERRALS_SERVICE_WORK)
def questions() -> ResponseReturnValue:
    """Questions to the viewer's services, unanswered ones first."""
    return in_words("support/questions.html", threads=unanswered_questions())


def _thread_or_404(public_id: str, now: datetime) -> Thread:
    found = threads.for_service(
        current_viewer(),
        request_session(),
        keys=keys(),
        public_id=public_id,
        day=local_date(now),
    )
    return found or abort(404)


@blueprint.get("/referrals/questions/<string(length=32):question_id>")
@requires(Permission.REFERRALS_SERVICE_WORK)
def service_thread(question_id: str) -> ResponseReturnValue:
    """One question with what followed, and the form to answer."""
    return _show_service_thread(_thread_or_404(question_id, utc_now()), AnswerForm())


def _show_service_thread(
    thread: Thread, form: AnswerForm, status: int = 200
) -> ResponseReturnValue:
    entry = threads.noted(current_viewer(), thread, Event.QUESTION_READ, utc_now())
    request_session().rollback()
    audit.append_now(request_engine(), entry)
    return in_words("support/service_thread.html", status=status, thread=thread, form=form)


@blueprint.post("/referrals/questions/<string(length=32):question_id>")
@requires(Permission.REFERRALS_SERVICE_WORK)
def answer_question(question_id: str) -> ResponseReturnValue:
    """Answer for the service."""
    now, form = utc_now(), AnswerForm()
    thread = _thread_or_404(question_id, now)
    if not form.validate_on_submit():
        return _show_service_thread(thread, form, UNPROCESSABLE)
    threads.answer(
        request_session(),
        keys=keys(),
        viewer=current_viewer(),
        public_id=question_id,
        text=form.answer.data.strip(),
        now=now,
    )
    return replies.saved(url_for("support.questions"))
