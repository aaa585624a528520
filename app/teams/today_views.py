"""The Today page: whom one is asked to talk to, and what one arranges with a tap."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.debriefs import service as debrief_service
from app.debriefs.models import Setting
from app.debriefs.service import Answered, Meeting, Part
from app.debriefs.wording import DEFER_REASONS
from app.exposure import asking, caring
from app.exposure.caring import Arranging
from app.exposure.models import PromptState
from app.exposure.service import Answer, ConflictError
from app.incidents.queries import frameworks
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.teams import today_queries
from app.teams.today_forms import (
    HandOverForm,
    PlanForm,
    PutOffForm,
    SeenForm,
    quick_plans,
    quick_returns,
)
from app.teams.today_queries import Row, Standing, Today
from app.web import replies
from app.web.sealing import keys

blueprint = Blueprint("today", __name__)
CONFLICT = (
    "Somebody else changed this while you had it open. Nothing of yours was saved over theirs. "
    "This is how it stands now."
)
GONE = (
    "This no longer waits for you: somebody answered it, it is with somebody else now, or the "
    "records behind it changed. Nothing of yours was saved."
)
Act = Callable[[Arranging, datetime], None]


@blueprint.get("/today")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def today() -> ResponseReturnValue:
    """Everybody the viewer is asked to talk to, across all their units."""
    return _page(utc_now())


def _page(now: datetime, *, message: str = "", status: int = 200) -> ResponseReturnValue:
    viewer, session = current_viewer(), request_session()
    found = today_queries.today(viewer, session, now=now)
    _note_look(found.rows(), now)
    return replies.page(
        "teams/today.html",
        status=status,
        message=message,
        you=today_queries.you(viewer, session, now=now),
        tag=asking.version_for(viewer, session, now=now),
        **_values(found, now),
    )


def _values(found: Today, now: datetime) -> dict[str, Any]:
    day = local_date(now)
    return {
        "found": found,
        "type_names": frameworks(request_session()).type_names(),
        "standings": Standing,
        "states": PromptState,
        "plans": quick_plans(day),
        "returns": quick_returns(day),
        "reasons": DEFER_REASONS,
        "day": day,
        "now": now,
    }


def _note_look(rows: Iterable[Row], now: datetime) -> None:
    """Write down whom the viewer sees on the page, before they do."""
    viewer = current_viewer()
    seen = {row.found.person_id: row.found.unit_id for row in rows}
    entries = [
        Entry(
            Event.TODAY_VIEWED,
            now,
            actor_account_id=viewer.account_id,
            actor_role=viewer.role_names,
            subject_person_id=person_id,
            unit_id=unit_id,
        )
        for person_id, unit_id in sorted(seen.items())
    ]
    if request.method == "POST":
        # A form that was refused: nothing of it is kept, and the log waits for nobody's lock.
        request_session().rollback()
    audit.append_now(request_engine(), *entries)


@blueprint.get("/today/list")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def items() -> ResponseReturnValue:
    """The list for a page that is open; nothing when nothing changed."""
    viewer, session, now = current_viewer(), request_session(), utc_now()
    tag = asking.version_for(viewer, session, now=now)
    same = replies.unchanged(tag)
    if same is not None:
        return same
    found = today_queries.today(viewer, session, now=now)
    _note_look(found.rows(), now)
    return replies.fragment("teams/_today_live.html", tag=tag, **_values(found, now))


# --- Arranging ------------------------------------------------------------------------------------


def _row(prompt_id: str, now: datetime) -> Row | None:
    found = today_queries.one_row(current_viewer(), request_session(), public_id=prompt_id, now=now)
    # A wellbeing lead reaches what nobody is asked about, and arranges none of it.
    if found is None or current_viewer().person_id not in found.waiting.turn.everybody:
        return None
    return found


@blueprint.get("/today/<string(length=32):prompt_id>")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def arrange(prompt_id: str) -> ResponseReturnValue:
    """Another day than those offered with a tap, or somebody else."""
    now = utc_now()
    row = _row(prompt_id, now)
    return _arrange(row, now) if row else _page(now, message=GONE, status=409)


def _arrange(row: Row, now: datetime, *, refused: FlaskForm | None = None) -> ResponseReturnValue:
    forms: list[Any] = [
        refused if isinstance(refused, kind) else kind(formdata=None)
        for kind in (PlanForm, PutOffForm, HandOverForm)
    ]
    forms[2].prepare([who for _number, who in row.helpers])
    _note_look([row], now)
    return replies.page(
        "teams/arrange.html",
        status=422 if refused else 200,
        row=row,
        form=refused,
        plan_form=forms[0],
        put_off_form=forms[1],
        hand_form=forms[2],
        **_values(today_queries.together([row], now), now),
    )


@blueprint.post("/today/<string(length=32):prompt_id>/plan")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def plan(prompt_id: str) -> ResponseReturnValue:
    """Mean to talk to somebody on a day."""
    form = PlanForm()
    form.prepare(local_date(utc_now()))

    def act(about: Arranging, now: datetime) -> None:
        day = form.day() or local_date(now)
        caring.plan(request_session(), about=about, day=day, now=now)

    return _act(prompt_id, form, act)


@blueprint.post("/today/<string(length=32):prompt_id>/put-off")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def put_off(prompt_id: str) -> ResponseReturnValue:
    """Come back to it on a day, for a reason from a list."""
    form = PutOffForm()
    form.prepare(local_date(utc_now()))

    def act(about: Arranging, now: datetime) -> None:
        decided = Answer(PromptState.DEFERRED, form.reason.data, form.day())
        answered = [Answered(about.public_id, about.revision)]
        debrief_service.record(
            request_session(),
            viewer=about.viewer,
            keys=keys(),
            # Nobody met: only the unit counts.
            meeting=Meeting(about.unit_id, local_date(now), Setting.IN_PERSON),
            parts=[Part(about.person_id, answered, decided)],
            now=now,
        )

    return _act(prompt_id, form, act)


@blueprint.post("/today/<string(length=32):prompt_id>/hand-over")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def hand_over(prompt_id: str) -> ResponseReturnValue:
    """Ask somebody else who leads or covers there to hold the conversation."""
    row = _row(prompt_id, utc_now())
    helpers = row.helpers if row else ()
    form = HandOverForm()
    form.prepare([who for _number, who in helpers])
    numbers = {who.public_id: number for number, who in helpers}

    def act(about: Arranging, now: datetime) -> None:
        caring.hand_over(request_session(), about=about, to=numbers[form.to.data], now=now)

    return _act(prompt_id, form, act)


@blueprint.post("/today/<string(length=32):prompt_id>/take-back")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def take_back(prompt_id: str) -> ResponseReturnValue:
    """Hold a conversation oneself after all."""

    def act(about: Arranging, now: datetime) -> None:
        caring.take_back(request_session(), about=about, now=now)

    return _act(prompt_id, SeenForm(), act)


def _act(prompt_id: str, form: FlaskForm, act: Act) -> ResponseReturnValue:
    """Do what a form asks, and show the row as it is then; or say why not."""
    now = utc_now()
    row = _row(prompt_id, now)
    if row is None:
        return _answer(prompt_id, None, now, message=GONE, status=409)
    if not form.validate_on_submit():
        if replies.wants_fragment():
            return _answer(prompt_id, row, now, message=_first_error(form), status=422)
        return _arrange(row, now, refused=form)
    about = Arranging(
        current_viewer(),
        prompt_id,
        row.found.person_id,
        row.found.unit_id,
        form.revision.data,
    )
    try:
        act(about, now)
    except ConflictError:
        request_session().rollback()
        return _answer(prompt_id, _row(prompt_id, now), now, message=CONFLICT, status=409)
    return _answer(prompt_id, row, now)


def _first_error(form: FlaskForm) -> str:
    return next(str(error) for errors in form.errors.values() for error in errors)


def _answer(
    prompt_id: str, row: Row | None, now: datetime, *, message: str = "", status: int = 200
) -> ResponseReturnValue:
    """The row in place for htmx; else the page, on which the row is."""
    if not replies.wants_fragment():
        if message:
            return _page(now, message=message, status=status)
        return replies.saved(url_for("today.today", _anchor=f"ask-{prompt_id}"))
    found = today_queries.today(current_viewer(), request_session(), now=now)
    fresh = [one for one in found.rows() if one.found.public_id == prompt_id]
    return replies.fragment(
        "teams/_today_saved.html",
        status=status,
        prompt_id=prompt_id,
        row=fresh[0] if fresh else row,
        gone=not fresh,
        message=message,
        **_values(found, now),
    )


# --- What nobody else answers ---------------------------------------------------------------------


@blueprint.get("/without-supervisor")
@requires(Permission.UNATTENDED_SCOPE_MANAGE)
def without_supervisor() -> ResponseReturnValue:
    """For wellbeing leads: who waits with nobody to ask, or for longer than the limit."""
    return _unattended(utc_now())


def _unattended(now: datetime, *, message: str = "", status: int = 200) -> ResponseReturnValue:
    rows = today_queries.unattended(current_viewer(), request_session(), now=now)
    _note_look(rows, now)
    values = _values(today_queries.together(rows, now), now)
    return replies.page(
        "teams/without_supervisor.html", status=status, rows=rows, message=message, **values
    )


@blueprint.post("/without-supervisor/<string(length=32):prompt_id>/left")
@requires(Permission.UNATTENDED_SCOPE_MANAGE)
def close_for_leaver(prompt_id: str) -> ResponseReturnValue:
    """Close what waits for somebody who has left the force."""
    viewer, session, now = current_viewer(), request_session(), utc_now()
    form = SeenForm()
    rows = today_queries.unattended(viewer, session, now=now)
    row = next((one for one in rows if one.found.public_id == prompt_id), None)
    if row is None or not row.found.left or not form.validate_on_submit():
        return _unattended(now, message=GONE, status=409)
    found = row.found
    about = Arranging(viewer, prompt_id, found.person_id, found.unit_id, form.revision.data)
    try:
        caring.close_for_leaver(session, about=about, now=now)
    except ConflictError:
        session.rollback()
        return _unattended(now, message=CONFLICT, status=409)
    return replies.saved(url_for("today.without_supervisor"))
