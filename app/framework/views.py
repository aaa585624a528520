"""The framework's pages: what holds, for everybody; drafting, rehearsing and history, for few."""

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import utc_now
from app.common.paging import Page
from app.database import request_session
from app.framework import draft_views, loading, service
from app.framework.comparing import differences
from app.framework.draft_form import PlainForm
from app.framework.pages import blueprint, draft_or_away, edit, in_words, told, versions
from app.framework.part_forms import ActivateForm, LoadForm
from app.framework.queries import DRAFT, HOLDS, TO_COME, Version
from app.framework.rehearsal import rehearse
from app.framework.service import ConflictError, RefusedError
from app.incidents.framework import Framework
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

__all__ = ["blueprint", "draft_views"]
ROWS_ON_A_PAGE = 100


# --- For everybody --------------------------------------------------------------------------------


@blueprint.get("/framework")
@requires(Permission.FRAMEWORK_ALL_READ)
def active() -> ResponseReturnValue:
    """What holds today, in words."""
    found = versions()
    holding = next(one for one in found if one.state == HOLDS)
    coming = [one for one in reversed(found) if one.state == TO_COME]
    return in_words("framework/active.html", holding, coming=coming)


@blueprint.get("/framework/versions/<int:number>")
@requires(Permission.FRAMEWORK_ALL_READ)
def version(number: int) -> ResponseReturnValue:
    """One version, in words; a draft only for those who may edit it."""
    return _version_page(_version_or_404(number))


def _version_page(found: Version, *, status: int = 200, message: str = "") -> ResponseReturnValue:
    form = PlainForm()
    return in_words("framework/version.html", found, status=status, message=message, form=form)


@blueprint.get("/framework/versions/<int:number>/codes")
@requires(Permission.FRAMEWORK_ALL_READ)
def version_codes(number: int) -> ResponseReturnValue:
    """Which codes of force systems lead to which type, in one version."""
    found = _version_or_404(number)
    page = Page.of(request.args.get("page"), len(found.framework.code_map), ROWS_ON_A_PAGE)
    rows = found.framework.code_map[page.offset : page.offset + page.length]
    return in_words("framework/version_codes.html", found, rows=rows, page=page)


def _version_or_404(number: int) -> Version:
    found = next((one for one in versions() if one.number == number), None)
    hidden = found and found.state == DRAFT
    if found is None or (hidden and not current_viewer().may(Permission.FRAMEWORK_ALL_EDIT)):
        abort(404)
    return found


# --- History --------------------------------------------------------------------------------------


@blueprint.get("/framework/versions")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def history() -> ResponseReturnValue:
    """Every version: when it holds, who made it and who activated it."""
    return replies.page("framework/history.html", versions=versions())


@blueprint.get("/framework/compare")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def compare() -> ResponseReturnValue:
    """What differs between two versions, in words."""
    found = versions()
    newer = _asked(found, "newer") or found[0]
    older = _asked(found, "older") or next(
        (one for one in found if one.number == newer.based_on), found[-1]
    )
    return replies.page(
        "framework/compare.html",
        versions=found,
        older=older,
        newer=newer,
        changes=differences(older.framework, newer.framework),
    )


def _asked(found: list[Version], name: str) -> Version | None:
    return next((one for one in found if str(one.number) == request.args.get(name)), None)


@blueprint.post("/framework/versions/<int:number>/take-back")
@requires(Permission.FRAMEWORK_ALL_ACTIVATE)
def take_back(number: int) -> ResponseReturnValue:
    """Make a version that is still to come a draft again."""
    found = _version_or_404(number)
    try:
        service.take_back(request_session(), actor=current_viewer(), number=number, now=utc_now())
    except RefusedError as refused:
        return _version_page(found, status=409, message=str(refused))
    return replies.saved(url_for("framework.draft"))


# --- The draft ------------------------------------------------------------------------------------


@blueprint.get("/framework/draft")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def draft() -> ResponseReturnValue:
    """The draft: its parts, and what it would change."""
    return _draft_page()


def _draft_page(*, status: int = 200, message: str = "") -> ResponseReturnValue:
    found = versions()
    mine = next((one for one in found if one.state == DRAFT), None)
    base = next((one for one in found if mine and one.number == mine.based_on), found[-1])
    return replies.page(
        "framework/draft.html",
        status=status,
        draft=mine,
        base=base,
        message=message,
        form=PlainForm(),
        changes=differences(base.framework, mine.framework) if mine else [],
        may_activate=current_viewer().may(Permission.FRAMEWORK_ALL_ACTIVATE),
    )


@blueprint.post("/framework/draft")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def start_draft() -> ResponseReturnValue:
    """Begin the next version as a copy of the one that holds."""
    try:
        service.start_draft(request_session(), actor=current_viewer(), now=utc_now())
    except ConflictError:
        return _draft_page(status=409, message="There is a draft already. It is shown below.")
    return replies.saved(url_for("framework.draft"))


# --- What may be done with a whole draft ----------------------------------------------------------


@blueprint.get("/framework/draft/load")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def load_form() -> ResponseReturnValue:
    """A form to bring in a force's own list."""
    found, form = draft_or_away(), LoadForm()
    form.stamp(found.revision)
    return _load_page(found, form)


@blueprint.post("/framework/draft/load")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def load() -> ResponseReturnValue:
    """Bring in a force's own list, or say which rows cannot be used."""
    found, form = draft_or_away(), LoadForm()
    outcomes: list[loading.Outcome] = []
    listed = _read_upload(form)
    if listed is None or listed.bad:
        return _load_page(found, form, status=422, bad=listed.bad if listed else ())

    def how(framework: Framework) -> Framework:
        outcomes.append(loading.load(framework, listed, replace=form.known.data == "replace"))
        return loading.credited(outcomes[-1].framework, form.wording.data or "")

    refused = edit(form, "load", how)
    if refused is None:
        return replies.page("framework/loaded.html", outcome=outcomes[-1])
    status, message = refused
    return _load_page(draft_or_away(), form, status=status, message=message)


def _read_upload(form: LoadForm) -> loading.Listed | None:
    if not form.validate_on_submit():
        return None
    upload = form.file.data
    try:
        return loading.read(upload.filename or "", upload.read())
    except loading.FileError as error:
        form.file.errors = [str(error)]
        return None


def _load_page(
    draft: Version,
    form: LoadForm,
    *,
    status: int = 200,
    message: str = "",
    bad: tuple[loading.BadRow, ...] = (),
) -> ResponseReturnValue:
    return replies.page(
        "framework/load.html", status=status, draft=draft, form=form, message=message, bad=bad
    )


@blueprint.get("/framework/draft/rehearsal")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def rehearsal() -> ResponseReturnValue:
    """What the draft's rules would have done with the past year, beside those that hold."""
    found, now = versions(), utc_now()
    mine = draft_or_away()
    holding = next(one for one in found if one.state == HOLDS)
    result = rehearse(request_session(), draft=mine.framework, active=holding.framework, now=now)
    return replies.page("framework/rehearsal.html", draft=mine, active=holding, result=result)


@blueprint.get("/framework/draft/discard")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def discard_form() -> ResponseReturnValue:
    """Asks whether the draft shall really go."""
    found, form = draft_or_away(), PlainForm()
    form.stamp(found.revision)
    return replies.page("framework/discard.html", draft=found, form=form, message="")


@blueprint.post("/framework/draft/discard")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def discard() -> ResponseReturnValue:
    """Throw the draft away."""
    form = PlainForm()
    draft_or_away()
    try:
        service.discard(
            request_session(), actor=current_viewer(), revision=form.seen, now=utc_now()
        )
    except ConflictError:
        found = draft_or_away()
        form.stamp(found.revision)
        message = f"{found.changed_by or 'Somebody'} changed the draft just now. Look at it first."
        return replies.page(
            "framework/discard.html", status=409, draft=found, form=form, message=message
        )
    return replies.saved(url_for("framework.history"))


@blueprint.get("/framework/draft/activate")
@requires(Permission.FRAMEWORK_ALL_ACTIVATE)
def activate_form() -> ResponseReturnValue:
    """Asks from which day the draft shall hold."""
    found, form = draft_or_away(), ActivateForm()
    form.stamp(found.revision)
    return _activate_page(found, form)


@blueprint.post("/framework/draft/activate")
@requires(Permission.FRAMEWORK_ALL_ACTIVATE)
def activate() -> ResponseReturnValue:
    """Make the draft hold from a day."""
    found, form = draft_or_away(), ActivateForm()
    starts_on = form.starts_on.data if form.validate_on_submit() else None
    if starts_on is None:
        return _activate_page(found, form, status=422)
    try:
        number = service.activate(
            request_session(),
            actor=current_viewer(),
            revision=form.seen,
            starts_on=starts_on,
            now=utc_now(),
        )
    except RefusedError as refused:
        form.starts_on.errors = [str(refused)]
        return _activate_page(found, form, status=422)
    except ConflictError:
        found = draft_or_away()
        form.stamp(found.revision)
        return _activate_page(found, form, status=409, message=told(found))
    return replies.saved(url_for("framework.version", number=number))


def _activate_page(
    draft: Version, form: ActivateForm, *, status: int = 200, message: str = ""
) -> ResponseReturnValue:
    base = next(one for one in versions() if one.state == HOLDS)
    return replies.page(
        "framework/activate.html",
        status=status,
        draft=draft,
        base=base,
        form=form,
        message=message,
        changes=differences(base.framework, draft.framework),
    )
