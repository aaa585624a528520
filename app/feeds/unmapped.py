"""Reading, for the steward: codes that no version of the framework knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func
from sqlmodel import Session, col, or_

from app.common.clock import local_date
from app.database import columns
from app.feeds.models import QuarantinedRow
from app.feeds.queries import waits_for_a_code
from app.incidents.coding import by_codes
from app.incidents.framework import CodeField
from app.incidents.models import Incident
from app.security.permissions import Permission
from app.security.viewer import Viewer

FIELDS = {field.value: field for field in CodeField} | {"qualifiers": CodeField.QUALIFIER}


@dataclass(frozen=True)
class Unmapped:
    """One code that is not in the map: rows that wait for it, and incidents that are counted by
    their other codes meanwhile, with the days of the first and the last of them."""

    system: str
    field: CodeField
    code: str
    rows: int
    incidents: int
    first: date
    last: date


def unmapped(viewer: Viewer, session: Session) -> list[Unmapped]:
    """Codes that no version of the framework knows, those with the most rows first."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return []
    found: dict[tuple[str, CodeField, str], Unmapped] = {}
    for one in (*_waiting(session), *_meanwhile(session)):
        key = (one.system, one.field, one.code)
        held = found.get(key)
        found[key] = _sum(held, one) if held else one
    return sorted(
        found.values(),
        key=lambda one: (-one.rows - one.incidents, one.system, one.field, one.code),
    )


def _sum(one: Unmapped, other: Unmapped) -> Unmapped:
    return Unmapped(
        one.system,
        one.field,
        one.code,
        one.rows + other.rows,
        one.incidents + other.incidents,
        min(one.first, other.first),
        max(one.last, other.last),
    )


def _waiting(session: Session) -> Iterator[Unmapped]:
    statement = columns(QuarantinedRow.waiting_for, QuarantinedRow.values).where(
        *waits_for_a_code()
    )
    for key, values in session.connection().execute(statement):
        _noun, system, field, code = key.split(":", 3)
        day = local_date(datetime.fromisoformat(values["occurred_at"]))
        yield Unmapped(system, FIELDS[field], code, 1, 0, day, day)


def _meanwhile(session: Session) -> Iterator[Unmapped]:
    # A version that knew it may have been taken back: then there is no version, and no type.
    unknown = and_(
        by_codes(), col(Incident.typed_by).is_(None), col(Incident.source_withdrawn).is_(False)
    )
    names: tuple[Any, ...] = (
        Incident.source_system,
        Incident.closing_code,
        Incident.opening_code,
        Incident.qualifiers,
    )
    statement = (
        columns(
            *names, func.count(), func.min(Incident.occurred_at), func.max(Incident.occurred_at)
        )
        .where(or_(col(Incident.provisional), unknown))
        .group_by(*names)
    )
    for system, closing, opening, qualifiers, number, first, last in session.exec(statement):
        if closing:
            field, code = CodeField.CLOSING, closing
        elif opening:
            field, code = CodeField.OPENING, opening
        else:
            field, code = CodeField.QUALIFIER, qualifiers.split(";")[0]
        yield Unmapped(system, field, code, 0, number, local_date(first), local_date(last))
