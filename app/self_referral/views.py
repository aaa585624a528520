"""Everybody's own record: what is held, what came of it, and who looked."""

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.audit import queries as audit
from app.audit.events import Event
from app.common.clock import local_date, utc_now
from app.database import request_session
from app.debriefs import queries as debriefs
from app.debriefs import wording
from app.debriefs.queries import Conversation
from app.debriefs.service import factors_of
from app.exposure import queries as exposure
from app.incidents.queries import frameworks
from app.people import queries as people
from app.security.access import current_viewer, requires
from app.security.encryption import SealedError
from app.security.permissions import Permission
from app.web import replies

blueprint = Blueprint("self_referral", __name__)
EVENTS = {
    Event.RECORD_VIEWED: "Opened your record",
    Event.PROMPT_ANSWERED: "Recorded what came of a prompt about you",
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
    windows = versions.on(day).windows
    found = audit.who_looked(viewer, session, unit_ids=people.own_units(viewer, session))
    talks = debriefs.conversations_of(session, person_id=card.id)
    return replies.page(
        "self_referral/my_record.html",
        person=card,
        windows=windows,
        type_names=versions.type_names(),
        counts=exposure.type_windows(session, person_id=card.id, windows=windows, day=day),
        seen=exposure.exposures_of(session, person_id=card.id),
        prompts=exposure.waiting(session, person_ids=[card.id]).get(card.id, []),
        talks=[(talk, _factors(card.id, talk)) for talk in talks],
        factor_names=versions.factor_names(),
        referrals=debriefs.referrals_of(session, person_id=card.id),
        looks=found,
        names=accounts.names(session, account_ids={look.account_id for look in found}),
        events=EVENTS,
        words=wording,
        now=utc_now(),
    )


def _factors(person_id: int, talk: Conversation) -> list[str] | None:
    try:
        return factors_of(
            request_session(),
            ring=current_app.extensions["key_ring"],
            person_id=person_id,
            sealed=talk.sealed_factors,
        )
    except SealedError:
        return None
