"""A team's process measures, and packs about a team: asked for, waited for, downloaded."""

import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, make_response, request, url_for
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.debriefs import statistics
from app.incidents.queries import frameworks
from app.packs import measures as measured
from app.packs import queries, service, wording
from app.packs.forms import AskForm
from app.packs.measures import PERIODS
from app.packs.models import FileKind, PackState, TeamPack, Version
from app.packs.service import MovedError
from app.people import queries as people
from app.people.queries import UnitCard
from app.security.access import current_viewer, requires
from app.security.encryption import SealedError
from app.security.permissions import Permission
from app.web import replies
from app.web.sealing import keys

blueprint = Blueprint("packs", __name__)
MOVED = (
    "Somebody whom this pack names has left the team since it was made, so it is not handed out "
    "any more. Have a new one made: it takes a few seconds."
)
SPOILT = "This pack cannot be opened any more. Have a new one made: it takes a few seconds."


@blueprint.get("/teams/<string(length=32):unit_id>/measures")
@requires(Permission.TEAM_CURRENT_READ)
def measures(unit_id: str) -> ResponseReturnValue:
    """How conversations in a team are going, in counts that name nobody."""
    viewer, session, now = current_viewer(), request_session(), utc_now()
    day = local_date(now)
    unit = people.unit(viewer, session, public_id=unit_id, day=day)
    if unit is None:
        abort(404)
    days = request.args.get("days", type=int)
    days = days if days in PERIODS else next(iter(PERIODS))
    # In a small team a count can point to somebody, so this is a look like that at its table.
    _note_look(unit)
    first = day - timedelta(days=days - 1)
    numbers = [one.id for one in people.members(viewer, session, unit_id=unit.id, day=day)]
    found = statistics.timeliness(session, person_ids=numbers, first=first, last=day, now=now)
    return replies.page(
        "packs/measures.html",
        unit=unit,
        days=days,
        first=first,
        last=day,
        found=found,
        told=measured,
        hours=frameworks(session).on(day).debrief_hours,
        may_pack=unit.leads and viewer.may(Permission.PACK_TEAM_MAKE),
        now=now,
    )


def _note_look(unit: UnitCard) -> None:
    viewer = current_viewer()
    audit.append_now(
        request_engine(),
        Entry(
            Event.TEAM_VIEWED,
            utc_now(),
            actor_account_id=viewer.account_id,
            actor_role=viewer.role_names,
            unit_id=unit.id,
        ),
    )


@blueprint.get("/teams/<string(length=32):unit_id>/packs")
@requires(Permission.PACK_TEAM_MAKE)
def packs(unit_id: str) -> ResponseReturnValue:
    """The packs there are of a team, and the form that asks for one."""
    return _show_packs(_led_unit_or_404(unit_id), AskForm())


@blueprint.post("/teams/<string(length=32):unit_id>/packs")
@requires(Permission.PACK_TEAM_MAKE)
def ask(unit_id: str) -> ResponseReturnValue:
    """Have a pack made."""
    unit, form = _led_unit_or_404(unit_id), AskForm()
    if not form.validate_on_submit():
        return _show_packs(unit, form, status=422)
    row = service.ask(
        request_session(),
        viewer=current_viewer(),
        unit=unit,
        version=Version(form.version.data),
        days=int(form.days.data),
        now=utc_now(),
    )
    return replies.saved(url_for("packs.pack", pack_id=row.public_id))


def _led_unit_or_404(public_id: str) -> UnitCard:
    found = queries.led_unit(
        current_viewer(), request_session(), public_id=public_id, day=local_date(utc_now())
    )
    if found is None:
        abort(404)
    return found


def _show_packs(unit: UnitCard, form: AskForm, *, status: int = 200) -> ResponseReturnValue:
    now = utc_now()
    found = queries.packs_of(current_viewer(), request_session(), unit=unit, now=now)
    return replies.page(
        "packs/packs.html",
        status=status,
        unit=unit,
        form=form,
        packs=found,
        words=wording,
        kept=service.KEPT.days,
        kept_monthly=service.KEPT_MONTHLY.days,
    )


@blueprint.get("/packs/<string(length=32):pack_id>")
@requires(Permission.PACK_TEAM_MAKE)
def pack(pack_id: str) -> ResponseReturnValue:
    """One pack: how far it has got, and its files once they are there."""
    return _show_pack(*_pack_or_404(pack_id))


@blueprint.get("/packs/<string(length=32):pack_id>/progress")
@requires(Permission.PACK_TEAM_MAKE)
def progress(pack_id: str) -> ResponseReturnValue:
    """The same for a page that is open; nothing when nothing changed."""
    unit, row = _pack_or_404(pack_id)
    same = replies.unchanged(_tag(row))
    if same is not None:
        return same
    return replies.fragment("packs/_progress.html", tag=_tag(row), **_shown(unit, row))


@blueprint.post("/packs/<string(length=32):pack_id>/again")
@requires(Permission.PACK_TEAM_MAKE)
def again(pack_id: str) -> ResponseReturnValue:
    """Try once more to make a pack that could not be made."""
    _unit, row = _pack_or_404(pack_id)
    service.ask_again(request_session(), row=row, now=utc_now())
    return replies.saved(url_for("packs.pack", pack_id=row.public_id))


def _pack_or_404(public_id: str) -> tuple[UnitCard, TeamPack]:
    now = utc_now()
    found = queries.pack(
        current_viewer(), request_session(), public_id=public_id, day=local_date(now), now=now
    )
    if found is None:
        abort(404)
    return found


def _tag(row: TeamPack) -> str:
    words = re.sub(r"\W+", "", row.progress)
    return f"{row.state.value}-{words}"


def _shown(unit: UnitCard, row: TeamPack) -> dict[str, Any]:
    return {
        "unit": unit,
        "pack": queries.card_of(current_viewer(), request_session(), row),
        "words": wording,
        "files": list(FileKind),
        "mark": _tag(row),
        "waits": row.state in {PackState.QUEUED, PackState.MAKING},
        "now": utc_now(),
    }


def _show_pack(
    unit: UnitCard, row: TeamPack, *, status: int = 200, message: str = ""
) -> ResponseReturnValue:
    return replies.page("packs/pack.html", status=status, message=message, **_shown(unit, row))


@blueprint.get("/packs/<string(length=32):pack_id>/<any(pdf, xlsx):kind>")
@requires(Permission.PACK_TEAM_MAKE)
def download(pack_id: str, kind: str) -> ResponseReturnValue:
    """One of its files, for whoever leads the team now; that they took it is written down first."""
    unit, row = _pack_or_404(pack_id)
    viewer, now, file_kind = current_viewer(), utc_now(), FileKind(kind)
    try:
        body = service.open_file(
            request_session(),
            viewer=viewer,
            row=row,
            kind=file_kind,
            ring=keys().ring,
            day=local_date(now),
        )
    except MovedError:
        return _show_pack(unit, row, status=409, message=MOVED)
    except SealedError:
        return _show_pack(unit, row, status=409, message=SPOILT)
    if body is None:
        abort(404)
    audit.append_now(
        request_engine(), service.downloaded(row, viewer=viewer, kind=file_kind, now=now)
    )
    return _file(row, file_kind, body)


def _file(row: TeamPack, kind: FileKind, body: bytes) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = wording.MEDIA[kind]
    # A name that says nothing of anybody, not even of the team.
    name = f"team-{row.version.value}-{row.last_on.isoformat()}.{kind.value}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
