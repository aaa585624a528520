"""Taking one's own record along: choose, look, download. Nobody else can, and nothing is sent."""

import json
from typing import Any

from flask import Response, abort, current_app, make_response, request
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_session
from app.retention import career, career_queries
from app.retention.career import Held
from app.retention.career_forms import AT_FIRST, PARTS, TakeForm
from app.retention.pages import blueprint
from app.retention.signing import load_key, signed
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import pdf, replies

TEMPLATE = "retention/career.typ"
MEDIA = {"pdf": "application/pdf", "json": "application/json"}


@blueprint.get("/my-record/take")
@requires(Permission.RECORD_OWN_READ)
def choose() -> ResponseReturnValue:
    """What the viewer could take with them."""
    held, form = _held_or_404(), TakeForm()
    form.parts.data = [part.value for part in AT_FIRST]
    return _choose_page(held, form)


@blueprint.post("/my-record/take")
@requires(Permission.RECORD_OWN_READ)
def look() -> ResponseReturnValue:
    """Exactly what would be in the file."""
    held, form = _held_or_404(), TakeForm()
    if not form.validate_on_submit():
        return _choose_page(held, form, status=422)
    return replies.page(
        "retention/take_look.html",
        record=career.in_words(_record(held, form)),
        parts=form.chosen,
        names={part: label for part, (label, _hint) in PARTS.items()},
    )


@blueprint.post("/my-record/take/file")
@requires(Permission.RECORD_OWN_READ)
def take() -> ResponseReturnValue:
    """The file. That it was taken is written down, and of what it is made; not what is in it."""
    held, form = _held_or_404(), TakeForm()
    kind = request.form.get("kind", "")
    if not form.validate_on_submit() or kind not in MEDIA:
        return _choose_page(held, form, status=422)
    viewer, now = current_viewer(), utc_now()
    found = _record(held, form)
    body = _pdf(found) if kind == "pdf" else _json(found)
    details: dict[str, object] = {"parts": [part.value for part in form.chosen], "format": kind}
    entry = Entry(
        Event.CAREER_TAKEN,
        now,
        actor_account_id=viewer.account_id,
        subject_person_id=viewer.person_id,
        details=details,
    )
    audit.append(request_session(), [entry])
    response: Response = make_response(body)
    response.headers["Content-Type"] = MEDIA[kind]
    response.headers["Content-Disposition"] = f'attachment; filename="my-record.{kind}"'
    return response


def _held_or_404() -> Held:
    held = career_queries.own_record(current_viewer(), request_session())
    if held is None:
        abort(404)
    return held


def _choose_page(held: Held, form: TakeForm, *, status: int = 200) -> ResponseReturnValue:
    today = local_date(utc_now())
    leaving = held.left_on if held.left_on and held.left_on >= today else None
    return replies.page("retention/take.html", status=status, form=form, leaving=leaving)


def _record(held: Held, form: TakeForm) -> dict[str, Any]:
    return career.record(
        held,
        parts=form.chosen,
        force=current_app.config["SETTINGS"].force_name,
        made_on=local_date(utc_now()),
    )


def _json(found: dict[str, Any]) -> bytes:
    key = load_key(current_app.config["SETTINGS"].instance)
    return json.dumps(signed(found, key), indent=2, ensure_ascii=False).encode()


def _pdf(found: dict[str, Any]) -> bytes:
    return pdf.pages(TEMPLATE, values=career.in_words(found), made_at=utc_now())
