"""Reading what waits for the data steward: rows set aside, and codes that nobody has mapped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.common.paging import Page
from app.database import columns
from app.feeds.models import FeedKind, ImportRun, QuarantinedRow, Resolution
from app.feeds.unmapped import unmapped
from app.incidents.framework import CodeField
from app.security.permissions import Permission
from app.security.viewer import Viewer

GROUPS_ON_A_PAGE = 20
CODES_ON_A_PAGE = 20
CODE_FIELDS = ("closing_code", "qualifiers", "opening_code", "type")
"""Where an incident's codes stand; what they mean is for the framework's code map to say."""
PLACES = {
    CodeField.CLOSING: "closing_code",
    CodeField.QUALIFIER: "qualifiers",
    CodeField.OPENING: "opening_code",
}
"""What feeds call the places in which the framework's code map knows codes."""


class Fault(NamedTuple):
    """What a group of rows has in common."""

    kind: FeedKind
    system: str
    field: str
    reason: str


@dataclass(frozen=True)
class Group:
    """Rows set aside with the same fault. ``number``: that of the first, which names the group."""

    number: int
    fault: Fault
    waits: bool
    rows: int
    oldest: datetime


@dataclass(frozen=True)
class Filter:
    """Of which feeds to show something; ``None`` for all."""

    kind: FeedKind | None = None
    system: str = ""


def _open() -> ColumnElement[bool]:
    return col(QuarantinedRow.resolved_at).is_(None)


def _with(fault: Fault) -> ColumnElement[bool]:
    return and_(
        col(QuarantinedRow.kind) == fault.kind,
        col(QuarantinedRow.source_system) == fault.system,
        col(QuarantinedRow.field) == fault.field,
        col(QuarantinedRow.reason) == fault.reason,
    )


def open_with(fault: Fault) -> ColumnElement[bool]:
    """Rows that are set aside with one fault."""
    return and_(_open(), _with(fault))


def _chosen(only: Filter) -> ColumnElement[bool]:
    wanted = [_open()]
    if only.kind:
        wanted.append(col(QuarantinedRow.kind) == only.kind)
    if only.system:
        wanted.append(col(QuarantinedRow.source_system) == only.system)
    return and_(*wanted)


def groups(
    viewer: Viewer, session: Session, *, only: Filter, asked: str | None
) -> tuple[list[Group], Page]:
    """Rows set aside, by what is wrong with them: those that need somebody first, then by number.

    A group that waits for records is used by itself when they arrive.
    """
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return [], Page(1, 0)
    row: Any = QuarantinedRow
    waits = row.waiting_for.is_not(None)
    same = (row.kind, row.source_system, row.field, row.reason, waits)
    each = columns(*same).where(_chosen(only)).group_by(*same)
    total = session.exec(select(func.count()).select_from(each.subquery())).one()
    shown = Page.of(asked, total, GROUPS_ON_A_PAGE)
    found = (
        columns(func.min(row.id), *same, func.count(), func.min(row.quarantined_at))
        .where(_chosen(only))
        .group_by(*same)
        .order_by(waits, func.count().desc(), func.min(row.id))
        .offset(shown.offset)
        .limit(shown.length)
    )
    return [
        Group(number, Fault(kind, system, field, reason), bool(is_waiting), rows, oldest)
        for number, kind, system, field, reason, is_waiting, rows, oldest in session.exec(found)
    ], shown


@dataclass(frozen=True)
class Totals:
    """Rows set aside: those that somebody has to look at, and those that wait for a record."""

    to_mend: int
    waiting: int


def totals(viewer: Viewer, session: Session) -> Totals:
    """How much is set aside."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return Totals(0, 0)
    waits = col(QuarantinedRow.waiting_for).is_not(None)
    statement = columns(waits, func.count()).where(_open()).group_by(waits)
    found = {bool(waiting): rows for waiting, rows in session.exec(statement)}
    return Totals(found.get(False, 0), found.get(True, 0))


def sources(viewer: Viewer, session: Session) -> list[tuple[FeedKind, str]]:
    """The feeds of which something is set aside."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return []
    statement = columns(QuarantinedRow.kind, QuarantinedRow.source_system).where(_open())
    order = list(FeedKind)
    found = [(FeedKind(kind), system) for kind, system in session.exec(statement.distinct())]
    return sorted(found, key=lambda one: (order.index(one[0]), one[1]))


def group(viewer: Viewer, session: Session, *, number: int) -> Group | None:
    """The group that a row belongs to, as it stands now; it may have no rows left."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return None
    row = session.get(QuarantinedRow, number)
    if row is None:
        return None
    fault = Fault(row.kind, row.source_system, row.field, row.reason)
    waits = row.waiting_for is not None
    statement = columns(func.count(), func.min(QuarantinedRow.quarantined_at)).where(
        _open(), _with(fault), col(QuarantinedRow.waiting_for).is_not(None) == waits
    )
    rows, oldest = session.exec(statement).one()
    return Group(number, fault, waits, rows, oldest or row.quarantined_at)


def decided(viewer: Viewer, session: Session, *, fault: Fault) -> dict[Resolution, int]:
    """What became of the rows that had this fault and are set aside no more."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return {}
    statement = (
        columns(QuarantinedRow.resolution, func.count())
        .where(col(QuarantinedRow.resolution).is_not(None), _with(fault))
        .group_by(col(QuarantinedRow.resolution))
    )
    return {Resolution(resolution): rows for resolution, rows in session.exec(statement)}


def open_rows(
    viewer: Viewer, session: Session, *, fault: Fault, limit: int
) -> Sequence[QuarantinedRow]:
    """Rows with one fault that wait for nobody but the steward, oldest first."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return []
    statement = (
        select(QuarantinedRow)
        .where(_open(), _with(fault), col(QuarantinedRow.waiting_for).is_(None))
        .order_by(col(QuarantinedRow.id))
        .limit(limit)
    )
    return session.exec(statement).all()


# --- Codes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnmappedCode:
    """A code without a meaning. ``number``: the first row that the steward can put right, if rows
    are set aside by a mapping; ``incidents``: counted by their other codes meanwhile."""

    system: str
    field: str
    code: str
    rows: int
    incidents: int
    first_seen: date
    last_seen: date
    number: int | None = None


def unmapped_codes(
    viewer: Viewer, session: Session, *, asked: str | None = None, length: int = CODES_ON_A_PAGE
) -> tuple[list[UnmappedCode], Page]:
    """Codes of incidents that are set aside because nobody has said what they mean."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return [], Page(1, 0)
    known: dict[tuple[str, str, str], UnmappedCode] = {}
    for one in (*_by_mappings(session), *_by_the_framework(viewer, session)):
        key = (one.system, one.field, one.code)
        known[key] = _together(known[key], one) if key in known else one
    found = sorted(
        known.values(), key=lambda one: (-one.rows - one.incidents, one.system, one.field, one.code)
    )
    page = Page.of(asked, len(found), length)
    return found[page.offset : page.offset + page.length], page


def _together(one: UnmappedCode, other: UnmappedCode) -> UnmappedCode:
    return replace(
        one,
        rows=one.rows + other.rows,
        incidents=one.incidents + other.incidents,
        first_seen=min(one.first_seen, other.first_seen),
        last_seen=max(one.last_seen, other.last_seen),
        number=one.number or other.number,
    )


def _by_the_framework(viewer: Viewer, session: Session) -> Iterator[UnmappedCode]:
    """Codes that are left to the framework and that no version of it knows."""
    for one in unmapped(viewer, session):
        field = PLACES[one.field]
        yield UnmappedCode(
            one.system, field, one.code, one.rows, one.incidents, one.first, one.last
        )


def _by_mappings(session: Session) -> Iterator[UnmappedCode]:
    """Codes that a mapping lists others of, and not these."""
    for field in CODE_FIELDS:
        yield from _codes_in(session, field)


def _codes_in(session: Session, field: str) -> Iterator[UnmappedCode]:
    row: Any = QuarantinedRow
    code = row.values[field].as_string()
    statement = (
        columns(
            func.min(row.id),
            row.source_system,
            code,
            func.count(),
            func.min(row.quarantined_at),
            func.max(ImportRun.started_at),
        )
        .join(ImportRun, col(ImportRun.id) == row.run_id)
        .where(
            _open(),
            row.kind == FeedKind.INCIDENTS,
            row.field == field,
            row.waiting_for.is_(None),
            code.is_not(None),
        )
        .group_by(row.source_system, code)
    )
    for number, system, said, rows, first, last in session.exec(statement):
        yield UnmappedCode(
            system, field, said, rows, 0, local_date(first), local_date(last), number
        )
