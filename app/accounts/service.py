"""Signing in: Argon2id passwords, and a wait that grows with wrong guesses at one name."""

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from app.accounts import queries
from app.accounts.models import Account, SignInFailure
from app.audit import service as audit
from app.audit.events import Entry, Event

HASHER = PasswordHasher()
# One hash takes 64 MiB and a third of a second; taking turns keeps sign-in from being a way to
# exhaust the machine.
_ONE_AT_A_TIME = Lock()
ARGON = "$argon2"
"""Begins every hash; an account that has none signs in another way, or not at all."""
FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=1)


class Refusal(StrEnum):
    """Why a sign-in did not succeed; a wrong name and a wrong password are told apart by nobody."""

    WRONG = "wrong"
    WAIT = "wait"


def hash_password(password: str) -> str:
    """An Argon2id hash in its standard text form."""
    with _ONE_AT_A_TIME:
        return HASHER.hash(password)


# Compared against when there is no such account, so that both cases take as long.
# A literal, of a random word nobody kept, so that starting a process does not cost a hash.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$tGE9siUPMh5E10wPbNhJ+A$8Zi5m+"
    "ltpiH7JIRsCejKOsxQB8GtqD2Sv3G/7d1xTrI"
)


def _matches(stored: str, password: str) -> bool:
    with _ONE_AT_A_TIME:
        try:
            return HASHER.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _key(username: str) -> str:
    return sha256(username.lower().encode()).hexdigest()


def wait_until(failure: SignInFailure | None) -> datetime | None:
    """When the next try is allowed: at once for the first five, then after a doubling wait."""
    if failure is None or failure.failures < FREE_TRIES:
        return None
    doublings = min(failure.failures - FREE_TRIES, 10)
    wait: timedelta = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
    return failure.last_failed_at + wait


def compare(session: Session, *, username: str, password: str, now: datetime) -> str:
    """The hash that a password was found to belong to; empty when it is wrong or must wait.

    Only reads. It takes a third of a second, for which a transaction that writes would keep every
    other writer waiting; :func:`authenticate` follows in one of its own.
    """
    if _must_wait(session.get(SignInFailure, _key(username)), now):
        return ""
    account = queries.by_username(session, username=username)
    # An account without a password takes as long to refuse as one that does not exist.
    has_one = account is not None and account.password_hash.startswith(ARGON)
    stored = account.password_hash if account and has_one else _NOBODY
    return stored if _matches(stored, password) else ""


def authenticate(
    session: Session, *, username: str, matched: str, now: datetime
) -> Account | Refusal:
    """Let somebody in whose password :func:`compare` found to match; counts failures for that name
    alone, known or not.

    Whether the name must wait is looked at again: whoever tries many passwords at the same moment
    learns of the first few only.
    """
    failure = session.get(SignInFailure, _key(username))
    if _must_wait(failure, now):
        return Refusal.WAIT
    if failure and now - failure.last_failed_at > FORGET_AFTER:
        session.delete(failure)
        session.flush()
        failure = None
    account = queries.by_username(session, username=username)
    if not matched or account is None or account.password_hash != matched:
        _count_failure(session, failure, username, now)
        return Refusal.WRONG
    if not account.active:
        return Refusal.WRONG
    if failure:
        session.delete(failure)
    audit.append(session, [Entry(Event.ACCOUNT_SIGNED_IN, now, actor_account_id=account.id)])
    return account


def _must_wait(failure: SignInFailure | None, now: datetime) -> bool:
    if failure is None or now - failure.last_failed_at > FORGET_AFTER:
        return False
    waiting = wait_until(failure)
    return waiting is not None and now < waiting


def _count_failure(
    session: Session, failure: SignInFailure | None, username: str, now: datetime
) -> None:
    failure = failure or SignInFailure(username_hash=_key(username), failures=0, last_failed_at=now)
    failure.failures += 1
    failure.last_failed_at = now
    session.add(failure)
    audit.append(
        session,
        [Entry(Event.ACCOUNT_REFUSED, now, details={"username_hash": _key(username)[:16]})],
    )


def set_address(session: Session, *, account_id: int, address: str | None, now: datetime) -> None:
    """Keep where somebody wants e-mails, or that they want none; that it changed is written down,
    and not what it is."""
    account = session.get_one(Account, account_id)
    if account.email == address:
        return
    account.email = address
    session.add(account)
    session.flush()
    audit.append(session, [Entry(Event.ACCOUNT_EMAIL_CHANGED, now, actor_account_id=account_id)])


def failed_tries(session: Session, *, username: str) -> int:
    """How often a wrong password was given for a name lately."""
    failure = session.get(SignInFailure, _key(username))
    return failure.failures if failure else 0


def note_notice_read(session: Session, *, account_id: int, version: int, now: datetime) -> None:
    """Keep that somebody said they have read a version of the privacy notice; saying it twice
    changes nothing."""
    account = session.get_one(Account, account_id)
    if account.notice_version == version:
        return
    account.notice_version, account.notice_read_at = version, now
    session.add(account)
    session.flush()
    entry = Entry(Event.NOTICE_READ, now, actor_account_id=account_id, details={"version": version})
    audit.append(session, [entry])
