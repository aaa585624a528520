"""Who is asked about what waits: the one place where this area asks that."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.common.clock import local_date
from app.database import columns
from app.debriefs.models import DebriefPerson
from app.exposure import asking
from app.exposure.asking import Waiting
from app.exposure.models import PromptKind, PromptState
from app.people.duty import Ask, Duties
from app.people.duty_queries import away_today, led_units
from app.people.models import Person, Posting, SupervisionKind
from app.people.queries import chunks, is_current, still_here
from app.security.viewer import Viewer


@dataclass(frozen=True)
class Waits:
    """A prompt that is open, and the people who are asked about it."""

    subject: str
    topic: str
    person_id: int
    due_at: datetime
    asked: frozenset[int]
    """Those who supervise there."""
    passed: frozenset[int]
    """Those who cover or stand in, and those to whom it was passed on or handed over."""
    leads_of: int | None
    """The wellbeing leads of this unit are asked, because nobody else is there or answered."""
    leads: bool


@dataclass(frozen=True)
class Asked:
    """Everything that waits, and who leads what."""

    prompts: list[Waits]
    duties: Duties

    def about(self, *, person_id: int, unit_id: int) -> frozenset[int]:
        """Who of a team's own is asked about one of its people, when no prompt waits."""
        rows = self.duties.leads.get(unit_id, ())
        own = {row.person_id for row in rows}
        own |= {one for row in rows for one in self.duties.chosen.get(row.person_id, ())}
        return self.duties.turn(Ask(person_id, unit_id)).asked & own


def everything(session: Session, *, now: datetime) -> Asked:
    """What is open, for the job that tells people; a fixed number of statements."""
    waiting, duties = asking.everything(session, now=now)
    opened = [one for one in waiting if one.found.state is PromptState.OPEN]
    nowhere = {one.found.person_id for one in opened if _nowhere(one)}
    last = _last_units(session, nowhere, local_date(now))
    return Asked([_waits(one, duties, last) for one in opened], duties)


def _nowhere(one: Waiting) -> bool:
    return one.found.left or one.found.unit_id is None


def _waits(one: Waiting, duties: Duties, last: Mapping[int, int]) -> Waits:
    found, turn = one.found, one.turn
    alone = found.kind is PromptKind.CUMULATIVE
    unit_id = last.get(found.person_id) if _nowhere(one) else found.unit_id
    rows = duties.leads.get(unit_id or 0, ())
    supervise = {row.person_id for row in rows if row.kind is SupervisionKind.SUPERVISOR}
    # Whoever it was handed to was given it; the others of the team still see it on their list.
    own = frozenset[int]() if turn.handed else turn.asked & supervise
    return Waits(
        subject=found.public_id,
        topic=found.public_id if alone else f"incident:{found.incident_id}",
        person_id=found.person_id,
        due_at=found.due_at,
        asked=own,
        passed=(turn.asked | turn.passed) - own,
        leads_of=unit_id,
        leads=turn.leads,
    )


def _last_units(session: Session, people: Collection[int], day: date) -> dict[int, int]:
    """Where people who are in no unit were last: whose wellbeing lead is asked about them."""
    statement = (
        select(Posting.person_id, Posting.unit_id)
        .where(
            col(Posting.person_id).in_(people),
            col(Posting.withdrawn).is_(False),
            col(Posting.starts_on) <= day,
        )
        .order_by(col(Posting.starts_on), col(Posting.precedence))
    )
    return dict(session.exec(statement).all())


def away(session: Session, *, day: date) -> set[int]:
    """Of those who gave an e-mail address, everybody who is recorded as away on a day."""
    statement = select(Account.person_id).where(
        col(Account.email).is_not(None), col(Account.person_id).is_not(None)
    )
    people = [number for number in session.exec(statement) if number is not None]
    return {
        person
        for chunk in chunks(people)
        for person in away_today(session, person_ids=chunk, day=day)
    }


# --- For the viewer -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """Somebody whom a viewer is asked about, as that viewer may see them now."""

    subject: str
    person_id: int
    person_public_id: str
    name: str
    unit_id: int | None
    due_at: datetime | None = None


def shown_to(
    viewer: Viewer, session: Session, *, subjects: Iterable[str], now: datetime
) -> dict[str, Shown]:
    """Of what somebody was told, that which still waits for them, with whom it is about."""
    wanted = set(subjects)
    found = [*asking.waiting_for(viewer, session, now=now)]
    found += asking.without_supervisor(viewer, session, now=now)
    shown = {
        one.found.public_id: Shown(
            one.found.public_id,
            one.found.person_id,
            one.found.person_public_id,
            one.found.name,
            one.found.unit_id,
            one.found.due_at,
        )
        for one in found
        if one.found.public_id in wanted and one.found.state is PromptState.OPEN
    }
    checks = _check_ins(viewer, session, wanted - shown.keys(), local_date(now))
    return shown | {one.subject: one for one in checks}


def _check_ins(
    viewer: Viewer, session: Session, subjects: Collection[str], day: date
) -> Iterator[Shown]:
    statement = (
        columns(
            DebriefPerson.public_id,
            Person.id,
            Person.public_id,
            Person.given_name,
            Person.family_name,
            Posting.unit_id,
        )
        .join(Person, col(Person.id) == col(DebriefPerson.person_id))
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .where(
            col(DebriefPerson.public_id).in_(subjects),
            is_current(day),
            still_here(day),
            col(Posting.unit_id).in_(led_units(viewer, session, day=day)),
            col(Person.id) != (viewer.person_id or 0),
        )
    )
    for subject, number, public_id, given, family, unit_id in session.exec(statement):
        yield Shown(subject, number, public_id, f"{given} {family}".strip(), unit_id)
