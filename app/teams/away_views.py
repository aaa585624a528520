"""Planned time away: one's own, with somebody who stands in, and that of one's team."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.people import away as service
from app.people import queries as people
from app.people.away import OverlapError, Planned
from app.people.duty_queries import led_units, spells_of, stand_ins
from app.people.models import AwayKind, AwaySpell
from app.people.queries import PersonCard
from app.people.wording import AWAY
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.teams.away_forms import AwayForm
from app.web import replies
from app.web.filters import weekday

blueprint = Blueprint("away", __name__)


def _own_or_404() -> PersonCard:
    card = people.own_card(current_viewer(), request_session(), day=local_date(utc_now()))
    if card is None:
        abort(404)
    return card


def _member_or_404(public_id: str) -> PersonCard:
    """Somebody in a team the viewer leads, covers or stands in for today."""
    viewer, session, day = current_viewer(), request_session(), local_date(utc_now())
    card = people.person(viewer, session, public_id=public_id, day=day)
    if card is None or card.unit_id not in led_units(viewer, session, day=day):
        abort(404)
    return card


def _form(card: PersonCard) -> AwayForm:
    """The form for somebody; who stands in is asked of those who lead, about themselves."""
    viewer, session, day = current_viewer(), request_session(), local_date(utc_now())
    form = AwayForm()
    mine = card.id == viewer.person_id and bool(led_units(viewer, session, day=day))
    form.prepare(day, stand_ins(viewer, session, day=day) if mine else None)
    return form


@blueprint.get("/away")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def away() -> ResponseReturnValue:
    """The viewer's own time away, and who stands in."""
    card = _own_or_404()
    return _show(card, _form(card))


@blueprint.post("/away")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def note_own() -> ResponseReturnValue:
    """Note the viewer's own time away."""
    card = _own_or_404()
    return _note(card, url_for("away.away"))


@blueprint.get("/people/<string(length=32):person_id>/away")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def member(person_id: str) -> ResponseReturnValue:
    """The time away of somebody in the viewer's team."""
    card, viewer = _member_or_404(person_id), current_viewer()
    entry = Entry(
        Event.RECORD_VIEWED,
        utc_now(),
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=card.id,
        unit_id=card.unit_id,
        details={"page": "away"},
    )
    audit.append_now(request_engine(), entry)
    return _show(card, _form(card))


@blueprint.post("/people/<string(length=32):person_id>/away")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def note_member(person_id: str) -> ResponseReturnValue:
    """Note that somebody in the viewer's team will be away."""
    card = _member_or_404(person_id)
    return _note(card, url_for("away.member", person_id=card.public_id))


def _show(card: PersonCard, form: AwayForm, *, status: int = 200) -> ResponseReturnValue:
    day = local_date(utc_now())
    return replies.page(
        "teams/away.html",
        status=status,
        person=card,
        mine=card.id == current_viewer().person_id,
        spells=spells_of(request_session(), person_ids=[card.id], day=day),
        kinds=AWAY,
        form=form,
        day=day,
    )


def _note(card: PersonCard, go_to: str) -> ResponseReturnValue:
    session, now = request_session(), utc_now()
    form = _form(card)
    if not form.validate_on_submit():
        return _show(card, form, status=422)
    try:
        service.note_away(
            session,
            viewer=current_viewer(),
            person_id=card.id,
            unit_id=card.unit_id,
            planned=_planned(form),
            now=now,
        )
    except OverlapError as overlap:
        form.overlaps(_days(overlap.spell))
        return _show(card, form, status=422)
    return replies.saved(go_to)


def _planned(form: AwayForm) -> Planned:
    deputy = None
    if form.deputy and form.deputy.data:
        viewer, session, day = current_viewer(), request_session(), local_date(utc_now())
        offered = stand_ins(viewer, session, day=day)
        deputy = next(one.person_id for one in offered if one.public_id == form.deputy.data)
    return Planned(AwayKind(form.kind.data), *form.days(), deputy)


def _days(spell: AwaySpell) -> str:
    return f"{weekday(spell.starts_on)} to {weekday(spell.ends_on)}"


@blueprint.post("/away/<string(length=32):spell_id>/end")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def end(spell_id: str) -> ResponseReturnValue:
    """They are back today, or are not going after all."""
    viewer, session, now = current_viewer(), request_session(), utc_now()
    spell = service.open_spell(session, public_id=spell_id, day=local_date(now))
    if spell is None:
        abort(404)
    if spell.person_id == viewer.person_id:
        card, go_to = _own_or_404(), url_for("away.away")
    else:
        card = _member_or_404(request.form.get("person", ""))
        go_to = url_for("away.member", person_id=card.public_id)
    if spell.person_id != card.id:
        abort(404)
    service.end_away(
        session, viewer=viewer, spell=spell, unit_id=card.unit_id, day=local_date(now), now=now
    )
    return replies.saved(go_to)
