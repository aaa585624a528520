"""What the pages of published figures share."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.common.clock import utc_now
from app.database import SAFE_METHODS, request_engine, request_session
from app.disclosure.store import releases
from app.figures import service
from app.figures.released import Figures
from app.measures.vocabulary import PeriodKind
from app.security.access import current_viewer
from app.web import replies

blueprint = Blueprint("figures", __name__, url_prefix="/figures")


def figures_or_none() -> Figures | None:
    """What can be asked in this request; ``None`` before the first release."""
    return Figures.of(releases())


def none_yet() -> ResponseReturnValue:
    """The page that there is before the first release."""
    return replies.page("figures/none.html")


def noted(figures: Figures) -> None:
    """Count what is about to be shown. Call it once the reply's tables are made."""
    viewer, seen, now = current_viewer(), figures.seen, utc_now()
    if request.method in SAFE_METHODS:
        service.note_seen(request_engine(), viewer=viewer, seen=seen, now=now)
    else:
        # This request writes already: a second transaction would wait for it for ever.
        service.note_taken(request_session(), viewer=viewer, seen=seen, now=now)


def chosen_kind(otherwise: PeriodKind) -> PeriodKind:
    """The kind of period that the address asks for, which says nothing about anybody."""
    asked = request.args.get("each", "")
    return PeriodKind(asked) if asked in set(PeriodKind) else otherwise
