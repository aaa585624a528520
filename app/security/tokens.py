"""Feed tokens: how one of the force's systems says who it is.

A token is shown once, when it is made. The database holds its SHA-256 hash, which is looked up as a
whole: how long that takes says nothing about the token.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, or_
from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.database import reading
from app.security.models import FeedToken
from app.security.sessions import hash_token

PREFIX = "ttf_"
"""Begins every token, so that one left in a file or a log is found by searching for it."""
LONGEST_LIFE = timedelta(days=730)


class TokenError(Exception):
    """A token cannot be made or changed as asked: the message says why and what to do."""


@dataclass(frozen=True)
class FeedCaller:
    """The system that sent a request, and what it may write."""

    token_id: int
    name: str
    system: str
    kinds: frozenset[str]


def caller_of(engine: Engine, authorization: str, *, now: datetime) -> FeedCaller | None:
    """Whose token an ``Authorization`` header carries, if it is good at this moment."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(PREFIX):
        return None
    hashed = hash_token(token.strip())
    with reading(engine) as session:
        row = session.exec(
            select(FeedToken).where(
                or_(col(FeedToken.token_hash) == hashed, col(FeedToken.previous_hash) == hashed)
            )
        ).first()
    if row is None or not _is_good(row, hashed, now):
        return None
    return FeedCaller(row.id or 0, row.name, row.system, frozenset(row.kinds))


def _is_good(row: FeedToken, hashed: str, now: datetime) -> bool:
    if row.revoked_at is not None or row.expires_at <= now:
        return False
    if hmac.compare_digest(row.token_hash, hashed):
        return True
    return row.previous_until is not None and row.previous_until > now


def note_use(session: Session, *, token_id: int, now: datetime) -> None:
    """Remember on which day a token was last used: enough to find one that nobody needs.

    Until the transaction ends, nobody else notes a use of the same token.
    """
    row = session.get_one(FeedToken, token_id, with_for_update=True)
    if row.last_used_on != local_date(now):
        row.last_used_on = local_date(now)
        session.add(row)


def make(
    session: Session, *, name: str, system: str, kinds: list[str], life: timedelta, now: datetime
) -> tuple[FeedToken, str]:
    """A new token: its row, and the token itself, which nobody can be shown again.

    Raises:
        TokenError: the name is taken, or the token would live too long.
    """
    if _named(session, name):
        message = f"There is a token called {name} already. Choose another name, or rotate it."
        raise TokenError(message)
    if life > LONGEST_LIFE:
        message = f"A token lives for {LONGEST_LIFE.days} days at most. Rotate it before it ends."
        raise TokenError(message)
    token = _new_token()
    row = FeedToken(
        name=name,
        system=system,
        kinds=sorted(set(kinds)),
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + life,
    )
    session.add(row)
    session.flush()
    return row, token


def rotate(
    session: Session, *, name: str, overlap: timedelta, life: timedelta, now: datetime
) -> tuple[FeedToken, str]:
    """A new token in the place of an old one, which goes on working for the overlap.

    Raises:
        TokenError: there is none of this name, or it was revoked.
    """
    row = _standing(session, name)
    if life > LONGEST_LIFE:
        message = f"A token lives for {LONGEST_LIFE.days} days at most. Rotate it before it ends."
        raise TokenError(message)
    token = _new_token()
    row.previous_hash = row.token_hash
    row.previous_until = min(now + overlap, row.expires_at)
    row.token_hash, row.expires_at = hash_token(token), now + life
    session.add(row)
    session.flush()
    return row, token


def revoke(session: Session, *, name: str, now: datetime) -> FeedToken:
    """End a token, and the one before it, at once.

    Raises:
        TokenError: there is none of this name, or it was revoked.
    """
    row = _standing(session, name)
    row.revoked_at = now
    session.add(row)
    return row


def every(session: Session) -> list[FeedToken]:
    """Every token there ever was, by name."""
    return list(session.exec(select(FeedToken).order_by(col(FeedToken.name))))


def _named(session: Session, name: str) -> FeedToken | None:
    return session.exec(select(FeedToken).where(FeedToken.name == name)).first()


def _standing(session: Session, name: str) -> FeedToken:
    row = _named(session, name)
    if row is None or row.revoked_at is not None:
        message = f"No token called {name} is in use. `flask feeds token list` names them all."
        raise TokenError(message)
    return row


def _new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)
