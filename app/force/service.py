"""Stating a purpose, and asking: each is written down before anything is shown."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.audit.models import AuditEntry, Purpose, StatedPurpose
from app.common.clock import local_date, start_of_day
from app.force.choosing import Chosen
from app.force.models import ForceQuestion
from app.security.viewer import Viewer


def state_purpose(
    session: Session, *, viewer: Viewer, purpose: Purpose, reason: str, now: datetime
) -> StatedPurpose:
    """Write down why the viewer asks; it holds for this day, in this session of theirs."""
    row = StatedPurpose(account_id=viewer.account_id, purpose=purpose, reason=reason, stated_at=now)
    session.add(row)
    session.flush()
    audit.append(session, [entry(Event.FORCE_PURPOSE_STATED, viewer, row, now)])
    return row


def ask(
    session: Session,
    *,
    viewer: Viewer,
    stated: StatedPurpose,
    chosen: Chosen,
    about: Collection[int],
    now: datetime,
) -> ForceQuestion:
    """Keep what the viewer chose. ``about``: people so few that figures tell of each of them; they
    are shown that it was asked."""
    row = ForceQuestion(account_id=viewer.account_id, chosen=chosen.kept(), asked_at=now)
    session.add(row)
    session.flush()
    audit.append(session, narrowed(viewer, stated, about, now))
    return row


def narrowed(
    viewer: Viewer, stated: StatedPurpose, about: Collection[int], now: datetime
) -> list[Entry]:
    """That figures were asked for which tell of each of these few people."""
    return [
        entry(Event.FORCE_NARROWED, viewer, stated, now, person_id=number)
        for number in sorted(about)
    ]


def entry(
    event: Event,
    viewer: Viewer,
    stated: StatedPurpose,
    now: datetime,
    *,
    person_id: int | None = None,
) -> Entry:
    """One line of the audit log, with the purpose it was done for."""
    made = Entry(event, now, details={"purpose": stated.public_id}, subject_person_id=person_id)
    return replace(made, actor_account_id=viewer.account_id, actor_role=viewer.role_names)


def forget(session: Session, *, now: datetime) -> int:
    """Delete questions of days before, and purposes to which no entry of the log can refer any
    more; returns how many questions there were."""
    today = start_of_day(local_date(now))
    old = col(ForceQuestion.asked_at) < today
    count = session.exec(select(func.count()).select_from(ForceQuestion).where(old)).one()
    session.exec(delete(ForceQuestion).where(old))
    oldest = select(func.min(AuditEntry.at)).scalar_subquery()
    session.exec(delete(StatedPurpose).where(col(StatedPurpose.stated_at) < oldest))
    return count
