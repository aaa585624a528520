"""Reading what the feeds have brought: for an import under way, and for the steward's pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, SQLModel, col, select

from app.common.clock import local_date
from app.common.paging import Page
from app.database import columns as select_columns
from app.feeds.models import FeedKind, ImportRun, QuarantinedRow, Resolution
from app.feeds.truth import NOTHING, Held
from app.incidents.models import Incident
from app.people.models import Person, Unit, UnitAncestor, UnitKind
from app.people.queries import chunks
from app.security.permissions import Permission
from app.security.viewer import Viewer

REFERENCES = frozenset({"ref", "person_ref", "incident_ref", "unit_ref"})
"""Of what a waiting row says, what the steward needs to find it."""

# --- For an import, which acts for nobody in particular -------------------------------------------


def person_ids(session: Session, *, system: str, refs: Collection[str]) -> dict[str, int]:
    """The people a system calls by these references."""
    return _ids(session, Person, system, refs)


def only_numbers(session: Session, *, person_ids: Collection[int]) -> set[int]:
    """Those of these entries that stand for a number alone."""
    return {
        id_ or 0
        for chunk in chunks(person_ids)
        for id_ in session.exec(
            select(Person.id).where(col(Person.id).in_(chunk), col(Person.only_number))
        )
    }


def incident_ids(session: Session, *, system: str, refs: Collection[str]) -> dict[str, int]:
    """The incidents a system calls by these references."""
    return _ids(session, Incident, system, refs)


def unit_ids(session: Session, *, system: str, refs: Collection[str]) -> dict[str, int]:
    """The units a system calls by these references."""
    return _ids(session, Unit, system, refs)


def _ids(
    session: Session, model: type[Person | Incident | Unit], system: str, refs: Collection[str]
) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in chunks(sorted(refs)):
        statement = select(model.source_ref, model.id).where(
            model.source_system == system, col(model.source_ref).in_(chunk)
        )
        found.update(dict(session.connection().execute(statement).all()))
    return found


def held(
    session: Session,
    model: type[SQLModel],
    *,
    system: str,
    refs: Collection[str],
    columns: Sequence[str] = (),
) -> dict[str, Held]:
    """What is held of the records a system calls by these references, by reference."""
    table: Any = model
    wanted = [getattr(table, name) for name in columns]
    found: dict[str, Held] = {}
    for chunk in chunks(refs):
        statement = select(
            table.source_ref, table.id, table.source_version, table.digest, *wanted
        ).where(table.source_system == system, table.source_ref.in_(chunk))
        for row in session.connection().execute(statement):
            ref, id_, version, digest = row[:4]
            found[ref] = Held(id_, version, digest, dict(zip(columns, row[4:], strict=True)))
    return found


def held_leavers(session: Session, *, system: str, refs: Collection[str]) -> dict[str, Held]:
    """What is held of how these people left, by the person's reference."""
    found: dict[str, Held] = {}
    for chunk in chunks(refs):
        statement = select(
            Person.source_ref, Person.id, Person.leaver_version, Person.leaver_digest
        ).where(Person.source_system == system, col(Person.source_ref).in_(chunk))
        for ref, id_, version, digest in session.connection().execute(statement):
            found[ref] = Held(id_, version, digest, {})
    return found


class UnitName(NamedTuple):
    """What other rows call a unit, by which version; whether its own row says so itself."""

    version: int
    name: str
    told: bool


def unit_names(session: Session, *, unit_ids: Collection[int]) -> dict[int, UnitName]:
    """What units are called."""
    told = (col(Unit.source_version) > NOTHING) & col(Unit.withdrawn).is_(False)
    found: dict[int, UnitName] = {}
    for chunk in chunks(unit_ids):
        statement = select_columns(Unit.id, Unit.name_version, Unit.named_in_postings, told).where(
            col(Unit.id).in_(chunk)
        )
        for id_, *said in session.connection().execute(statement):
            found[id_] = UnitName._make(said)
    return found


def force_ancestors(session: Session) -> list[tuple[int, int]]:
    """The units above a new team, nearest first, with their depth: the force, if there is one.

    Of several, one that was made on this site goes before one that a feed tells of.
    """
    told = col(Unit.source_version) > NOTHING
    force = session.exec(
        select(Unit.id)
        .where(Unit.kind == UnitKind.FORCE)
        .order_by(told, col(Unit.source_system), col(Unit.source_ref))
        .limit(1)
    ).first()
    if force is None:
        return []
    statement = (
        select(UnitAncestor.ancestor_id, UnitAncestor.depth)
        .where(UnitAncestor.unit_id == force)
        .order_by(col(UnitAncestor.depth))
    )
    return [(ancestor, depth + 1) for ancestor, depth in session.exec(statement)]


class Waiting(NamedTuple):
    """A quarantined row that can be tried again."""

    id: int
    run_id: int
    kind: FeedKind
    source_system: str
    values: dict[str, str]


def waiting(session: Session, *, keys: Sequence[str], limit: int) -> list[Waiting]:
    """Rows that wait for any of these records, oldest first."""
    return _waiting(session, limit, col(QuarantinedRow.waiting_for).in_(keys))


def waiting_for_codes(session: Session, *, after: int, limit: int) -> list[Waiting]:
    """Rows that wait for a code to be known, by number, from beyond one of them on."""
    return _waiting(session, limit, *waits_for_a_code(), col(QuarantinedRow.id) > after)


def waits_for_a_code() -> list[ColumnElement[bool]]:
    """A row that waits for a code to be known."""
    # From the prefix to the one after it: an index can answer that.
    key = col(QuarantinedRow.waiting_for)
    return [key >= "code:", key < "code;"]


def _waiting(session: Session, limit: int, *conditions: ColumnElement[bool]) -> list[Waiting]:
    row: Any = QuarantinedRow
    statement: Any = (
        select(row.id, row.run_id)
        .add_columns(row.kind, row.source_system, row.values)
        .where(*conditions)
        .order_by(col(QuarantinedRow.id))
        .limit(limit)
    )
    return [
        Waiting(id_ or 0, run_id, FeedKind(kind), system, dict(values))
        for id_, run_id, kind, system, values in session.connection().execute(statement)
    ]


def anything_waits(session: Session) -> bool:
    """Whether any row waits for any record."""
    statement = (
        select(QuarantinedRow.id).where(col(QuarantinedRow.waiting_for).is_not(None)).limit(1)
    )
    return session.exec(statement).first() is not None


def anything_open(session: Session, *, kind: FeedKind, system: str) -> bool:
    """Whether a row of this kind and system is set aside and still to be mended."""
    statement = (
        select(QuarantinedRow.id)
        .where(
            QuarantinedRow.kind == kind,
            QuarantinedRow.source_system == system,
            col(QuarantinedRow.resolved_at).is_(None),
        )
        .limit(1)
    )
    return session.exec(statement).first() is not None


class Open(NamedTuple):
    """A row that is set aside: the record it is about, as far as that could be read."""

    id: int
    run_id: int
    record_ref: str
    record_version: int | None
    is_faulty: bool
    """Whether it could not be read, rather than that it waits or contradicts another."""


def still_open(
    session: Session, *, kind: FeedKind, system: str, refs: Collection[str]
) -> list[Open]:
    """Rows set aside about these records and still to be mended."""
    found: list[Open] = []
    row: Any = QuarantinedRow
    is_faulty = and_(row.waiting_for.is_(None), row.field != "version")
    for chunk in chunks(refs):
        statement = (
            select(row.id, row.run_id)
            .add_columns(row.record_ref, row.record_version, is_faulty)
            .where(
                row.kind == kind,
                row.source_system == system,
                row.record_ref.in_(chunk),
                row.resolved_at.is_(None),
            )
        )
        found += [Open(id_ or 0, *rest) for id_, *rest in session.connection().execute(statement)]
    return found


def runs_since(session: Session, *, token_id: int, since: datetime) -> int:
    """How often rows came with one token since a moment."""
    statement = (
        select(func.count())
        .select_from(ImportRun)
        .where(ImportRun.feed_token_id == token_id, col(ImportRun.started_at) > since)
    )
    return session.exec(statement).one()


class Before(NamedTuple):
    """A row that was set aside before, and what became of it."""

    id: int
    resolution: Resolution | None


def quarantined_before(
    session: Session, *, kind: FeedKind, system: str, fingerprints: Collection[str]
) -> dict[str, Before]:
    """Quarantined rows by fingerprint."""
    found: dict[str, Before] = {}
    for chunk in chunks(fingerprints):
        statement = select(
            QuarantinedRow.fingerprint, QuarantinedRow.id, QuarantinedRow.resolution
        ).where(
            QuarantinedRow.kind == kind,
            QuarantinedRow.source_system == system,
            col(QuarantinedRow.fingerprint).in_(chunk),
        )
        for mark, id_, resolution in session.connection().execute(statement):
            found[mark] = Before(id_ or 0, resolution)
    return found


def incident_days(session: Session, *, incident_ids: Collection[int]) -> dict[int, date]:
    """The London days of these incidents."""
    found: dict[int, date] = {}
    for chunk in chunks(incident_ids):
        statement = select(Incident.id, Incident.occurred_at).where(col(Incident.id).in_(chunk))
        for id_, occurred_at in session.connection().execute(statement):
            found[id_] = local_date(occurred_at)
    return found


# --- For pages ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunCard:
    """An import as listed: what it read and how many of its rows are still to be mended."""

    run: ImportRun
    open: int


@dataclass(frozen=True)
class Reason:
    """One thing that is wrong with some rows of an import."""

    field: str
    sentence: str
    waits: bool
    rows: int


def runs(viewer: Viewer, session: Session, *, asked: str | None) -> tuple[list[RunCard], Page]:
    """Imports, newest first, for a data steward."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return [], Page(1, 0)
    total = session.exec(select(func.count()).select_from(ImportRun)).one()
    shown = Page.of(asked, total)
    statement = (
        select(ImportRun)
        .order_by(col(ImportRun.id).desc())
        .offset(shown.offset)
        .limit(shown.length)
    )
    found = session.exec(statement).all()
    still_open = (
        select(QuarantinedRow.run_id, func.count())
        .where(
            col(QuarantinedRow.run_id).in_([run.id for run in found]),
            col(QuarantinedRow.resolved_at).is_(None),
        )
        .group_by(col(QuarantinedRow.run_id))
    )
    counts = dict(session.exec(still_open).all())
    return [RunCard(run, counts.get(run.id or 0, 0)) for run in found], shown


def run(viewer: Viewer, session: Session, *, run_id: int) -> ImportRun | None:
    """One import, for a data steward."""
    return session.get(ImportRun, run_id) if viewer.may(Permission.FEEDS_ALL_READ) else None


def reasons(viewer: Viewer, session: Session, *, run_id: int) -> list[Reason]:
    """Why rows of an import could not be used and still cannot, the most frequent reason first."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return []
    waits = col(QuarantinedRow.waiting_for).is_not(None)
    statement = (
        select(QuarantinedRow.field, QuarantinedRow.reason, waits, func.count())
        .where(QuarantinedRow.run_id == run_id, col(QuarantinedRow.resolved_at).is_(None))
        .group_by(QuarantinedRow.field, QuarantinedRow.reason, waits)
        .order_by(func.count().desc(), QuarantinedRow.field, QuarantinedRow.reason)
    )
    return [Reason(field, reason, waits, n) for field, reason, waits, n in session.exec(statement)]


@dataclass(frozen=True)
class SetAside:
    """A row that cannot be used yet, as the steward sees it: what helps to find and mend it."""

    row_number: int
    field: str
    reason: str
    values: dict[str, str]


def quarantined(
    viewer: Viewer, session: Session, *, run_id: int, asked: str | None
) -> tuple[list[SetAside], Page]:
    """Rows of an import that still cannot be used, those with the same reason together."""
    if not viewer.may(Permission.FEEDS_ALL_READ):
        return [], Page(1, 0)
    mine = (QuarantinedRow.run_id == run_id, col(QuarantinedRow.resolved_at).is_(None))
    total = session.exec(select(func.count()).select_from(QuarantinedRow).where(*mine)).one()
    page = Page.of(asked, total)
    statement = (
        select(QuarantinedRow)
        .where(*mine)
        .order_by(
            col(QuarantinedRow.field),
            col(QuarantinedRow.reason),
            col(QuarantinedRow.row_number),
            col(QuarantinedRow.id),
        )
        .offset(page.offset)
        .limit(page.length)
    )
    return [shown(row) for row in session.exec(statement)], page


def shown(row: QuarantinedRow) -> SetAside:
    """A row as the steward sees it."""
    named = {
        name: value
        for name, value in row.values.items()
        if value and (name == row.field or name in REFERENCES)
    }
    return SetAside(row.row_number, row.field, row.reason, named)
