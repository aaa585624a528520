"""What is held about the viewer, to read and to keep, and what they ask for about it."""

from flask import Blueprint, Response, make_response, url_for
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session, snapshot
from app.people import objections
from app.rights import files, queries, service, wording
from app.rights.collecting import everything, from_hr
from app.rights.files import Kind
from app.rights.forms import AskForm
from app.rights.models import Part, Right
from app.rights.sections import Subject, subject_of
from app.rights.service import Asked, NothingToAnswerError, TooManyError
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies
from app.web.fields import refuse
from app.web.sealing import keys

blueprint = Blueprint("rights", __name__)
TOO_MANY = f"You have {service.MOST_OPEN} requests open. Take one back, or wait for an answer."


@blueprint.get("/my-record/from-hr")
@requires(Permission.RECORD_OWN_READ)
def hr() -> ResponseReturnValue:
    """What HR sent about the viewer: postings, skills, absence and the like, as held."""
    subject = subject_of(current_viewer(), request_session(), keys=keys(), now=utc_now())
    return replies.page("rights/from_hr.html", sections=from_hr(subject) if subject.numbers else ())


@blueprint.get("/my-record/download")
@requires(Permission.RECORD_OWN_READ)
def download_form() -> ResponseReturnValue:
    """What the file holds, and in which form to take it."""
    return replies.page("rights/download.html")


@blueprint.post("/my-record/download/<any(html, pdf, json):kind>")
@requires(Permission.RECORD_OWN_READ)
def download(kind: str) -> ResponseReturnValue:
    """Everything held about the viewer, as a file; that they took it is written down first."""
    viewer, now = current_viewer(), utc_now()
    # Nothing was written yet. Reading all of it takes a while, in which others may write.
    request_session().rollback()
    with snapshot(request_engine()) as session:
        subject = subject_of(viewer, session, keys=keys(), now=now)
        sections = everything(subject)
    body = files.make(Kind(kind), name=viewer.name, sections=sections, now=now)
    audit.append_now(request_engine(), _downloaded(subject, Kind(kind)))
    return _file(Kind(kind), body, f"my-record-{local_date(now).isoformat()}.{kind}")


def _downloaded(subject: Subject, kind: Kind) -> Entry:
    return Entry(
        Event.RECORD_DOWNLOADED,
        subject.now,
        actor_account_id=subject.viewer.account_id,
        actor_role=subject.viewer.role_names,
        subject_person_id=subject.viewer.person_id,
        details={"format": kind.value},
    )


def _file(kind: Kind, body: bytes, name: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = files.MEDIA[kind]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/my-rights")
@requires(Permission.RIGHTS_OWN_USE)
def mine() -> ResponseReturnValue:
    """What the viewer may ask for, what they asked for, and how far each request is."""
    viewer, session = current_viewer(), request_session()
    return replies.page(
        "rights/mine.html",
        requests=queries.own_requests(viewer, session, keys=keys()),
        objection=objections.standing(session, person_id=viewer.person_id or 0),
        known=viewer.person_id is not None,
        words=wording,
    )


@blueprint.get("/my-rights/ask")
@requires(Permission.RIGHTS_OWN_USE)
def ask_form() -> ResponseReturnValue:
    """The form for a request or a complaint."""
    if current_viewer().person_id is None:
        return replies.saved(url_for("rights.mine"))
    return replies.page("rights/ask.html", form=AskForm())


@blueprint.post("/my-rights/ask")
@requires(Permission.RIGHTS_OWN_USE)
def ask() -> ResponseReturnValue:
    """Send it to the data protection officer."""
    form = AskForm()
    if not form.validate_on_submit():
        return replies.page("rights/ask.html", status=422, form=form)
    try:
        service.ask(
            request_session(),
            viewer=current_viewer(),
            keys=keys(),
            asked=Asked(Right(form.kind.data), Part(form.part.data), form.words.data.strip()),
            now=utc_now(),
        )
    except TooManyError:
        refuse(form.kind, TOO_MANY)
        return replies.page("rights/ask.html", status=422, form=form)
    except NothingToAnswerError:
        return replies.saved(url_for("rights.mine"))
    return replies.saved(url_for("rights.mine"))


@blueprint.post("/my-rights/requests/<string(length=32):request_id>/take-back")
@requires(Permission.RIGHTS_OWN_USE)
def take_back(request_id: str) -> ResponseReturnValue:
    """The viewer does not want an answer any more. Twice is the same as once."""
    try:
        service.take_back(
            request_session(), viewer=current_viewer(), public_id=request_id, now=utc_now()
        )
    except NothingToAnswerError:
        return replies.saved(url_for("rights.mine"))
    return replies.saved(url_for("rights.mine"))


@blueprint.get("/my-rights/equality")
@requires(Permission.RIGHTS_OWN_USE)
def equality() -> ResponseReturnValue:
    """What objecting to equality monitoring does, and whether the viewer has."""
    viewer, session = current_viewer(), request_session()
    if viewer.person_id is None:
        return replies.saved(url_for("rights.mine"))
    objection = objections.standing(session, person_id=viewer.person_id)
    return replies.page("rights/equality.html", objection=objection)


@blueprint.post("/my-rights/equality/object")
@requires(Permission.RIGHTS_OWN_USE)
def object_to_equality() -> ResponseReturnValue:
    """Remove what is held for equality monitoring, and keep none of it from now on."""
    objections.make(request_session(), viewer=current_viewer(), now=utc_now())
    return replies.saved(url_for("rights.equality"))


@blueprint.post("/my-rights/equality/take-back")
@requires(Permission.RIGHTS_OWN_USE)
def take_back_objection() -> ResponseReturnValue:
    """End the objection."""
    objections.take_back(request_session(), viewer=current_viewer(), now=utc_now())
    return replies.saved(url_for("rights.equality"))
