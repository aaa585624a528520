"""What waits for whom, as things to tell: worked out anew each time from what is stored.

Nothing has to report that it happened. Whatever made a prompt wait, or took it away, the next look
finds it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.accounts.queries import supervising_accounts
from app.common.clock import local_date
from app.database import columns
from app.debriefs.models import Debrief, DebriefPerson
from app.notifications import asked
from app.notifications.asked import Waits
from app.notifications.models import Kind
from app.notifications.rules import DUE_SOON

CHECK_IN_SHOWN = timedelta(days=7)
"""For so long is somebody reminded of a check-in: over their rest days, and no longer."""


class Thing(NamedTuple):
    """One thing to tell one account; what it is told together with is its ``topic``."""

    account_id: int
    kind: Kind
    subject: str
    topic: str


def things(session: Session, *, now: datetime) -> list[Thing]:
    """Everything that waits for anybody; a fixed number of statements, however many they are."""
    accounts = supervising_accounts(session, day=local_date(now))
    found = [*_prompts(asked.everything(session, now=now), accounts, now)]
    return [*found, *_check_ins(session, accounts, local_date(now))]


def _prompts(waits: Iterable[Waits], accounts: dict[int, int], now: datetime) -> Iterator[Thing]:
    for one in waits:
        pressing = _pressing(one.due_at, now)
        for person in one.asked | one.passed:
            if person not in accounts:
                continue
            first = Kind.PASSED if person in one.passed else Kind.PROMPT
            for kind in (first, pressing):
                if kind:
                    yield Thing(accounts[person], kind, one.subject, one.topic)


def _pressing(due_at: datetime, now: datetime) -> Kind | None:
    if due_at < now:
        return Kind.OVERDUE
    return Kind.DUE if due_at - now <= DUE_SOON else None


def _check_ins(session: Session, accounts: dict[int, int], day: date) -> Iterator[Thing]:
    """Check-ins of today and the last few days, agreed in somebody's latest conversation."""
    later, held = aliased(DebriefPerson), aliased(Debrief)
    since = (
        select(later.id)
        .join(held, col(held.id) == col(later.debrief_id))
        .where(
            later.person_id == col(DebriefPerson.person_id),
            or_(
                held.held_on > col(Debrief.held_on),
                and_(
                    col(held.held_on) == col(Debrief.held_on),
                    col(later.id) > col(DebriefPerson.id),
                ),
            ),
        )
    )
    found = session.exec(
        columns(DebriefPerson.public_id, DebriefPerson.person_id)
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .where(
            col(DebriefPerson.next_contact_on) <= day,
            col(DebriefPerson.next_contact_on) > day - CHECK_IN_SHOWN,
            ~since.exists(),
        )
    ).all()
    leads = asked.who_leads(session, person_ids=[person for _subject, person in found], day=day)
    for subject, about in found:
        for person in leads.get(about, set()):
            if person in accounts:
                yield Thing(accounts[person], Kind.CHECK_IN, subject, subject)
