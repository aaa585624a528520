"""The data protection officer's inbox: requests addressed to them, and nothing else."""

from collections.abc import Sequence

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.rights import queries, service, wording
from app.rights.forms import AnswerForm, SeenForm
from app.rights.models import Decision, RightsRequest
from app.rights.queries import RequestCard
from app.rights.service import Answer, NothingToAnswerError
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies
from app.web.sealing import keys

blueprint = Blueprint("data_requests", __name__)
CHANGED = "Somebody changed this request since you opened it. This is how it is now."


@blueprint.get("/data-requests")
@requires(Permission.RIGHTS_ALL_ANSWER)
def inbox() -> ResponseReturnValue:
    """What waits, by when an answer is due; each person named sees that they were."""
    viewer, session = current_viewer(), request_session()
    found, page = queries.inbox(viewer, session, asked=request.args.get("page"))
    audit.append_now(request_engine(), *_listed(found))
    return replies.page(
        "rights/inbox.html",
        requests=found,
        page=page,
        words=wording,
        today=local_date(utc_now()),
    )


def _listed(found: Sequence[RequestCard]) -> list[Entry]:
    viewer, now = current_viewer(), utc_now()
    return [
        Entry(
            Event.RIGHT_LISTED,
            now,
            actor_account_id=viewer.account_id,
            actor_role=viewer.role_names,
            subject_person_id=person_id,
        )
        for person_id in dict.fromkeys(one.person_id for one in found)
    ]


def _found(public_id: str) -> tuple[RightsRequest, RequestCard]:
    found = queries.request(current_viewer(), request_session(), keys=keys(), public_id=public_id)
    return found or abort(404)


def _show(
    found: tuple[RightsRequest, RequestCard],
    *,
    form: AnswerForm | None = None,
    status: int = 200,
    message: str = "",
) -> ResponseReturnValue:
    row, card = found
    if form is None:
        form = AnswerForm(formdata=None, revision=card.revision)
    return replies.page(
        "rights/request.html",
        status=status,
        card=card,
        form=form,
        revision=row.revision,
        message=message,
        words=wording,
        today=local_date(utc_now()),
    )


@blueprint.get("/data-requests/<string(length=32):request_id>")
@requires(Permission.RIGHTS_ALL_ANSWER)
def request_page(request_id: str) -> ResponseReturnValue:
    """One request, as it was written; the person sees that it was opened."""
    found = _found(request_id)
    audit.append_now(request_engine(), service.opened(current_viewer(), found[0], utc_now()))
    return _show(found)


@blueprint.post("/data-requests/<string(length=32):request_id>/acknowledge")
@requires(Permission.RIGHTS_ALL_ANSWER)
def acknowledge(request_id: str) -> ResponseReturnValue:
    """Say that it was received."""
    form, found = SeenForm(), _found(request_id)
    if not form.validate_on_submit():
        return _show(found, status=422, message=CHANGED)
    try:
        service.acknowledge(
            request_session(),
            viewer=current_viewer(),
            row=found[0],
            revision=form.revision.data,
            now=utc_now(),
        )
    except NothingToAnswerError:
        return _show(found, status=409, message=CHANGED)
    return replies.saved(url_for("data_requests.request_page", request_id=request_id))


@blueprint.post("/data-requests/<string(length=32):request_id>/answer")
@requires(Permission.RIGHTS_ALL_ANSWER)
def answer(request_id: str) -> ResponseReturnValue:
    """Decide, with a reason; the person reads it at once."""
    form, found = AnswerForm(), _found(request_id)
    if not form.validate_on_submit():
        return _show(found, form=form, status=422)
    decided = Answer(Decision(form.decision.data), form.reply.data.strip(), form.revision.data)
    try:
        service.decide(
            request_session(),
            viewer=current_viewer(),
            keys=keys(),
            row=found[0],
            answer=decided,
            now=utc_now(),
        )
    except NothingToAnswerError:
        return _show(found, form=form, status=409, message=CHANGED)
    return replies.saved(url_for("data_requests.inbox"))
