"""What opens from a team's table: types below a row, the team by type, and month by month."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.exposure import by_type
from app.exposure import queries as exposure
from app.incidents.queries import frameworks
from app.people import queries as people
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.teams import history
from app.teams.pages import blueprint, note_look, note_team
from app.teams.table_pages import (
    PANELS,
    is_open,
    nothing_new,
    person_or_404,
    row_again,
    unit_or_404,
)
from app.web import replies

PERSON = "/people/<string(length=32):person_id>"
TEAM = "/teams/<string(length=32):unit_id>"


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


# --- A row again ----------------------------------------------------------------------------------


@blueprint.get(f"{TEAM}/rows/<string(length=32):person_id>")
@requires(Permission.TEAM_CURRENT_READ)
def team_row(unit_id: str, person_id: str) -> ResponseReturnValue:
    """One row, and what was open below it closed."""
    unit, card = unit_or_404(unit_id), person_or_404(person_id)
    kind = next((one for one in PANELS if is_open(one, card)), PANELS[0])
    return row_again(card, unit, closed=kind)


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
