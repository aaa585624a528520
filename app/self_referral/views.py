"""Everybody's own record: what is held, what came of it, who looked, and what they say of it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.audit import queries as audit
from app.audit.queries import Look
from app.audit.wording import LOOKS
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
LATEST, LOOKED_LATELY, MOST_TALKS = 10, 5, 200
"""How many incidents and looks the summary shows, and how many conversations their own page."""


@blueprint.get("/my-record")
@requires(Permission.RECORD_OWN_READ)
def my_record() -> ResponseReturnValue:
    """What is held about the viewer at a glance: what counts, what waits and who looked lately."""
    viewer, session, day = current_viewer(), request_session(), local_date(utc_now())
    card = people.own_card(viewer, session, day=day)
    if card is None:
        return replies.page("self_referral/no_record.html")
    versions = frameworks(session)
    framework = versions.on(day)
    windows = framework.windows
    counts = exposure.type_windows(session, person_id=card.id, windows=windows, day=day)
    found = _looks()
    talks = debriefs.conversations_of(viewer, session, person_id=card.id, limit=1)
    sent = referrals.referrals_of(session, person_id=card.id, for_supervisor=False)
    return replies.page(
        "self_referral/my_record.html",
        person=card,
        place=place_sentence(viewer, session, person_id=card.id, day=day),
        windows=windows,
        type_names=versions.type_names(),
        counts=counts,
        weighted=framework.weighted(counts),
        seen=behind.exposures_of(session, person_id=card.id, limit=LATEST),
        disputed=behind.disputed_of(session, person_id=card.id),
        told=told,
        prompts=exposure.waiting(session, person_ids=[card.id]).get(card.id, []),
        talk=talks[0] if talks else None,
        open_referrals=sum(one.due is not None for one in sent),
        look_count=len(found),
        **_shown(found[:LOOKED_LATELY]),
    )


def _looks() -> list[Look]:
    """Who looked at the viewer's record or a list they are on, the newest first."""
    viewer, session = current_viewer(), request_session()
    lists = major.lists_of(viewer, session)
    return audit.who_looked(
        viewer,
        session,
        unit_ids=own_units(viewer, session),
        major_ids=[one.public_id for one in lists],
    )


def _shown(looks: Sequence[Look]) -> dict[str, Any]:
    """Looks with the words a page needs for them."""
    who = {look.account_id for look in looks}
    names = accounts.names(request_session(), account_ids=who)
    return {"looks": looks, "names": names, "events": LOOKS, "supports": SUPPORT}


@blueprint.get("/my-record/who-looked")
@requires(Permission.RECORD_OWN_READ)
def who_looked() -> ResponseReturnValue:
    """Everybody who looked: when, who, in what role and what they did."""
    found = _looks() if current_viewer().person_id else []
    page = Page.of(request.args.get("page"), len(found))
    shown = _shown(found[page.offset :][: page.length])
    return replies.page("self_referral/who_looked.html", page=page, **shown)


@blueprint.get("/my-record/conversations")
@requires(Permission.RECORD_OWN_READ)
def conversations() -> ResponseReturnValue:
    """Conversations with what was ticked in them, referrals, lists and time away."""
    viewer, session, day = current_viewer(), request_session(), local_date(utc_now())
    card = people.own_card(viewer, session, day=day)
    if card is None:
        return replies.page("self_referral/no_record.html")
    talks = debriefs.conversations_of(viewer, session, person_id=card.id, limit=MOST_TALKS)
    return replies.page(
        "self_referral/conversations.html",
        talks=[(talk, _factors(talk)) for talk in talks],
        factor_names=frameworks(session).factor_names(),
        away=spells_of(session, person_ids=[card.id], day=day),
        away_kinds=AWAY,
        referrals=referrals.referrals_of(session, person_id=card.id, for_supervisor=False),
        lists=major.lists_of(viewer, session),
        tiers=TIERS,
        words=wording,
        supports=SUPPORT,
        in_words=referrals_wording,
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
