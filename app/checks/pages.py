"""What the pages of the self-check share: whom to talk to now, and what may be offered."""

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from app.checks import drafts, queries, wording
from app.checks.answers import NONE, Answers
from app.common.clock import local_date, utc_now
from app.database import request_session
from app.instruments import library
from app.instruments.library import InstrumentError
from app.instruments.models import Instrument
from app.instruments.scoring import score
from app.security.access import current_viewer
from app.web import replies
from app.web.library import HELP_NOW, Contact, Library
from app.web.sealing import keys

blueprint = Blueprint("checks", __name__)
SUPPORT = "/ask-for-support"
"""Where one asks for support."""


def help_pages() -> Library:
    """Guidance, with the force's own pages."""
    return Library.of_site(current_app.config["SETTINGS"].instance)


def contacts() -> tuple[Contact, ...]:
    """Whom to talk to now. An entry without a number or a link is left out: nobody in need should
    meet an empty place."""
    return tuple(one for one in help_pages().contacts() if one.number or one.link)


def instruments() -> Mapping[str, Instrument]:
    """Every questionnaire, with those whose licence the force holds. A file of the force's that
    cannot be used takes nothing away from anybody: the site does not start with one, and goes on
    without it if it comes later."""
    try:
        return library.load(current_app.config["SETTINGS"].instance / "instruments")
    except InstrumentError as error:
        current_app.logger.error("A questionnaire's file cannot be used: %s", error)  # noqa: TRY400
        return library.load()


def offered(answers: Answers, now: datetime) -> list[Instrument]:
    """Questionnaires that the viewer may choose from: never those for occupational health."""
    return library.offered(
        instruments(),
        days_since=answers.days_since(local_date(now)),
        occupational_health=False,
        switched_on=queries.switched_on(request_session()),
    )


def chosen(answers: Answers, now: datetime) -> Instrument | None:
    """The questionnaire under way, as long as it is offered."""
    if answers.chosen in {None, NONE}:
        return None
    return next((one for one in offered(answers, now) if one.code == answers.chosen), None)


def under_way() -> Answers | None:
    """The viewer's answers so far."""
    return drafts.find(current_viewer(), request_session(), keys(), now=utc_now())


def needs_help_now(answers: Answers | None, instrument: Instrument | None) -> bool:
    """Whether an answer so far is one on which help now is shown, whatever else was said."""
    if answers is None or instrument is None:
        return False
    return score(instrument, answers.items).safety


def show(template: str, *, status: int = 200, **values: object) -> ResponseReturnValue:
    """A page with help now on it."""
    return replies.page(
        template,
        status=status,
        contacts=contacts(),
        words=wording,
        help_now=HELP_NOW,
        support=SUPPORT,
        **values,
    )
