"""What the pages of asking for support share."""

from datetime import date, datetime

from flask import Blueprint, abort, current_app, url_for
from flask.typing import ResponseReturnValue

from app.database import request_session
from app.referrals import queries as referrals
from app.referrals import wording as referral_words
from app.referrals.models import Referral, ReferralState, Support, Urgency
from app.referrals.rules import after, hurried
from app.security.access import current_viewer
from app.support import queries, wording
from app.support.guesses import Guesses
from app.support.queries import Place
from app.support.wording import OUTSIDE, WHOM
from app.web import replies
from app.web.library import Contact, Library

blueprint = Blueprint("support", __name__)
GUESSES = "receipt_guesses"


def guesses() -> Guesses:
    """Wrong receipt codes, in this process."""
    found: Guesses = current_app.extensions.setdefault(GUESSES, Guesses())
    return found


def crisis_contacts() -> tuple[Contact, ...]:
    """Whom to call now: what the force keeps on the page of that name."""
    return Library.of_site(current_app.config["SETTINGS"].instance).contacts()


def in_words(template: str, *, status: int = 200, **values: object) -> ResponseReturnValue:
    """A page with what it takes to say it in words."""
    return replies.page(
        template, status=status, words=wording, supports=referral_words.SUPPORT, **values
    )


def own_places(day: date) -> dict[Support, Place]:
    """Services that could be given a request of the viewer's today."""
    viewer = current_viewer()
    if viewer.person_id is None:
        abort(403, "Only somebody with a record here can ask to be contacted.")
    return queries.places(viewer, request_session(), day=day)


def own_open_referral(public_id: str) -> Referral:
    """A referral of the viewer's own; where it is closed meanwhile, on to what is open."""
    row = referrals.own_referral(current_viewer(), request_session(), public_id=public_id)
    if row is None:
        abort(404)
    if row.state is ReferralState.CLOSED:
        abort(replies.saved(url_for("support.ask")))
    return row


def whom_choices(places: dict[Support, Place]) -> list[tuple[str, str, str]]:
    """Services as a form offers them, in the order of the words."""
    there = {service.value for service in places}
    if Support.PEER_SUPPORT in places:
        there.add(OUTSIDE)
    return [(value, words, hint) for value, (words, hint) in WHOM.items() if value in there]


def promised(place: Place, urgency: Urgency, now: datetime) -> tuple[datetime, datetime]:
    """By when somebody takes a request of now on, and by when they make contact."""
    limits = hurried(place.limits, urgency)
    weekends = limits.works_weekends
    return (
        after(now, limits.accept_hours, works_weekends=weekends),
        after(now, limits.contact_hours, works_weekends=weekends),
    )
