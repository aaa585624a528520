"""Pages for the parts of a draft: its lists and its settings, one small form each."""

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from app.common.clock import utc_now
from app.common.paging import Page
from app.database import request_session
from app.framework import queries, service
from app.framework.draft_form import PlainForm
from app.framework.editing import Section, change, find, items, put
from app.framework.forms import ITEM_FORMS, ItemForm
from app.framework.pages import blueprint, draft_or_away, edit, in_words, told
from app.framework.part_forms import PART_FORMS, PartForm
from app.framework.queries import Version
from app.framework.service import ConflictError, RefusedError
from app.incidents.framework import Framework
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

ROWS_ON_A_PAGE = 100
GONE = (
    "Somebody took this out of the draft while you had it open. What you entered is below. "
    "Save it to put it back as something new."
)


def _list_or_404(name: str) -> Section:
    if name not in set(Section):
        abort(404)
    return Section(name)


def _part_or_404(name: str) -> PartForm:
    if name not in PART_FORMS:
        abort(404)
    return PART_FORMS[name]()


@blueprint.get("/framework/draft/<section>")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def section(section: str) -> ResponseReturnValue:
    """One list of the draft."""
    found, chosen = draft_or_away(), _list_or_404(section)
    listed = items(found.framework, chosen)
    page = Page.of(request.args.get("page"), len(listed), ROWS_ON_A_PAGE)
    return in_words(
        "framework/section.html",
        found,
        listed_as=chosen.value,
        rows=listed[page.offset : page.offset + page.length],
        page=page,
    )


@blueprint.get("/framework/draft/<section>/add")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def add_item(section: str) -> ResponseReturnValue:
    """A form for something new."""
    found, chosen = draft_or_away(), _list_or_404(section)
    form = _item_form(found, chosen, None)
    return _item_page(found, chosen, None, form)


@blueprint.post("/framework/draft/<section>/add")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def save_new(section: str) -> ResponseReturnValue:
    """Put something new into the draft."""
    return _save_item(_list_or_404(section), None)


@blueprint.get("/framework/draft/<section>/item/<key>")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def item(section: str, key: str) -> ResponseReturnValue:
    """A form for something the draft has."""
    found, chosen = draft_or_away(), _list_or_404(section)
    if find(found.framework, chosen, key) is None:
        abort(404)
    return _item_page(found, chosen, key, _item_form(found, chosen, key))


@blueprint.post("/framework/draft/<section>/item/<key>")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def save_item(section: str, key: str) -> ResponseReturnValue:
    """Change something the draft has."""
    return _save_item(_list_or_404(section), key)


def _item_form(draft: Version, section: Section, key: str | None) -> ItemForm:
    form = ITEM_FORMS[section]()
    form.prepare(draft.framework, find(draft.framework, section, key) if key else None)
    if not form.is_submitted():
        form.stamp(draft.revision)
        if key is None:
            form.suggest(request.args)
    return form


def _item_page(
    draft: Version,
    section: Section,
    key: str | None,
    form: ItemForm,
    *,
    status: int = 200,
    message: str = "",
) -> ResponseReturnValue:
    found = find(draft.framework, section, key) if key else None
    removable = found is not None and (
        section is Section.RULES or key not in queries.held_before(request_session(), section)
    )
    return in_words(
        "framework/item.html",
        draft,
        status=status,
        listed_as=section.value,
        item=found,
        key=key if found else None,
        form=form,
        message=message,
        removable=removable,
    )


def _save_item(section: Section, key: str | None) -> ResponseReturnValue:
    found = draft_or_away()
    form = _item_form(found, section, key)
    if key and find(found.framework, section, key) is None:
        form.stamp(found.revision)
        return _item_page(found, section, None, form, status=409, message=GONE)

    def how(framework: Framework) -> Framework:
        return put(framework, section, key, form.values(framework, section))

    refused = edit(form, section.value, how)
    if refused is None:
        return replies.saved(url_for("framework.section", section=section.value))
    status, message = refused
    return _item_page(draft_or_away(), section, key, form, status=status, message=message)


@blueprint.post("/framework/draft/<section>/item/<key>/remove")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def remove_item(section: str, key: str) -> ResponseReturnValue:
    """Take something out of the draft that no version has held."""
    found, chosen, form = draft_or_away(), _list_or_404(section), PlainForm()
    if find(found.framework, chosen, key) is None:
        return replies.saved(url_for("framework.section", section=section))
    message = ""
    try:
        service.take_out(
            request_session(),
            actor=current_viewer(),
            revision=form.seen,
            section=chosen,
            key=key,
            now=utc_now(),
        )
    except ConflictError:
        message = told(draft_or_away())
    except RefusedError as refused:
        message = f"{refused}."
    except ValidationError as error:
        form.refuse(error)
        message = f"{form.form_errors[0]}."
    if not message:
        return replies.saved(url_for("framework.section", section=section))
    again = ITEM_FORMS[chosen](formdata=None)
    again.prepare(found.framework, find(found.framework, chosen, key))
    again.stamp(draft_or_away().revision)
    return _item_page(found, chosen, key, again, status=409, message=message)


@blueprint.get("/framework/draft/settings/<part>")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def part_form(part: str) -> ResponseReturnValue:
    """A form for one group of settings."""
    found, form = draft_or_away(), _part_or_404(part)
    form.fill(found.framework)
    form.stamp(found.revision)
    return _part_page(found, part, form)


@blueprint.post("/framework/draft/settings/<part>")
@requires(Permission.FRAMEWORK_ALL_EDIT)
def save_part(part: str) -> ResponseReturnValue:
    """Change one group of settings."""
    draft_or_away()
    form = _part_or_404(part)
    refused = edit(form, part, lambda framework: change(framework, form.values()))
    if refused is None:
        return replies.saved(url_for("framework.draft"))
    status, message = refused
    return _part_page(draft_or_away(), part, form, status=status, message=message)


def _part_page(
    draft: Version, part: str, form: PartForm, *, status: int = 200, message: str = ""
) -> ResponseReturnValue:
    return in_words(
        "framework/part.html", draft, status=status, part=part, form=form, message=message
    )
