"""Recording one conversation with several people, on two screens: who and when, then each."""

from dataclasses import dataclass

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.debriefs import drafts, service
from app.exposure import queries as exposure
from app.exposure.queries import Occasion, WaitingPrompt
from app.incidents.queries import frameworks
from app.people import queries as people
from app.people.queries import UnitCard
from app.security.access import current_viewer, keeps_what_was_typed, requires
from app.security.permissions import Permission
from app.security.viewer import Viewer
from app.teams.conversation import Given, Sheet, Subject, typed_by_person
from app.teams.conversation_forms import LockForm, PeopleForm, Together
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
    led_unit_or_none,
    sent_sheet,
    waiting_for,
)
from app.web import replies
from app.web.sealing import keys


@dataclass(frozen=True)
class Group:
    """A team, what it may talk about, and who in it waits for that."""

    unit: UnitCard
    prompt: str
    occasion: Occasion
    members: list[Subject]
    free: dict[int, list[WaitingPrompt]]
    held: dict[int, list[WaitingPrompt]]

    @property
    def incident(self) -> str:
        """What it is about, as drafts know it."""
        return self.occasion.incident_public_id

    @property
    def waiting(self) -> dict[int, list[WaitingPrompt]]:
        """All that waits: about one incident, everything is held or nothing."""
        return self.held or self.free

    def named(self, public_ids: list[str]) -> list[Subject]:
        """Members by their public ids."""
        return [one for one in self.members if one.public_id in public_ids]

    def to(self, endpoint: str) -> str:
        """An address of this conversation."""
        return url_for(endpoint, unit_id=self.unit.public_id, prompt=self.prompt)


def _group(viewer: Viewer, unit: UnitCard) -> Group | None:
    session, prompt = request_session(), request.args.get("prompt", "")
    found = people.members(viewer, session, unit_id=unit.id, day=local_date(utc_now()))
    members = [Subject(one.id, one.public_id, one.name, unit.id) for one in found]
    numbers = [one.id for one in members]
    occasion = exposure.occasion_of(session, prompt_public_id=prompt, person_ids=numbers)
    if occasion is None:
        return None
    free, held = waiting_for(numbers, occasion.incident_public_id)
    return Group(unit, prompt, occasion, members, free, held)


def _group_or_refused(unit_id: str) -> Group:
    viewer = current_viewer()
    unit = led_unit_or_none(viewer, unit_id)
    if unit is None:
        known = people.unit(viewer, request_session(), public_id=unit_id, day=local_date(utc_now()))
        abort(403 if known else 404)
    return _group(viewer, unit) or abort(404)


def keep_for_sign_in(viewer: Viewer) -> str | None:
    """Put aside what was typed about several people; the address of their form."""
    unit = led_unit_or_none(viewer, (request.view_args or {})["unit_id"])
    group = _group(viewer, unit) if unit else None
    if group is None:
        return None
    keep_typed(viewer, _sent_people(group), utc_now(), group.incident)
    drafts.note_kept_for_sign_in(request_session(), viewer=viewer, now=utc_now())
    first = request.endpoint == "teams.choose_people"
    return group.to("teams.conversation" if first else "teams.conversation_people")


def _sent_people(group: Group) -> list[Subject]:
    return group.named(request.form.getlist("people"))


# --- Who and when ---------------------------------------------------------------------------------


@blueprint.get("/teams/<string(length=32):unit_id>/conversation")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def conversation(unit_id: str) -> ResponseReturnValue:
    """Who took part: everybody who waits for the same reason is ticked already."""
    group, viewer, now = _group_or_refused(unit_id), current_viewer(), utc_now()
    audit.append_now(
        request_engine(),
        Entry(
            Event.TEAM_VIEWED,
            now,
            actor_account_id=viewer.account_id,
            actor_role=viewer.role_names,
            unit_id=group.unit.id,
        ),
    )
    draft = draft_of(viewer, group.members, now, group.incident)
    form = _people_form(group, sent=False)
    ticked = draft.typed if draft else group.waiting
    form.people.data = [one.public_id for one in group.members if one.id in ticked]
    given = Given(group.members, group.waiting, draft.typed if draft else {})
    sheet = Sheet(given, framework=framework_on(now), now=now, several=True)
    saved_at = draft.saved_at if draft else None
    return _show_people(group, form, sheet, LockForm(formdata=None), saved_at=saved_at)


def _people_form(group: Group, *, sent: bool) -> PeopleForm:
    form = PeopleForm(formdata=request.form if sent else None)
    form.people.choices = [
        SelectChoice(
            one.public_id,
            one.name,
            render_kw={} if one.id in group.waiting else {"hint": "Not waiting about this"},
        )
        # Those who wait first; otherwise by name, as the team's table has them.
        for one in sorted(group.members, key=lambda member: member.id not in group.waiting)
    ]
    return form


def _show_people(
    group: Group,
    form: PeopleForm,
    sheet: Sheet,
    lock: LockForm,
    *,
    status: int = 200,
    **more: object,
) -> ResponseReturnValue:
    return replies.page(
        "teams/people.html",
        status=status,
        people_form=form,
        sheet=sheet,
        lock=lock,
        locked=bool(group.held),
        action=group.to("teams.choose_people"),
        **_values(group, form, sheet.meeting, lock),
        **more,
    )


def _values(group: Group, *forms: object) -> dict[str, object]:
    names = frameworks(request_session()).type_names()
    return {
        "unit": group.unit,
        "occasion": group.occasion,
        "type_name": names.get(group.occasion.type_code, group.occasion.type_code),
        "form": Together(*forms),
        "back": url_for("teams.team", unit_id=group.unit.public_id),
        "beside": beside(),
        "now": utc_now(),
    }


@blueprint.post("/teams/<string(length=32):unit_id>/conversation")
@requires(Permission.DEBRIEF_TEAM_RECORD)
@keeps_what_was_typed(keep_for_sign_in)
def choose_people(unit_id: str) -> ResponseReturnValue:
    """On to each of them; or, of an incident that is locked, what may be kept."""
    group, viewer, now = _group_or_refused(unit_id), current_viewer(), utc_now()
    form, lock = _people_form(group, sent=True), LockForm(formdata=request.form)
    sheet = sent_sheet(_sent_people(group), group.waiting, now, several=True)
    right = [form.validate(), lock.check(sheet.today)]
    if lock.closes or group.held:
        return _close(group, form, sheet, lock, right=all(right) and lock.closes)
    right.append(sheet.meeting.check(sheet.today))
    if not all(right):
        return _show_people(group, form, sheet, lock, status=422)
    _begin(viewer, group)
    return replies.saved(group.to("teams.conversation_people"))


def _begin(viewer: Viewer, group: Group) -> None:
    """Put the people and the meeting aside; what was typed about a person before stays."""
    session, now = request_session(), utc_now()
    before = draft_of(viewer, group.members, now, group.incident)
    kept = before.typed if before else {}
    meeting = typed_by_person(request.form, _sent_people(group))
    typed = {
        number: {k: v for k, v in kept.get(number, {}).items() if k not in values} | _only(values)
        for number, values in meeting.items()
    }
    drafts.keep(session, viewer=viewer, keys=keys(), typed=typed, incident=group.incident, now=now)


def _only(values: drafts.Typed) -> drafts.Typed:
    return {name: value for name, value in values.items() if name != "prompts"}


def _close(
    group: Group, form: PeopleForm, sheet: Sheet, lock: LockForm, *, right: bool
) -> ResponseReturnValue:
    if not right:
        return _show_people(group, form, sheet, lock, status=422)
    try:
        close_locked(current_viewer(), lock, sheet, unit_id=group.unit.id, incident=group.incident)
    except service.ConflictError:
        request_session().rollback()
        return _show_people(group, form, sheet, lock, status=409, message=CONFLICT)
    what = "left" if lock.locked.data == "leave" else "locked"
    return replies.saved(_saved_page(group, what))


def _saved_page(group: Group, what: str) -> str:
    return url_for("teams.conversation_saved", unit_id=group.unit.public_id, what=what)


# --- Each of them ---------------------------------------------------------------------------------


@blueprint.get("/teams/<string(length=32):unit_id>/conversation/people")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def conversation_people(unit_id: str) -> ResponseReturnValue:
    """One short section for each person who took part."""
    group, viewer, now = _group_or_refused(unit_id), current_viewer(), utc_now()
    draft = draft_of(viewer, group.members, now, group.incident)
    if draft is None or group.held:
        return replies.saved(group.to("teams.conversation"))
    chosen = [one for one in group.members if one.id in draft.typed]
    given = Given(chosen, group.free, draft.typed)
    sheet = Sheet(given, framework=framework_on(now), now=now, several=True)
    return _show_each(group, sheet, saved_at=draft.saved_at)


def _show_each(
    group: Group, sheet: Sheet, *, status: int = 200, **more: object
) -> ResponseReturnValue:
    return replies.page(
        "teams/each.html",
        status=status,
        sheet=sheet,
        action=group.to("teams.record_conversation"),
        draft_to=group.to("teams.keep_conversation"),
        first_screen=group.to("teams.conversation"),
        **_values(group, *(one.form for one in sheet.sections), sheet.meeting),
        **more,
    )


@blueprint.post("/teams/<string(length=32):unit_id>/conversation/people")
@requires(Permission.DEBRIEF_TEAM_RECORD)
@keeps_what_was_typed(keep_for_sign_in)
def record_conversation(unit_id: str) -> ResponseReturnValue:
    """Keep it for all of them or for none; whoever was answered elsewhere is marked."""
    group, viewer, now = _group_or_refused(unit_id), current_viewer(), utc_now()
    chosen = _sent_people(group)
    if request.form.get("do") == DISCARD:
        drafts.discard(
            request_session(),
            viewer=viewer,
            people=[one.id for one in chosen],
            incident=group.incident,
        )
        return replies.saved(group.to("teams.conversation"))
    if request.form.get("do") == LATER:
        return keep_conversation(unit_id)
    sheet = sent_sheet(chosen, group.free, now, several=True)
    if group.held:
        return replies.saved(group.to("teams.conversation"))
    conflicts = sheet.note_conflicts()
    if not sheet.check() or conflicts or not chosen:
        told = CONFLICT if conflicts else ""
        return _show_each(group, sheet, status=409 if conflicts else 422, message=told)
    return _record(viewer, group, sheet)


def _record(viewer: Viewer, group: Group, sheet: Sheet) -> ResponseReturnValue:
    session = request_session()
    try:
        service.record(
            session,
            viewer=viewer,
            keys=keys(),
            meeting=sheet.details(group.unit.id, group.incident),
            parts=sheet.parts(),
            now=utc_now(),
        )
    except (service.ConflictError, service.HeldError):
        session.rollback()
        chosen = [one.subject for one in sheet.sections]
        now_free, _held = waiting_for([one.id for one in chosen], group.incident)
        again = sent_sheet(chosen, now_free, utc_now(), several=True)
        again.note_conflicts()
        return _show_each(group, again, status=409, message=CONFLICT)
    people_ids = [one.subject.id for one in sheet.sections]
    drafts.discard(session, viewer=viewer, people=people_ids, incident=group.incident)
    return replies.saved(_saved_page(group, "recorded"))


@blueprint.post("/teams/<string(length=32):unit_id>/conversation/draft")
@requires(Permission.DEBRIEF_TEAM_RECORD)
@keeps_what_was_typed(keep_for_sign_in)
def keep_conversation(unit_id: str) -> ResponseReturnValue:
    """Keep what was typed so far, to come back to."""
    group, viewer, now = _group_or_refused(unit_id), current_viewer(), utc_now()
    kept = keep_typed(viewer, _sent_people(group), now, group.incident)
    after = _saved_page(group, "kept" if kept else "left")
    if request.form.get("do") == LATER:
        return replies.saved(after)
    return draft_reply(kept=kept, now=now, go_to=after)


@blueprint.get("/teams/<string(length=32):unit_id>/conversation/saved")
@requires(Permission.DEBRIEF_TEAM_RECORD)
def conversation_saved(unit_id: str) -> ResponseReturnValue:
    """Says what was kept, and the way back."""
    unit = led_unit_or_none(current_viewer(), unit_id) or abort(404)
    return replies.page(
        "teams/saved.html",
        person=None,
        waiting=[],
        back=url_for("teams.team", unit_id=unit.public_id),
        back_words=unit.name,
        what=request.args.get("what", "recorded"),
    )
