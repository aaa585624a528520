"""For how long things are kept, what was removed, and what is on hold."""

from typing import TypeVar

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.retention import career_views, periods, queries, service, wording
from app.retention.classes import BY_CODE
from app.retention.forms import HoldForm, PeriodForm, ReviewForm
from app.retention.holding import STILL_HOLDS
from app.retention.pages import blueprint
from app.retention.queries import ClassRow, HoldRow
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

F = TypeVar("F", bound=ReviewForm)
__all__ = ["blueprint", "career_views"]


@blueprint.get("/retention")
@requires(Permission.RETENTION_ALL_MANAGE)
def overview() -> ResponseReturnValue:
    """Every class with its period, what is on hold, and the last nights."""
    viewer, session, day = current_viewer(), request_session(), local_date(utc_now())
    _note_look()
    found = queries.classes(session, day=day)
    nights, page = queries.nights(viewer, session, asked=request.args.get("page"))
    return replies.page(
        "retention/overview.html",
        classes=[(one, queries.next_due(session, found=one, day=day)) for one in found],
        holds=queries.holds(viewer, session),
        nights=nights,
        page=page,
        today=day,
        words=wording,
    )


def _note_look() -> None:
    """Write down that somebody saw who is on hold, before they are shown it."""
    viewer = current_viewer()
    entry = Entry(
        Event.LEGAL_HOLDS_VIEWED,
        utc_now(),
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
    )
    audit.append_now(request_engine(), entry)


@blueprint.get("/retention/nights/<int:number>")
@requires(Permission.RETENTION_ALL_MANAGE)
def night(number: int) -> ResponseReturnValue:
    """What one night removed, class by class."""
    found = queries.night(current_viewer(), request_session(), number=number)
    if found is None:
        abort(404)
    run, counts = found
    return replies.page(
        "retention/night.html", run=run, counts=counts, classes=BY_CODE, words=wording
    )


# --- Periods --------------------------------------------------------------------------------------


@blueprint.get("/retention/classes/<code>")
@requires(Permission.RETENTION_ALL_MANAGE)
def period_form(code: str) -> ResponseReturnValue:
    """A form for how long one class is kept."""
    found, form = _class_or_404(code), PeriodForm()
    form.months.data = str(found.ahead.months if found.ahead else found.months)
    return _period_page(found, form)


@blueprint.post("/retention/classes/<code>")
@requires(Permission.RETENTION_ALL_MANAGE)
def set_period(code: str) -> ResponseReturnValue:
    """Keep it for longer from tonight, or for shorter after a notice."""
    found = _class_or_404(code)
    form = PeriodForm()
    if found.about.bounds is None:
        abort(404)
    form.prepare(found.about.bounds)
    if not form.validate_on_submit():
        return _period_page(found, form, status=422)
    periods.change(
        request_session(),
        viewer=current_viewer(),
        class_code=code,
        months=form.number or 0,
        reason=form.why,
        reference=str(form.reference.data or "").strip(),
        now=utc_now(),
    )
    return replies.saved(url_for("retention.overview"))


def _class_or_404(code: str) -> ClassRow:
    found = queries.class_of(request_session(), code=code, day=local_date(utc_now()))
    if found is None or found.about.bounds is None:
        abort(404)
    return found


def _period_page(found: ClassRow, form: PeriodForm, *, status: int = 200) -> ResponseReturnValue:
    if found.about.bounds:
        form.prepare(found.about.bounds)
    return replies.page(
        "retention/period.html",
        status=status,
        found=found,
        form=form,
        words=wording,
        notice=periods.NOTICE.days,
    )


# --- Holds ----------------------------------------------------------------------------------------


@blueprint.get("/retention/holds/add")
@requires(Permission.RETENTION_ALL_MANAGE)
def hold_form() -> ResponseReturnValue:
    """A form for a new hold."""
    return replies.page("retention/add_hold.html", form=_prepared(HoldForm()))


@blueprint.post("/retention/holds/add")
@requires(Permission.RETENTION_ALL_MANAGE)
def place_hold() -> ResponseReturnValue:
    """Place it."""
    form = _prepared(HoldForm())
    if form.validate_on_submit():
        try:
            row = service.place(
                request_session(), viewer=current_viewer(), wanted=form.wanted, now=utc_now()
            )
        except service.HoldError as error:
            form.subject.errors = [str(error)]
        else:
            return replies.saved(url_for("retention.hold", hold_id=row.public_id))
    return replies.page("retention/add_hold.html", status=422, form=form)


@blueprint.get("/retention/holds/<string(length=32):hold_id>")
@requires(Permission.RETENTION_ALL_MANAGE)
def hold(hold_id: str) -> ResponseReturnValue:
    """One hold: keep it for longer, or lift it."""
    found = _hold_or_404(hold_id)
    _note_look()
    return _hold_page(found, _prepared(ReviewForm()))


@blueprint.post("/retention/holds/<string(length=32):hold_id>/review")
@requires(Permission.RETENTION_ALL_MANAGE)
def review_hold(hold_id: str) -> ResponseReturnValue:
    """Keep it, and say when it is looked at again."""
    found, form = _hold_or_404(hold_id), _prepared(ReviewForm())
    if not form.validate_on_submit():
        return _hold_page(found, form, status=422)
    try:
        service.review(
            request_session(),
            viewer=current_viewer(),
            public_id=hold_id,
            review_on=form.day,
            now=utc_now(),
        )
    except service.HoldError as error:
        return _hold_page(found, form, status=409, message=str(error))
    return replies.saved(url_for("retention.overview"))


@blueprint.post("/retention/holds/<string(length=32):hold_id>/lift")
@requires(Permission.RETENTION_ALL_MANAGE)
def lift_hold(hold_id: str) -> ResponseReturnValue:
    """Lift it."""
    found = _hold_or_404(hold_id)
    try:
        service.lift(request_session(), viewer=current_viewer(), public_id=hold_id, now=utc_now())
    except service.HoldError as error:
        form = _prepared(ReviewForm())
        return _hold_page(found, form, status=409, message=str(error))
    return replies.saved(url_for("retention.overview"))


def _prepared(form: F) -> F:
    now = utc_now()
    return form.prepare(local_date(now), service.longest_review(now))


def _hold_or_404(hold_id: str) -> HoldRow:
    found = queries.holds(current_viewer(), request_session(), public_id=hold_id)
    if not found:
        abort(404)
    return found[0]


def _hold_page(
    found: HoldRow, form: ReviewForm, *, status: int = 200, message: str = ""
) -> ResponseReturnValue:
    return replies.page(
        "retention/hold.html",
        status=status,
        hold=found,
        form=form,
        message=message,
        words=wording,
        still_holds=STILL_HOLDS.days,
    )


# --- For everybody --------------------------------------------------------------------------------


@blueprint.get("/my-record/kept")
@requires(Permission.RECORD_OWN_READ)
def kept() -> ResponseReturnValue:
    """For how long the viewer's record is kept, and whether any of it is on hold."""
    session, now = request_session(), utc_now()
    return replies.page(
        "retention/kept.html",
        classes=queries.classes(session, day=local_date(now)),
        holds=queries.own_holds(current_viewer(), session, now=now),
        words=wording,
    )
