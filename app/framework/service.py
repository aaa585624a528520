"""Drafting a version of the framework, and making it hold from a day.

A version that holds, or ever held, is never edited: what it made can be explained by it for good.
"""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.feeds import codes
from app.framework import queries
from app.framework.editing import Section, without
from app.incidents.framework import Framework
from app.incidents.models import FrameworkStatus, FrameworkVersion
from app.incidents.queries import frameworks
from app.security.viewer import Viewer

COMMAND_LINE = "command line"


class ConflictError(Exception):
    """Somebody else changed, activated or discarded the draft first."""


class RefusedError(Exception):
    """The force's rules do not allow it; the message says why and what to do instead."""


def start_draft(session: Session, *, actor: Viewer | None, now: datetime) -> FrameworkVersion:
    """Begin the next version as a copy of the one that holds today.

    Raises:
        ConflictError: there is a draft already.
    """
    day, held = local_date(now), frameworks(session)
    newest = session.exec(select(func.max(col(FrameworkVersion.number)))).one() or 0
    row = FrameworkVersion(
        number=newest + 1,
        status=FrameworkStatus.DRAFT,
        effective_from=day,
        document=held.on(day).model_dump(mode="json"),
        created_at=now,
        created_by_account_id=actor.account_id if actor else None,
        based_on=held.number_on(day),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise ConflictError from error
    _note(session, Event.FRAMEWORK_DRAFTED, actor, now, {"version": row.number})
    return row


def draft_or_new(session: Session, *, actor: Viewer | None, now: datetime) -> None:
    """Make sure that there is a draft."""
    try:
        _draft(session, None)
    except ConflictError:
        start_draft(session, actor=actor, now=now)


def edit(
    session: Session,
    *,
    actor: Viewer | None,
    revision: int | None,
    part: str,
    how: Callable[[Framework], Framework],
    now: datetime,
) -> Framework:
    """Change one part of the draft, if it is still the revision the editor saw.

    ``revision=None`` takes the draft as it is, for changes that depend on nothing the editor saw.

    Raises:
        ConflictError: it is not.
        LookupError: what was to be changed is no longer there.
        ValidationError: the result would not be a framework.
    """
    row = _draft(session, revision)
    before = Framework.model_validate(row.document)
    after = how(before)
    if after != before:
        row.document = after.model_dump(mode="json")
        row.revision += 1
        row.changed_at, row.changed_by_account_id = now, actor.account_id if actor else None
        session.add(row)
        session.flush()
        details = {"version": row.number, "section": part}
        _note(session, Event.FRAMEWORK_CHANGED, actor, now, details)
    return after


def take_out(
    session: Session,
    *,
    actor: Viewer,
    revision: int,
    section: Section,
    key: str,
    now: datetime,
) -> None:
    """Take something out of the draft that no version has ever held.

    Raises:
        ConflictError: somebody changed the draft first.
        RefusedError: it has been in use, so it can only be retired.
        ValidationError: something else in the draft needs it.
    """
    if section is not Section.RULES and key in queries.held_before(session, section):
        message = (
            "This has been in use, so it stays in the framework. Retire it, or give it a last day"
        )
        raise RefusedError(message)
    edit(
        session,
        actor=actor,
        revision=revision,
        part=section.value,
        how=lambda framework: without(framework, section, key),
        now=now,
    )


def discard(session: Session, *, actor: Viewer, revision: int, now: datetime) -> None:
    """Throw the draft away.

    Raises:
        ConflictError: somebody changed it first.
    """
    row = _draft(session, revision)
    session.delete(row)
    session.flush()
    _note(session, Event.FRAMEWORK_DISCARDED, actor, now, {"version": row.number})


def activate(
    session: Session, *, actor: Viewer, revision: int, starts_on: date, now: datetime
) -> int:
    """Make the draft hold from a day; returns its number.

    Never from a day that has passed: what was counted then keeps the version that counted it. What
    was counted today is brought up to date in this transaction.

    Raises:
        ConflictError: somebody changed the draft first.
        RefusedError: it cannot hold from that day.
    """
    row, day = _draft(session, revision), local_date(now)
    if starts_on < day:
        message = "The first day must be today or later, so that the past keeps its own rules"
        raise RefusedError(message)
    latest, number = frameworks(session).starts[-1]
    if latest > starts_on:
        message = (
            f"Version {number} is to hold from {latest.day} {latest:%B %Y}. "
            "Choose that day or a later one, or take that version back first"
        )
        raise RefusedError(message)
    row.status, row.effective_from = FrameworkStatus.ACTIVE, starts_on
    row.activated_at, row.activated_by_account_id = now, actor.account_id
    session.add(row)
    session.flush()
    codes.framework_changed(session, since=starts_on, number=row.number, now=now)
    details = {"version": row.number, "from": starts_on.isoformat()}
    _note(session, Event.FRAMEWORK_ACTIVATED, actor, now, details)
    return row.number


def take_back(session: Session, *, actor: Viewer, number: int, now: datetime) -> None:
    """Make a version that is still to come a draft again.

    Raises:
        RefusedError: it holds already, or there is another draft.
    """
    row = _locked(session, col(FrameworkVersion.number) == number)
    if row is None or row.status is FrameworkStatus.DRAFT or row.effective_from <= local_date(now):
        message = "Only a version that is still to come can be taken back"
        raise RefusedError(message)
    since = row.effective_from
    try:
        with session.begin_nested():
            row.status, row.activated_at = FrameworkStatus.DRAFT, None
            row.activated_by_account_id, row.revision = None, row.revision + 1
            session.add(row)
    except IntegrityError as error:
        message = "There is another draft. Activate or discard that one first"
        raise RefusedError(message) from error
    codes.framework_changed(session, since=since, number=number, now=now)
    _note(session, Event.FRAMEWORK_TAKEN_BACK, actor, now, {"version": number})


def _draft(session: Session, revision: int | None) -> FrameworkVersion:
    row = _locked(session, col(FrameworkVersion.status) == FrameworkStatus.DRAFT)
    if row is None or (revision is not None and row.revision != revision):
        raise ConflictError
    return row


def _locked(session: Session, which: ColumnElement[bool]) -> FrameworkVersion | None:
    # A page has read the row already: without populate_existing, what it read would be believed.
    statement = select(FrameworkVersion).where(which).with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).first()


def _note(
    session: Session,
    event: Event,
    actor: Viewer | None,
    now: datetime,
    details: dict[str, object],
) -> None:
    audit.append(
        session,
        [
            Entry(
                event,
                now,
                actor_account_id=actor.account_id if actor else None,
                actor_role=actor.role_names if actor else COMMAND_LINE,
                details=details,
            )
        ],
    )
