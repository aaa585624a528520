"""Reading what somebody was told, and how e-mails went.

A notification keeps no words. What it is about is looked up each time, and only as far as the
viewer may see it at that moment.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.database import columns, rows
from app.notifications.asked import Shown
from app.notifications.models import (
    Delivery,
    Kind,
    Mail,
    MailState,
    Notification,
    NotificationChoice,
    Problem,
)
from app.notifications.rules import Choices
from app.security.permissions import Permission
from app.security.viewer import Viewer

PRESSING = {kind: place for place, kind in enumerate(Kind)}
UNREAD = select(func.count(func.distinct(Notification.topic))).where(
    col(Notification.account_id) == bindparam("account_id"),
    col(Notification.over_at).is_(None),
    col(Notification.read_at).is_(None),
)


def unread(viewer: Viewer, session: Session) -> int:
    """How many things the viewer was told of and has not read. Every page asks this."""
    return int(rows(session, UNREAD, account_id=viewer.account_id).scalar_one())


class Told(NamedTuple):
    """One notification that stands."""

    public_id: str
    kind: Kind
    subject: str
    topic: str
    told_at: datetime
    read: bool
    mail: str | None
    """The ``public_id`` of the e-mail that counted it."""


def told(viewer: Viewer, session: Session) -> list[Told]:
    """What the viewer was told and still waits, the oldest first."""
    statement = (
        columns(
            Notification.public_id,
            Notification.kind,
            Notification.subject,
            Notification.topic,
            Notification.told_at,
            col(Notification.read_at).is_not(None),
            Mail.public_id,
        )
        .select_from(Notification)
        .outerjoin(Mail, col(Mail.id) == col(Notification.mail_id))
        .where(Notification.account_id == viewer.account_id, col(Notification.over_at).is_(None))
        .order_by(col(Notification.id))
    )
    return [Told._make(row) for row in session.exec(statement)]


@dataclass(frozen=True)
class Line:
    """One topic as the page shows it. ``people``: whom it is about, as the viewer may see them."""

    public_id: str
    topic: str
    kind: Kind
    told_at: datetime
    unread: bool
    people: tuple[Shown, ...]
    subjects: tuple[str, ...]
    mails: frozenset[str]

    @property
    def due_at(self) -> datetime | None:
        """The first moment by which something is to be done, if there is one."""
        return min((one.due_at for one in self.people if one.due_at), default=None)


NOBODY = frozenset({Kind.PACK, Kind.REFERRAL, Kind.REFERRAL_LATE, Kind.QUESTION})
"""Kinds that name nobody here: the page they lead to looks at who may see what."""


def lines(found: Iterable[Told], shown: dict[str, Shown]) -> list[Line]:
    """Topics, unread ones first, the most pressing first and then the newest. ``shown``: by
    subject, whom the viewer may see; what is about anybody else is left out."""
    topics: dict[str, list[Told]] = {}
    for one in found:
        if one.subject in shown or one.kind in NOBODY:
            topics.setdefault(one.topic, []).append(one)
    made = [_line(topic, group, shown) for topic, group in topics.items()]
    made.sort(key=lambda line: line.told_at, reverse=True)
    return sorted(made, key=lambda line: (not line.unread, -PRESSING[line.kind]))


def _line(topic: str, group: list[Told], shown: dict[str, Shown]) -> Line:
    subjects = dict.fromkeys(one.subject for one in group)
    people = [shown[subject] for subject in subjects if subject in shown]
    return Line(
        public_id=group[-1].public_id,
        topic=topic,
        kind=max((one.kind for one in group), key=lambda kind: PRESSING[kind]),
        told_at=max(one.told_at for one in group),
        unread=not all(one.read for one in group),
        people=tuple(sorted(people, key=lambda one: one.name)),
        subjects=tuple(subjects),
        mails=frozenset(one.mail for one in group if one.mail),
    )


def topic_of(viewer: Viewer, session: Session, *, public_id: str) -> str | None:
    """The topic of one notification of the viewer's, whether it still waits or not."""
    return session.exec(
        select(Notification.topic).where(
            Notification.public_id == public_id, Notification.account_id == viewer.account_id
        )
    ).first()


def is_mine(viewer: Viewer, session: Session, *, mail: str) -> bool:
    """Whether an e-mail went to the viewer."""
    statement = select(Mail.id).where(Mail.public_id == mail, Mail.account_id == viewer.account_id)
    return session.exec(statement).first() is not None


@dataclass(frozen=True)
class Wishes:
    """How somebody wants to be told, where, and whether the latest e-mail there was refused."""

    choices: Choices
    address: str | None
    refused: bool


def wishes(viewer: Viewer, session: Session) -> Wishes:
    """How the viewer wants to be told."""
    row = session.get(NotificationChoice, viewer.account_id)
    account = session.get_one(Account, viewer.account_id)
    latest = session.exec(
        select(Mail.state)
        .where(Mail.account_id == viewer.account_id, col(Mail.ended_at).is_not(None))
        .order_by(col(Mail.ended_at).desc(), col(Mail.id).desc())
        .limit(1)
    ).first()
    choices = (
        Choices(row.delivery, row.digest_hour, row.quiet_from, row.quiet_to) if row else Choices()
    )
    return Wishes(choices, account.email, latest is MailState.REFUSED)


@dataclass(frozen=True)
class Delivered:
    """E-mails and addresses in counts. ``problems``: why those that wait could not be sent yet."""

    states: dict[MailState, int]
    problems: dict[Problem, int]
    accounts: int
    with_address: int
    on_site_only: int


def delivered(viewer: Viewer, session: Session, *, since: datetime) -> Delivered | None:
    """What became of e-mails planned since a moment, for an administrator: counts, and nobody."""
    if not viewer.may(Permission.ACCOUNTS_ALL_READ):
        return None
    states: Counter[MailState] = Counter()
    problems: Counter[Problem] = Counter()
    statement = (
        columns(Mail.state, Mail.problem, func.count())
        .where(col(Mail.planned_at) >= since)
        .group_by(col(Mail.state), col(Mail.problem))
    )
    for state, problem, count in session.exec(statement):
        states[state] += count
        if state is MailState.WAITING and problem is not None:
            problems[problem] += count
    counted = (
        columns(
            func.count(),
            func.count(col(Account.email)),
            func.count(col(NotificationChoice.account_id)),
        )
        .select_from(Account)
        .outerjoin(
            NotificationChoice,
            (col(NotificationChoice.account_id) == col(Account.id))
            & (col(NotificationChoice.delivery) == Delivery.IN_APP),
        )
        .where(col(Account.active).is_(True))
    )
    return Delivered(dict(states), dict(problems), *session.exec(counted).one())
