"""Server-side sessions: the cookie holds a random token and the database its hash.

Nothing about a person is in the cookie. A session ends after a time without use, after an absolute
time, on signing out, and when its row is deleted. Polling by a live page is not use.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select
from werkzeug.datastructures import CallbackDict

from app.common.clock import utc_now
from app.database import SAFE_METHODS, reading, request_session, rows, transaction
from app.security.models import BrowserSession

POLL_HEADER = "HX-PTag"
NEEDLESS = ("/static/", "/api/")
"""Where no session is read: files, and programs, which send a token instead."""
TOUCH_EVERY = timedelta(minutes=1)
FOUND = select(BrowserSession.values, BrowserSession.created_at, BrowserSession.seen_at).where(
    BrowserSession.token_hash == bindparam("token_hash")
)


class StoredSession(CallbackDict[str, Any], SessionMixin):
    """What Flask and its extensions see as ``session``."""

    def __init__(self, initial: dict[str, Any] | None = None, token: str | None = None) -> None:
        def changed(session: "StoredSession") -> None:
            session.modified = True

        super().__init__(initial or {}, changed)
        self.token = token
        self.modified = False
        self.accessed = True
        self.renew = False
        self.over = False
        self.ended: dict[str, Any] = {}
        """What a session held that has run out: enough to know whose it was, and no more."""
        self.created_at: datetime | None = None
        self.seen_at: datetime | None = None


def hash_token(token: str) -> str:
    """What the database keeps of a token: enough to recognise it, useless to a thief."""
    return sha256(token.encode()).hexdigest()


class DatabaseSessions(SessionInterface):
    """Keeps sessions in the site's own database, so every web node knows them."""

    def __init__(self, app: Flask) -> None:
        self.settings = app.config["SETTINGS"]
        self.engine = app.extensions["engine"]
        self.name = "__Host-tracker" if self.settings.secure_cookies else "tracker"

    def open_session(self, app: Flask, request: Request) -> StoredSession:  # noqa: ARG002
        """Find the session a cookie names, unless it has run out."""
        token = request.cookies.get(self.name)
        if not token or request.path.startswith(NEEDLESS):
            return StoredSession()
        row = self._find(request, hash_token(token))
        if row is None:
            return StoredSession()
        values, created_at, seen_at = row
        if self._expired(created_at, seen_at):
            empty = StoredSession()
            empty.ended = dict(values)
            return empty
        session = StoredSession(dict(values), token)
        session.created_at, session.seen_at = created_at, seen_at
        return session

    def _find(self, request: Request, token_hash: str) -> Any:
        if request.method in SAFE_METHODS:
            # The request's own connection: a page that reads takes no other.
            return rows(request_session(), FOUND, token_hash=token_hash).first()
        with reading(self.engine) as database:
            return rows(database, FOUND, token_hash=token_hash).first()

    def _expired(self, created_at: datetime, seen_at: datetime) -> bool:
        now = utc_now()
        idle: bool = now - seen_at > self.settings.idle_limit
        old: bool = now - created_at > self.settings.absolute_limit
        return idle or old

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed, and note use at most once a minute."""
        from flask import request  # noqa: PLC0415

        stored = session
        if not isinstance(stored, StoredSession):
            return
        now = utc_now()
        if not stored:
            # Whoever ends a session that has run out takes its cookie away as well.
            token = stored.token or (request.cookies.get(self.name) if stored.over else None)
            if token:
                self._forget(token)
                response.delete_cookie(self.name, path="/", secure=self.settings.secure_cookies)
            return
        polled = POLL_HEADER in request.headers
        idle = stored.seen_at is None or now - stored.seen_at > TOUCH_EVERY
        if stored.modified or stored.renew or (idle and not polled):
            self._store(stored, now)
            self._set_cookie(app, response, stored)

    def _store(self, stored: StoredSession, now: datetime) -> None:
        with transaction(self.engine) as database:
            if stored.renew and stored.token:
                _delete(database, stored.token)
                stored.token, stored.created_at = None, None
            if stored.token is None:
                stored.token = secrets.token_urlsafe(32)
            row = database.get(BrowserSession, hash_token(stored.token))
            if row is None:
                row = BrowserSession(
                    token_hash=hash_token(stored.token),
                    created_at=stored.created_at or now,
                    seen_at=now,
                )
            row.values, row.seen_at = dict(stored), now
            account = stored.get("_user_id")
            row.account_id = int(account) if account else None
            database.add(row)

    def _set_cookie(self, _app: Flask, response: Response, stored: StoredSession) -> None:
        response.set_cookie(
            self.name,
            stored.token or "",
            path="/",
            secure=self.settings.secure_cookies,
            httponly=True,
            samesite="Lax",
        )

    def _forget(self, token: str) -> None:
        with transaction(self.engine) as database:
            _delete(database, token)


def _delete(database: Session, token: str) -> None:
    database.exec(delete(BrowserSession).where(col(BrowserSession.token_hash) == hash_token(token)))


def renew(session: SessionMixin) -> None:
    """Give a session a new token, as signing in must, so that a planted one is worth nothing."""
    if isinstance(session, StoredSession):
        session.renew = True


def end(session: SessionMixin) -> None:
    """End a session here and in the browser, also one that has run out."""
    session.clear()
    if isinstance(session, StoredSession):
        session.over = True


def delete_expired(session: Session, *, before: datetime) -> int:
    """Remove sessions not used since a moment; returns how many."""
    result = session.exec(delete(BrowserSession).where(col(BrowserSession.seen_at) < before))
    return int(result.rowcount)


def init_app(app: Flask) -> None:
    """Replace Flask's signed-cookie session."""
    app.session_interface = DatabaseSessions(app)
