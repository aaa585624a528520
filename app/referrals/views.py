"""A service's inbox and what is done with each referral; and taking back one's own."""

from datetime import datetime

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.common.paging import Page
from app.database import request_session
from app.people import queries as people
from app.referrals import (
    cases,
    handing_over,
    oversight_views,
    queries,
    rules,
    service,
    staffing,
    wishes,
    workload,
)
from app.referrals.cases import Case
from app.referrals.forms import CloseForm, ContactForm, SeenForm, StepForm
from app.referrals.handing_over import Way
from app.referrals.models import Outcome, Referral, ReferralState, StepKind
from app.referrals.pages import (
    CONFLICT,
    blueprint,
    gone,
    in_words,
    note_listed,
    note_opened,
    seen,
)
from app.referrals.queries import Step
from app.referrals.service import ConflictError, Ending, FullError
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies
from app.web.sealing import keys

__all__ = ["blueprint", "oversight_views"]


@blueprint.get("/referrals")
@requires(Permission.REFERRALS_SERVICE_WORK)
def inbox() -> ResponseReturnValue:
    """What the viewer's services owe to whom, what is due first at the top."""
    viewer, session, now = current_viewer(), request_session(), utc_now()
    everything = cases.inbox(viewer, session, now=now, keys=keys())
    page = Page.of(request.args.get("page"), len(everything))
    shown = everything[page.offset :][: page.length]
    withdrawn = cases.withdrawn_lately(viewer, session, now=now, keys=keys())
    note_listed([*shown, *withdrawn], now)
    late = [case for case in shown if case.late(now)]
    on_time = [case for case in shown if not case.late(now)]
    seats = workload.practitioners(session, day=local_date(now))
    care = workload.welfare(session, account_ids=[viewer.account_id], now=now)
    return in_words(
        "referrals/inbox.html",
        sections=[
            ("Overdue", late),
            ("Waiting to be taken on", [case for case in on_time if not case.held]),
            ("Yours", [case for case in on_time if case.held]),
        ],
        withdrawn=withdrawn,
        seats=[one for one in seats if one.account_id == viewer.account_id],
        welfare=care[viewer.account_id],
        page=page,
        care_days=rules.CARE_DAYS,
        now=now,
    )


def _case(public_id: str, now: datetime) -> Case:
    viewer, session, store = current_viewer(), request_session(), keys()
    found = cases.case(viewer, session, public_id=public_id, now=now, keys=store)
    if found is None and cases.was_theirs(
        viewer, session, public_id=public_id, now=now, keys=store
    ):
        gone()
    return found or abort(404)


def _mine(public_id: str, now: datetime) -> Case:
    found = _case(public_id, now)
    if not found.mine:
        gone()
    return found


@blueprint.get("/referrals/<string(length=32):referral_id>")
@requires(Permission.REFERRALS_SERVICE_WORK)
def referral(referral_id: str) -> ResponseReturnValue:
    """One referral: whom to reach, what was agreed, what is next."""
    return _show(_case(referral_id, utc_now()))


def _show(
    case: Case, *, form: ContactForm | None = None, status: int = 200, message: str = ""
) -> ResponseReturnValue:
    viewer, session, now = current_viewer(), request_session(), utc_now()
    note_opened(case, now)
    day = local_date(now)
    reached = people.person(viewer, session, public_id=case.person_public_id, day=day)
    return in_words(
        "referrals/referral.html",
        status=status,
        case=case,
        form=form or _contact_form(case, now),
        message=message,
        agreement_by=cases.agreement_by(session, row=case.row),
        contact=wishes.contact_of(session, keys(), case.row),
        record=reached,
        now=now,
    )


def _contact_form(case: Case, now: datetime) -> ContactForm:
    agreed_on, today = local_date(case.row.agreed_at), local_date(now)
    form: ContactForm = seen(ContactForm().prepare(agreed_on=agreed_on, today=today), case)
    return form


def _back(row: Referral) -> ResponseReturnValue:
    return replies.saved(url_for("referrals.referral", referral_id=row.public_id))


@blueprint.post("/referrals/<string(length=32):referral_id>/take-on")
@requires(Permission.REFERRALS_SERVICE_WORK)
def take_on(referral_id: str) -> ResponseReturnValue:
    """Take it on, unless somebody was first or the viewer has as many people as they may."""
    form, now = SeenForm(), utc_now()
    case = _case(referral_id, now)
    if not form.validate_on_submit():
        return _show(case, status=422, message="Open this page again, and then take it on.")
    try:
        row = service.take_on(
            request_session(),
            viewer=current_viewer(),
            public_id=referral_id,
            revision=form.revision.data,
            now=now,
            keys=keys(),
        )
    except ConflictError:
        gone()
    except FullError as full:
        request_session().rollback()
        return _show(case, status=CONFLICT, message=_full_of_mine(full))
    return _back(row)


def _full_of_mine(full: FullError) -> str:
    return (
        f"You have {full.limit} people, which is the most you have agreed to. This one stays in "
        "the inbox for a colleague. A wellbeing lead can raise your limit if you want that."
    )


@blueprint.post("/referrals/<string(length=32):referral_id>/contact")
@requires(Permission.REFERRALS_SERVICE_WORK)
def contact(referral_id: str) -> ResponseReturnValue:
    """Keep the day of first contact."""
    now = utc_now()
    case = _mine(referral_id, now)
    form = _contact_form(case, now)
    if not form.validate_on_submit():
        return _show(case, form=form, status=422)
    try:
        row = service.record_contact(
            request_session(),
            viewer=current_viewer(),
            public_id=referral_id,
            revision=form.revision.data,
            contacted_on=form.day.data or local_date(now),
            now=now,
            keys=keys(),
        )
    except ConflictError:
        gone()
    return _back(row)


def _step_or_404(case: Case, kind: str) -> Step:
    found = next((step for step in case.steps if step.kind == kind), None)
    return found or abort(404)


@blueprint.get("/referrals/<string(length=32):referral_id>/meetings/<string:kind>")
@requires(Permission.REFERRALS_SERVICE_WORK)
def step_form(referral_id: str, kind: str) -> ResponseReturnValue:
    """The form for one planned meeting."""
    now = utc_now()
    case = _mine(referral_id, now)
    form = seen(StepForm().prepare(today=local_date(now)), case)
    return _show_step(case, _step_or_404(case, kind), form)


def _show_step(case: Case, step: Step, form: StepForm, status: int = 200) -> ResponseReturnValue:
    note_opened(case, utc_now())
    return in_words("referrals/step.html", status=status, case=case, step=step, form=form)


@blueprint.post("/referrals/<string(length=32):referral_id>/meetings/<string:kind>")
@requires(Permission.REFERRALS_SERVICE_WORK)
def change_step(referral_id: str, kind: str) -> ResponseReturnValue:
    """Keep that a meeting took place, or the day to which it is moved."""
    now = utc_now()
    case = _mine(referral_id, now)
    step, form = _step_or_404(case, kind), StepForm().prepare(today=local_date(now))
    if not form.validate_on_submit():
        return _show_step(case, step, form, 422)
    held = form.held_on.data if form.what.data == "held" else None
    due_on = (form.due_on.data if form.what.data == "moved" else None) or step.due_on
    try:
        row = service.change_step(
            request_session(),
            viewer=current_viewer(),
            public_id=referral_id,
            revision=form.revision.data,
            step=service.step_as(StepKind(kind), due_on=due_on, done_on=held),
            now=now,
            keys=keys(),
        )
    except ConflictError:
        gone()
    return _back(row)


@blueprint.get("/referrals/<string(length=32):referral_id>/hand-over")
@requires(Permission.REFERRALS_SERVICE_WORK)
def hand_over_form(referral_id: str) -> ResponseReturnValue:
    """Which colleague of the same service can have it."""
    return handing_over.show(_mine(referral_id, utc_now()), _way(referral_id))


def _way(referral_id: str) -> Way:
    return Way(
        section="referrals.inbox",
        action=url_for("referrals.hand_over", referral_id=referral_id),
        back=url_for("referrals.referral", referral_id=referral_id),
        after=url_for("referrals.inbox"),
    )


@blueprint.post("/referrals/<string(length=32):referral_id>/hand-over")
@requires(Permission.REFERRALS_SERVICE_WORK)
def hand_over(referral_id: str) -> ResponseReturnValue:
    """Give it to a colleague."""
    return handing_over.take(_mine(referral_id, utc_now()), _way(referral_id))


@blueprint.get("/referrals/<string(length=32):referral_id>/close")
@requires(Permission.REFERRALS_SERVICE_WORK)
def close_form(referral_id: str) -> ResponseReturnValue:
    """How it can end."""
    case = _mine(referral_id, utc_now())
    return _show_close(case, _close_form(case))


def _close_form(case: Case) -> CloseForm:
    receiving = queries.receiving(request_session())
    elsewhere = [one for one in receiving if one is not case.row.service]
    endings = rules.endings(case.row.state, elsewhere=elsewhere)
    form: CloseForm = seen(CloseForm().prepare(endings=endings, elsewhere=elsewhere), case)
    return form


def _show_close(case: Case, form: CloseForm, status: int = 200) -> ResponseReturnValue:
    note_opened(case, utc_now())
    return in_words("referrals/close.html", status=status, case=case, form=form)


@blueprint.post("/referrals/<string(length=32):referral_id>/close")
@requires(Permission.REFERRALS_SERVICE_WORK)
def close(referral_id: str) -> ResponseReturnValue:
    """Close it; passed on, it is another service's."""
    now, session, viewer = utc_now(), request_session(), current_viewer()
    case = _mine(referral_id, now)
    form = _close_form(case)
    if not form.validate_on_submit():
        return _show_close(case, form, 422)
    try:
        service.close(
            session,
            viewer=viewer,
            public_id=referral_id,
            revision=form.revision.data,
            ending=Ending(Outcome(form.outcome.data), form.passed_to()),
            now=now,
            keys=keys(),
        )
    except ConflictError:
        gone()
    if form.hard.data:
        staffing.ask_to_be_asked(session, viewer=viewer, now=now)
    return replies.saved(url_for("referrals.inbox"))


@blueprint.get("/my-record/referrals/<string(length=32):referral_id>/withdraw")
@requires(Permission.REFERRALS_OWN_WITHDRAW)
def withdraw_form(referral_id: str) -> ResponseReturnValue:
    """What happens if the viewer takes their own referral back."""
    row = _own_or_404(referral_id)
    if row.state is ReferralState.CLOSED:
        return replies.saved(url_for("self_referral.conversations"))
    return in_words("referrals/withdraw.html", referral=row)


def _own_or_404(public_id: str) -> Referral:
    found = queries.own_referral(current_viewer(), request_session(), public_id=public_id)
    return found or abort(404)


@blueprint.post("/my-record/referrals/<string(length=32):referral_id>/withdraw")
@requires(Permission.REFERRALS_OWN_WITHDRAW)
def withdraw(referral_id: str) -> ResponseReturnValue:
    """Take it back. Twice is once."""
    if _own_or_404(referral_id).state is not ReferralState.CLOSED:
        service.withdraw(
            request_session(),
            viewer=current_viewer(),
            public_id=referral_id,
            now=utc_now(),
            keys=keys(),
        )
    return replies.saved(url_for("self_referral.conversations"))
