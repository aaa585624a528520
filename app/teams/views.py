"""The supervisor's live pages."""

from datetime import datetime
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.debriefs import queries as debriefs
from app.debriefs import wording
from app.exposure import asking, behind, explaining
from app.exposure import queries as exposure
from app.exposure import wording as told
from app.exposure.models import PromptState
from app.feeds.freshness import FeedAge, late_for_teams
from app.incidents.queries import frameworks
from app.people import queries as people
from app.people.duty_queries import led_units
from app.people.places import place_sentence
from app.people.queries import PersonCard, UnitCard
from app.referrals import queries as referrals
from app.referrals.wording import REFERRAL, SUPPORT
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.security.viewer import Viewer
from app.teams import conversation_views, group_views, hold_views, queries
from app.teams.pages import blueprint
from app.teams.recording import way_back
from app.web import replies

__all__ = ["blueprint", "conversation_views", "group_views", "hold_views"]


@blueprint.get("/")
@requires(Permission.RECORD_OWN_READ)
def home() -> ResponseReturnValue:
    """Where everybody starts: what waits for them, and the way to everything they may open."""
    viewer, now = current_viewer(), utc_now()
    teams = queries.led_teams(viewer, request_session(), day=local_date(now))
    return replies.page("teams/home.html", teams=teams, late=_late(viewer, now), now=now)


def _late(viewer: Viewer, now: datetime) -> list[FeedAge]:
    """Feeds whose lateness a supervisor has to know of."""
    if not viewer.may(Permission.TEAM_CURRENT_READ):
        return []
    return late_for_teams(request_session(), now=now)


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
    """One team: who was exposed to what, who needs a conversation, why and by when."""
    return team_page(_unit_or_404(unit_id))


def team_page(unit: UnitCard) -> ResponseReturnValue:
    """The page of a team the viewer may see; that they looked is written down first."""
    viewer, now = current_viewer(), utc_now()
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
    return replies.page("teams/team.html", **_table(viewer, unit, now))


@blueprint.get("/teams/<string(length=32):unit_id>/rows")
@requires(Permission.TEAM_CURRENT_READ)
def team_rows(unit_id: str) -> ResponseReturnValue:
    """The table's rows for a page that is open; nothing when nothing changed."""
    unit, now = _unit_or_404(unit_id), utc_now()
    same = replies.unchanged(_tag(unit, now))
    if same is not None:
        return same
    values = _table(current_viewer(), unit, now)
    return replies.fragment("teams/_live.html", **values)


def _tag(unit: UnitCard, now: datetime) -> str:
    # The hour is part of it because "5 hours left" goes stale by itself.
    return f"{unit.version}-{now:%Y%m%d%H}"


def _table(viewer: Viewer, unit: UnitCard, now: datetime) -> dict[str, Any]:
    session, day = request_session(), local_date(now)
    windows = frameworks(session).on(day).windows
    return {
        "unit": unit,
        "windows": windows,
        "rows": queries.team_rows(viewer, session, unit=unit, windows=windows, day=day),
        "leaders": people.leaders(session, unit_ids=[unit.id], day=day).get(unit.id, []),
        "may_record": unit.leads and viewer.may(Permission.DEBRIEF_TEAM_RECORD),
        "late": _late(viewer, now),
        "now": now,
        "tag": _tag(unit, now),
        "states": PromptState,
    }


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
    _note_look(card, "record", now)
    versions = frameworks(session)
    framework = versions.on(day)
    windows, leads = framework.windows, _leads(viewer, card)
    counts = exposure.type_windows(session, person_id=card.id, windows=windows, day=day)
    # Somebody who also leads the team is its supervisor first.
    may_weigh = viewer.may(Permission.WEIGHTS_SCOPE_READ) and not leads
    back, back_words = way_back(viewer, card)
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
        talks=debriefs.conversations_of(viewer, session, person_id=card.id),
        referrals=referrals.referrals_of(session, person_id=card.id, for_supervisor=True),
        may_record=leads,
        in_team=card.unit_id in led_units(viewer, session, day=day),
        words=wording,
        supports=SUPPORT,
        referral_states=REFERRAL,
        now=now,
    )


def _note_look(card: PersonCard, page: str, now: datetime) -> None:
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
    _note_look(card, "counted", now)
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
    _note_look(card, "prompt", now)
    names = frameworks(session).type_names()
    return replies.page(
        "teams/prompt.html", person=card, explained=found, type_names=names, told=told
    )


def _leads(viewer: Viewer, card: PersonCard) -> bool:
    return asking.may_answer(viewer, request_session(), card=card, now=utc_now())
