"""What the framework's pages share."""

from collections.abc import Callable

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.framework import queries, service
from app.framework.comparing import code_in_words, days_in_words, rule_in_words
from app.framework.draft_form import DraftForm
from app.framework.queries import DRAFT, Version
from app.framework.service import ConflictError
from app.incidents.framework import Framework
from app.security.access import current_viewer
from app.security.permissions import Permission
from app.web import replies

blueprint = Blueprint("framework", __name__)


def in_words(
    template: str, found: Version, *, status: int = 200, **values: object
) -> ResponseReturnValue:
    """A page about one version, with what it takes to say it in words."""
    viewer = current_viewer()
    return replies.page(
        template,
        status=status,
        version=found,
        framework=found.framework,
        names=found.framework.type_names(),
        rule_in_words=rule_in_words,
        code_in_words=code_in_words,
        days_in_words=days_in_words,
        may_edit=viewer.may(Permission.FRAMEWORK_ALL_EDIT),
        may_activate=viewer.may(Permission.FRAMEWORK_ALL_ACTIVATE),
        **values,
    )


def versions() -> list[Version]:
    """Every version as of today, the newest first."""
    return queries.versions(request_session(), day=local_date(utc_now()))


def draft_or_away() -> Version:
    """The draft; somebody who asks for a part of one when there is none is told so."""
    found = next((one for one in versions() if one.state == DRAFT), None)
    if found is None:
        abort(replies.saved(url_for("framework.draft")))
    return found


def told(draft: Version) -> str:
    """What to say to somebody whose form was made from an older revision."""
    who = draft.changed_by or "Somebody"
    return (
        f"{who} changed the draft while you had this open. Nothing of theirs is lost and nothing "
        "of yours is saved yet. What you entered is below: check it against the draft as it is "
        "now, then save again."
    )


def edit(
    form: DraftForm, part: str, how: Callable[[Framework], Framework]
) -> tuple[int, str] | None:
    """Try a change of the draft; ``None`` when it was made, else the status and what to say."""
    if not form.validate_on_submit():
        return 422, ""
    try:
        service.edit(
            request_session(),
            actor=current_viewer(),
            revision=form.seen,
            part=part,
            how=how,
            now=utc_now(),
        )
    except ValidationError as error:
        form.refuse(error)
        return 422, ""
    except ConflictError:
        newest = draft_or_away()
        form.stamp(newest.revision)
        return 409, told(newest)
    return None
