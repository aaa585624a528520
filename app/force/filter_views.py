"""Choosing whom figures are about. What is chosen is sent, and never part of an address."""

from dataclasses import replace

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import local_date
from app.database import request_session
from app.force import service
from app.force.choosing import FIELDS, Chosen
from app.force.forms import KINDS, FiltersForm
from app.force.pages import Asked, asked, blueprint, few
from app.incidents.queries import frameworks
from app.major import candidates
from app.security.access import requires
from app.security.permissions import Permission
from app.web import replies
from app.web.fields import refuse

NARROWING = ("districts", "departments", "teams")
"""What a table offers to narrow by at once."""


@blueprint.get("/force/filters", defaults={"question_id": ""})
@blueprint.get("/force/<string(length=32):question_id>/filters")
@requires(Permission.FORCE_SCOPE_EXPLORE)
def filters_form(question_id: str) -> ResponseReturnValue:
    """Every filter there is, as it is set now."""
    one = asked(question_id)
    return _page(one, _form(one).fill(one.chosen, _staff_number(one)))


@blueprint.post("/force/filters", defaults={"question_id": ""})
@blueprint.post("/force/<string(length=32):question_id>/filters")
@requires(Permission.FORCE_SCOPE_EXPLORE)
def set_filters(question_id: str) -> ResponseReturnValue:
    """Keep what was chosen, under an address that does not say it."""
    one = asked(question_id)
    form = _form(one)
    if not form.validate_on_submit():
        return _page(one, form, status=422)
    ref, person = str(form.staff_number.data or "").strip(), ""
    if ref:
        person = _person(one, ref)
        if not person:
            refuse(form.staff_number, "Nobody in your part of the force has this staff number")
            return _page(one, form, status=422)
    return _ask(one, form.chosen(person))


@blueprint.post("/force/change", defaults={"question_id": ""})
@blueprint.post("/force/<string(length=32):question_id>/change")
@requires(Permission.FORCE_SCOPE_EXPLORE)
def change_filter(question_id: str) -> ResponseReturnValue:
    """Take one filter away, or narrow to one unit of a table."""
    one, sent = asked(question_id), request.form
    field, value = sent.get("field", ""), sent.get("value", "")
    if sent.get("way") == "without" and field in FIELDS:
        return _ask(one, one.chosen.without(field, value))
    if sent.get("way") != "only" or field not in NARROWING:
        abort(400)
    return _ask(one, one.chosen.only(field, value))


def _ask(one: Asked, chosen: Chosen) -> ResponseReturnValue:
    if chosen == Chosen():
        return replies.saved(url_for("force.lens"))
    row = service.ask(
        request_session(),
        viewer=one.viewer,
        stated=one.stated,
        chosen=chosen,
        about=few(replace(one, chosen=chosen)),
        now=one.now,
    )
    return replies.saved(url_for("force.lens", question_id=row.public_id))


def _form(one: Asked) -> FiltersForm:
    names = frameworks(request_session()).type_names()
    return FiltersForm().prepare(one.choices, names)


def _page(one: Asked, form: FiltersForm, *, status: int = 200) -> ResponseReturnValue:
    return replies.page("force/filters.html", status=status, asked=one, form=form, kinds=KINDS)


def _person(one: Asked, ref: str) -> str:
    found = candidates.people_known_as(
        one.viewer, request_session(), refs=[ref], day=local_date(one.now)
    )
    reached = [person for person in found if person.in_reach]
    return reached[0].public_id if len(reached) == 1 else ""


def _staff_number(one: Asked) -> str:
    if not one.chosen.person:
        return ""
    found = candidates.people_named(
        one.viewer, request_session(), public_ids=[one.chosen.person], day=local_date(one.now)
    )
    return found[0].ref if found and found[0].in_reach else ""
