"""What waits for whom, as things to tell: worked out anew each time from what is stored.

Nothing has to report that it happened. Whatever made a prompt wait, or took it away, the next look
finds it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.accounts.queries import Holder, holders, supervising_accounts
from app.common.clock import local_date
from app.database import columns
from app.debriefs.models import Debrief, DebriefPerson
from app.disclosure.store import Published
from app.notifications import asked, inboxes
from app.notifications.asked import Asked, Waits
from app.notifications.inboxes import Request
from app.notifications.models import Kind
from app.notifications.rules import DUE_SOON
from app.people.duty import Duties
from app.people.models import Person, Posting
from app.people.queries import counts_since, is_current, still_here
from app.security.key_store import KeyStore
from app.security.permissions import Role

CHECK_IN_SHOWN = timedelta(days=7)
"""For so long is somebody reminded of a check-in: over their rest days, and no longer."""
UNATTENDED = "unattended"
"""The one topic of everything that nobody else is asked about, for wellbeing leads."""
INBOX = "inbox"
"""The one topic of a service's inbox."""
QUESTIONS = "questions"
"""The one topic of questions without a name."""
BOARD = "board"
"""The one topic of a board pack that a new release brought."""
BOARD_SHOWN = timedelta(days=14)
BOARD_ROLES = (Role.SENIOR_LEADER, Role.DEI_ANALYST)
OVERSEEN = "overseen"
"""The one topic of referrals that nobody takes on, for wellbeing leads."""


class Thing(NamedTuple):
    """One thing to tell one account; what it is told together with is its ``topic``."""

    account_id: int
    kind: Kind
    subject: str
    topic: str


def things(session: Session, *, keys: KeyStore | None, now: datetime) -> list[Thing]:
    """Everything that waits for anybody; a fixed number of statements, however many they are.

    Without the ``keys``, nobody is told of requests whose person named somebody to be kept out.
    """
    day = local_date(now)
    accounts = supervising_accounts(session, day=day)
    leads = holders(session, role=Role.WELLBEING_LEAD, day=day)
    found = asked.everything(session, now=now)
    told = [*_prompts(found.prompts, accounts, now), *_unattended(found, leads)]
    told += _check_ins(session, found, accounts, day)
    told += [
        Thing(account_id, Kind.QUESTION, subject, QUESTIONS)
        for account_id, subject in inboxes.unanswered(session, now=now)
    ]
    return told + [
        _referral(one)
        for one in inboxes.requests(session, duties=found.duties, leads=leads, keys=keys, now=now)
    ]


def packs(ready: Iterable[tuple[int, str]]) -> Iterator[Thing]:
    """Team packs that are ready, as their own area knows them: the account and the pack."""
    for account_id, subject in ready:
        yield Thing(account_id, Kind.PACK, subject, subject)


def board_packs(session: Session, *, published: Published | None, now: datetime) -> list[Thing]:
    """That there is a board pack, for two weeks after a release; no figure is told."""
    if published is None or now - published.published_at > BOARD_SHOWN:
        return []
    found = [
        one for role in BOARD_ROLES for one in holders(session, role=role, day=local_date(now))
    ]
    accounts = dict.fromkeys(one.account_id for one in found)
    return [Thing(one, Kind.PACK, f"release-{published.number}", BOARD) for one in accounts]


def _referral(one: Request) -> Thing:
    kind = Kind.REFERRAL_LATE if one.late else Kind.REFERRAL
    return Thing(one.account_id, kind, one.subject, OVERSEEN if one.overseen else INBOX)


def _prompts(waits: Iterable[Waits], accounts: Mapping[int, int], now: datetime) -> Iterator[Thing]:
    for one in waits:
        pressing = _pressing(one.due_at, now)
        for person in (one.asked | one.passed) & accounts.keys():
            first = Kind.PASSED if person in one.passed else Kind.PROMPT
            for kind in (first, pressing):
                if kind:
                    yield Thing(accounts[person], kind, one.subject, one.topic)


def _pressing(due_at: datetime, now: datetime) -> Kind | None:
    if due_at < now:
        return Kind.OVERDUE
    return Kind.DUE if due_at - now <= DUE_SOON else None


def _unattended(found: Asked, leads: Iterable[Holder]) -> Iterator[Thing]:
    waits = [one for one in found.prompts if one.leads]
    for lead in leads:
        for one in waits:
            if _reaches(lead, one.leads_of, found.duties) and lead.person_id != one.person_id:
                yield Thing(lead.account_id, Kind.PASSED, one.subject, UNATTENDED)


def _reaches(holder: Holder, unit_id: int | None, duties: Duties) -> bool:
    return holder.unit_id is None or holder.unit_id in duties.up(unit_id)


def _check_ins(
    session: Session, found: Asked, accounts: Mapping[int, int], day: date
) -> Iterator[Thing]:
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
    statement = (
        columns(DebriefPerson.public_id, DebriefPerson.person_id, Posting.unit_id)
        .join(Debrief, col(Debrief.id) == col(DebriefPerson.debrief_id))
        .join(Person, col(Person.id) == col(DebriefPerson.person_id))
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .where(
            col(DebriefPerson.next_contact_on) <= day,
            col(DebriefPerson.next_contact_on) > day - CHECK_IN_SHOWN,
            counts_since(col(Debrief.recorded_at)),
            is_current(day),
            still_here(day),
            ~since.exists(),
        )
    )
    for subject, about, unit_id in session.exec(statement):
        for person in found.about(person_id=about, unit_id=unit_id) & accounts.keys():
            yield Thing(accounts[person], Kind.CHECK_IN, subject, subject)
