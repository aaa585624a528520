"""Opening a major incident, and putting people on its list: attendance, exposures, prompts and the
list change together, or not at all."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, months_after
from app.common.identifiers import new_public_id
from app.exposure import service as exposure
from app.exposure.models import TRACKER_SYSTEM
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.major import candidates, queries
from app.major.candidates import Candidate
from app.major.models import DetachReason, MajorIncident, MajorPerson, Tier
from app.major.queries import Listed, MajorCard
from app.security.viewer import Viewer

FOLLOW_UP_MONTHS = 6
ROLE = {
    Tier.CLOSEST: AttendanceRole.AT_SCENE,
    Tier.SUPPORTING: AttendanceRole.REMOTE,
    Tier.WIDER: AttendanceRole.REMOTE,
}


@dataclass(frozen=True)
class New:
    """An incident that no force system has sent."""

    type_code: str
    occurred_at: datetime


def open_major(
    session: Session, *, viewer: Viewer, name: str, about: New | int, now: datetime
) -> MajorIncident:
    """Open a list for an incident that is known (by its number) or for a new one."""
    if isinstance(about, New):
        incident = Incident(
            source_system=TRACKER_SYSTEM,
            source_ref=new_public_id(),
            occurred_at=about.occurred_at,
            type_code=about.type_code,
            received_at=now,
        )
        session.add(incident)
        session.flush()
    else:
        incident = session.get_one(Incident, about)
    row = MajorIncident(
        incident_id=incident.id or 0,
        name=name,
        follow_up_on=months_after(local_date(incident.occurred_at), FOLLOW_UP_MONTHS),
        opened_at=now,
        opened_by_account_id=viewer.account_id,
    )
    session.add(row)
    session.flush()
    _note(session, viewer, [Entry(Event.MAJOR_OPENED, now, details={"major": row.public_id})])
    return row


@dataclass(frozen=True)
class Unknown:
    """A line of a list that names nobody who can be put on it, and why."""

    said: str
    why: str


@dataclass(frozen=True)
class Preview:
    """Who would be put on a list, and which lines name nobody."""

    found: list[Candidate]
    unknown: list[Unknown]


def preview_refs(session: Session, *, viewer: Viewer, refs: Collection[str], day: date) -> Preview:
    """Look up staff references, each once, in the order given."""
    wanted = list(dict.fromkeys(refs))
    by_ref: dict[str, list[Candidate]] = {}
    for one in candidates.people_known_as(viewer, session, refs=wanted, day=day):
        by_ref.setdefault(one.ref, []).append(one)
    found: list[Candidate] = []
    unknown: list[Unknown] = []
    for ref in wanted:
        people = by_ref.get(ref, [])
        why = _why_not(people, day)
        if why:
            unknown.append(Unknown(ref, why))
        else:
            found.append(people[0])
    return Preview(found, unknown)


def preview_teams(
    session: Session,
    *,
    viewer: Viewer,
    unit_public_ids: Collection[str],
    on_day: date,
    day: date,
) -> Preview:
    """Everybody who was posted to some teams on the day of the incident."""
    found: list[Candidate] = []
    unknown: list[Unknown] = []
    for one in candidates.people_posted(
        viewer, session, unit_public_ids=unit_public_ids, on_day=on_day, today=day
    ):
        why = _why_not([one], day)
        if why:
            # Whoever is out of reach is not named to this viewer.
            unknown.append(Unknown(one.ref, why))
        else:
            found.append(one)
    return Preview(found, unknown)


def _why_not(people: list[Candidate], day: date) -> str:
    if not people:
        return "Nobody has this staff reference."
    if len(people) > 1:
        return "Two people have this staff reference."
    if people[0].left_on is not None and people[0].left_on < day:
        return "They have left the force."
    if not people[0].in_reach:
        return "They are not posted in your part of the force today."
    return ""


def attach(
    session: Session,
    *,
    viewer: Viewer,
    card: MajorCard,
    tier: Tier,
    people: Collection[Candidate],
    now: datetime,
) -> int:
    """Put people on the list, or move them to another tier; returns for how many that changed
    anything. Exposures and prompts follow in the same transaction."""
    exposure.take_turns(session)
    numbers = sorted({one.id for one in people if not _why_not([one], local_date(now))})
    known = {
        row.person_id: row for row in queries.entries(session, major_id=card.id, person_ids=numbers)
    }
    changed = [number for number in numbers if _put(session, known, number, card, tier, now)]
    session.flush()
    _attend(session, card, changed, tier, now)
    exposure.refresh(session, incident_ids=[card.incident_id], person_ids=[], now=now)
    details: dict[str, object] = {"major": card.public_id, "tier": tier.value}
    _note(
        session,
        viewer,
        [
            Entry(Event.MAJOR_PERSON_ATTACHED, now, subject_person_id=number, details=details)
            for number in changed
        ],
    )
    return len(changed)


def _put(
    session: Session,
    known: dict[int, MajorPerson],
    number: int,
    card: MajorCard,
    tier: Tier,
    now: datetime,
) -> bool:
    row = known.get(number)
    if row is None:
        row = MajorPerson(major_incident_id=card.id, person_id=number, tier=tier, attached_at=now)
    elif row.detached_at is None and row.tier is tier:
        return False
    elif row.detached_at is not None:
        row.attached_at = now
    row.tier, row.detached_at, row.detach_reason = tier, None, None
    session.add(row)
    return True


def _attend(
    session: Session, card: MajorCard, person_ids: list[int], tier: Tier, now: datetime
) -> None:
    held = queries.attendance_by(
        session, incident_id=card.incident_id, system=TRACKER_SYSTEM, person_ids=person_ids
    )
    for number in person_ids:
        row = held.get(number) or Attendance(
            source_system=TRACKER_SYSTEM,
            source_ref=f"{card.public_id}:{number}",
            incident_id=card.incident_id,
            person_id=number,
            role=ROLE[tier],
            received_at=now,
        )
        row.role, row.withdrawn = ROLE[tier], False
        session.add(row)
    session.flush()


def detach(
    session: Session,
    *,
    viewer: Viewer,
    card: MajorCard,
    entry: Listed,
    reason: DetachReason,
    now: datetime,
) -> None:
    """Take somebody off the list. What force systems say of them stays, and so does what a named
    human answered."""
    exposure.take_turns(session)
    for row in queries.entries(session, major_id=card.id, person_ids=[entry.person_id]):
        row.detached_at, row.detach_reason = now, reason
        session.add(row)
    held = queries.attendance_by(
        session, incident_id=card.incident_id, system=TRACKER_SYSTEM, person_ids=[entry.person_id]
    )
    for attendance in held.values():
        attendance.withdrawn = True
        session.add(attendance)
    session.flush()
    exposure.refresh(session, incident_ids=[card.incident_id], person_ids=[], now=now)
    details: dict[str, object] = {"major": card.public_id, "reason": reason.value}
    entry_ = Entry(
        Event.MAJOR_PERSON_DETACHED, now, subject_person_id=entry.person_id, details=details
    )
    _note(session, viewer, [entry_])


def _note(session: Session, viewer: Viewer, entries: list[Entry]) -> None:
    signed = [
        replace(entry, actor_account_id=viewer.account_id, actor_role=viewer.role_names)
        for entry in entries
    ]
    audit.append(session, signed)
