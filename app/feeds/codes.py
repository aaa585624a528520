"""Codes that the framework gives a meaning to: what follows when it changes, and those it lacks."""

import re
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from app.exposure import service as exposure
from app.feeds.models import QuarantinedRow
from app.feeds.quarantine import Release
from app.incidents.coding import may_change, retype
from app.incidents.framework import CodeField, Framework
from app.incidents.linking import relink
from app.people.queries import touch_units

WORD = re.compile(r"[a-z]{3,}")
COMMON = frozenset({"and", "other", "the", "with", "from", "for", "own", "not", "did"})


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


def propose(
    framework: Framework, *, code: str, system: str = "", field: CodeField | None = None
) -> str | None:
    """The type that a code may mean, to be confirmed by a person; ``None`` rather than a guess.

    The same code in another field or system is believed first, if it means one thing wherever it
    is mapped; then the type whose name shares more words with the code than any other's does.
    """
    types = framework.types_offered()
    elsewhere = {
        row.type
        for row in framework.code_map
        if row.code.casefold() == code.casefold() and (row.system, row.field) != (system, field)
    }
    if len(elsewhere) == 1:
        (only,) = elsewhere
        return only if only in types else None
    said = _words(code)
    shared = {ours: len(said & _words(f"{ours} {name}")) for ours, name in types.items()}
    most = max(shared.values(), default=0)
    best = [ours for ours, number in shared.items() if number == most]
    return best[0] if most and len(best) == 1 else None


def _words(text: str) -> set[str]:
    return set(WORD.findall(text.casefold().replace("_", " "))) - COMMON
