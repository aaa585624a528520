"""The supervisor's live pages."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.debriefs import queries as debriefs
from app.debriefs import wording
from app.exposure import asking, behind, explaining
from app.exposure import queries as exposure
from app.exposure import wording as told
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
from app.teams import (
    change_views,
    conversation_views,
    group_views,
    hold_views,
    queries,
    table_views,
)
from app.teams.pages import blueprint, note_look, note_team
from app.teams.recording import way_back
from app.teams.table_pages import late_feeds, tag_of, team_table, unit_or_404
from app.web import replies

__all__ = [
    "blueprint",
    "change_views",
    "conversation_views",
    "group_views",
    "hold_views",
    "table_views",
]


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
    unit, now = unit_or_404(unit_id), utc_now()
    if not replies.wants_fragment():
        return team_page(unit)
    if request.args.get("type"):
        # Who met one type of incident is more than the page had said.
        note_team(unit, now)
    return replies.fragment("teams/_chosen.html", **team_table(current_viewer(), unit, now))


def team_page(unit: UnitCard) -> ResponseReturnValue:
    """The page of a team the viewer may see; that they looked is written down first."""
    now = utc_now()
    note_team(unit, now)
    return replies.page("teams/team.html", **team_table(current_viewer(), unit, now))


@blueprint.get("/teams/<string(length=32):unit_id>/rows")
@requires(Permission.TEAM_CURRENT_READ)
def team_rows(unit_id: str) -> ResponseReturnValue:
    """The table's rows for a page that is open; nothing when nothing changed."""
    unit, now = unit_or_404(unit_id), utc_now()
    same = replies.unchanged(tag_of(unit, now))
    if same is not None:
        return same
    values = team_table(current_viewer(), unit, now)
    return replies.fragment("teams/_live.html", **values)


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
