"""What was known when: a record of a force system, and everything it said before."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import utc_now
from app.database import request_session
from app.feeds import histories
from app.feeds.histories import Story
from app.incidents.models import PastKind
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

blueprint = Blueprint("fed_records", __name__)
KINDS = {
    PastKind.INCIDENTS: "Incidents",
    PastKind.ATTENDANCE: "Attendance",
    PastKind.POSTINGS: "Postings",
    PastKind.LEAVERS: "Leavers",
    PastKind.SUPERVISORS: "Supervisors",
    PastKind.UNITS: "Units",
}
NOT_FOUND = "No record of this kind has this reference. Check the system and the reference"
_NO_HISTORY = {"autocomplete": "off"}


class RecordForm(FlaskForm):  # type: ignore[misc]
    """Which record. Sent in the body: a reference may name somebody, and addresses are logged."""

    system = StringField(
        "System",
        description="The short name that its feed gives, such as cad or hr.",
        validators=[InputRequired("Enter the system"), Length(max=40, message="This is too long")],
        render_kw=_NO_HISTORY,
    )
    ref = StringField(
        "Reference",
        description="The source's own number for the record.",
        validators=[
            InputRequired("Enter the reference"),
            Length(max=160, message="The reference is too long"),
        ],
        render_kw=_NO_HISTORY,
    )


@blueprint.get("/feeds/records/<string:kind>")
@requires(Permission.FEEDS_ALL_READ)
def search(kind: str) -> ResponseReturnValue:
    """The form that asks for a record."""
    return _page(_kind_or_404(kind), RecordForm())


@blueprint.post("/feeds/records/<string:kind>")
@requires(Permission.FEEDS_ALL_READ)
def record(kind: str) -> ResponseReturnValue:
    """What was held of the record, and until when. Those it names will see that somebody looked."""
    about, form = _kind_or_404(kind), RecordForm()
    if not form.validate_on_submit():
        return _page(about, form, status=422)
    found = histories.story(
        current_viewer(),
        request_session(),
        kind=about,
        system=(form.system.data or "").strip(),
        ref=(form.ref.data or "").strip(),
    )
    if found is None:
        form.ref.errors = [NOT_FOUND]
        return _page(about, form, status=422)
    _note_look(found)
    return _page(about, form, story=found)


def _kind_or_404(kind: str) -> PastKind:
    if kind not in {one.value for one in PastKind}:
        abort(404)
    return PastKind(kind)


def _note_look(found: Story) -> None:
    viewer, now = current_viewer(), utc_now()
    entries = [
        Entry(
            Event.RECORD_VIEWED,
            now,
            actor_account_id=viewer.account_id,
            actor_role=viewer.role_names,
            subject_person_id=number,
            details={"page": "fed record"},
        )
        for number in sorted(found.person_ids)
    ]
    audit.append(request_session(), entries)


def _page(
    kind: PastKind, form: RecordForm, *, story: Story | None = None, status: int = 200
) -> ResponseReturnValue:
    return replies.page(
        "feeds/record.html", status=status, kind=kind, kinds=KINDS, form=form, story=story
    )
