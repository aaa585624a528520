"""For how long this force keeps each class."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from app.audit.events import Entry, Event
from app.audit.service import append
from app.common.clock import local_date
from app.retention.classes import BY_CODE, RetentionClass
from app.retention.models import PeriodReason, RetentionPeriod
from app.security.viewer import Viewer

NOTICE = timedelta(days=28)
"""A shorter period begins to hold after so long, because what is removed does not come back."""


class FixedError(Exception):
    """The period of this class is fixed, or lies outside its bounds."""


def changed(session: Session) -> dict[str, RetentionPeriod]:
    """Periods that were ever changed, by class."""
    return {row.class_code: row for row in session.exec(select(RetentionPeriod))}


def months_on(one: RetentionClass, row: RetentionPeriod | None, day: date) -> int:
    """How many months a class is kept for on a day."""
    if row is None:
        return one.months
    return row.months if row.applies_from <= day else row.months_before


def change(
    session: Session,
    *,
    viewer: Viewer,
    class_code: str,
    months: int,
    reason: PeriodReason,
    reference: str,
    now: datetime,
) -> RetentionPeriod:
    """Keep a class for longer, from tonight, or for shorter, after a notice.

    Raises:
        FixedError: it may not be changed to that.
    """
    one = BY_CODE[class_code]
    if one.bounds is None or not one.bounds.least <= months <= one.bounds.most:
        raise FixedError
    day = local_date(now)
    held = session.get(RetentionPeriod, class_code)
    before = months_on(one, held, day)
    row = held or RetentionPeriod(
        class_code=class_code,
        months=months,
        months_before=before,
        applies_from=day,
        reason=reason,
        changed_at=now,
        changed_by_account_id=viewer.account_id,
    )
    row.months, row.months_before = months, before
    row.applies_from = day + NOTICE if months < before else day
    row.reason, row.reference = reason, reference
    row.changed_at, row.changed_by_account_id = now, viewer.account_id
    session.add(row)
    session.flush()
    details: dict[str, object] = {
        "class": class_code,
        "before": before,
        "months": months,
        "reason": reason.value,
    }
    entry = Entry(
        Event.RETENTION_PERIOD_CHANGED,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        details=details,
    )
    append(session, [entry])
    return row
