"""Recording what came of it for one person, on one screen."""

from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.debriefs import drafts, service
from app.exposure import asking
from app.exposure.queries import WaitingPrompt
from app.people import queries as people
from app.people.duty_queries import led_units
from app.people.queries import PersonCard
from app.security.access import current_viewer, keeps_what_was_typed, requires
from app.security.permissions import Permission
from app.security.viewer import Viewer
from app.teams.conversation import Given, Sheet, Subject
from app.teams.conversation_forms import LockForm, Together
from app.teams.pages import blueprint
from app.teams.recording import (
    CONFLICT,
    DISCARD,
    LATER,
    beside,
    close_locked,
    draft_of,
    draft_reply,
    framework_on,
    keep_typed,
    sent_sheet,
    subject_or_none,
    waiting_for,
    way_back,
)
from app.web import replies
from app.web.sealing import keys

RECORDED, KEPT, LOCKED, LEFT = "recorded", "kept", "locked", "left"
"""What the page after a form says."""


def keep_for_sign_in(viewer: Viewer) -> str | None:
    """Put aside what was typed about one person; the address of their form."""
    public_id = (request.view_args or {})["person_id"]
    subject = subject_or_none(viewer, public_id)
    if subject is None:
        return None
    keep_typed(viewer, [subject], utc_now())
    drafts.note_kept_for_sign_in(request_session(), viewer=viewer, now=utc_now())
    return url_for("teams.return_form", person_id=public_id)


@blueprint.get("/people/<string(length=32):person_id>/return")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def return_form(person_id: str) -> ResponseReturnValue:
    """The form for somebody in a team the viewer leads now, with what they typed before."""
    viewer, now = current_viewer(), utc_now()
    subject = _led_or_refused(viewer, person_id)
    free, held = _waits(subject)
    if held and (not free or "locked" in request.args):
        return _show_locked(subject, held, LockForm(formdata=None))
    draft = draft_of(viewer, [subject], now)
    given = Given([subject], {subject.id: free}, draft.typed if draft else {})
    sheet = Sheet(given, framework=framework_on(now), now=now)
    saved_at = draft.saved_at if draft else None
    return _show(subject, sheet, LockForm(formdata=None), held=held, saved_at=saved_at)


def _led_or_refused(viewer: Viewer, public_id: str) -> Subject:
    subject = subject_or_none(viewer, public_id)
    if subject is None:
        # Somebody out of reach does not exist here; somebody in reach is another's to record for.
        abort(403 if _card(viewer, public_id) else 404)
    return subject


def _card(viewer: Viewer, public_id: str) -> PersonCard | None:
    return asking.person(viewer, request_session(), public_id=public_id, now=utc_now())


def _waits(subject: Subject) -> tuple[list[WaitingPrompt], list[WaitingPrompt]]:
    free, held = waiting_for([subject.id])
    return free.get(subject.id, []), held.get(subject.id, [])


@blueprint.post("/people/<string(length=32):person_id>/return")
@requires(Permission.DEBRIEF_TEAM_RECORD)
@keeps_what_was_typed(keep_for_sign_in)
def record_return(person_id: str) -> ResponseReturnValue:
    """Keep what came of it, or one of the other things the buttons say."""
    viewer, now = current_viewer(), utc_now()
    subject = _led_or_refused(viewer, person_id)
    if request.form.get("do") == DISCARD:
        drafts.discard(request_session(), viewer=viewer, people=[subject.id])
        return replies.saved(url_for("teams.return_form", person_id=person_id))
    if request.form.get("do") == LATER:
        return keep_return(person_id)
    free, held = _waits(subject)
    lock = LockForm(formdata=request.form)
    if lock.closes:
        return _close(viewer, subject, [*free, *held], lock)
    sheet = sent_sheet([subject], {subject.id: free}, now)
    if not free or sheet.note_conflicts():
        return _show(subject, sheet, lock, held=held, status=409, message=CONFLICT)
    if not all([lock.check(sheet.today), sheet.check()]):
        return _show(subject, sheet, lock, held=held, status=422)
    return _record(viewer, subject, sheet, lock)


def _record(viewer: Viewer, subject: Subject, sheet: Sheet, lock: LockForm) -> ResponseReturnValue:
    session, now = request_session(), utc_now()
    try:
        service.record(
            session,
            viewer=viewer,
            keys=keys(),
            meeting=sheet.details(subject.unit_id),
            parts=sheet.parts(),
            now=now,
        )
    except (service.ConflictError, service.HeldError):
        session.rollback()
        free, held = _waits(subject)
        again = sent_sheet([subject], {subject.id: free}, now)
        again.note_conflicts()
        return _show(subject, again, lock, held=held, status=409, message=CONFLICT)
    drafts.discard(session, viewer=viewer, people=[subject.id])
    return _saved(subject, RECORDED)


def _close(
    viewer: Viewer, subject: Subject, waiting: list[WaitingPrompt], lock: LockForm
) -> ResponseReturnValue:
    sheet = sent_sheet([subject], {subject.id: waiting}, utc_now())
    if not lock.check(sheet.today):
        return _show_locked(subject, waiting, lock, status=422)
    try:
        close_locked(viewer, lock, sheet, unit_id=subject.unit_id)
    except service.ConflictError:
        request_session().rollback()
        _free, held = _waits(subject)
        return _show_locked(subject, held or _free, lock, status=409, message=CONFLICT)
    return _saved(subject, LEFT if lock.locked.data == "leave" else LOCKED)


@blueprint.post("/people/<string(length=32):person_id>/return/draft")
@requires(Permission.DEBRIEF_TEAM_RECORD)
@keeps_what_was_typed(keep_for_sign_in)
def keep_return(person_id: str) -> ResponseReturnValue:
    """Keep what was typed so far, to come back to."""
    viewer, now = current_viewer(), utc_now()
    subject = _led_or_refused(viewer, person_id)
    kept = keep_typed(viewer, [subject], now)
    after = url_for("teams.saved_return", person_id=person_id, what=KEPT if kept else LEFT)
    if request.form.get("do") == LATER:
        return replies.saved(after)
    return draft_reply(kept=kept, now=now, go_to=after)


def _values(subject: Subject, *forms: object) -> dict[str, Any]:
    viewer = current_viewer()
    card = _card(viewer, subject.public_id)
    back, back_words = way_back(viewer, card) if card else (url_for("today.today"), "Today")
    return {
        "person": subject,
        "form": Together(*forms),
        "action": url_for("teams.record_return", person_id=subject.public_id),
        "draft_to": url_for("teams.keep_return", person_id=subject.public_id),
        "back": back,
        "back_words": back_words,
        "unit_public_id": card.unit_public_id if card else "",
        "beside": beside(),
        "now": utc_now(),
    }


def _show(
    subject: Subject,
    sheet: Sheet,
    lock: LockForm,
    *,
    held: list[WaitingPrompt],
    status: int = 200,
    **more: object,
) -> ResponseReturnValue:
    section = sheet.sections[0]
    values = _values(subject, lock, section.form, sheet.meeting) | {
        "sheet": sheet,
        "one": section,
        "lock": lock,
        "held": held,
        "together": _together(subject, section.waiting),
        **more,
    }
    if replies.wants_fragment():
        return replies.fragment("teams/_return_form.html", status=status, **values)
    return replies.page("teams/return.html", status=status, **values)


def _together(subject: Subject, waiting: object) -> list[WaitingPrompt]:
    """Prompts about which others of the team wait too, so that one conversation may do."""
    mine = list(waiting) if isinstance(waiting, list) else []
    if not mine or subject.unit_id is None:
        return []
    members = people.members(
        current_viewer(),
        request_session(),
        unit_id=subject.unit_id,
        day=local_date(utc_now()),
    )
    others, _held = waiting_for([one.id for one in members if one.id != subject.id])
    about = {one.incident_public_id for prompts in others.values() for one in prompts}
    return [one for one in mine if one.incident_public_id in about]


def _show_locked(
    subject: Subject,
    waiting: list[WaitingPrompt],
    lock: LockForm,
    *,
    status: int = 200,
    message: str = "",
) -> ResponseReturnValue:
    given = Given([subject], {subject.id: waiting}, {})
    sheet = Sheet(given, framework=framework_on(utc_now()), now=utc_now())
    _free, held = _waits(subject)
    values = _values(subject, lock) | {
        "sections": sheet.sections,
        "lock": lock,
        "held": bool(held),
        "message": message,
    }
    if replies.wants_fragment():
        return replies.fragment("teams/_locked.html", status=status, **values)
    return replies.page("teams/locked.html", status=status, **values)


def _saved(subject: Subject, what: str) -> ResponseReturnValue:
    viewer, day = current_viewer(), local_date(utc_now())
    if subject.unit_id not in led_units(viewer, request_session(), day=day):
        # Asked about this alone: with the answer the way to the record may have ended too.
        return replies.saved(url_for("today.today"))
    if replies.wants_fragment():
        return replies.fragment("teams/_saved.html", person=subject, what=what)
    return replies.saved(url_for("teams.saved_return", person_id=subject.public_id, what=what))


@blueprint.get("/people/<string(length=32):person_id>/return/saved")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def saved_return(person_id: str) -> ResponseReturnValue:
    """Says what was kept, and the way back; for browsers without JavaScript."""
    subject = _led_or_refused(current_viewer(), person_id)
    free, held = _waits(subject)
    return replies.page(
        "teams/saved.html",
        waiting=[*free, *held],
        what=request.args.get("what", RECORDED),
        **_values(subject),
    )
