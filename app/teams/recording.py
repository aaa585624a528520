"""What the pages that record share: whom one may record for, what waits, drafts, guidance."""

from collections.abc import Sequence
from datetime import datetime

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.debriefs import drafts, holds, service
from app.debriefs.drafts import Draft
from app.exposure import asking
from app.exposure import queries as exposure
from app.exposure.queries import WaitingPrompt
from app.incidents.framework import Framework
from app.incidents.queries import frameworks
from app.people import queries as people
from app.people.queries import PersonCard, UnitCard
from app.security.permissions import Permission
from app.security.viewer import Viewer
from app.teams.conversation import Given, Sheet, Subject, locked_parts, typed_by_person
from app.teams.conversation_forms import YES, LockForm
from app.web import replies
from app.web.library import GuidancePage, Library
from app.web.sealing import keys

CONFLICT = (
    "Somebody else answered this, or the record behind it changed, while you had the form open. "
    "Nothing of yours was saved over theirs. Check what is waiting now."
)
LATER, DISCARD = "later", "discard"
"""What the buttons beside "Save" send."""


def beside() -> dict[str, GuidancePage]:
    """The short guidance beside the form, by name; a force's own file of a name wins."""
    found = Library.of_site(current_app.config["SETTINGS"].instance, "conversation")
    return {page.slug: page for page in found.pages()}


def framework_on(now: datetime) -> Framework:
    """The framework that holds."""
    return frameworks(request_session()).on(local_date(now))


def subject_or_none(viewer: Viewer, public_id: str) -> Subject | None:
    """Somebody whom the viewer is asked about today."""
    session, now = request_session(), utc_now()
    if not drafts.may_record(viewer, session, public_id=public_id, now=now):
        return None
    card = asking.person(viewer, session, public_id=public_id, now=now)
    return Subject(card.id, card.public_id, card.name, card.unit_id) if card else None


def way_back(viewer: Viewer, card: PersonCard) -> tuple[str, str]:
    """Where somebody came from, in an address and words: the team, if they may open it."""
    day = local_date(utc_now())
    unit = people.unit(viewer, request_session(), public_id=card.unit_public_id, day=day)
    if unit is not None:
        return url_for("teams.team", unit_id=unit.public_id), unit.name
    if viewer.may(Permission.DEBRIEF_TEAM_RECORD):
        return url_for("today.today"), "Today"
    return url_for("today.without_supervisor"), "Without a supervisor"


def led_unit_or_none(viewer: Viewer, public_id: str) -> UnitCard | None:
    """A team that the viewer leads today."""
    found = people.unit(viewer, request_session(), public_id=public_id, day=local_date(utc_now()))
    led = found is not None and found.leads and viewer.may(Permission.DEBRIEF_TEAM_RECORD)
    return found if led else None


def waiting_for(
    person_ids: Sequence[int], incident: str = ""
) -> tuple[dict[int, list[WaitingPrompt]], dict[int, list[WaitingPrompt]]]:
    """What waits for these people, about one incident or any: what may be recorded, and what is
    about an incident that is held."""
    session = request_session()
    found = exposure.waiting(session, person_ids=person_ids)
    about = {one.incident_public_id for prompts in found.values() for one in prompts}
    locked = holds.held_incidents(session, public_ids=about)
    free: dict[int, list[WaitingPrompt]] = {}
    held: dict[int, list[WaitingPrompt]] = {}
    for person_id, prompts in found.items():
        for one in prompts:
            if incident in {"", one.incident_public_id}:
                place = held if one.incident_public_id in locked else free
                place.setdefault(person_id, []).append(one)
    return free, held


def draft_of(
    viewer: Viewer, subjects: Sequence[Subject], now: datetime, incident: str = ""
) -> Draft | None:
    """The viewer's own draft about these people."""
    return drafts.find(
        viewer,
        request_session(),
        keys=keys(),
        people=[one.id for one in subjects],
        incident=incident,
        now=now,
    )


def keep_typed(
    viewer: Viewer, subjects: Sequence[Subject], now: datetime, incident: str = ""
) -> bool:
    """Keep what the form says so far; ``False`` when nothing may be noted, or nothing waits.

    A form that was sent may be followed by a last keeping of what was typed, which must not leave
    a draft behind.
    """
    session = request_session()
    free, _held = waiting_for([one.id for one in subjects], incident)
    locked = request.form.get("procedure") == YES
    if locked or not any(free.values()):
        drafts.discard(
            session, viewer=viewer, people=[one.id for one in subjects], incident=incident
        )
        return False
    typed = typed_by_person(request.form, subjects)
    drafts.keep(session, viewer=viewer, keys=keys(), typed=typed, incident=incident, now=now)
    return True


def draft_reply(*, kept: bool, now: datetime, go_to: str) -> ResponseReturnValue:
    """After keeping a draft: a line for htmx, a page for a plain form."""
    if replies.wants_fragment():
        return replies.fragment("teams/_draft.html", kept=kept, saved_at=now)
    return replies.saved(go_to)


def sent_sheet(
    subjects: Sequence[Subject],
    waiting: dict[int, list[WaitingPrompt]],
    now: datetime,
    *,
    several: bool = False,
) -> Sheet:
    """The forms as they were sent."""
    typed = typed_by_person(request.form, subjects)
    given = Given(subjects, waiting, typed, sent=True)
    return Sheet(given, framework=framework_on(now), now=now, several=several)


def close_locked(
    viewer: Viewer, lock: LockForm, sheet: Sheet, *, unit_id: int | None, incident: str = ""
) -> None:
    """Keep what may be kept of a locked page, and nothing that was said.

    Raises:
        service.ConflictError: somebody answered first.
    """
    session, now = request_session(), utc_now()
    people_ids = [one.subject.id for one in sheet.sections]
    if lock.hold.data:
        answered = {one.public_id for section in sheet.sections for one in section.answered()}
        about = {
            prompt.incident_public_id
            for section in sheet.sections
            for prompt in section.waiting
            if prompt.public_id in answered
        }
        holds.hold(session, viewer=viewer, incident_public_ids=about, now=now)
    drafts.discard(session, viewer=viewer, people=people_ids, incident=incident)
    parts = locked_parts(lock, sheet)
    if parts:
        service.record(
            session,
            viewer=viewer,
            keys=keys(),
            meeting=sheet.details(unit_id),
            parts=parts,
            now=now,
        )
