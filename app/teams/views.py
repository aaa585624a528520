"""The supervisor's live pages."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.debriefs import queries as debriefs
from app.debriefs import service as debrief_service
from app.debriefs import wording
from app.debriefs.models import Setting
from app.debriefs.service import About, Answered, Talk
from app.exposure import asking, behind, explaining
from app.exposure import queries as exposure
from app.exposure import wording as told
from app.exposure.models import PromptState
from app.exposure.queries import WaitingPrompt
from app.exposure.service import Answer, ConflictError
from app.incidents.queries import frameworks
from app.people import queries as people
from app.people.duty_queries import led_units
from app.people.places import place_sentence
from app.people.queries import PersonCard, UnitCard
from app.referrals import queries as referrals
from app.referrals.models import Support
from app.referrals.wording import REFERRAL, SUPPORT
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.security.viewer import Viewer
from app.teams import queries
from app.teams.forms import ReturnForm
from app.teams.table_pages import late_feeds, tag_of, team_table
from app.web import replies

blueprint = Blueprint("teams", __name__)
CONFLICT = (
    "Somebody else answered this, or the record behind it changed, while you had the form open. "
    "Nothing of yours was saved over theirs. Check what is waiting now."
)


@blueprint.get("/")
@requires(Permission.RECORD_OWN_READ)
def home() -> ResponseReturnValue:
    """Where everybody starts: what waits for them, and the way to everything they may open."""
    viewer, now = current_viewer(), utc_now()
    teams = queries.led_teams(viewer, request_session(), day=local_date(now))
    return replies.page("teams/home.html", teams=teams, late=late_feeds(viewer, now), now=now)


@blueprint.get("/teams")
@requires(Permission.TEAM_CURRENT_READ)
def my_teams() -> ResponseReturnValue:
    """The teams a viewer may open; straight to the team for somebody who has only one."""
    viewer, day = current_viewer(), local_date(utc_now())
    units = people.units_in_reach(viewer, request_session(), day=day, limit=400)
    if len(units) == 1:
        return team_page(units[0])
    return replies.page("teams/my_teams.html", units=units)


@blueprint.get("/teams/<string(length=32):unit_id>")
@requires(Permission.TEAM_CURRENT_READ)
def team(unit_id: str) -> ResponseReturnValue:
    """One team: who was exposed to what, who needs a conversation, why and by when.

    For a page that is open: its table again, as somebody chose it.
    """
    unit = _unit_or_404(unit_id)
    if not replies.wants_fragment():
        return team_page(unit)
    if request.args.get("type"):
        # Who met one type of incident is more than the page had said.
        note_team(unit, utc_now())
    values = team_table(current_viewer(), unit, utc_now())
    return replies.fragment("teams/_chosen.html", **values)


def team_page(unit: UnitCard) -> ResponseReturnValue:
    """The page of a team the viewer may see; that they looked is written down first."""
    now = utc_now()
    note_team(unit, now)
    return replies.page("teams/team.html", **team_table(current_viewer(), unit, now))


def note_team(unit: UnitCard, now: datetime) -> None:
    """Write down that the viewer looked at a team's counts; its members see that they did."""
    viewer = current_viewer()
    audit.append_now(
        request_engine(),
        Entry(
            Event.TEAM_VIEWED,
            now,
            actor_account_id=viewer.account_id,
            actor_role=viewer.role_names,
            unit_id=unit.id,
        ),
    )


@blueprint.get("/teams/<string(length=32):unit_id>/rows")
@requires(Permission.TEAM_CURRENT_READ)
def team_rows(unit_id: str) -> ResponseReturnValue:
    """The table's rows for a page that is open; nothing when nothing changed."""
    unit, now = _unit_or_404(unit_id), utc_now()
    same = replies.unchanged(tag_of(unit, now))
    if same is not None:
        return same
    values = team_table(current_viewer(), unit, now)
    return replies.fragment("teams/_live.html", **values)


def _unit_or_404(public_id: str) -> UnitCard:
    found = people.unit(
        current_viewer(), request_session(), public_id=public_id, day=local_date(utc_now())
    )
    if found is None:
        abort(404)
    return found


def _person_or_404(public_id: str) -> PersonCard:
    found = asking.person(current_viewer(), request_session(), public_id=public_id, now=utc_now())
    if found is None:
        abort(404)
    return found


@blueprint.get("/people/<string(length=32):person_id>")
@requires(Permission.RECORD_SCOPE_READ)
def person(person_id: str) -> ResponseReturnValue:
    """A named person's record, for those who may see it; they will see that it was opened."""
    card, viewer, now = _person_or_404(person_id), current_viewer(), utc_now()
    session, day = request_session(), local_date(now)
    note_look(card, "record", now)
    versions = frameworks(session)
    framework = versions.on(day)
    windows, leads = framework.windows, _leads(viewer, card)
    counts = exposure.type_windows(session, person_id=card.id, windows=windows, day=day)
    # Somebody who also leads the team is its supervisor first.
    may_weigh = viewer.may(Permission.WEIGHTS_SCOPE_READ) and not leads
    back, back_words = _way_back(card)
    return replies.page(
        "teams/person.html",
        person=card,
        back=back,
        back_words=back_words,
        place=place_sentence(viewer, session, person_id=card.id, day=day),
        windows=windows,
        type_names=versions.type_names(),
        counts=counts,
        weighted=framework.weighted(counts) if may_weigh else None,
        seen=behind.exposures_of(session, person_id=card.id, limit=25),
        disputed=behind.disputed_of(session, person_id=card.id),
        told=told,
        prompts=exposure.waiting(session, person_ids=[card.id]).get(card.id, []),
        talks=debriefs.conversations_of(session, person_id=card.id),
        referrals=referrals.referrals_of(session, person_id=card.id),
        may_record=leads,
        in_team=card.unit_id in led_units(viewer, session, day=day),
        words=wording,
        supports=SUPPORT,
        referral_states=REFERRAL,
        now=now,
    )


def note_look(card: PersonCard, page: str, now: datetime) -> None:
    """Write down that the viewer opened somebody's record; they see that it was opened."""
    viewer = current_viewer()
    audit.append_now(
        request_engine(),
        Entry(
            Event.RECORD_VIEWED,
            now,
            actor_account_id=viewer.account_id,
            actor_role=viewer.role_names,
            subject_person_id=card.id,
            unit_id=card.unit_id,
            details={"page": page},
        ),
    )


@blueprint.get("/people/<string(length=32):person_id>/counted/<int:days>")
@requires(Permission.RECORD_SCOPE_READ)
def counted(person_id: str, days: int) -> ResponseReturnValue:
    """The incidents that one number on a person's record counts; ``0`` days is all of them."""
    card, session, now = _person_or_404(person_id), request_session(), utc_now()
    found = explaining.counted(
        session,
        person_id=card.id,
        window=days,
        day=local_date(now),
        asked_page=request.args.get("page"),
    )
    if found is None:
        abort(404)
    note_look(card, "counted", now)
    names = frameworks(session).type_names()
    return replies.page(
        "teams/counted.html", person=card, counted=found, type_names=names, told=told
    )


@blueprint.get("/people/<string(length=32):person_id>/prompts/<string(length=32):prompt_id>")
@requires(Permission.RECORD_SCOPE_READ)
def prompt(person_id: str, prompt_id: str) -> ResponseReturnValue:
    """Why a supervisor was asked to talk to somebody."""
    card, session, now = _person_or_404(person_id), request_session(), utc_now()
    found = explaining.explained_prompt(session, person_id=card.id, public_id=prompt_id)
    if found is None:
        abort(404)
    note_look(card, "prompt", now)
    names = frameworks(session).type_names()
    return replies.page(
        "teams/prompt.html", person=card, explained=found, type_names=names, told=told
    )


def _leads(viewer: Viewer, card: PersonCard) -> bool:
    return asking.may_answer(viewer, request_session(), card=card, now=utc_now())


def _way_back(card: PersonCard) -> tuple[str, str]:
    """Where somebody came from, in an address and words: the team, if they may open it."""
    viewer, day = current_viewer(), local_date(utc_now())
    unit = people.unit(viewer, request_session(), public_id=card.unit_public_id, day=day)
    if unit is not None:
        return url_for("teams.team", unit_id=unit.public_id), unit.name
    if viewer.may(Permission.DEBRIEF_TEAM_RECORD):
        return url_for("today.today"), "Today"
    return url_for("today.without_supervisor"), "Without a supervisor"


@blueprint.get("/people/<string(length=32):person_id>/return")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def return_form(person_id: str) -> ResponseReturnValue:
    """The return form for somebody in a team the viewer leads now."""
    card = _led_person_or_403(person_id)
    waiting = _waiting(card)
    form = _form(waiting)
    form.prompts.data = [prompt.public_id for prompt in waiting]
    form.held_on.process_data(local_date(utc_now()))
    return _show_form(card, waiting, form)


@blueprint.post("/people/<string(length=32):person_id>/return")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def record_return(person_id: str) -> ResponseReturnValue:
    """Keep what came of it; the row changes in place, or the next page says so."""
    card = _led_person_or_403(person_id)
    waiting = _waiting(card)
    form = _form(waiting)
    if not waiting:
        return _show_form(card, waiting, form, status=409, message=CONFLICT)
    if not form.validate_on_submit():
        return _show_form(card, waiting, form, status=422)
    try:
        _save(card, waiting, form)
    except ConflictError:
        request_session().rollback()
        return _show_form(card, _waiting(card), form, status=409, message=CONFLICT)
    return _saved(card)


def _led_person_or_403(public_id: str) -> PersonCard:
    card = _person_or_404(public_id)
    if not _leads(current_viewer(), card):
        abort(403)
    return card


def _waiting(card: PersonCard) -> list[WaitingPrompt]:
    return exposure.waiting(request_session(), person_ids=[card.id]).get(card.id, [])


def _form(waiting: list[WaitingPrompt]) -> ReturnForm:
    now = utc_now()
    framework = frameworks(request_session()).on(local_date(now))
    form = ReturnForm()
    form.prepare(
        prompts={prompt.public_id: prompt.why for prompt in waiting},
        factors=framework.factors_offered(),
        today=local_date(now),
    )
    if not form.is_submitted():
        form.next_contact_on.process_data(debrief_service.check_in_on(now, framework.check_in_days))
    return form


def _show_form(
    card: PersonCard,
    waiting: list[WaitingPrompt],
    form: ReturnForm,
    *,
    status: int = 200,
    message: str = "",
) -> ResponseReturnValue:
    values: dict[str, Any] = {
        "person": card,
        "form": form,
        "waiting": waiting,
        "message": message,
        "action": url_for("teams.record_return", person_id=card.public_id),
        "back": _way_back(card)[0],
        "now": utc_now(),
    }
    if replies.wants_fragment():
        return replies.fragment("teams/_return_form.html", status=status, **values)
    return replies.page("teams/return.html", status=status, **values)


def _save(card: PersonCard, waiting: list[WaitingPrompt], form: ReturnForm) -> None:
    chosen = set(form.prompts.data or ())
    about = About(
        viewer=current_viewer(),
        person_id=card.id,
        unit_id=card.unit_id,
        ring=current_app.extensions["key_ring"],
        prompts=[
            Answered(prompt.public_id, prompt.revision)
            for prompt in waiting
            if prompt.public_id in chosen
        ],
    )
    session, now = request_session(), utc_now()
    if form.outcome.data == "held":
        debrief_service.record_talk(session, about=about, talk=_talk(form), now=now)
    else:
        debrief_service.record_answer(session, about=about, decided=_answer(form), now=now)


def _talk(form: ReturnForm) -> Talk:
    return Talk(
        held_on=form.held_on.data or local_date(utc_now()),
        setting=Setting(form.setting.data),
        factors=tuple(form.factors.data or ()),
        offers=form.offers(),
        primary_support=Support(form.primary_support.data),
        next_contact_on=form.next_contact_on.data,
    )


def _answer(form: ReturnForm) -> Answer:
    state = PromptState(form.outcome.data)
    if state is PromptState.DEFERRED:
        return Answer(state, form.deferred_reason.data, form.deferred_until.data)
    if state is PromptState.DECLINED:
        return Answer(state, form.declined_reason.data)
    return Answer(state, form.not_needed_reason.data)


def _saved(card: PersonCard) -> ResponseReturnValue:
    now, viewer = utc_now(), current_viewer()
    if card.unit_id not in led_units(viewer, request_session(), day=local_date(now)):
        # Asked about this alone: with the answer the way to the record ended too.
        return replies.saved(url_for("today.today"))
    if not replies.wants_fragment():
        return replies.saved(url_for("teams.saved_return", person_id=card.public_id))
    values = team_table(viewer, _unit_or_404(card.unit_public_id), now)
    return replies.fragment("teams/_saved.html", person=card, **values)


@blueprint.get("/people/<string(length=32):person_id>/return/saved")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def saved_return(person_id: str) -> ResponseReturnValue:
    """Says that it was kept, and the way back; for browsers without JavaScript."""
    card = _led_person_or_403(person_id)
    back, back_words = _way_back(card)
    return replies.page(
        "teams/saved.html",
        person=card,
        waiting=_waiting(card),
        team=(back, back_words),
        now=utc_now(),
    )
