"""Taking in what a program sends: may it, did it send this before, and what became of each row."""

import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Engine, delete
from sqlmodel import Session, col

from app.database import transaction
from app.feeds import queries, submission
from app.feeds.mapping import FeedMapping
from app.feeds.models import FeedKind, FeedReply, ImportRun
from app.feeds.records import Outcome
from app.feeds.service import Delivery, Told, load
from app.feeds.submission import TooManyRowsError, UnusableError
from app.security.tokens import FeedCaller, note_use

COUNTS = ("read", *(outcome.value for outcome in Outcome), "released")
REMEMBERED = timedelta(hours=24)
"""For how long the same key gets the same reply."""
GIVEN_UP = timedelta(minutes=15)
"""A request that has been worked on for longer than this has died."""
MINUTE = timedelta(minutes=1)
MOST_A_MINUTE = 300
"""Requests with one token. A live system that sends each row at once needs a few a second."""
NAME_UNITS = frozenset({FeedKind.POSTINGS, FeedKind.SUPERVISORS})
"""Kinds whose rows make units that nobody has told us of."""
LONGEST_KEY = 200
KEY = re.compile(f"[!-~]{{1,{LONGEST_KEY}}}")


class Why(StrEnum):
    """Why a request is refused as a whole."""

    NOT_ALLOWED = "not_allowed"
    BUSY = "busy"
    UNUSABLE = "unusable"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_OFTEN = "too_often"


class RequestRefusedError(Exception):
    """A request is refused as a whole, and nothing of it is stored: a sentence says what to do."""

    def __init__(self, why: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why
        self.sentence = sentence


class Answer(NamedTuple):
    """What the program is told, as JSON. ``complete``: every row was used."""

    body: bytes
    complete: bool
    again: bool = False
    """Whether it is an earlier reply to the same request."""


class Request(NamedTuple):
    """What came in: from whom, about what, and the key by which to know it when it comes again."""

    caller: FeedCaller
    kind: FeedKind
    body: bytes
    key: str | None

    @property
    def digest(self) -> str:
        """The same for the same request only."""
        return sha256(self.kind.encode() + b"\n" + self.body).hexdigest()


def receive(engine: Engine, request: Request, *, now: datetime) -> Answer:
    """Take in the rows of one request.

    Raises:
        RequestRefusedError: as a whole; nothing was stored.
    """
    caller = request.caller
    if request.kind not in caller.kinds:
        may = ", ".join(sorted(caller.kinds))
        sentence = f"This token may not send {request.kind}; it may send {may}."
        raise RequestRefusedError(Why.NOT_ALLOWED, sentence)
    sent = _read(request)
    _check_systems(caller, sent.mapping)
    with transaction(engine) as session:
        # Requests with one token take turns here, so that two of the same are not both the first.
        note_use(session, token_id=caller.token_id, now=now)
        before = _answered_before(session, request, now)
        if before:
            return before
        _not_too_often(session, caller, now)
        if request.key:
            _begin(session, request, request.key, now)
    with _forgotten_if_it_fails(engine, request):
        told: list[Told] = []
        name = f"Sent by {caller.name}"
        delivery = Delivery(name, sent.mapping, lambda: sent.rows, token_id=caller.token_id)
        run = load(engine, delivery, now=now, told=told.extend)
        answer = _answer(run, told)
    if request.key:
        _remember(engine, request, answer)
    return answer


def _read(request: Request) -> submission.Submission:
    if request.key is not None and not KEY.fullmatch(request.key):
        sentence = (
            f"The Idempotency-Key is not 1 to {LONGEST_KEY} letters, digits and signs without "
            "spaces. Send a new random one with each new request."
        )
        raise RequestRefusedError(Why.UNUSABLE, sentence)
    try:
        return submission.read(request.kind, request.body)
    except TooManyRowsError as error:
        raise RequestRefusedError(Why.TOO_MANY_ROWS, str(error)) from error
    except UnusableError as error:
        raise RequestRefusedError(Why.UNUSABLE, str(error)) from error


def _check_systems(caller: FeedCaller, mapping: FeedMapping) -> None:
    """A token writes its own system's records only; it may refer to those of others."""
    written = {"system": mapping.system}
    if mapping.kind is FeedKind.LEAVERS:
        written["person_system"] = mapping.person_system
    if mapping.kind in NAME_UNITS:
        written["unit_system"] = mapping.unit_system
    for name, system in written.items():
        if system != caller.system:
            sentence = (
                f"This token writes records of {caller.system}, and `{name}` is {system}. "
                "Correct it, or use that system's own token."
            )
            raise RequestRefusedError(Why.NOT_ALLOWED, sentence)


def _not_too_often(session: Session, caller: FeedCaller, now: datetime) -> None:
    if queries.runs_since(session, token_id=caller.token_id, since=now - MINUTE) >= MOST_A_MINUTE:
        sentence = (
            f"This token has sent {MOST_A_MINUTE} requests within a minute. "
            "Wait a minute, and send more rows at a time."
        )
        raise RequestRefusedError(Why.TOO_OFTEN, sentence)


# --- The same request again -----------------------------------------------------------------------


def _answered_before(session: Session, request: Request, now: datetime) -> Answer | None:
    held = session.get(FeedReply, (request.caller.token_id, request.key)) if request.key else None
    if held is None:
        return None
    unfinished = held.reply is None
    if now - held.received_at > (GIVEN_UP if unfinished else REMEMBERED):
        session.delete(held)
        session.flush()
        return None
    if held.digest != request.digest:
        sentence = (
            "This Idempotency-Key came with another request in the last 24 hours. "
            "Send a new key with each new request."
        )
        raise RequestRefusedError(Why.UNUSABLE, sentence)
    if held.reply is None:
        sentence = "The same request is being worked on. Send it again in a minute for its reply."
        raise RequestRefusedError(Why.BUSY, sentence)
    return Answer(zlib.decompress(held.reply), held.complete, again=True)


def _begin(session: Session, request: Request, key: str, now: datetime) -> None:
    session.add(
        FeedReply(
            token_id=request.caller.token_id,
            key=key,
            digest=request.digest,
            received_at=now,
        )
    )
    session.flush()


@contextmanager
def _forgotten_if_it_fails(engine: Engine, request: Request) -> Iterator[None]:
    """Let a request that broke off be sent again with the same key."""
    try:
        yield
    except BaseException:
        if request.key:
            _forget(engine, request)
        raise


def _forget(engine: Engine, request: Request) -> None:
    with transaction(engine) as session:
        session.delete(session.get_one(FeedReply, (request.caller.token_id, request.key)))


def _remember(engine: Engine, request: Request, answer: Answer) -> None:
    with transaction(engine) as session:
        held = session.get_one(FeedReply, (request.caller.token_id, request.key))
        held.reply, held.complete = zlib.compress(answer.body), answer.complete
        session.add(held)


def delete_replies(session: Session, *, before: datetime) -> int:
    """Delete replies to requests received before a moment; returns how many."""
    found = session.connection().execute(
        delete(FeedReply).where(col(FeedReply.received_at) < before)
    )
    return int(found.rowcount)


# --- The reply ------------------------------------------------------------------------------------


def _answer(run: ImportRun, told: list[Told]) -> Answer:
    rows = [_row(one) for one in sorted(told, key=lambda one: one.number)]
    counts = {name: getattr(run, name) for name in COUNTS}
    body = json.dumps({"run": run.id, "counts": counts, "rows": rows}, separators=(",", ":"))
    return Answer(body.encode(), complete=all(not one.reason for one in told))


def _row(one: Told) -> dict[str, object]:
    row: dict[str, object] = {"index": one.number - 1, "outcome": one.outcome.value}
    if one.reason:
        row |= {"field": one.field, "reason": one.reason}
    return row
