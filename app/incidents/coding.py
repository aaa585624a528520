"""The types that the framework's code map gives, kept true when another version is activated."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col

from app.bulk import KEY, update_rows
from app.common.clock import local_date, start_of_day
from app.database import columns
from app.incidents import past
from app.incidents.framework import Codes, separated
from app.incidents.models import Incident, PastKind
from app.incidents.past import Told
from app.incidents.queries import Frameworks, Meaning, frameworks

AT_ONCE = 5_000
SAID = (
    "occurred_at",
    "type_code",
    "area",
    "withdrawn",
    "same_as_system",
    "same_as_ref",
    "opening_code",
    "closing_code",
    "qualifiers",
)
INCIDENTS = Told(Incident, SAID)


def typed(meaning: Meaning | None, *, withdrawn: bool) -> dict[str, Any]:
    """The columns that follow from what codes mean and whether the source took the record back.

    A record whose codes no version knows any more counts for nothing until one does.
    """
    code = meaning.type_code if meaning else ""
    return {
        "type_code": code,
        "withdrawn": withdrawn or not code,
        "typed_by": meaning.version if meaning else None,
        "provisional": meaning.provisional if meaning else False,
        "source_withdrawn": withdrawn,
    }


def by_codes() -> ColumnElement[bool]:
    """Incidents whose type the framework gives."""
    return or_(
        col(Incident.closing_code) != "",
        col(Incident.opening_code) != "",
        col(Incident.qualifiers) != "",
    )


def _wrong(
    session: Session, versions: Frameworks, *conditions: ColumnElement[bool]
) -> Iterator[list[dict[str, Any]]]:
    """Incidents whose type is not what the code map says, some at a time, as they should be."""
    names = ("type_code", "withdrawn", "typed_by", "provisional", "source_withdrawn")
    last = 0
    while True:
        statement = (
            columns(
                Incident.id,
                Incident.source_system,
                Incident.occurred_at,
                Incident.closing_code,
                Incident.opening_code,
                Incident.qualifiers,
                *(getattr(Incident, name) for name in names),
            )
            .where(col(Incident.id) > last, by_codes(), *conditions)
            .order_by(col(Incident.id))
            .limit(AT_ONCE)
        )
        found = session.connection().execute(statement).all()
        wrong: list[dict[str, Any]] = []
        for id_, system, at, closing, opening, qualifiers, *held in found:
            codes = Codes(closing, opening, separated(qualifiers))
            meaning = versions.meaning(system, local_date(at), codes)
            right = typed(meaning, withdrawn=held[-1])
            if held != [right[name] for name in names]:
                wrong.append({KEY: id_, **right})
        yield wrong
        if len(found) < AT_ONCE:
            return
        last = found[-1][0]


def retype(session: Session, *conditions: ColumnElement[bool], now: datetime) -> set[int]:
    """Give incidents the types that the code map says; returns those for whom any changed. What
    they were before is kept."""
    versions = frameworks(session)
    changed: set[int] = set()
    for wrong in _wrong(session, versions, *conditions):
        past.keep(session, PastKind.INCIDENTS, INCIDENTS, wrong, now=now, run_id=None)
        update_rows(session, Incident, wrong)
        changed |= {row[KEY] for row in wrong}
    return changed


def may_change(*, since: date, number: int) -> ColumnElement[bool]:
    """Incidents whose type may be another when version ``number`` begins or ceases to hold from a
    day: those from that day on, those it gave a type, and those with codes that are not known."""
    return or_(
        col(Incident.occurred_at) >= start_of_day(since),
        col(Incident.typed_by) == number,
        col(Incident.typed_by).is_(None),
        col(Incident.provisional),
    )


def code_differences(session: Session) -> Iterator[str]:
    """Every incident whose type is not what the code map says."""
    for wrong in _wrong(session, frameworks(session)):
        yield from (f"incident {row[KEY]}: should be {row['type_code'] or 'none'}" for row in wrong)
