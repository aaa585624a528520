"""Major incidents: the lists, who was reached, and the ways to put people on one."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.incidents.queries import frameworks
from app.major import candidates, queries, service, statistics, wording
from app.major.candidates import Candidate
from app.major.forms import (
    MOST_AT_ONCE,
    ConfirmForm,
    DetachForm,
    OpenForm,
    RefsForm,
    TeamsForm,
    refuse,
)
from app.major.models import DetachReason, Tier
from app.major.queries import Listed, MajorCard
from app.major.service import New, Preview
from app.people import queries as people
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

blueprint = Blueprint("major", __name__)
NOBODY = "Nobody named in the HR feed"


@blueprint.get("/major")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def majors() -> ResponseReturnValue:
    """Every major incident, newest first."""
    session = request_session()
    return replies.page(
        "major/majors.html",
        majors=queries.majors(session),
        type_names=frameworks(session).type_names(),
    )


@blueprint.get("/major/open")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def open_form() -> ResponseReturnValue:
    """The form that opens one."""
    return replies.page("major/open.html", form=_open_form())


@blueprint.post("/major/open")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def open_major() -> ResponseReturnValue:
    """Open a list for an incident that is known, or for one recorded now."""
    form, session = _open_form(), request_session()
    if not form.validate_on_submit():
        return replies.page("major/open.html", status=422, form=form)
    about: New | int | None = New(form.type_code.data, form.occurred_at())
    if form.known.data == "yes":
        about = _known_incident(form)
    if about is None:
        return replies.page("major/open.html", status=422, form=form)
    row = service.open_major(
        session,
        viewer=current_viewer(),
        name=form.name.data.strip(),
        about=about,
        now=utc_now(),
    )
    return replies.saved(url_for("major.major", major_id=row.public_id))


def _open_form() -> OpenForm:
    now = utc_now()
    types = frameworks(request_session()).on(local_date(now)).types_offered()
    return OpenForm().prepare(types=types, now=now, today=local_date(now))


def _known_incident(form: OpenForm) -> int | None:
    session, ref = request_session(), form.ref.data.strip()
    found = queries.incidents_known_as(session, ref=ref)
    if len(found) != 1:
        told = "No incident has" if not found else "Two incidents of different systems have"
        refuse(form.ref, f"{told} the reference {ref}. Record it now instead")
        return None
    number = found[0].id or 0
    known = queries.major_of(session, incident_id=number)
    if known is not None:
        refuse(form.ref, f"There is a list for this incident already, called {known.name}")
        return None
    return number


@blueprint.get("/major/<string(length=32):major_id>")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def major(major_id: str) -> ResponseReturnValue:
    """One list: whom to reach first, who was reached, who is overdue."""
    card = _card_or_404(major_id)
    return replies.page("major/major.html", **_list(card, utc_now()))


@blueprint.get("/major/<string(length=32):major_id>/briefing")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def briefing(major_id: str) -> ResponseReturnValue:
    """The same list on paper, by supervisor."""
    card = _card_or_404(major_id)
    return replies.page("major/briefing.html", **_list(card, utc_now()))


def _card_or_404(public_id: str) -> MajorCard:
    found = queries.major(request_session(), public_id=public_id)
    if found is None:
        abort(404)
    return found


def _list(card: MajorCard, now: datetime) -> dict[str, Any]:
    viewer, session, day = current_viewer(), request_session(), local_date(now)
    audit.append_now(
        request_engine(),
        Entry(
            Event.MAJOR_VIEWED,
            now,
            actor_account_id=viewer.account_id,
            actor_role=viewer.role_names,
            details={"major": card.public_id},
        ),
    )
    rows = queries.listed(viewer, session, card=card, day=day)
    leaders = people.leaders(
        session, unit_ids={row.unit_id for row in rows if row.unit_id}, day=day
    )

    def supervisor(row: Listed) -> str:
        found = leaders.get(row.unit_id or 0)
        return found[0].name if found else NOBODY

    ordered = sorted(rows, key=supervisor)
    return {
        "major": card,
        "type_name": frameworks(session).type_names().get(card.type_code, card.type_code),
        "rows": rows,
        "tiers": [(tier, [row for row in rows if row.tier is tier]) for tier in Tier],
        "reached": statistics.reached(card, rows, now),
        "by_supervisor": statistics.reached_by(card, ordered, supervisor, now),
        "supervisor": supervisor,
        "elsewhere": queries.how_many(session, major_id=card.id) - len(rows),
        "words": wording,
        "now": now,
        "today": day,
    }


# --- Putting people on the list -------------------------------------------------------------------


@blueprint.get("/major/<string(length=32):major_id>/add")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def add_form(major_id: str) -> ResponseReturnValue:
    """The form for pasted references and files."""
    return replies.page("major/add.html", major=_card_or_404(major_id), form=RefsForm())


@blueprint.post("/major/<string(length=32):major_id>/add")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def add(major_id: str) -> ResponseReturnValue:
    """Who was found and who was not; nothing is saved yet."""
    card, form = _card_or_404(major_id), RefsForm()
    if not form.validate_on_submit():
        return replies.page("major/add.html", status=422, major=card, form=form)
    found = service.preview_refs(
        request_session(),
        viewer=current_viewer(),
        refs=form.references(),
        day=local_date(utc_now()),
    )
    return _preview(card, found, form.tier.data)


@blueprint.get("/major/<string(length=32):major_id>/teams")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def team_areas(major_id: str) -> ResponseReturnValue:
    """The parts of the force whose teams can be added whole."""
    card, day = _card_or_404(major_id), local_date(utc_now())
    found = candidates.units_with_teams(current_viewer(), request_session(), day=day)
    return replies.page("major/areas.html", major=card, areas=found)


@blueprint.get("/major/<string(length=32):major_id>/teams/<string(length=32):unit_id>")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def teams_form(major_id: str, unit_id: str) -> ResponseReturnValue:
    """The teams of one part of the force, to tick."""
    card = _card_or_404(major_id)
    return replies.page("major/teams.html", major=card, unit_id=unit_id, form=_teams(unit_id))


@blueprint.post("/major/<string(length=32):major_id>/teams/<string(length=32):unit_id>")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def teams(major_id: str, unit_id: str) -> ResponseReturnValue:
    """Everybody posted to the ticked teams on the day; nothing is saved yet."""
    card, form = _card_or_404(major_id), _teams(unit_id)
    if not form.validate_on_submit():
        return replies.page("major/teams.html", status=422, major=card, unit_id=unit_id, form=form)
    found = service.preview_teams(
        request_session(),
        viewer=current_viewer(),
        unit_public_ids=form.teams.data,
        on_day=local_date(card.occurred_at),
        day=local_date(utc_now()),
    )
    if len(found.found) > MOST_AT_ONCE:
        refuse(
            form.teams,
            f"These teams have {len(found.found):,} people. Add at most {MOST_AT_ONCE:,} at a time",
        )
        return replies.page("major/teams.html", status=422, major=card, unit_id=unit_id, form=form)
    return _preview(card, found, form.tier.data)


def _teams(unit_id: str) -> TeamsForm:
    found = candidates.teams_below(
        current_viewer(), request_session(), public_id=unit_id, day=local_date(utc_now())
    )
    if not found:
        abort(404)
    return TeamsForm().prepare({team.public_id: team.name for team in found})


def _preview(
    card: MajorCard, found: Preview, tier: str, form: ConfirmForm | None = None
) -> ResponseReturnValue:
    listed = queries.tiers_of(
        request_session(), major_id=card.id, person_ids=[one.id for one in found.found]
    )
    return replies.page(
        "major/preview.html",
        status=422 if form else 200,
        major=card,
        preview=found,
        listed=listed,
        tier=Tier(tier),
        form=form or ConfirmForm(None),
        words=wording,
    )


@blueprint.post("/major/<string(length=32):major_id>/confirm")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def confirm(major_id: str) -> ResponseReturnValue:
    """Put the ticked people on the list; exposures and prompts follow at once."""
    card, form = _card_or_404(major_id), ConfirmForm()
    valid = form.validate_on_submit()
    if form.tier.errors:
        abort(400)
    if not valid:
        return _preview(card, Preview(_people(form.found.data.split()), []), form.tier.data, form)
    service.attach(
        request_session(),
        viewer=current_viewer(),
        card=card,
        tier=Tier(form.tier.data),
        people=_people(form.people.data),
        now=utc_now(),
    )
    return replies.saved(url_for("major.major", major_id=card.public_id))


def _people(public_ids: list[str]) -> list[Candidate]:
    return candidates.people_named(
        current_viewer(),
        request_session(),
        public_ids=public_ids[:MOST_AT_ONCE],
        day=local_date(utc_now()),
    )


@blueprint.get("/major/<string(length=32):major_id>/people/<string(length=32):entry_id>/remove")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def remove_form(major_id: str, entry_id: str) -> ResponseReturnValue:
    """The form that takes somebody off the list."""
    card = _card_or_404(major_id)
    entry = _entry_or_404(card, entry_id)
    return replies.page("major/remove.html", major=card, entry=entry, form=DetachForm())


@blueprint.post("/major/<string(length=32):major_id>/people/<string(length=32):entry_id>/remove")
@requires(Permission.MAJOR_SCOPE_MANAGE)
def remove(major_id: str, entry_id: str) -> ResponseReturnValue:
    """Take somebody off the list, with the reason."""
    card, form = _card_or_404(major_id), DetachForm()
    entry = _entry_or_404(card, entry_id)
    if not form.validate_on_submit():
        return replies.page("major/remove.html", status=422, major=card, entry=entry, form=form)
    service.detach(
        request_session(),
        viewer=current_viewer(),
        card=card,
        entry=entry,
        reason=DetachReason(form.reason.data),
        now=utc_now(),
    )
    return replies.saved(url_for("major.major", major_id=card.public_id))


def _entry_or_404(card: MajorCard, entry_id: str) -> Listed:
    found = queries.entry(
        current_viewer(),
        request_session(),
        card=card,
        public_id=entry_id,
        day=local_date(utc_now()),
    )
    if found is None:
        abort(404)
    return found
