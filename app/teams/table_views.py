"""What opens from a team's table: types and check-ins below a row, the team by type, by month."""

from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.common.clock import local_date, utc_now
from app.database import request_session
from app.debriefs.check_ins import CheckIn, MovedError, Moving, check_in_of, move_check_in
from app.exposure import by_type
from app.exposure import queries as exposure
from app.incidents.queries import frameworks
from app.people import queries as people
from app.people.queries import PersonCard, UnitCard
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.teams import history
from app.teams.table_forms import CheckInForm
from app.teams.table_pages import one_row, person_or_404, unit_or_404
from app.teams.views import blueprint, note_look, note_team
from app.web import replies

PERSON = "/people/<string(length=32):person_id>"
TEAM = "/teams/<string(length=32):unit_id>"


def is_open(kind: str, card: PersonCard) -> bool:
    """Whether the page that asks shows this below the row already."""
    return f"{kind}.{card.public_id}" in request.args.getlist("open")


def nothing_new() -> ResponseReturnValue:
    """For a page that has what it asks for."""
    return "", 204


# --- One person's types ---------------------------------------------------------------------------


@blueprint.get(f"{PERSON}/types")
@requires(Permission.RECORD_SCOPE_READ)
def person_types(person_id: str) -> ResponseReturnValue:
    """One person's counts by type, below their row or as a page; they will see that it was read."""
    card, session, now = person_or_404(person_id), request_session(), utc_now()
    if replies.wants_fragment() and is_open("types", card):
        return nothing_new()
    note_look(card, "types", now)
    versions, day = frameworks(session), local_date(now)
    windows = versions.on(day).windows
    values: dict[str, Any] = {
        "person": card,
        "windows": windows,
        "type_names": versions.type_names(),
        "counts": exposure.type_windows(session, person_id=card.id, windows=windows, day=day),
    }
    if replies.wants_fragment():
        return replies.fragment("teams/_types_row.html", **values)
    return replies.page("teams/person_types.html", **values)


# --- A check-in -----------------------------------------------------------------------------------


@blueprint.get(f"{PERSON}/check-in")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def check_in(person_id: str) -> ResponseReturnValue:
    """A form to move the next check-in with somebody, below their row or as a page."""
    card, stands = _checked_in(person_id)
    if replies.wants_fragment() and is_open("check-in", card):
        return nothing_new()
    form = CheckInForm()
    form.on.process_data(stands.on)
    return _show(card, stands, form)


@blueprint.post(f"{PERSON}/check-in")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def keep_check_in(person_id: str) -> ResponseReturnValue:
    """Keep another day, unless somebody else kept one first: then both are shown."""
    card, stands = _checked_in(person_id)
    form, now = CheckInForm(), utc_now()
    if not form.asks_for(local_date(now)):
        return _show(card, stands, form, status=422)
    conversation, revision = form.seen()
    about = Moving(current_viewer(), card.id, card.unit_id, conversation, revision)
    try:
        move_check_in(request_session(), about=about, on=form.day(), now=now)
    except MovedError:
        return _show(card, _checked_in(person_id)[1], form, status=409)
    unit = unit_or_404(card.unit_public_id)
    if not replies.wants_fragment():
        return replies.saved(
            url_for("teams.team", unit_id=unit.public_id, _anchor=f"row-{card.public_id}")
        )
    said = f"The check-in with {card.name} is saved."
    return _row_again(card, unit, said=said, closed=["check-in"], focus="check_in")


def _checked_in(public_id: str) -> tuple[PersonCard, CheckIn]:
    """Somebody in a team that the viewer leads, and what stands after their last conversation."""
    card, session = person_or_404(public_id), request_session()
    unit = people.unit(
        current_viewer(), session, public_id=card.unit_public_id, day=local_date(utc_now())
    )
    if unit is None or not unit.leads:
        abort(403)
    stands = check_in_of(session, person_id=card.id)
    if stands is None:
        abort(404)
    return card, stands


def _show(
    card: PersonCard, stands: CheckIn, form: CheckInForm, *, status: int = 200
) -> ResponseReturnValue:
    conflict = status == 409  # noqa: PLR2004
    # Sent again, it is sent in the knowledge of what stands now.
    form.conversation.process_data(stands.conversation)
    form.revision.process_data(str(stands.revision))
    names = accounts.names(request_session(), account_ids={stands.said_by or 0})
    values: dict[str, Any] = {
        "person": card,
        "stands": stands,
        "form": form,
        "conflict": conflict,
        "wanted": form.day(),
        "who": names.get(stands.said_by or 0, "Somebody"),
        "back": url_for("teams.team", unit_id=card.unit_public_id),
    }
    if replies.wants_fragment():
        return replies.fragment("teams/_check_in_row.html", status=status, **values)
    return replies.page("teams/check_in.html", status=status, **values)


# --- A row again ----------------------------------------------------------------------------------


@blueprint.get(f"{TEAM}/rows/<string(length=32):person_id>")
@requires(Permission.TEAM_CURRENT_READ)
def team_row(unit_id: str, person_id: str) -> ResponseReturnValue:
    """One row, and what was open below it closed."""
    unit, card = unit_or_404(unit_id), person_or_404(person_id)
    kind = next((one for one in ("check-in", "types") if is_open(one, card)), "types")
    return _row_again(card, unit, closed=[kind], focus=kind.replace("-", "_"))


def _row_again(
    card: PersonCard, unit: UnitCard, *, closed: list[str], focus: str, said: str = ""
) -> ResponseReturnValue:
    values = one_row(current_viewer(), unit, card.id, utc_now())
    panels = [f"{kind}-{card.public_id}" for kind in closed]
    return replies.fragment(
        "teams/_row_again.html", **values, closed=panels, said=said, focus=focus
    )


# --- The whole team -------------------------------------------------------------------------------


@blueprint.get(f"{TEAM}/types")
@requires(Permission.TEAM_CURRENT_READ)
def team_types(unit_id: str) -> ResponseReturnValue:
    """What the people in a team now were exposed to, by type and window."""
    unit, session, now = unit_or_404(unit_id), request_session(), utc_now()
    note_team(unit, now)
    versions, day = frameworks(session), local_date(now)
    windows = versions.on(day).windows
    found = people.members(current_viewer(), session, unit_id=unit.id, day=day)
    types = by_type.types_of_people(
        session, person_ids=[member.id for member in found], windows=windows, day=day
    )
    return replies.page(
        "teams/team_types.html",
        unit=unit,
        windows=windows,
        members=found,
        types=types,
        together=by_type.added_up(types.values()),
        type_names=versions.type_names(),
        now=now,
    )


@blueprint.get(f"{TEAM}/history")
@requires(Permission.TEAM_CURRENT_READ)
def team_history(unit_id: str) -> ResponseReturnValue:
    """Month by month, for those who are in the team now and for nobody else."""
    unit, session, now = unit_or_404(unit_id), request_session(), utc_now()
    today = local_date(now)
    month = history.month_asked(request.args.get("month"), today)
    note_team(unit, now)
    return replies.page(
        "teams/history.html",
        unit=unit,
        history=history.team_history(current_viewer(), session, unit=unit, month=month, day=today),
        type_names=frameworks(session).type_names(),
        now=now,
    )
