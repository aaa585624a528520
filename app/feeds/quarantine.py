"""Setting rows aside, trying them again, and telling the steward when they are mended."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlmodel import Session

from app.bulk import insert_rows, update_rows
from app.feeds import queries
from app.feeds.fields import UNFIT, BadValueError
from app.feeds.models import FeedKind, QuarantinedRow, Resolution
from app.feeds.queries import Open, Waiting
from app.feeds.records import Missing, Outcome, Result, Source
from app.feeds.rows import Row, from_values, to_values
from app.feeds.stores import apply
from app.people.queries import chunks

MOST_AT_ONCE = 5_000
LONGEST_REFERENCE = 160
SHOWN = 120
"""Characters of a faulty value that are kept for the steward."""
USED = frozenset({Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.IGNORED})
"""What became of a row that its record now says, or already said."""
SOURCE = ("person_system", "incident_system", "unit_system", "unit_kind")
"""What a waiting row remembers of its mapping."""
UNREADABLE = "This row was set aside by an older version of the site. Send it again."
CONTRADICTION = (
    "Two rows give this record the same version and say different things. One was kept; "
    "send the right one with a higher version."
)


OPEN: dict[str, Any] = {"resolved_at": None, "resolution": None, "resolved_by_account_id": None}
CLOSED: dict[str, Any] = {"waiting_for": None, "values": {}, "kept": {}}
"""What a row that is done with no longer holds."""


class Aside(NamedTuple):
    """A row to be set aside. ``record_version`` is unknown when the row could not be read."""

    fingerprint: str
    record_ref: str
    record_version: int | None
    row_number: int
    field: str
    reason: str
    values: dict[str, str]
    waiting_for: str | None = None
    kept: Mapping[str, Any] = MappingProxyType({})


class Known(NamedTuple):
    """What could be read of a faulty row: whose it is, and which version."""

    ref: str
    version: int | None


NOTHING_KNOWN = Known("", None)


def fingerprint(*content: str) -> str:
    """Knows a row again when it is sent again."""
    packed = "\x1f".join(content).encode("utf-8", "replace")
    return blake2b(packed, digest_size=16).hexdigest()


def clip(value: str) -> str:
    """A value as the steward may see it: short, and without characters that upset a page."""
    shown = UNFIT.sub("\N{REPLACEMENT CHARACTER}", value[:SHOWN])
    return shown if len(value) <= SHOWN else f"{shown}…"


def rejected(
    number: int,
    cells: Iterable[str],
    known: Known,
    error: BadValueError,
    kept: Mapping[str, Any] = MappingProxyType({}),
) -> Aside:
    """A row that cannot be used as it is: its reference, the value at fault, and what is kept."""
    ref, version = known
    values = {"ref": clip(ref)} if ref else {}
    if error.value:
        values[error.field] = clip(error.value)
    mark = fingerprint("rejected", error.field, *(cell[:MOST_AT_ONCE] for cell in cells))
    own = ref if len(ref) <= LONGEST_REFERENCE and not UNFIT.search(ref) else ""
    return Aside(mark, own, version, number, error.field, error.reason, values, None, kept)


def waits(row: Row, source: Source, missing: Missing) -> Aside:
    """A row that refers to something that has not arrived: kept whole, to be used when it does."""
    return Aside(
        fingerprint("row", row.ref, str(row.version), row.digest),
        row.ref,
        row.version,
        row.number,
        missing.field,
        missing.reason,
        to_values(row) | _words(source),
        missing.key,
    )


def contradiction(row: Row, loser: str) -> Aside:
    """One of two rows of the same version that differ, known by the digest of the one that lost."""
    return Aside(
        fingerprint("row", row.ref, str(row.version), loser),
        row.ref,
        row.version,
        row.number,
        "version",
        CONTRADICTION,
        {"ref": clip(row.ref), "version": str(row.version)},
    )


def _words(source: Source) -> dict[str, str]:
    return {name: getattr(source, name) for name in SOURCE}


def put(
    session: Session,
    *,
    run_id: int,
    kind: FeedKind,
    system: str,
    asides: Sequence[Aside],
    now: datetime,
    mapping_id: int | None = None,
) -> None:
    """Set rows aside. One that was set aside before is moved to this run.

    One about which the data steward has decided stays decided for as long as its source says the
    same; with anything else in it, it is another row.
    """
    newest = {aside.fingerprint: aside for aside in asides}
    before = queries.quarantined_before(
        session, kind=kind, system=system, fingerprints=newest.keys()
    )
    fresh: list[dict[str, Any]] = []
    again: list[dict[str, Any]] = []
    for mark, aside in newest.items():
        said = {**aside._asdict(), "run_id": run_id, **OPEN}
        said |= {"kept": dict(aside.kept), "mapping_id": mapping_id if aside.kept else None}
        if mark in before:
            known = before[mark]
            is_decided = known.resolution not in {None, Resolution.MENDED}
            again.append({"b_id": known.id, **({"run_id": run_id} if is_decided else said)})
        else:
            own = {"kind": kind, "source_system": system, "quarantined_at": now}
            fresh.append({**own, **said})
    insert_rows(session, QuarantinedRow, fresh)
    update_rows(session, QuarantinedRow, again)


class Usable(NamedTuple):
    """A row that its record now says, and the run that brought it."""

    ref: str
    version: int
    run_id: int


def mend(
    session: Session,
    *,
    kind: FeedKind,
    system: str,
    usable: Iterable[Usable],
    now: datetime,
) -> None:
    """Close what was set aside about records of which a usable row has now come.

    A row whose version is known is closed by one with a higher version, and a faulty one also by
    one with the same version that came in a later run; any other by whatever came in a later run.
    """
    newest = {row.ref: row for row in usable}
    if not newest or not queries.anything_open(session, kind=kind, system=system):
        return
    closed = [
        {"b_id": row.id, **_closed(now)}
        for row in queries.still_open(session, kind=kind, system=system, refs=newest.keys())
        if _is_mended(row, newest[row.record_ref])
    ]
    update_rows(session, QuarantinedRow, closed)


def _is_mended(row: Open, usable: Usable) -> bool:
    came_earlier = row.run_id < usable.run_id
    if row.record_version is None:
        return came_earlier
    if row.record_version == usable.version:
        # Of the same version, a faulty row has been corrected; one that was read has not.
        return row.is_faulty and came_earlier
    return row.record_version < usable.version


def _closed(now: datetime) -> dict[str, Any]:
    # The values have done their work; nothing about a person is kept longer than it is needed.
    return {**CLOSED, "resolved_at": now, "resolution": Resolution.MENDED}


class Release:
    """Trying again, in the same transaction, rows that waited for records that have now arrived."""

    def __init__(self, session: Session, *, run_id: int, now: datetime) -> None:
        self.session = session
        self.run_id = run_id
        self.now = now
        self.used = 0
        self.incident_ids: set[int] = set()
        self.person_ids: set[int] = set()
        self.unit_ids: set[int] = set()

    def use(self, arrived: list[str]) -> None:
        """Use what waited for these records, and what waited for that in its turn."""
        if not arrived or not queries.anything_waits(self.session):
            return
        later: list[str] = []
        for keys in chunks(arrived):
            # Each row that is found leaves the queue, or waits for something that is not here.
            while found := queries.waiting(self.session, keys=keys, limit=MOST_AT_ONCE):
                later += self._try(found)
        self.use(later)

    def use_codes(self) -> None:
        """Use the incidents whose codes the framework has come to know, and what waited for them;
        the others wait on."""
        later: list[str] = []
        last = 0
        while found := queries.waiting_for_codes(self.session, after=last, limit=MOST_AT_ONCE):
            last = found[-1].id
            later += self._try(found)
        self.use(later)

    def _try(self, found: Sequence[Waiting]) -> list[str]:
        restored = [_restore(row) for row in found]
        self._give_up([row for row, kept in zip(found, restored, strict=True) if not kept])
        kept = sorted((one for one in restored if one), key=_group)
        later: list[str] = []
        for (kind, source), group in groupby(kept, key=_group):
            later += self._retry(kind, source, list(group))
        return later

    def _give_up(self, found: list[Waiting]) -> None:
        changes = [{"b_id": row.id, "waiting_for": None, "reason": UNREADABLE} for row in found]
        update_rows(self.session, QuarantinedRow, changes)

    def _retry(self, kind: FeedKind, source: Source, found: list["Restored"]) -> list[str]:
        rows = [one.row for one in found]
        applied = apply(
            self.session, kind=kind, source=source, rows=rows, now=self.now, run_id=self.run_id
        )
        self.incident_ids |= applied.incident_ids
        self.person_ids |= applied.person_ids
        self.unit_ids |= applied.unit_ids
        tried = list(zip(found, applied.results, strict=True))
        changes = [{"b_id": one.id, **_after(one.row, result, self.now)} for one, result in tried]
        update_rows(self.session, QuarantinedRow, changes)
        used = [(one, result) for one, result in tried if result.outcome in USED]
        self.used += len(used)
        here: Any = {"kind": kind, "system": source.system, "now": self.now}
        usable = [Usable(one.row.ref, one.row.version, one.run_id) for one, _result in used]
        mend(self.session, usable=usable, **here)
        lost = [contradiction(one.row, result.loser) for one, result in used if result.loser]
        put(self.session, run_id=self.run_id, asides=lost, **here)
        return applied.arrived


class Restored(NamedTuple):
    """A row that waited, ready to be tried again."""

    id: int
    run_id: int
    kind: FeedKind
    source: Source
    row: Row


def _restore(waiting: Waiting) -> Restored | None:
    """The row as it was read; ``None`` if another version of the site wrote it down otherwise."""
    values = waiting.values
    try:
        systems = [waiting.source_system, *(values[name] for name in SOURCE)]
        source = Source._make([*systems, frozenset()])
        row = from_values(waiting.kind, values)
    except (KeyError, TypeError, ValueError):
        return None
    return Restored(waiting.id, waiting.run_id, waiting.kind, source, row)


def _group(one: Restored) -> tuple[FeedKind, Source]:
    return one.kind, one.source


def _after(row: Row, result: Result, now: datetime) -> dict[str, Any]:
    if result.missing:
        missing = result.missing
        return {"waiting_for": missing.key, "field": missing.field, "reason": missing.reason}
    if result.outcome is Outcome.QUARANTINED:
        aside = contradiction(row, result.loser)
        return {
            "waiting_for": None,
            "field": aside.field,
            "reason": aside.reason,
            "values": aside.values,
        }
    return _closed(now)
