"""For wellbeing leads: what is open and overdue, who works for which service, how they are."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.referrals import (
    cases,
    handing_over,
    queries,
    rules,
    staffing,
    statistics,
    workload,
)
from app.referrals.cases import Case
from app.referrals.forms import AddForm, LimitsForm, PlainForm, PractitionerForm
from app.referrals.handing_over import Way
from app.referrals.models import SERVICES, Support
from app.referrals.pages import (
    blueprint,
    in_words,
    note_listed,
)
from app.referrals.workload import Practitioner
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies
from app.web.sealing import keys

MOST_SHOWN = 100
USUAL_LIMIT = 6


@blueprint.get("/referrals/overview")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def overview() -> ResponseReturnValue:
    """What is open, by service; by name only what is overdue; and how practitioners are."""
    viewer, session, now = current_viewer(), request_session(), utc_now()
    found = cases.overseen(viewer, session, now=now, keys=keys())
    late = [case for case in found if case.late(now)]
    note_listed(late[:MOST_SHOWN], now)
    seats = workload.practitioners(session, day=local_date(now))
    accounts = {one.account_id: one.name for one in seats}
    care = workload.welfare(session, account_ids=accounts, now=now)
    people = workload.public_ids(session, account_ids=accounts)
    return in_words(
        "referrals/overview.html",
        counts=statistics.by_service(found, SERVICES, now=now),
        open=len(found),
        waiting=sum(not case.held for case in found),
        late=late[:MOST_SHOWN],
        late_total=len(late),
        held=queries.limits(session),
        seats=seats,
        practitioners=sorted(
            (
                (people[number], accounts[number], welfare, number == viewer.account_id)
                for number, welfare in care.items()
            ),
            key=lambda one: (not one[2].due, one[1]),
        ),
        care_days=rules.CARE_DAYS,
        care_after=rules.CARE_AFTER,
        now=now,
    )


def _overseen(public_id: str) -> Case:
    found = cases.overseen_case(
        current_viewer(), request_session(), public_id=public_id, now=utc_now(), keys=keys()
    )
    if found is None:
        abort(404)
    return found


@blueprint.get("/referrals/overview/<string(length=32):referral_id>")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def assign_form(referral_id: str) -> ResponseReturnValue:
    """Who can have an overdue referral."""
    return handing_over.show(_overseen(referral_id), _way(referral_id))


def _way(referral_id: str) -> Way:
    overview = url_for("referrals.overview")
    return Way(
        section="referrals.overview",
        action=url_for("referrals.assign", referral_id=referral_id),
        back=overview,
        after=overview,
        advice="You can raise their limit first.",
    )


@blueprint.post("/referrals/overview/<string(length=32):referral_id>")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def assign(referral_id: str) -> ResponseReturnValue:
    """Give a referral to somebody of its service."""
    return handing_over.take(_overseen(referral_id), _way(referral_id))


@blueprint.post("/referrals/practitioners/<string(length=32):account_id>/spoken")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def spoken(account_id: str) -> ResponseReturnValue:
    """Keep that a lead has talked with a practitioner about how they are."""
    session, viewer = request_session(), current_viewer()
    account = workload.account_named(session, public_id=account_id)
    if account is None or account.id == viewer.account_id:
        abort(404)
    staffing.have_spoken(session, viewer=viewer, account=account, now=utc_now())
    return replies.saved(url_for("referrals.overview", _anchor="practitioners"))


# --- Services -------------------------------------------------------------------------------------


@blueprint.get("/referrals/services")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def services() -> ResponseReturnValue:
    """Each service: what holds, and who works for it."""
    session, now = request_session(), utc_now()
    return in_words(
        "referrals/services.html",
        held=queries.limits(session),
        seats=workload.practitioners(session, day=local_date(now)),
    )


def _service_or_404(name: str) -> Support:
    if name not in set(SERVICES):
        abort(404)
    return Support(name)


@blueprint.get("/referrals/services/<string:name>")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def limits_form(name: str) -> ResponseReturnValue:
    """The form for what holds for one service."""
    asked = _service_or_404(name)
    form = LimitsForm().show(queries.limits(request_session())[asked])
    return in_words("referrals/limits.html", service=asked, form=form, usual=rules.usual(asked))


@blueprint.post("/referrals/services/<string:name>")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def set_limits(name: str) -> ResponseReturnValue:
    """Keep what holds for one service."""
    asked, form = _service_or_404(name), LimitsForm()
    if not form.validate_on_submit():
        return in_words(
            "referrals/limits.html", status=422, service=asked, form=form, usual=rules.usual(asked)
        )
    staffing.set_limits(
        request_session(),
        viewer=current_viewer(),
        service=asked,
        limits=form.limits(),
        now=utc_now(),
    )
    return replies.saved(url_for("referrals.services"))


def _unit_id(form: PractitionerForm) -> int | None:
    found = workload.unit_named(request_session(), public_id=form.unit.data or "")
    return found.id if found else None


def _add_form(asked: Support) -> AddForm:
    session, day = request_session(), local_date(utc_now())
    form = AddForm()
    form.prepare(workload.districts(session))
    form.offer(workload.candidates(session, service=asked, day=day))
    if not form.is_submitted():
        form.caseload_limit.process_data(USUAL_LIMIT)
    return form


@blueprint.get("/referrals/services/<string:name>/practitioners")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def add_form(name: str) -> ResponseReturnValue:
    """Who can work for a service."""
    asked = _service_or_404(name)
    return in_words("referrals/add.html", service=asked, form=_add_form(asked))


@blueprint.post("/referrals/services/<string:name>/practitioners")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def add(name: str) -> ResponseReturnValue:
    """Let somebody work for a service."""
    asked, session = _service_or_404(name), request_session()
    form = _add_form(asked)
    if not form.validate_on_submit():
        return in_words("referrals/add.html", status=422, service=asked, form=form)
    account = workload.account_named(session, public_id=form.account.data)
    if account is None:
        abort(404)
    staffing.add_practitioner(
        session,
        viewer=current_viewer(),
        account=account,
        service=asked,
        unit_id=_unit_id(form),
        caseload_limit=form.caseload_limit.data,
        now=utc_now(),
    )
    return replies.saved(url_for("referrals.services"))


def _practitioner_or_404(public_id: str) -> Practitioner:
    day = local_date(utc_now())
    everybody = workload.practitioners(request_session(), day=day)
    return next((one for one in everybody if one.public_id == public_id), None) or abort(404)


def _change_form(one: Practitioner) -> PractitionerForm:
    session = request_session()
    form = PractitionerForm().prepare(workload.districts(session))
    if not form.is_submitted():
        form.caseload_limit.process_data(one.caseload_limit)
        form.unit.process_data(one.unit_public_id)
    return form


@blueprint.get("/referrals/practitioners/<string(length=32):practitioner_id>")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def practitioner_form(practitioner_id: str) -> ResponseReturnValue:
    """For how many people, and from where, somebody works for a service."""
    one = _practitioner_or_404(practitioner_id)
    return in_words("referrals/practitioner.html", one=one, form=_change_form(one))


@blueprint.post("/referrals/practitioners/<string(length=32):practitioner_id>")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def change_practitioner(practitioner_id: str) -> ResponseReturnValue:
    """Change that."""
    one = _practitioner_or_404(practitioner_id)
    form = _change_form(one)
    if not form.validate_on_submit():
        return in_words("referrals/practitioner.html", status=422, one=one, form=form)
    staffing.change_practitioner(
        request_session(),
        viewer=current_viewer(),
        public_id=practitioner_id,
        unit_id=_unit_id(form),
        caseload_limit=form.caseload_limit.data,
        now=utc_now(),
    )
    return replies.saved(url_for("referrals.services"))


@blueprint.post("/referrals/practitioners/<string(length=32):practitioner_id>/remove")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def remove_practitioner(practitioner_id: str) -> ResponseReturnValue:
    """Let somebody work for a service no longer; their people go back to its inbox."""
    form = PlainForm()
    one = _practitioner_or_404(practitioner_id)
    if not form.validate_on_submit():
        return in_words("referrals/practitioner.html", status=422, one=one, form=_change_form(one))
    staffing.remove_practitioner(
        request_session(),
        viewer=current_viewer(),
        public_id=practitioner_id,
        now=utc_now(),
        keys=keys(),
    )
    return replies.saved(url_for("referrals.services"))
