"""E-mails: who gets one now, and sending each at most once.

What happens if the sender dies. An e-mail is ``sending`` in the database, committed, before the
mail server is asked, and ``sent`` in a second transaction after it accepted. Whoever finds one
``sending`` while nobody is at work knows that its sender died in between, and cannot know whether
the server had accepted it. It becomes ``unsure`` and is never sent again: one lost reminder of
something that is on the site anyway is better than two, and the next thing brings the next e-mail.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTP
from typing import Any

from sqlalchemy import Engine, delete, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.bulk import KEY, insert_rows, update_rows
from app.common.clock import local_date, start_of_day
from app.common.identifiers import new_public_ids
from app.config import MailServer
from app.database import columns, snapshot, transaction
from app.notifications.mail import Letter, UnavailableError, compose, connected, hand_over
from app.notifications.models import (
    Mail,
    MailState,
    Notification,
    NotificationChoice,
    Problem,
)
from app.notifications.rules import LAST_TRY, Choices, may_go, next_try, told_before
from app.people.queries import chunks

MOST_AT_ONCE = 200
"""How many e-mails one run sends: well under a minute's work for a mail server."""
CHOICES = (
    col(NotificationChoice.delivery),
    col(NotificationChoice.digest_hour),
    col(NotificationChoice.quiet_from),
    col(NotificationChoice.quiet_to),
)


def choices_of(row: Sequence[Any]) -> Choices:
    """What somebody chose, from the four columns; what holds without a choice when there are
    none."""
    return Choices(*row) if row[0] is not None else Choices()


# --- Who gets one ---------------------------------------------------------------------------------


@dataclass
class Plan:
    """What is to be told by e-mail to one account now. ``mail_id``: one that waits already."""

    account_id: int
    notifications: list[int]
    mail_id: int | None


def planned(session: Session, *, away: Collection[int], now: datetime) -> list[Plan]:
    """For whom an e-mail is due now, and what it counts. Only reads; a fixed number of statements.

    ``away``: people who are not told by e-mail today.
    """
    fresh = _fresh(session)
    if not fresh:
        return []
    sent = _sent_since(session, start_of_day(local_date(now)))
    held = select(Mail.account_id, Mail.id).where(Mail.state == MailState.WAITING)
    waiting = dict(session.exec(held).all())
    plans: dict[int, Plan] = {}
    for number, account_id, person_id, told_at, *chosen in fresh:
        before = told_before(choices_of(chosen), sent_today=sent.get(account_id, 0), now=now)
        if before is None or told_at > before or person_id in away:
            continue
        plan = plans.setdefault(account_id, Plan(account_id, [], waiting.get(account_id)))
        plan.notifications.append(number)
    return list(plans.values())


def _fresh(session: Session) -> list[Any]:
    """What was told and is neither read nor in an e-mail yet. Somebody added to an incident of
    which an e-mail told is not worth another: whoever looks at the one sees the other."""
    told = aliased(Notification)
    in_another = select(told.id).where(
        told.account_id == col(Notification.account_id),
        told.topic == col(Notification.topic),
        told.kind == col(Notification.kind),
        col(told.mail_id).is_not(None),
        col(told.over_at).is_(None),
    )
    return list(
        session.exec(
            columns(
                Notification.id,
                Notification.account_id,
                Account.person_id,
                Notification.told_at,
                *CHOICES,
            )
            .select_from(Notification)
            .join(Account, col(Account.id) == col(Notification.account_id))
            .outerjoin(NotificationChoice, col(NotificationChoice.account_id) == col(Account.id))
            .where(
                col(Notification.over_at).is_(None),
                col(Notification.read_at).is_(None),
                col(Notification.mail_id).is_(None),
                col(Account.active).is_(True),
                col(Account.email).is_not(None),
                ~in_another.exists(),
            )
            .order_by(col(Notification.id))
        ).all()
    )


def _sent_since(session: Session, since: datetime) -> dict[int, int]:
    """How many e-mails each account got, or may have got."""
    statement = (
        select(Mail.account_id, func.count())
        .where(
            col(Mail.planned_at) >= since,
            col(Mail.state).in_([MailState.SENT, MailState.SENDING, MailState.UNSURE]),
        )
        .group_by(col(Mail.account_id))
    )
    return dict(session.exec(statement).all())


def keep(session: Session, *, plans: Sequence[Plan], now: datetime) -> None:
    """Put what was planned into the outbox."""
    new = [plan for plan in plans if plan.mail_id is None]
    public_ids = new_public_ids(len(new))
    insert_rows(
        session,
        Mail,
        [
            {
                "public_id": public_id,
                "account_id": plan.account_id,
                "state": MailState.WAITING,
                "planned_at": now,
                "next_try_at": now,
                "tries": 0,
            }
            for plan, public_id in zip(new, public_ids, strict=True)
        ],
    )
    numbers: dict[str, int] = {}
    for chunk in chunks(public_ids):
        statement = select(Mail.public_id, Mail.id).where(col(Mail.public_id).in_(chunk))
        numbers.update({public_id: number or 0 for public_id, number in session.exec(statement)})
    for plan, public_id in zip(new, public_ids, strict=True):
        plan.mail_id = numbers[public_id]
    update_rows(
        session,
        Notification,
        [{KEY: number, "mail_id": plan.mail_id} for plan in plans for number in plan.notifications],
    )


# --- Sending --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """An e-mail whose turn has come, and whether it may still go."""

    id: int
    tries: int
    letter: Letter
    state: MailState
    """``waiting``: send it. Else what it has become without being sent."""


def deliver(engine: Engine, server: MailServer, *, away: Collection[int], now: datetime) -> str:
    """Send what is due; says how many e-mails the mail server accepted.

    For whoever is alone at it: what is found half-way belonged to a sender that died.
    """
    with snapshot(engine) as session:
        half_way = session.exec(select(Mail.id).where(Mail.state == MailState.SENDING)).all()
        due = _due(session, away, now)
    ended = [one for one in due if one.state is not MailState.WAITING]
    if half_way or ended:
        with transaction(engine) as session:
            _end(session, half_way, MailState.UNSURE, now)
            for state in (MailState.NOT_NEEDED, MailState.GIVEN_UP):
                numbers = [one.id for one in ended if one.state is state]
                _end(session, numbers, state, now)
                _release(session, numbers)
    going = [one for one in due if one.state is MailState.WAITING]
    accepted = _send(engine, server, going, now) if going else 0
    return f"{accepted} e-mails sent, {len(going) - accepted} not"


def _due(session: Session, away: Collection[int], now: datetime) -> list[Due]:
    found = session.exec(
        columns(
            Mail.id,
            Mail.tries,
            Mail.public_id,
            Mail.planned_at,
            Account.active,
            Account.email,
            Account.person_id,
            *CHOICES,
        )
        .select_from(Mail)
        .join(Account, col(Account.id) == col(Mail.account_id))
        .outerjoin(NotificationChoice, col(NotificationChoice.account_id) == col(Account.id))
        .where(Mail.state == MailState.WAITING, col(Mail.next_try_at) <= now)
        .order_by(col(Mail.next_try_at), col(Mail.id))
        .limit(MOST_AT_ONCE)
    ).all()
    counts = _things(session, [row[0] for row in found])
    due = []
    for number, tries, public_id, planned_at, active, email, person_id, *chosen in found:
        things, choices = counts.get(number, 0), choices_of(chosen)
        state = MailState.WAITING
        if now - planned_at > LAST_TRY:
            state = MailState.GIVEN_UP
        if not (active and email and things) or person_id in away or not may_go(choices, now):
            state = MailState.NOT_NEEDED
        due.append(Due(number, tries, Letter(email or "", public_id, things), state))
    return due


def _things(session: Session, mail_ids: Sequence[int]) -> dict[int, int]:
    """How many things of each e-mail are still to be looked at."""
    statement = (
        select(Notification.mail_id, func.count(func.distinct(Notification.topic)))
        .where(
            col(Notification.mail_id).in_(mail_ids),
            col(Notification.read_at).is_(None),
            col(Notification.over_at).is_(None),
        )
        .group_by(col(Notification.mail_id))
    )
    return {number or 0: things for number, things in session.exec(statement)}


def _send(engine: Engine, server: MailServer, going: Sequence[Due], now: datetime) -> int:
    """Send some e-mails over one connection; how many were accepted."""
    accepted = 0
    try:
        with connected(server) as smtp:
            for one in going:
                problem = _send_one(engine, server, smtp, one, now)
                accepted += problem is None
                if problem in BROKEN:
                    # Those that have not had their turn are found by the next run.
                    break
    except UnavailableError as error:
        with transaction(engine) as session:
            for one in going:
                _try_later(session, one, error.problem, now)
    return accepted


BROKEN = (Problem.CUT_OFF, Problem.UNREACHABLE)


def _send_one(
    engine: Engine, server: MailServer, smtp: SMTP, one: Due, now: datetime
) -> Problem | None:
    with transaction(engine) as session:
        row = session.get_one(Mail, one.id)
        row.state, row.tries = MailState.SENDING, one.tries + 1
        session.add(row)
    problem = hand_over(smtp, compose(server, one.letter, now))
    with transaction(engine) as session:
        if problem in ENDS:
            _end(session, [one.id], ENDS[problem], now, problem)
        else:
            _try_later(session, one, problem, now)
    return problem


ENDS: dict[Problem | None, MailState] = {
    None: MailState.SENT,
    Problem.CUT_OFF: MailState.UNSURE,
    Problem.REFUSED: MailState.REFUSED,
}


def _end(
    session: Session,
    mail_ids: Sequence[int | None],
    state: MailState,
    now: datetime,
    problem: Problem | None = None,
) -> None:
    session.exec(
        update(Mail)
        .where(col(Mail.id).in_(mail_ids))
        .values(state=state, ended_at=now, problem=problem)
    )


def _try_later(session: Session, one: Due, problem: Problem | None, now: datetime) -> None:
    session.exec(
        update(Mail)
        .where(col(Mail.id) == one.id)
        .values(
            state=MailState.WAITING,
            tries=one.tries + 1,
            problem=problem,
            next_try_at=next_try(one.tries + 1, now),
        )
    )


def _release(session: Session, mail_ids: Sequence[int]) -> None:
    """What an e-mail would have told may be told by another."""
    session.exec(
        update(Notification).where(col(Notification.mail_id).in_(mail_ids)).values(mail_id=None)
    )


def forget(session: Session, *, before: datetime) -> int:
    """Delete what has been over since before a moment, and e-mails that ended before it; returns
    how many of both."""
    gone = session.exec(delete(Notification).where(col(Notification.over_at) < before)).rowcount
    told = select(Notification.mail_id).where(col(Notification.mail_id).is_not(None))
    ended = col(Mail.ended_at) < before
    return gone + session.exec(delete(Mail).where(ended, col(Mail.id).not_in(told))).rowcount
