"""Settling again, in the same transaction, whose rows are when a number turns out to be another's.

Everything here follows from the identifiers, people and leavers rows that stand, so that the end is
the same in whatever order they came.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from app.bulk import KEY, update_rows
from app.common.clock import local_date
from app.database import columns
from app.exposure.carrying import Move, carry_over
from app.exposure.models import TRACKER_SYSTEM
from app.feeds import structure
from app.feeds.numbers import Numbers, may_say, spells_of
from app.feeds.records import Followed
from app.feeds.truth import NOTHING
from app.incidents.models import Attendance, Incident
from app.people import objections
from app.people.models import (
    AbsenceSpell,
    ContractedHours,
    Person,
    PersonNumber,
    Posting,
    Skill,
    Supervision,
)
from app.people.queries import chunks
from app.people.rules import counts_from, holder_on, in_circles, last_of

SPELLS: tuple[tuple[Any, str], ...] = (
    (Posting, "starts_on"),
    (Supervision, "starts_on"),
    (Skill, "starts_on"),
    (AbsenceSpell, "starts_on"),
    (ContractedHours, "month"),
)
"""Tables whose rows name a person, with the day on which it matters whose the number was."""


class Named(NamedTuple):
    """A row that names somebody: whom, whose it is now, and on which day that matters."""

    id: int
    named_id: int
    person_id: int
    day: date | None


def settle_people(session: Session, number_ids: Collection[int], now: datetime) -> Followed:
    """After people rows: a number may have become a person's own, or a former one."""
    used = [
        id_
        for chunk in chunks(number_ids)
        for id_ in session.exec(
            select(PersonNumber.number_id).where(col(PersonNumber.number_id).in_(chunk)).distinct()
        )
    ]
    return settle(session, used, now) if used else Followed()


def settle(
    session: Session,
    number_ids: Collection[int],
    now: datetime,
    person_ids: Collection[int] = (),
) -> Followed:
    """After identifiers of these numbers, and of these people, changed: rows that name them, and
    everything that is about somebody whose former number one of them is."""
    found = Followed()
    moves = _settle_former(session)
    touched = set(number_ids) | {move.named_id for move in moves}
    touched |= _numbers_of(session, {move.named_id for move in moves})
    _settle_rows(session, touched, found)
    if moves:
        found.person_ids |= carry_over(session, moves, now=now)
        objections.honour(session)
    found.person_ids |= settle_leaving(session, touched, person_ids)
    return found


def _numbers_of(session: Session, person_ids: Collection[int]) -> set[int]:
    """The numbers that rows say are these people's."""
    return {
        number_id
        for chunk in chunks(person_ids)
        for number_id in session.exec(
            select(PersonNumber.number_id).where(col(PersonNumber.person_id).in_(chunk))
        )
    }


# --- Former staff numbers -------------------------------------------------------------------------


def _settle_former(session: Session) -> list[Move]:
    """Make of every person whose number is another's now a former number; returns who moved."""
    wanted = former_numbers(session)
    wrong = in_circles(wanted)
    following = {id_: to for id_, to in wanted.items() if id_ not in wrong}
    former = columns(Person.id, Person.became_id).where(col(Person.became_id).is_not(None))
    held: dict[int, int] = dict(session.connection().execute(former).all())
    ends = {id_: last_of(following, id_) for id_ in following}
    moves = [
        Move(id_, held.get(id_, id_), ends.get(id_, id_))
        for id_ in sorted(held.keys() | ends.keys())
        if held.get(id_) != ends.get(id_)
    ]
    changed = [{KEY: move.named_id, "became_id": ends.get(move.named_id)} for move in moves]
    update_rows(session, Person, changed)
    return moves


def former_numbers(session: Session) -> dict[int, int]:
    """Whose each staff number has become that is not its holder's own any more.

    A number whose spell is over is a former one only if HR says that its own holder joined before:
    otherwise it may have been given to somebody else since.
    """
    number = Person
    statement = (
        columns(
            PersonNumber.number_id,
            PersonNumber.starts_on,
            PersonNumber.source_system,
            PersonNumber.source_ref,
            PersonNumber.person_id,
        )
        .join(number, col(number.id) == col(PersonNumber.number_id))
        .where(
            col(PersonNumber.withdrawn).is_(False),
            col(number.only_number).is_(False),
            may_say(number),
            col(PersonNumber.person_id) != col(PersonNumber.number_id),
            or_(
                col(PersonNumber.ends_on).is_(None),
                col(number.joined_on) <= col(PersonNumber.ends_on),
            ),
        )
    )
    best: dict[int, tuple[Any, ...]] = {}
    for number_id, *said in session.connection().execute(statement):
        best[number_id] = max(best.get(number_id, ()), tuple(said))
    return {number_id: said[-1] for number_id, said in best.items()}


# --- Rows -----------------------------------------------------------------------------------------


def _settle_rows(session: Session, number_ids: Collection[int], found: Followed) -> None:
    numbers = Numbers(session, number_ids)
    for model, day in SPELLS:
        for chunk in chunks(number_ids):
            rows = list(_naming(session, model, getattr(model, day), chunk))
            _move(session, model, rows, numbers, found)
    for chunk in chunks(number_ids):
        statement = _attendance().where(_names(Attendance, chunk))
        _move_attendance(session, statement, numbers, found)


def _names(model: Any, number_ids: Sequence[int]) -> Any:
    own = and_(col(model.named_id).is_(None), col(model.person_id).in_(number_ids))
    return or_(col(model.named_id).in_(number_ids), own)


def _naming(session: Session, model: Any, day: Any, number_ids: Sequence[int]) -> Iterator[Named]:
    statement = columns(
        model.id,
        func.coalesce(model.named_id, model.person_id),
        model.person_id,
        day,
        model.source_ref,
    ).where(_names(model, number_ids))
    if model is Posting:
        statement = statement.where(col(Posting.carried_from_id).is_(None))
    for id_, named_id, person_id, on, ref in session.connection().execute(statement):
        # What no feed told of names a person and not a number.
        yield Named(id_, named_id, person_id, on if ref is not None else None)


def _move(
    session: Session, model: Any, rows: list[Named], numbers: Numbers, found: Followed
) -> list[int]:
    changed = [
        (row, whose)
        for row in rows
        if (whose := numbers.whose(row.named_id, row.day)) != row.person_id
    ]
    update_rows(
        session,
        model,
        [
            {
                KEY: row.id,
                "person_id": whose,
                "named_id": None if whose == row.named_id else row.named_id,
            }
            for row, whose in changed
        ],
    )
    moved = [row.id for row, _whose in changed]
    if model is Attendance:
        return moved
    if model in (Posting, Supervision):
        found.unit_ids.update(_units_of(session, model, moved))
    if model is Posting:
        found.person_ids.update(whose for _row, whose in changed)
        found.person_ids.update(row.person_id for row, _whose in changed)
        carried = structure.carry(session, moved)
        found.person_ids |= carried.person_ids
        found.unit_ids |= carried.unit_ids
    return moved


def _units_of(session: Session, model: Any, ids: Sequence[int]) -> set[int]:
    return {
        unit_id
        for chunk in chunks(ids)
        for unit_id in session.exec(select(model.unit_id).where(model.id.in_(chunk)))
    }


def _attendance() -> Any:
    return columns(
        Attendance.id,
        func.coalesce(col(Attendance.named_id), col(Attendance.person_id)),
        Attendance.person_id,
        Incident.occurred_at,
        Attendance.source_system,
        Attendance.incident_id,
    ).join(Incident, col(Incident.id) == col(Attendance.incident_id))


def _move_attendance(session: Session, statement: Any, numbers: Numbers, found: Followed) -> None:
    incidents: dict[int, int] = {}
    rows: list[Named] = []
    for id_, named_id, person_id, at, system, incident_id in session.connection().execute(
        statement
    ):
        day = None if system == TRACKER_SYSTEM else local_date(at)
        rows.append(Named(id_, named_id, person_id, day))
        incidents[id_] = incident_id
    moved = _move(session, Attendance, rows, numbers, found)
    found.incident_ids.update(incidents[id_] for id_ in moved)


def attendance_of(session: Session, incident_ids: Collection[int]) -> None:
    """Settle who attended these incidents, whose day may have changed."""
    if session.exec(select(PersonNumber.id).limit(1)).first() is None:
        return
    named = func.coalesce(col(Attendance.named_id), col(Attendance.person_id))
    numbered = select(PersonNumber.id).where(col(PersonNumber.number_id) == named).exists()
    for chunk in chunks(incident_ids):
        statement = _attendance().where(col(Attendance.incident_id).in_(chunk), numbered)
        ids = {row[1] for row in session.connection().execute(statement)}
        _move_attendance(session, statement, Numbers(session, ids), Followed())


# --- Leaving and coming back ----------------------------------------------------------------------


def settle_given_up(session: Session, days: dict[int, date]) -> set[int]:
    """Remember the earliest last day ever given of people; returns those of whom less counts now.

    The earliest, because that does not depend on which of two rows came first.
    """
    altered: list[dict[str, Any]] = []
    for chunk in chunks(days):
        statement = columns(
            Person.id, Person.given_up_on, Person.joined_on, Person.same_since
        ).where(col(Person.id).in_(chunk), col(Person.only_number).is_(False))
        for id_, given_up_on, joined_on, same_since in session.connection().execute(statement):
            if given_up_on is not None and given_up_on <= days[id_]:
                continue
            since = counts_from(joined_on=joined_on, given_up_on=days[id_], same_since=same_since)
            altered.append({KEY: id_, "given_up_on": days[id_], "counts_from": since})
    update_rows(session, Person, altered)
    return {row[KEY] for row in altered if row["counts_from"]}


def settle_leaving(
    session: Session, number_ids: Collection[int], person_ids: Collection[int] = ()
) -> set[int]:
    """Let leavers rows that name a number of no system's own people count for whose it was.

    Somebody's own leavers row goes first. One that names a former staff number ends that number,
    and says nothing of the person, who goes on under the next.
    """
    holders = {
        going.person_id for found in spells_of(session, number_ids).values() for going in found
    }
    holders |= _people_of(session, number_ids) | set(person_ids)
    altered: list[dict[str, Any]] = []
    for chunk in chunks(holders):
        statement = columns(
            Person.id,
            Person.leaver_version,
            Person.left_said,
            Person.reason_said,
            Person.left_on,
            Person.leaving_reason,
        ).where(col(Person.id).in_(chunk), col(Person.only_number).is_(False))
        for id_, version, *own, left_on, reason in session.connection().execute(statement):
            said = tuple(own) if version > NOTHING else _left_under(session, id_)
            if said != (left_on, reason):
                altered.append({KEY: id_, "left_on": said[0], "leaving_reason": said[1]})
    update_rows(session, Person, altered)
    return {row[KEY] for row in altered}


def _people_of(session: Session, number_ids: Collection[int]) -> set[int]:
    """Whose these numbers were ever said to be, whether or not that stands."""
    return {
        became or own or 0
        for chunk in chunks(number_ids)
        for own, became in session.exec(
            select(Person.id, Person.became_id)
            .join(PersonNumber, col(PersonNumber.person_id) == col(Person.id))
            .where(col(PersonNumber.number_id).in_(chunk))
        )
    }


def _left_under(session: Session, person_id: int) -> tuple[Any, Any]:
    """When and why somebody left, by the rows that name another number of theirs."""
    former = select(Person.id).where(col(Person.became_id) == person_id)
    mine = session.exec(
        select(PersonNumber.number_id).where(
            or_(col(PersonNumber.person_id) == person_id, col(PersonNumber.person_id).in_(former))
        )
    ).all()
    spells = spells_of(session, mine)
    said = session.exec(
        columns(Person.id, Person.left_said, Person.reason_said)
        .where(
            col(Person.id).in_(mine),
            col(Person.only_number),
            col(Person.left_said).is_not(None),
        )
        .order_by(col(Person.left_said), col(Person.source_system), col(Person.source_ref))
    ).all()
    counting = [
        (left_on, reason)
        for number_id, left_on, reason in said
        if holder_on(spells.get(number_id, []), left_on) == person_id
    ]
    return counting[-1] if counting else (None, None)
