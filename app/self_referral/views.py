"""Everybody's own record: what is held, what came of it, who looked, and what they say of it."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.audit import queries as audit
from app.audit.events import Event
from app.common.clock import local_date, utc_now
from app.common.paging import Page
from app.database import request_session
from app.debriefs import queries as debriefs
from app.debriefs import wording
from app.debriefs.queries import Conversation
from app.debriefs.service import factors_of
from app.exposure import behind, explaining
from app.exposure import queries as exposure
from app.exposure import wording as told
from app.exposure.models import Work
from app.incidents.queries import frameworks
from app.major import queries as major
from app.major.wording import TIERS
from app.people import queries as people
from app.people.duty_queries import spells_of
from app.people.places import own_units, place_sentence
from app.people.queries import PersonCard
from app.people.wording import AWAY
from app.referrals import queries as referrals
from app.referrals import wording as referrals_wording
from app.referrals.wording import SUPPORT
from app.security.access import current_viewer, requires
from app.security.encryption import SealedError
from app.security.permissions import Permission
from app.self_referral import service
from app.self_referral.forms import NONE_OF_THESE, SaidForm, WhichForm
from app.self_referral.service import NothingToSayError, Said
from app.web import replies
from app.web.filters import clock_time
from app.web.sealing import keys

blueprint = Blueprint("self_referral", __name__)
EVENTS = {
    Event.RECORD_VIEWED: "Opened your record",
    Event.RECORD_EXPLAINED: "Looked up how your record was counted",
    Event.PERSON_RECOGNISED: "Said whether your staff number was yours before",
    Event.MAJOR_PERSON_ATTACHED: "Added you to the list of a major incident",
    Event.MAJOR_PERSON_DETACHED: "Took you off the list of a major incident",
    Event.MAJOR_VIEWED: "Opened the list of a major incident you are or were on",
    Event.PROMPT_ANSWERED: "Recorded what came of a prompt about you",
    Event.CHECK_IN_MOVED: "Moved the day of your next check-in",
    Event.PROMPT_ARRANGED: "Planned a conversation with you, or asked somebody else to hold it",
    Event.TODAY_VIEWED: "Saw on their list for the day that you are waiting",
    Event.AWAY_NOTED: "Noted when you are away",
    Event.REFERRAL_MADE: "Asked a service to contact you, as you agreed",
    Event.REFERRAL_LISTED: "Saw your name in the list of a service you agreed to",
    Event.REFERRAL_VIEWED: "Opened your referral",
    Event.REFERRAL_CHANGED: "Recorded what was done with your referral",
    Event.SHARE_OPENED: "Opened what you shared with them",
    Event.PACK_DOWNLOADED: "Downloaded a pack about a team you are or were in",
    Event.TEAM_VIEWED: "Opened the table of a team you are or were in",
}


@blueprint.get("/my-record")
@requires(Permission.RECORD_OWN_READ)
def my_record() -> ResponseReturnValue:
    """What is held about the viewer, in full, and who has looked at it."""
    viewer, session, day = current_viewer(), request_session(), local_date(utc_now())
    card = people.own_card(viewer, session, day=day)
    if card is None:
        return replies.page("self_referral/no_record.html")
    versions = frameworks(session)
    framework = versions.on(day)
    windows = framework.windows
    counts = exposure.type_windows(session, person_id=card.id, windows=windows, day=day)
    lists = major.lists_of(viewer, session)
    found = audit.who_looked(
        viewer,
        session,
        unit_ids=own_units(viewer, session),
        major_ids=[one.public_id for one in lists],
    )
    page = Page.of(request.args.get("page"), len(found))
    talks = debriefs.conversations_of(viewer, session, person_id=card.id)
    return replies.page(
        "self_referral/my_record.html",
        person=card,
        place=place_sentence(viewer, session, person_id=card.id, day=day),
        windows=windows,
        type_names=versions.type_names(),
        counts=counts,
        weighted=framework.weighted(counts),
        seen=behind.exposures_of(session, person_id=card.id, limit=25),
        disputed=behind.disputed_of(session, person_id=card.id),
        told=told,
        prompts=exposure.waiting(session, person_ids=[card.id]).get(card.id, []),
        talks=[(talk, _factors(talk)) for talk in talks],
        factor_names=versions.factor_names(),
        away=spells_of(session, person_ids=[card.id], day=day),
        away_kinds=AWAY,
        referrals=referrals.referrals_of(session, person_id=card.id, for_supervisor=False),
        lists=lists,
        tiers=TIERS,
        looks=found[page.offset :][: page.length],
        page=page,
        names=accounts.names(session, account_ids={look.account_id for look in found}),
        events=EVENTS,
        words=wording,
        supports=SUPPORT,
        in_words=referrals_wording,
        now=utc_now(),
    )


def _factors(talk: Conversation) -> list[str] | None:
    if talk.agreed is None:
        return None
    try:
        return factors_of(
            keys=keys(),
            person_id=talk.agreed.sealed_for,
            sealed=talk.agreed.sealed_factors,
        )
    except SealedError:
        return None


def _own_card_or_404() -> PersonCard:
    card = people.own_card(current_viewer(), request_session(), day=local_date(utc_now()))
    if card is None:
        abort(404)
    return card


@blueprint.get("/my-record/counted/<int:days>")
@requires(Permission.RECORD_OWN_READ)
def counted(days: int) -> ResponseReturnValue:
    """The incidents that one number on the viewer's record counts; ``0`` days is all of them."""
    card, session = _own_card_or_404(), request_session()
    found = explaining.counted(
        session,
        person_id=card.id,
        window=days,
        day=local_date(utc_now()),
        asked_page=request.args.get("page"),
    )
    if found is None:
        abort(404)
    names = frameworks(session).type_names()
    return replies.page("self_referral/counted.html", counted=found, type_names=names, told=told)


@blueprint.get("/my-record/prompts/<string(length=32):prompt_id>")
@requires(Permission.RECORD_OWN_READ)
def prompt(prompt_id: str) -> ResponseReturnValue:
    """Why the viewer's supervisor was asked to talk to them."""
    card, session = _own_card_or_404(), request_session()
    found = explaining.explained_prompt(session, person_id=card.id, public_id=prompt_id)
    if found is None:
        abort(404)
    names = frameworks(session).type_names()
    return replies.page("self_referral/prompt.html", explained=found, type_names=names, told=told)


@blueprint.get("/my-record/said")
@requires(Permission.RECORD_OWN_STATE)
def said() -> ResponseReturnValue:
    """What the viewer has said of themselves, and the way to take it back."""
    session = request_session()
    return replies.page(
        "self_referral/said.html",
        statements=behind.said_by(session, person_id=current_viewer().person_id or 0),
        type_names=frameworks(session).type_names(),
        told=told,
    )


@blueprint.get("/my-record/add")
@requires(Permission.RECORD_OWN_STATE)
def add_form() -> ResponseReturnValue:
    """The form for an incident that no force system names the viewer for."""
    _own_card_or_404()
    return replies.page("self_referral/add.html", form=_said_form())


@blueprint.post("/my-record/add")
@requires(Permission.RECORD_OWN_STATE)
def add() -> ResponseReturnValue:
    """Keep it; first ask which of the day's known incidents it was, where there are any."""
    _own_card_or_404()
    form, session, viewer = _said_form(), request_session(), current_viewer()
    if not form.validate_on_submit():
        return replies.page("self_referral/add.html", status=422, form=form)
    found = service.offered(session, viewer=viewer, said=_said(form))
    which = WhichForm().prepare({one.public_id: clock_time(one.occurred_at) for one in found})
    if found and (which.step.data != which.step.default or not which.validate()):
        asked = "step" in request.form
        return replies.page(
            "self_referral/which.html",
            status=422 if asked else 200,
            form=form,
            which=which,
            type_names=frameworks(session).type_names(),
        )
    chosen = which.incident.data if found else ""
    service.record(session, viewer=viewer, said=_said(form, chosen or ""), now=utc_now())
    return replies.saved(url_for("self_referral.said"))


def _said(form: SaidForm, incident: str = "") -> Said:
    return Said(
        day=form.day.data or local_date(utc_now()),
        type_code=form.type_code.data,
        work=Work(form.work.data),
        ref=(form.ref.data or "").strip(),
        incident_public_id="" if incident == NONE_OF_THESE else incident,
    )


def _said_form() -> SaidForm:
    today = local_date(utc_now())
    types = frameworks(request_session()).on(today).types_offered()
    return SaidForm().prepare(types=types, today=today)


@blueprint.get("/my-record/incidents/<string(length=32):incident_id>/dispute")
@requires(Permission.RECORD_OWN_STATE)
def dispute_form(incident_id: str) -> ResponseReturnValue:
    """What happens if the viewer says that they were not exposed."""
    card, session = _own_card_or_404(), request_session()
    seen = behind.exposure_at(session, person_id=card.id, incident_public_id=incident_id)
    if behind.standing_dispute(session, person_id=card.id, incident_public_id=incident_id):
        return replies.saved(url_for("self_referral.said"))
    if seen is None:
        abort(404)
    names = frameworks(session).type_names()
    return replies.page("self_referral/dispute.html", seen=seen, type_names=names)


@blueprint.post("/my-record/incidents/<string(length=32):incident_id>/dispute")
@requires(Permission.RECORD_OWN_STATE)
def dispute(incident_id: str) -> ResponseReturnValue:
    """Keep the viewer's word that they were not exposed."""
    try:
        service.dispute(
            request_session(),
            viewer=current_viewer(),
            incident_public_id=incident_id,
            now=utc_now(),
        )
    except NothingToSayError:
        abort(404)
    return replies.saved(url_for("self_referral.said"))


@blueprint.post("/my-record/said/<string(length=32):statement_id>/take-back")
@requires(Permission.RECORD_OWN_STATE)
def take_back(statement_id: str) -> ResponseReturnValue:
    """Undo what the viewer said."""
    try:
        service.take_back(
            request_session(), viewer=current_viewer(), public_id=statement_id, now=utc_now()
        )
    except NothingToSayError:
        abort(404)
    return replies.saved(url_for("self_referral.said"))
