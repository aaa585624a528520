"""Codes that the framework gives a meaning to: what follows when it changes."""

from datetime import date, datetime

from sqlmodel import Session, col, func, select

from app.exposure import service as exposure
from app.feeds.models import QuarantinedRow
from app.feeds.quarantine import Release
from app.incidents.coding import may_change, retype
from app.incidents.linking import relink
from app.people.queries import touch_units


def framework_changed(session: Session, *, since: date, number: int, now: datetime) -> None:
    """Follow version ``number`` of the framework, which begins or ceases to hold from a day.

    Incidents are given their types anew, rows that waited for a code it knows are used, and
    exposures, counts and prompts follow. Same transaction as the change.
    """
    # First, so that no import gives types by the old version between our reading and our commit.
    exposure.take_turns(session)
    session.flush()
    changed = retype(session, may_change(since=since, number=number), now=now)
    newest = session.exec(select(func.max(col(QuarantinedRow.run_id)))).one()
    release = Release(session, run_id=newest or 0, now=now)
    release.use_codes()
    changed |= release.incident_ids
    exposure.refresh(
        session,
        incident_ids=changed | relink(session, changed),
        person_ids=release.person_ids,
        now=now,
    )
    touch_units(session, unit_ids=release.unit_ids)
    exposure.framework_changed(session, since=since, now=now)
