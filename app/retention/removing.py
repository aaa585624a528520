"""How the rows of each class are found and removed.

A remover says which rows are past a day and which of those are free to go. It removes some at a
time, each lot in its caller's transaction; whatever is left past the day was held back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, false, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.common.clock import start_of_day
from app.database import columns
from app.debriefs.models import (
    Debrief,
    DebriefDraft,
    DebriefDraftPerson,
    DebriefPerson,
    DebriefPrompt,
    IncidentHold,
    SupportOffer,
)
from app.exposure.models import Exposure, ExposureStatement, Prompt, PromptPerson
from app.exposure.service import refresh
from app.exposure.service import take_turns as take_turns_counting
from app.feeds.models import ImportRun, QuarantinedRow
from app.feeds.service import take_turns as take_turns_importing
from app.incidents import disposed, past
from app.incidents.disposed import Removed
from app.incidents.linking import members_of
from app.incidents.models import Attendance, Incident, PastKind
from app.major.models import MajorIncident, MajorPerson
from app.people.models import Person, Posting
from app.referrals.models import Referral, ReferralShare, ReferralStep, ReferralWish
from app.retention.holding import event, held_events, is_held
from app.retention.models import LegalHold

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Rows:
    """Rows of one table that go one by one.

    Args:
        model: The table, which has an ``id`` unless ``key`` says otherwise.
        at: The day or moment from which the period counts; no value: it has not begun.
        is_moment: Whether that is a moment.
        person: Whom a row is about, where it is about somebody.
        free: What else has to hold before a row may go.
        parts: Tables and columns that refer to a row and go with it.
        noun: How feeds call such a record, so that the same row sent again is known.
        past: What such a record said before, which goes with it.
        key: What tells rows apart.
    """

    model: Any
    at: Any
    is_moment: bool = False
    person: Any = None
    free: Conditions = ()
    parts: Sequence[tuple[Any, Any]] = ()
    noun: str = ""
    past: PastKind | None = None
    key: Any = field(default=None)

    @property
    def _key(self) -> Any:
        return self.model.id if self.key is None else self.key

    def overdue(self, before: date) -> Conditions:
        """Whose period is over."""
        return [self.at < (start_of_day(before) if self.is_moment else before)]

    def since(self, day: date) -> Conditions:
        """Whose period counts from a day or later."""
        return [self.at >= (start_of_day(day) if self.is_moment else day)]

    def ready(self, before: date, now: datetime) -> Conditions:  # noqa: ARG002
        """What nothing keeps."""
        held = [] if self.person is None else [~is_held(self.person, now)]
        return [*self.free, *held]

    def some(self, session: Session, *, before: date, now: datetime, limit: int) -> list[int]:
        """The next rows to remove."""
        statement = (
            select(self._key)
            .where(*self.overdue(before), *self.ready(before, now))
            .distinct()
            .order_by(self._key)
            .limit(limit)
        )
        return list(session.exec(statement))

    def left(self, session: Session, *, before: date) -> int:
        """How many are past their period."""
        statement = select(func.count(self._key.distinct())).where(*self.overdue(before))
        return session.exec(statement).one()

    def remove(self, session: Session, numbers: Sequence[int], *, now: datetime) -> None:  # noqa: ARG002
        """Remove these rows and what goes with them."""
        which = self._key.in_(numbers)
        if self.noun or self.past:
            self._remember(session, which)
        for part, refers in self.parts:
            session.connection().execute(delete(part).where(refers.in_(numbers)))
        session.connection().execute(delete(self.model).where(which))

    def _remember(self, session: Session, which: Any) -> None:
        names = columns(
            self.model.source_system, self.model.source_ref, self.model.source_version
        ).where(which, self.model.source_ref.is_not(None))
        told = [Removed(*row) for row in session.connection().execute(names)]
        if self.noun:
            disposed.remember(session, self.noun, told)
        if self.past:
            past.forget(session, self.past, names={(one.system, one.ref) for one in told})


class Postings(Rows):
    """Postings. One that says in which team something counted stays for as long as that counts."""

    def ready(self, before: date, now: datetime) -> Conditions:
        """Also: nothing is counted because of it, and no other posting goes on from it."""
        after = aliased(Posting)
        counted = (
            select(Exposure.id)
            .where(
                col(Exposure.person_id) == col(Posting.person_id),
                col(Exposure.occurred_on) >= col(Posting.starts_on),
                or_(
                    col(Posting.ends_on).is_(None),
                    col(Exposure.occurred_on) <= col(Posting.ends_on),
                ),
            )
            .exists()
        )
        followed = select(after.id).where(after.carried_from_id == col(Posting.id)).exists()
        return [*super().ready(before, now), ~counted, ~followed]


class Incidents(Rows):
    """Incidents, each with everything that is about it. Records of one event go together."""

    def ready(self, before: date, now: datetime) -> Conditions:  # noqa: ARG002
        """Neither it, nor its event, nor anybody who had a part in it is on hold."""
        return [event().not_in(held_events(now))]

    def some(self, session: Session, *, before: date, now: datetime, limit: int) -> list[int]:
        """The next incidents, those of one event together."""
        later = aliased(Incident)
        alive = (
            select(later.id)
            .where(
                later.event_id == col(Incident.event_id),
                col(later.occurred_at) >= start_of_day(before),
            )
            .exists()
        )
        statement = (
            select(Incident.id, Incident.event_id)
            .where(*self.overdue(before), *self.ready(before, now), ~alive)
            .order_by(col(Incident.id))
            .limit(limit)
        )
        found = list(session.exec(statement))
        return sorted(
            {number for number, _event in found if number}
            | members_of(session, {one for _number, one in found if one})
        )

    def remove(self, session: Session, numbers: Sequence[int], *, now: datetime) -> None:
        """Take away what it rests on, let the counts follow, then the rest."""
        take_turns_importing(session)
        take_turns_counting(session)
        here = col(Incident.id).in_(numbers)
        # First, so that nothing of an event refers to what is gone.
        session.connection().execute(update(Incident).where(here).values(event_id=None))
        session.expire_all()
        Rows(Attendance, None, past=PastKind.ATTENDANCE, key=col(Attendance.incident_id)).remove(
            session, numbers, now=now
        )
        for column in (
            ExposureStatement.incident_id,
            IncidentHold.incident_id,
            LegalHold.incident_id,
        ):
            _delete(session, column, numbers)
        refresh(session, incident_ids=numbers, person_ids=(), now=now)
        prompts = select(Prompt.id).where(col(Prompt.incident_id).in_(numbers))
        asked = select(PromptPerson.id).where(col(PromptPerson.prompt_id).in_(prompts))
        lists = select(MajorIncident.id).where(col(MajorIncident.incident_id).in_(numbers))
        drafts = select(DebriefDraft.id).where(col(DebriefDraft.incident_id).in_(numbers))
        _delete(session, DebriefPrompt.prompt_person_id, asked)
        _delete(session, PromptPerson.prompt_id, prompts)
        _delete(session, MajorPerson.major_incident_id, lists)
        _delete(session, DebriefDraftPerson.draft_id, drafts)
        for column in (Prompt.incident_id, MajorIncident.incident_id, DebriefDraft.incident_id):
            _delete(session, column, numbers)
        super().remove(session, numbers, now=now)


def _delete(session: Session, column: Any, which: Any) -> None:
    """Delete the rows of a column's table of which it has one of some values."""
    session.connection().execute(delete(column.class_).where(column.in_(which)))


class Conversations(Rows):
    """Conversations, each with everybody's part in it."""

    def ready(self, before: date, now: datetime) -> Conditions:  # noqa: ARG002
        """Nobody who took part is on hold."""
        part = select(DebriefPerson.id).where(
            col(DebriefPerson.debrief_id) == col(Debrief.id),
            is_held(col(DebriefPerson.person_id), now),
        )
        return [~part.exists()]

    def remove(self, session: Session, numbers: Sequence[int], *, now: datetime) -> None:
        """Remove what was offered first; a referral that came of it goes in its own time."""
        parts = select(DebriefPerson.id).where(col(DebriefPerson.debrief_id).in_(numbers))
        for column in (SupportOffer.debrief_person_id, DebriefPrompt.debrief_person_id):
            _delete(session, column, parts)
        session.connection().execute(
            update(Referral)
            .where(col(Referral.debrief_person_id).in_(parts))
            .values(debrief_person_id=None)
        )
        super().remove(session, numbers, now=now)


class Factors(Rows):
    """What is sealed in a conversation that stays."""

    def overdue(self, before: date) -> Conditions:
        """Of conversations that long ago, those in which anything is sealed."""
        return [
            col(DebriefPerson.sealed_factors) != b"",
            columns(Debrief.held_on)
            .where(col(Debrief.id) == col(DebriefPerson.debrief_id))
            .scalar_subquery()
            < before,
        ]

    def remove(self, session: Session, numbers: Sequence[int], *, now: datetime) -> None:  # noqa: ARG002
        """Leave nothing of the sealed value."""
        session.connection().execute(
            update(DebriefPerson)
            .where(col(DebriefPerson.id).in_(numbers))
            .values(sealed_factors=b"")
        )


class Referrals(Rows):
    """Referrals; one that was passed on says no longer from which."""

    def remove(self, session: Session, numbers: Sequence[int], *, now: datetime) -> None:
        """Remove them with their steps."""
        session.connection().execute(
            update(Referral)
            .where(col(Referral.passed_from_id).in_(numbers))
            .values(passed_from_id=None)
        )
        super().remove(session, numbers, now=now)


def left_for_good() -> ColumnElement[bool]:
    """Somebody who left and has not joined again."""
    back = col(Person.joined_on) > col(Person.left_on)
    return col(Person.left_on).is_not(None) & ~func.coalesce(back, false())


def last_day_of(person_id: Any) -> Any:
    """The last day of somebody who left for good; of anybody else, none."""
    return (
        columns(Person.left_on)
        .where(col(Person.id) == person_id, left_for_good())
        .scalar_subquery()
    )


def ended(column: Any, person_id: Any) -> Any:
    """The end of a spell; of one without, the last day of whoever left."""
    return func.coalesce(column, last_day_of(person_id))


def imports() -> Rows:
    """Deliveries of which no row is set aside any more."""
    set_aside = select(QuarantinedRow.id).where(col(QuarantinedRow.run_id) == col(ImportRun.id))
    return Rows(ImportRun, col(ImportRun.started_at), is_moment=True, free=[~set_aside.exists()])


def referrals() -> Rows:
    """Referrals, by when they were closed or else sent."""
    return Referrals(
        Referral,
        func.coalesce(col(Referral.closed_at), col(Referral.sent_at)),
        is_moment=True,
        person=col(Referral.person_id),
        parts=[
            (ReferralStep, col(ReferralStep.referral_id)),
            (ReferralWish, col(ReferralWish.referral_id)),
            (ReferralShare, col(ReferralShare.referral_id)),
        ],
    )
