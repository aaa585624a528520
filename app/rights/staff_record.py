"""What the HR system sent about somebody, and planned time away."""

from collections.abc import Iterator

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from app.database import columns
from app.people.models import (
    AbsenceSpell,
    AwaySpell,
    Characteristic,
    ContractedHours,
    EqualityObjection,
    Person,
    PersonNumber,
    Posting,
    Skill,
    Supervision,
    Unit,
)
from app.people.wording import AWAY
from app.rights.sections import Collector, Row, Subject

FROM_TO = (("from", "From"), ("until", "Until"))
SOURCE = (("source", "Sent by"), ("taken_back", "Taken back by it"))


def _staff(subject: Subject) -> Iterator[Row]:
    found = select(Person).where(subject.theirs(Person.id)).order_by(col(Person.id))
    for row in subject.session.exec(found):
        yield (
            f"{row.given_name} {row.family_name}".strip(),
            row.source_ref,
            row.source_system,
            row.staff_type.value.replace("_", " "),
            row.rank,
            row.joined_on,
            row.left_on,
            row.leaving_reason.value.replace("_", " ") if row.leaving_reason else None,
        )


def _numbers(subject: Subject) -> Iterator[Row]:
    number = aliased(Person)
    found = (
        columns(
            number.source_system,
            number.source_ref,
            PersonNumber.starts_on,
            PersonNumber.ends_on,
            PersonNumber.source_system,
            PersonNumber.withdrawn,
        )
        .join(number, number.id == col(PersonNumber.number_id))
        .where(subject.theirs(PersonNumber.person_id))
        .order_by(col(PersonNumber.starts_on), col(PersonNumber.id))
    )
    yield from map(tuple, subject.session.exec(found))


def _postings(subject: Subject) -> Iterator[Row]:
    found = (
        columns(Unit.name, Posting)
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(subject.theirs(Posting.person_id), subject.counts(Posting.starts_on))
        .order_by(col(Posting.starts_on).desc(), col(Posting.id).desc())
    )
    for unit, row in subject.session.exec(found):
        spell = (row.starts_on, row.ends_on, row.source_system, row.withdrawn)
        yield (unit, row.kind.value, *spell)


def _leading(subject: Subject) -> Iterator[Row]:
    found = (
        columns(Unit.name, Supervision)
        .join(Unit, col(Unit.id) == col(Supervision.unit_id))
        .where(subject.theirs(Supervision.person_id), subject.counts(Supervision.starts_on))
        .order_by(col(Supervision.starts_on).desc(), col(Supervision.id).desc())
    )
    for unit, row in subject.session.exec(found):
        spell = (row.starts_on, row.ends_on, row.source_system, row.withdrawn)
        yield (unit, row.kind.value, *spell)


def _skills(subject: Subject) -> Iterator[Row]:
    found = (
        select(Skill)
        .where(subject.theirs(Skill.person_id), subject.counts(Skill.starts_on))
        .order_by(col(Skill.starts_on).desc(), col(Skill.id).desc())
    )
    for row in subject.session.exec(found):
        yield row.name, row.starts_on, row.ends_on, row.source_system, row.withdrawn


def _characteristics(subject: Subject) -> Iterator[Row]:
    found = (
        select(Characteristic)
        .where(subject.theirs(Characteristic.person_id))
        .order_by(col(Characteristic.kind), col(Characteristic.person_id))
    )
    for row in subject.session.exec(found):
        yield row.kind.value.replace("_", " "), row.value.replace("_", " ")


def _objections(subject: Subject) -> Iterator[Row]:
    found = (
        select(EqualityObjection)
        .where(
            subject.theirs(EqualityObjection.person_id), subject.counts(EqualityObjection.made_at)
        )
        .order_by(col(EqualityObjection.id).desc())
    )
    for row in subject.session.exec(found):
        yield row.made_at, row.taken_back_at


def _absences(subject: Subject) -> Iterator[Row]:
    found = (
        select(AbsenceSpell)
        .where(subject.theirs(AbsenceSpell.person_id), subject.counts(AbsenceSpell.starts_on))
        .order_by(col(AbsenceSpell.starts_on).desc(), col(AbsenceSpell.id).desc())
    )
    for row in subject.session.exec(found):
        spell = (row.starts_on, row.ends_on, row.psychological, row.hours_lost)
        yield (*spell, row.recorded_at, row.source_system, row.withdrawn)


def _hours(subject: Subject) -> Iterator[Row]:
    found = (
        select(ContractedHours)
        .where(subject.theirs(ContractedHours.person_id), subject.counts(ContractedHours.month))
        .order_by(col(ContractedHours.month).desc(), col(ContractedHours.id).desc())
    )
    for row in subject.session.exec(found):
        yield row.month, row.hours, row.source_system, row.withdrawn


def _away(subject: Subject) -> Iterator[Row]:
    deputy = aliased(Person)
    found = subject.session.exec(
        columns(AwaySpell, deputy.given_name, deputy.family_name)
        .outerjoin(deputy, deputy.id == col(AwaySpell.deputy_id))
        .where(subject.theirs(AwaySpell.person_id), subject.counts(AwaySpell.recorded_at))
        .order_by(col(AwaySpell.starts_on).desc(), col(AwaySpell.id).desc())
    ).all()
    name = subject.names(row.recorded_by_account_id for row, *_deputy in found)
    for row, given, family in found:
        stands_in = f"{given} {family}".strip() if given is not None else None
        spell = (AWAY[row.kind], row.starts_on, row.ends_on, stands_in)
        yield (*spell, row.recorded_at, name(row.recorded_by_account_id))


COLLECTORS = (
    Collector(
        "staff",
        "Who you are",
        "To know whom to offer support, and to count by length of service.",
        (
            ("name", "Name"),
            ("staff_number", "Staff number"),
            ("source", "Sent by"),
            ("kind", "Kind of staff"),
            ("rank", "Rank or grade"),
            ("joined_on", "Joined"),
            ("left_on", "Left"),
            ("leaving_reason", "Why you left"),
        ),
        ("person",),
        _staff,
    ),
    Collector(
        "numbers",
        "Other numbers you go by",
        "So that what happened counts for the right person.",
        (("system", "System"), ("number", "Number"), *FROM_TO, *SOURCE),
        ("person_number",),
        _numbers,
    ),
    Collector(
        "postings",
        "Where you are and were posted",
        "It decides whose supervisor sees you, and on which day that ends.",
        (("unit", "Unit"), ("kind", "Kind"), *FROM_TO, *SOURCE),
        ("posting",),
        _postings,
    ),
    Collector(
        "leading",
        "Teams you lead or cover",
        "It decides whose record you may open, and on which day that ends.",
        (("unit", "Unit"), ("kind", "As"), *FROM_TO, *SOURCE),
        ("supervision",),
        _leading,
    ),
    Collector(
        "skills",
        "Skills and special roles",
        "Some work brings people to more distressing things than other work.",
        (("skill", "Skill"), *FROM_TO, *SOURCE),
        ("skill",),
        _skills,
    ),
    Collector(
        "characteristics",
        "What you told HR about yourself",
        "Only to count, for equality, how many people are reached. It is never shown beside a "
        "name and never used to decide about one person. You may object.",
        (("what", "What"), ("said", "What is held")),
        ("characteristic",),
        _characteristics,
    ),
    Collector(
        "equality_objections",
        "Your objections to equality monitoring",
        "So that what you objected to is not stored again.",
        (("made_at", "Made"), ("taken_back_at", "Taken back")),
        ("equality_objection",),
        _objections,
    ),
    Collector(
        "absence",
        "Sickness absence, as HR sent it",
        "To see whether support reaches people who are off work. There is no diagnosis: only a "
        "yes or no to whether HR counts it as psychological.",
        (
            ("from", "First day"),
            ("until", "Last day"),
            ("psychological", "Psychological"),
            ("hours_lost", "Hours"),
            ("recorded_at", "Recorded here"),
            *SOURCE,
        ),
        ("absence_spell",),
        _absences,
    ),
    Collector(
        "hours",
        "Hours you were to work",
        "Absence is counted as a share of them.",
        (("month", "Month that begins on"), ("hours", "Hours"), *SOURCE),
        ("contracted_hours",),
        _hours,
    ),
    Collector(
        "away",
        "Planned time away",
        "So that nobody waits for you, and somebody can stand in. Never a reason of health.",
        (
            ("kind", "What for"),
            ("from", "First day"),
            ("until", "Last day"),
            ("stands_in", "Who stands in"),
            ("recorded_at", "Recorded"),
            ("recorded_by", "Recorded by"),
        ),
        ("away_spell",),
        _away,
    ),
)
