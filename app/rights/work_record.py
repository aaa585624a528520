"""What somebody was exposed to and why each counts, what they said of it, and what was prompted."""

from collections.abc import Iterator

from sqlalchemy.orm import aliased
from sqlmodel import col

from app.database import columns
from app.exposure import behind
from app.exposure import wording as told
from app.exposure.behind import Seen
from app.exposure.models import OWN_SYSTEM, Prompt, PromptPerson, StatementKind
from app.incidents.models import Attendance, Incident, PastKind
from app.incidents.past import stories
from app.incidents.queries import frameworks
from app.major import queries as major
from app.major.models import MajorIncident, MajorPerson
from app.major.wording import DETACH_REASONS, TIERS
from app.people.models import Person, Posting, Supervision
from app.rights.sections import Collector, Row, Subject

EVERY = 1_000_000
"""More than anybody has: all of them."""
NOT_SAID = frozenset({"person_id", "unit_id", "incident_id", "named_id"})
"""Of what a record said before, numbers of our own: they mean nothing outside the database, and
may stand for somebody else."""
SAID_BEFORE = (
    (PastKind.ATTENDANCE, "That you attended", Attendance, Attendance.person_id),
    (PastKind.POSTINGS, "Where you were posted", Posting, Posting.person_id),
    (PastKind.SUPERVISORS, "What you lead", Supervision, Supervision.person_id),
    (PastKind.LEAVERS, "That you left", Person, Person.id),
)


def _exposures(subject: Subject) -> Iterator[Row]:
    names = frameworks(subject.session).type_names()
    for one in behind.exposures_of(subject.session, person_id=subject.person_id, limit=EVERY):
        system, ref = one.name
        yield (
            one.occurred_at,
            names.get(one.type_code, one.type_code),
            None if system == OWN_SYSTEM else f"{system} {ref}",
            _near(one),
            told.ORIGIN[one.origin],
            one.framework_number,
            tuple(filter(None, (told.reported_sentence(one), told.before_sentence(one, names)))),
        )


def _near(one: Seen) -> str:
    if one.work:
        return told.WORK[one.work]
    return "Dealt with remotely" if one.remote else "At the scene"


def _attendance(subject: Subject) -> Iterator[Row]:
    found = (
        columns(Incident.occurred_at, Incident.source_ref, Attendance)
        .join(Incident, col(Incident.id) == col(Attendance.incident_id))
        .where(subject.theirs(Attendance.person_id), subject.counts(Incident.occurred_at))
        .order_by(col(Incident.occurred_at).desc(), col(Attendance.id).desc())
    )
    for when, ref, row in subject.session.exec(found):
        said = (row.role.value.replace("_", " "), row.unit_ref, row.withdrawn)
        yield (when, row.source_system, ref, *said, row.received_at)


def _before(subject: Subject) -> Iterator[Row]:
    for kind, words, table, person in SAID_BEFORE:
        named = columns(table.source_system, table.source_ref).where(
            subject.theirs(person), col(table.source_ref).is_not(None)
        )
        names = {(system, ref) for system, ref in subject.session.exec(named)}
        for (system, ref), earlier in sorted(stories(subject.session, kind, names=names).items()):
            for one in earlier:
                if subject.since is None or one.known_until >= subject.since:
                    yield words, f"{system} {ref}", one.known_until, _said(one.said)


def _said(said: dict[str, object]) -> tuple[str, ...]:
    return tuple(
        f"{name.replace('_', ' ')}: {value}"
        for name, value in said.items()
        if name not in NOT_SAID and value not in {None, ""}
    )


def _statements(subject: Subject) -> Iterator[Row]:
    names = frameworks(subject.session).type_names()
    for number in subject.numbers:
        for one in behind.said_by(subject.session, person_id=number):
            if subject.since is None or one.said_at >= subject.since:
                yield (
                    one.occurred_at,
                    names.get(one.type_code, one.type_code),
                    "I was there or dealt with it"
                    if one.kind is StatementKind.EXPOSED
                    else "I was not exposed to it",
                    told.WORK[one.work] if one.work else None,
                    one.said_at,
                    one.taken_back_at,
                )


def _prompts(subject: Subject) -> Iterator[Row]:
    asked = aliased(Person)
    found = subject.session.exec(
        columns(PromptPerson, Prompt.opened_at, asked.given_name, asked.family_name)
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .outerjoin(asked, asked.id == col(PromptPerson.handed_to_id))
        .where(subject.theirs(PromptPerson.person_id), subject.counts(Prompt.opened_at))
        .order_by(col(PromptPerson.due_at).desc(), col(PromptPerson.id).desc())
    ).all()
    name = subject.names(row.changed_by_account_id for row, *_more in found)
    for row, opened_at, given, family in found:
        yield (
            row.why,
            opened_at,
            row.due_at,
            told.STATE[row.state],
            row.state_reason.replace("_", " "),
            row.deferred_until,
            row.planned_on,
            f"{given} {family}".strip() if given is not None else None,
            row.changed_at,
            name(row.changed_by_account_id),
        )


def _lists(subject: Subject) -> Iterator[Row]:
    removed = dict(
        subject.session.exec(
            columns(MajorIncident.public_id, MajorPerson.detach_reason)
            .join(MajorPerson, col(MajorPerson.major_incident_id) == col(MajorIncident.id))
            .where(subject.theirs(MajorPerson.person_id))
        ).all()
    )
    for one in major.lists_of(subject.viewer, subject.session):
        if subject.since is None or one.attached_at >= subject.since:
            reason = removed.get(one.public_id)
            days = (one.follow_up_on, one.attached_at, one.detached_at)
            why = DETACH_REASONS[reason] if reason else None
            yield (one.name, one.occurred_at, TIERS[one.tier], *days, why)


COLLECTORS = (
    Collector(
        "exposures",
        "Incidents that count for you",
        "To ask your supervisor to talk to you in time.",
        (
            ("when", "When"),
            ("type", "Type"),
            ("reference", "Reference"),
            ("how_close", "How close"),
            ("on_whose_word", "On whose word"),
            ("framework", "Counted by framework version"),
            ("also", "Also known of it"),
        ),
        ("exposure",),
        _exposures,
    ),
    Collector(
        "attendance",
        "What force systems sent about you and incidents",
        "Incidents that count are worked out from these rows. Being sent is not enough to count.",
        (
            ("when", "When"),
            ("system", "Sent by"),
            ("reference", "Reference"),
            ("role", "In what role"),
            ("unit", "Unit as it calls it"),
            ("taken_back", "Taken back by it"),
            ("received_at", "Received"),
        ),
        ("attendance",),
        _attendance,
    ),
    Collector(
        "said_before",
        "What records about you said before they were corrected",
        "So that a number that changed can be explained.",
        (
            ("about", "About"),
            ("record", "Record"),
            ("until", "Until"),
            ("said", "What it said"),
        ),
        ("record_past",),
        _before,
    ),
    Collector(
        "statements",
        "What you said of yourself and incidents",
        "Your own word outweighs a system\u2019s.",
        (
            ("when", "When it was"),
            ("type", "Type"),
            ("what", "What you said"),
            ("work", "What brought you there"),
            ("said_at", "Said"),
            ("taken_back_at", "Taken back"),
        ),
        ("exposure_statement",),
        _statements,
    ),
    Collector(
        "prompts",
        "When somebody was asked to talk to you, and what came of it",
        "So that nobody is forgotten.",
        (
            ("why", "Why"),
            ("opened_at", "Since"),
            ("due_at", "By"),
            ("state", "What came of it"),
            ("reason", "Reason given"),
            ("put_off_until", "Put off until"),
            ("planned_on", "Planned for"),
            ("asked_instead", "Asked instead"),
            ("changed_at", "Last changed"),
            ("changed_by", "Changed by"),
        ),
        ("prompt_person",),
        _prompts,
    ),
    Collector(
        "major_incidents",
        "Lists of major incidents",
        "So that after something large nobody is forgotten.",
        (
            ("name", "List"),
            ("when", "When it was"),
            ("how_close", "How close"),
            ("follow_up_on", "Asked again from"),
            ("added_at", "Added"),
            ("removed_at", "Taken off"),
            ("reason", "Why taken off"),
        ),
        ("major_person",),
        _lists,
    ),
)
