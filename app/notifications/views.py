"""What somebody was told: the page, the count in every page's header, links from e-mails, and how
they want to be told."""

from datetime import timedelta
from typing import NamedTuple

from flask import Blueprint, abort, current_app, url_for
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import utc_now
from app.config import MailServer
from app.database import request_engine, request_session
from app.notifications import asked, queries, service, wording
from app.notifications.forms import ChoicesForm
from app.notifications.models import Kind
from app.notifications.queries import Line
from app.notifications.rules import BUDGET
from app.notifications.waiting import BOARD, INBOX, OVERSEEN, QUESTIONS, UNATTENDED
from app.security.access import current_viewer, open_to_everyone, requires
from app.security.permissions import Permission
from app.web import replies
from app.web.navigation import viewer_or_none

blueprint = Blueprint("notifications", __name__)
PAGES = {
    BOARD: "figure_files.board_packs",
    INBOX: "referrals.inbox",
    OVERSEEN: "referrals.overview",
    QUESTIONS: "support.questions",
    UNATTENDED: "today.without_supervisor",
}
"""Where the things of one topic are listed."""
COUNTED = timedelta(days=7)
"""The e-mails that an administrator sees counted."""


class Shown(NamedTuple):
    """A topic and the page it leads to."""

    line: Line
    address: str


@blueprint.app_context_processor
def _count() -> dict[str, object]:
    return {"unread_notifications": unread_notifications}


def unread_notifications() -> int:
    """How many things the viewer has not read, for the header of every page."""
    viewer = viewer_or_none()
    return queries.unread(viewer, request_session()) if viewer else 0


def _lines() -> list[Shown]:
    viewer, session, now = current_viewer(), request_session(), utc_now()
    found = queries.told(viewer, session)
    subjects = [one.subject for one in found if one.kind not in queries.NOBODY]
    shown = asked.shown_to(viewer, session, subjects=subjects, now=now) if subjects else {}
    return [Shown(line, _address(line)) for line in queries.lines(found, shown)]


def _address(line: Line) -> str:
    """The page where something can be done about it."""
    if line.topic in PAGES:
        return url_for(PAGES[line.topic])
    if line.kind is Kind.PACK:
        return url_for("packs.pack", pack_id=line.subjects[0])
    first = line.people[0]
    if line.kind is Kind.CHECK_IN:
        return url_for("teams.person", person_id=first.person_public_id)
    return url_for("today.today", _anchor=f"ask-{first.subject}")


@blueprint.get("/notifications")
@requires(Permission.RECORD_OWN_READ)
def inbox() -> ResponseReturnValue:
    """What the viewer was told and still waits; those whom it names see that they were named."""
    viewer, now, shown = current_viewer(), utc_now(), _lines()
    named = {one.person_id: one for entry in shown for one in entry.line.people}
    if named:
        entries = [
            Entry(
                Event.TODAY_VIEWED,
                now,
                actor_account_id=viewer.account_id,
                actor_role=viewer.role_names,
                subject_person_id=one.person_id,
                unit_id=one.unit_id,
            )
            for one in named.values()
        ]
        audit.append_now(request_engine(), *entries)
    return replies.page("notifications/inbox.html", shown=shown, words=wording, kinds=Kind, now=now)


@blueprint.get("/notifications/count")
@open_to_everyone(
    reason="Nothing is said to somebody who is not signed in; a page with a half-filled form is "
    "not taken to the sign-in page because its header asked for a number."
)
def count() -> ResponseReturnValue:
    """The link in the header, for a page that has been open for a while."""
    if viewer_or_none() is None:
        return "", 204
    number = unread_notifications()
    tag = f"n{number}"
    return replies.unchanged(tag) or replies.fragment("layout/_notifications.html", tag=tag)


@blueprint.post("/notifications/read")
@requires(Permission.RECORD_OWN_READ)
def read_all() -> ResponseReturnValue:
    """Mark everything as read."""
    service.mark_read(request_session(), viewer=current_viewer(), now=utc_now())
    return replies.saved(url_for("notifications.inbox"))


@blueprint.post("/notifications/<string(length=32):notification_id>/read")
@requires(Permission.RECORD_OWN_READ)
def read(notification_id: str) -> ResponseReturnValue:
    """Mark one topic as read."""
    _read(notification_id)
    return replies.saved(url_for("notifications.inbox"))


@blueprint.post("/notifications/<string(length=32):notification_id>/open")
@requires(Permission.RECORD_OWN_READ)
def go_to(notification_id: str) -> ResponseReturnValue:
    """Mark one topic as read, and on to where something can be done about it."""
    topic = _read(notification_id)
    for entry in _lines():
        if entry.line.topic == topic:
            return replies.saved(entry.address)
    return replies.page("notifications/gone.html")


def _read(notification_id: str) -> str:
    viewer, session = current_viewer(), request_session()
    topic = queries.topic_of(viewer, session, public_id=notification_id)
    if topic is None:
        abort(404)
    service.mark_read(session, viewer=viewer, now=utc_now(), topics=[topic])
    return topic


@blueprint.get("/notifications/e-mail/<string(length=32):mail_id>")
@requires(Permission.RECORD_OWN_READ)
def from_mail(mail_id: str) -> ResponseReturnValue:
    """Where the link in an e-mail leads: to the one thing it told of, or to the list; and it says
    so when nothing of it waits for whoever is signed in."""
    if not queries.is_mine(current_viewer(), request_session(), mail=mail_id):
        return replies.page("notifications/not_yours.html", status=404)
    found = [entry for entry in _lines() if mail_id in entry.line.mails]
    if not found:
        return replies.page("notifications/gone.html")
    return replies.saved(found[0].address if len(found) == 1 else url_for("notifications.inbox"))


def _mail_server() -> MailServer | None:
    server: MailServer | None = current_app.config["SETTINGS"].mail
    return server


def _form() -> ChoicesForm:
    form, server = ChoicesForm(), _mail_server()
    form.domains = server.domains if server else ()
    return form


@blueprint.get("/notifications/choices")
@requires(Permission.RECORD_OWN_READ)
def choices_form() -> ResponseReturnValue:
    """The form for how the viewer wants to be told."""
    form = _form()
    wishes = queries.wishes(current_viewer(), request_session())
    form.show(wishes.choices, wishes.address)
    return _choices_page(form)


@blueprint.post("/notifications/choices")
@requires(Permission.RECORD_OWN_READ)
def choose() -> ResponseReturnValue:
    """Keep how the viewer wants to be told."""
    form = _form()
    if not form.validate_on_submit():
        return _choices_page(form, status=422)
    service.choose(
        request_session(),
        viewer=current_viewer(),
        choices=form.chosen(),
        address=form.chosen_address(),
        now=utc_now(),
    )
    return replies.saved(url_for("notifications.inbox"))


def _choices_page(form: ChoicesForm, *, status: int = 200) -> ResponseReturnValue:
    wishes = queries.wishes(current_viewer(), request_session())
    return replies.page(
        "notifications/choices.html",
        status=status,
        form=form,
        refused=wishes.refused,
        mail=_mail_server() is not None,
    )


@blueprint.get("/notifications/delivery")
@requires(Permission.ACCOUNTS_ALL_READ)
def delivery() -> ResponseReturnValue:
    """For an administrator: what became of e-mails, in counts."""
    counted = queries.delivered(current_viewer(), request_session(), since=utc_now() - COUNTED)
    return replies.page(
        "notifications/delivery.html",
        counted=counted,
        days=COUNTED.days,
        budget=BUDGET,
        words=wording,
        mail=_mail_server() is not None,
    )
