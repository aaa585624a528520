"""Changing what is planned for somebody, below their row of the team's table or as a page: the day
of a conversation, the next check-in, time away. Whoever comes second is told who came first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.audit import queries as audit
from app.audit.events import Event
from app.common.clock import day_in_words, local_date, utc_now
from app.database import request_session
from app.debriefs.check_ins import CheckIn, MovedError, Moving, check_in_of, move_check_in
from app.exposure import caring
from app.exposure import queries as exposure
from app.exposure.caring import Arranging
from app.exposure.models import PromptState
from app.exposure.queries import WaitingPrompt
from app.exposure.service import ConflictError
from app.people import away as time_away
from app.people.away import OverlapError, Planned
from app.people.duty_queries import Away, led_units, spells_of
from app.people.models import AwayKind
from app.people.queries import PersonCard
from app.people.wording import AWAY
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.teams.away_forms import AwayForm
from app.teams.pages import blueprint, note_look
from app.teams.table_forms import CheckInForm, PlanForm
from app.teams.table_pages import is_open, nothing_new, person_or_404, row_again, unit_or_404
from app.teams.table_views import PERSON
from app.web import replies
from app.web.filters import moment

CHANGED = (Event.PROMPT_ARRANGED, Event.PROMPT_ANSWERED)


@dataclass
class Panel:
    """One person, what stands for them, and the forms to change it."""

    card: PersonCard
    waiting: list[WaitingPrompt]
    stands: CheckIn | None
    spells: list[Away]
    plan: PlanForm
    check_in: CheckInForm
    away: AwayForm

    @property
    def planned_on(self) -> date | None:
        """The first day that is planned for what waits."""
        days = [one.planned_on for one in self.waiting if one.planned_on]
        return min(days, default=None)


def _panel(public_id: str, sent: str = "") -> Panel:
    """What may be changed for somebody in a team that the viewer leads or covers today. ``sent``:
    the form that comes back filled in; the others are as they stand."""
    card, session, now = person_or_404(public_id), request_session(), utc_now()
    day = local_date(now)
    if card.unit_id not in led_units(current_viewer(), session, day=day):
        abort(403)
    found = exposure.waiting(session, person_ids=[card.id]).get(card.id, [])
    panel = Panel(
        card,
        [one for one in found if one.state is PromptState.OPEN],
        check_in_of(session, person_id=card.id),
        spells_of(session, person_ids=[card.id], day=day),
        PlanForm(request.form if sent == "plan" else None),
        CheckInForm(request.form if sent == "check_in" else None),
        AwayForm(request.form if sent == "away" else None),
    )
    panel.away.prepare(day, None)
    if sent != "plan":
        panel.plan.planned_on.process_data(panel.planned_on)
        panel.plan.remember(panel.waiting)
    if sent != "check_in" and panel.stands:
        panel.check_in.on.process_data(panel.stands.on)
        panel.check_in.remember(panel.stands)
    return panel


@blueprint.get(f"{PERSON}/change")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def change(person_id: str) -> ResponseReturnValue:
    """The forms to change what is planned for somebody; they will see that it was opened."""
    panel = _panel(person_id)
    if replies.wants_fragment() and is_open("change", panel.card):
        return nothing_new()
    note_look(panel.card, "change", utc_now())
    return _show(panel)


@blueprint.post(f"{PERSON}/change/plan")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def change_plan(person_id: str) -> ResponseReturnValue:
    """Plan the day of a conversation, for everything that waits."""
    panel, session, now = _panel(person_id, "plan"), request_session(), utc_now()
    if not panel.plan.asks_for(local_date(now)):
        return _show(panel, status=422, wrong="plan")
    seen, wanted = panel.plan.seen(), panel.plan.planned_on.data or local_date(now)
    if not seen:
        abort(400)
    try:
        for name, revision in seen:
            about = Arranging(current_viewer(), name, panel.card.id, panel.card.unit_id, revision)
            caring.plan(session, about=about, day=wanted, now=now)
    except ConflictError:
        session.rollback()
        return _second(person_id, panel, "plan", _plan_first(panel.card), wanted)
    return _kept(panel.card, f"The conversation with {panel.card.name} is planned.")


@blueprint.post(f"{PERSON}/change/check-in")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def change_check_in(person_id: str) -> ResponseReturnValue:
    """Move the next check-in, or do without one."""
    panel, now = _panel(person_id, "check_in"), utc_now()
    card, form = panel.card, panel.check_in
    if not form.asks_for(local_date(now)):
        return _show(panel, status=422, wrong="check_in")
    about = Moving(current_viewer(), card.id, card.unit_id, *form.seen())
    try:
        move_check_in(request_session(), about=about, on=form.day(), now=now)
    except MovedError:
        return _second(person_id, panel, "check_in", _check_in_first(card), form.day())
    return _kept(card, f"The check-in with {card.name} is saved.")


@blueprint.post(f"{PERSON}/change/away")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def change_away(person_id: str) -> ResponseReturnValue:
    """Note that somebody will be away; a spell that another noted meanwhile is told."""
    panel, session, now = _panel(person_id, "away"), request_session(), utc_now()
    card, form = panel.card, panel.away
    if not form.validate():
        return _show(panel, status=422, wrong="away")
    planned = Planned(AwayKind(form.kind.data), *form.days())
    try:
        time_away.note_away(
            session,
            viewer=current_viewer(),
            person_id=card.id,
            unit_id=card.unit_id,
            planned=planned,
            now=now,
        )
    except OverlapError as overlap:
        spell = overlap.spell
        days = f"{day_in_words(spell.starts_on)} to {day_in_words(spell.ends_on)}"
        first = _said(
            spell.recorded_by_account_id, f"{AWAY[spell.kind]}, {days}", spell.recorded_at
        )
        return _show(panel, status=409, wrong="away", first=first)
    return _kept(card, f"The time away of {card.name} is noted.")


# --- Telling whoever comes second -----------------------------------------------------------------


def _said(account: int | None, what: str, at: datetime) -> str:
    names = accounts.names(request_session(), account_ids={account or 0})
    return f"{names.get(account or 0, 'Somebody')} saved this on {moment(at)}: {what}."


def _plan_first(card: PersonCard) -> str:
    session = request_session()
    waiting = exposure.waiting(session, person_ids=[card.id]).get(card.id, [])
    days = [one.planned_on for one in waiting if one.planned_on]
    what = f"planned for {day_in_words(min(days))}" if days else "no day is planned"
    if not waiting:
        what = "nothing is waiting any more"
    last = audit.last_change(session, person_id=card.id, events=CHANGED)
    return _said(last[1], what, last[0]) if last else f"Somebody else changed this: {what}."


def _check_in_first(card: PersonCard) -> str:
    stands = check_in_of(request_session(), person_id=card.id)
    if stands is None:
        return "The conversation behind it is not there any more."
    what = f"check-in on {day_in_words(stands.on)}" if stands.on else "no check-in"
    return _said(stands.said_by, what, stands.said_at)


def _second(
    person_id: str, typed: Panel, kind: str, first: str, wanted: date | None
) -> ResponseReturnValue:
    """The forms again as things stand now, with what was typed, to be sent in that knowledge."""
    fresh = _panel(person_id)
    if kind == "plan":
        fresh.plan.planned_on.process_data(typed.plan.planned_on.data)
    else:
        fresh.check_in.on.process_data(typed.check_in.on.data)
    yours = day_in_words(wanted) if wanted else "no check-in"
    return _show(fresh, status=409, wrong=kind, first=f"{first} You wanted {yours}.")


def _show(
    panel: Panel, *, status: int = 200, wrong: str = "", first: str = ""
) -> ResponseReturnValue:
    """The forms. ``wrong``: which of them was not saved; ``first``: what somebody else saved."""
    values: dict[str, Any] = {
        "panel": panel,
        "person": panel.card,
        "form": getattr(panel, wrong) if wrong else None,
        "wrong": wrong,
        "first": first,
        "kinds": AWAY,
        "today": local_date(utc_now()),
        "back": url_for("teams.team", unit_id=panel.card.unit_public_id),
    }
    if replies.wants_fragment():
        return replies.fragment("teams/_change_row.html", status=status, **values)
    return replies.page("teams/change.html", status=status, **values)


def _kept(card: PersonCard, said: str) -> ResponseReturnValue:
    unit = unit_or_404(card.unit_public_id)
    if replies.wants_fragment():
        return row_again(card, unit, closed="change", said=said)
    row = f"row-{card.public_id}"
    return replies.saved(url_for("teams.team", unit_id=unit.public_id, _anchor=row))
