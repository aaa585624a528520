"""What becomes of people who left, and of their accounts."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, delete, func, update
from sqlmodel import Session, SQLModel, col, select

from app.accounts.models import Account, RoleGrant
from app.audit.events import Entry, Event
from app.audit.service import append
from app.bulk import KEY, update_rows
from app.common.clock import local_date
from app.common.identifiers import new_public_id
from app.database import columns
from app.exposure.models import TRACKER_SYSTEM, Exposure
from app.incidents import disposed, past
from app.incidents.disposed import Removed
from app.incidents.models import Attendance, PastKind
from app.notifications.models import NotificationChoice
from app.people.models import (
    GONE_SYSTEM,
    AbsenceSpell,
    ContractedHours,
    EqualityObjection,
    Person,
    PersonNumber,
    Posting,
    Skill,
    Supervision,
)
from app.people.queries import listed
from app.people.service import posting_precedence
from app.referrals.models import ServicePractitioner
from app.retention.models import AccountClosing
from app.retention.removing import Conditions, Rows, left_for_good
from app.retention.rules import end_of_month
from app.security.key_store import KeyStore
from app.security.models import BrowserSession
from app.security.sealing import destroy

PERSON = "person"
"""How feeds call a person: see ``app.feeds.people_named``."""
REFERENCES: tuple[tuple[Any, PastKind | None], ...] = (
    (Posting, PastKind.POSTINGS),
    (Supervision, PastKind.SUPERVISORS),
    (AbsenceSpell, None),
    (ContractedHours, None),
    (Attendance, PastKind.ATTENDANCE),
)
"""Rows that stay a while, and whose references a mapping may have put together from a staff
number."""


class Leavers(Rows):
    """People who left: what is left of one is a number with a month of joining and of leaving."""

    def overdue(self, before: date) -> Conditions:
        """Left before a day, and still called something."""
        return [
            left_for_good(),
            col(Person.left_on) < before,
            col(Person.source_system) != GONE_SYSTEM,
            listed(),
        ]

    def ready(self, before: date, now: datetime) -> Conditions:
        """Also: they have not been at work since, which would say that the last day is wrong."""
        since = select(Exposure.id).where(
            col(Exposure.person_id) == col(Person.id), col(Exposure.occurred_on) >= before
        )
        return [*super().ready(before, now), ~since.exists()]

    def remove(self, session: Session, numbers: Sequence[int], *, now: datetime) -> None:  # noqa: ARG002
        """Remove what names them: their own entry and those of former numbers."""
        former = session.exec(select(Person.id).where(col(Person.became_id).in_(numbers))).all()
        everyone = [*numbers, *(number for number in former if number)]
        for table in _naming_twice():
            session.connection().execute(
                update(table).where(table.c.person_id.in_(numbers)).values(named_id=None)
            )
        for model, kind in REFERENCES:
            _rename(session, model, kind, everyone)
        for column in (PersonNumber.person_id, Skill.person_id, EqualityObjection.person_id):
            session.connection().execute(
                delete(column.class_).where(col(column).in_(everyone))  # type: ignore[attr-defined]
            )
        _forget_people(session, everyone)
        session.connection().execute(
            update(Person)
            .where(col(Person.id).in_(former))
            .values(became_id=None, only_number=True)
        )
        session.expire_all()


def destroy_keys(session: Session, keys: KeyStore, *, now: datetime) -> int:
    """Destroy the keys of everybody whose name is gone; returns how many there were. Doing it again
    finds none, so whoever was killed on the way is followed by somebody who goes on."""
    gone = session.exec(select(Person.id).where(Person.source_system == GONE_SYSTEM)).all()
    return sum(
        destroy(session, keys, owner=owner, now=now)
        for owner in keys.owners_of({str(number) for number in gone})
    )


def _naming_twice() -> Iterator[Any]:
    """Tables that know whom a row is about and whom it names."""
    for table in SQLModel.metadata.sorted_tables:
        if {"person_id", "named_id"} <= set(table.columns.keys()) and table.name != "account":
            yield table


def _forget_people(session: Session, numbers: Sequence[int]) -> None:
    found = session.exec(select(Person).where(col(Person.id).in_(numbers))).all()
    disposed.remember(
        session,
        PERSON,
        [
            Removed(
                row.source_system,
                row.source_ref,
                row.source_version,
                end_of_month(row.left_on) if row.left_on else None,
            )
            for row in found
        ],
    )
    past.forget(
        session, PastKind.LEAVERS, names={(row.source_system, row.source_ref) for row in found}
    )
    for row in found:
        row.source_system, row.source_ref = GONE_SYSTEM, new_public_id()
        row.given_name, row.family_name, row.rank = "", "(name removed)", ""
        row.digest = row.leaver_digest = ""
        row.joined_on = row.joined_on.replace(day=1) if row.joined_on else None
        row.left_on = end_of_month(row.left_on) if row.left_on else None
        row.left_said = row.reason_said = None
        row.given_up_on = row.same_since = row.other_since = None
        session.add(row)
    session.flush()


def _rename(session: Session, model: Any, kind: PastKind | None, numbers: Sequence[int]) -> None:
    """Give rows references that say nothing, in the order of those they had: of postings that
    overlap, the reference may decide."""
    named = columns(model.id, model.source_system, model.source_ref).where(
        model.person_id.in_(numbers),
        model.source_ref.is_not(None),
        model.source_system.not_in((GONE_SYSTEM, TRACKER_SYSTEM)),
    )
    rows = session.connection().execute(named.order_by(model.source_ref)).all()
    if kind:
        past.forget(session, kind, names={(system, ref) for _id, system, ref in rows})
    refs = {id_: f"{place:06}-{new_public_id()}" for place, (id_, *_name) in enumerate(rows)}
    changed = {id_: {"source_system": GONE_SYSTEM, "source_ref": ref} for id_, ref in refs.items()}
    if model is Posting:
        said = columns(Posting.id, Posting.kind, Posting.starts_on).where(
            col(Posting.id).in_(changed)
        )
        for id_, which, since in session.connection().execute(said):
            changed[id_]["precedence"] = posting_precedence(which, since, refs[id_])
    update_rows(session, model, [{KEY: id_, **values} for id_, values in changed.items()])


# --- Accounts -------------------------------------------------------------------------------------


class OpenAccounts(Rows):
    """Accounts of people who left, which are closed."""

    def overdue(self, before: date) -> Conditions:
        """Open, of somebody who left before a day."""
        gone = select(Person.id).where(
            col(Person.id) == col(Account.person_id),
            left_for_good(),
            col(Person.left_on) < before,
        )
        return [col(Account.active).is_(True), gone.exists()]

    def remove(self, session: Session, numbers: Sequence[int], *, now: datetime) -> None:
        """Close them, and end every session that is open."""
        for row in session.exec(select(Account).where(col(Account.id).in_(numbers))).all():
            left = session.get_one(Person, row.person_id).left_on
            row.active = False
            session.add(row)
            session.add(
                AccountClosing(
                    account_id=row.id or 0, closed_on=left or local_date(now), by_leaving=True
                )
            )
            _note(session, Event.ACCOUNT_CLOSED, row, now)
        session.connection().execute(
            delete(BrowserSession).where(col(BrowserSession.account_id).in_(numbers))
        )
        session.flush()


def open_again(session: Session, *, now: datetime) -> int:
    """Open accounts that were closed because somebody left who did not leave after all, and note
    since when any other account is closed; returns how many were opened."""
    stayed = (
        select(AccountClosing.account_id)
        .join(Account, col(Account.id) == col(AccountClosing.account_id))
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(
            col(AccountClosing.by_leaving),
            ~(left_for_good() & (col(Person.left_on) < local_date(now))),
        )
    )
    numbers = list(session.exec(stayed))
    for row in session.exec(select(Account).where(col(Account.id).in_(numbers))).all():
        row.active = True
        session.add(row)
        _note(session, Event.ACCOUNT_OPENED, row, now)
    session.connection().execute(
        delete(AccountClosing).where(col(AccountClosing.account_id).in_(numbers))
    )
    _note_closed(session, now)
    return len(numbers)


def _note_closed(session: Session, now: datetime) -> None:
    known = select(AccountClosing.account_id)
    closed = select(Account.id).where(
        col(Account.active).is_(False),
        col(Account.id).not_in(known),
        ~col(Account.username).startswith(GONE_PREFIX),
    )
    session.add_all(
        AccountClosing(account_id=number, closed_on=local_date(now), by_leaving=False)
        for number in session.exec(closed).all()
        if number
    )
    session.flush()


def _note(session: Session, event: Event, account: Account, now: datetime) -> None:
    append(session, [Entry(event, now, details={"account": account.public_id})])


GONE_PREFIX = f"{GONE_SYSTEM}:"
"""Begins the user name of an account of which the name alone is left."""


class ClosedAccounts(Rows):
    """Accounts that have been closed for their period: the name stays, and nothing else."""

    def remove(self, session: Session, numbers: Sequence[int], *, now: datetime) -> None:
        """Remove by what and whose it was signed in to."""
        for row in session.exec(select(Account).where(col(Account.id).in_(numbers))).all():
            row.username, row.password_hash = f"{GONE_PREFIX}{row.public_id}", "!"
            row.email = row.person_id = row.named_id = None
            session.add(row)
        session.flush()
        today = local_date(now)
        later = (col(RoleGrant.starts_on) > today, col(RoleGrant.starts_on))
        session.connection().execute(
            update(RoleGrant)
            .where(col(RoleGrant.account_id).in_(numbers), col(RoleGrant.ends_on).is_(None))
            .values(ends_on=case(later, else_=today))
        )
        for column in (NotificationChoice.account_id, ServicePractitioner.account_id):
            session.connection().execute(delete(column.class_).where(col(column).in_(numbers)))  # type: ignore[attr-defined]
        super().remove(session, numbers, now=now)


def accounts() -> Rows:
    """Closed accounts of nobody who is on hold."""
    now_held = select(Account.person_id).where(col(Account.id) == col(AccountClosing.account_id))
    return ClosedAccounts(
        AccountClosing,
        col(AccountClosing.closed_on),
        person=func.coalesce(now_held.scalar_subquery(), 0),
        key=col(AccountClosing.account_id),
    )
