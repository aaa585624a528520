"""Turning rows into records: look up what is held, judge each row, write what wins.

One :class:`Store` handles one kind of row for one batch, with a fixed number of statements however
many rows there are. The kinds are in :mod:`app.feeds.stores` and :mod:`app.feeds.spells`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from sqlmodel import Session

from app.bulk import insert_rows, update_rows
from app.common.identifiers import new_public_ids
from app.feeds import queries
from app.feeds.mapping import FeedMapping
from app.feeds.truth import Held, Verdict, judge
from app.incidents import disposed
from app.incidents.models import PastKind
from app.incidents.past import Told, keep
from app.people.models import CharacteristicKind


class Outcome(StrEnum):
    """What became of a row; the names are those of the counts in ``ImportRun``."""

    STORED = "stored"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"


OUTCOMES: dict[Verdict, Outcome] = {
    Verdict.NEW: Outcome.STORED,
    Verdict.NEWER: Outcome.UPDATED,
    Verdict.SAME: Outcome.UNCHANGED,
    Verdict.OLDER: Outcome.SUPERSEDED,
    Verdict.CONTRADICTS_AND_WINS: Outcome.UPDATED,
    Verdict.CONTRADICTS_AND_LOSES: Outcome.QUARANTINED,
}


class Source(NamedTuple):
    """Where rows come from, and which systems the records they refer to come from."""

    system: str
    person_system: str
    incident_system: str
    unit_system: str
    unit_kind: str
    characteristics: frozenset[CharacteristicKind] = frozenset()

    @classmethod
    def of(cls, mapping: FeedMapping) -> "Source":
        """The source that a mapping describes."""
        named = set(mapping.columns) | set(mapping.defaults)
        return cls(
            mapping.system,
            mapping.person_system,
            mapping.incident_system,
            mapping.unit_system,
            mapping.unit_kind,
            frozenset(kind for kind in CharacteristicKind if kind.value in named),
        )


@dataclass
class Followed:
    """What must be looked at again because of what followed from a batch."""

    incident_ids: set[int] = field(default_factory=set)
    person_ids: set[int] = field(default_factory=set)
    unit_ids: set[int] = field(default_factory=set)


class Missing(NamedTuple):
    """A record that a row refers to and that has not arrived."""

    key: str
    field: str
    reason: str


class Result(NamedTuple):
    """What became of one row. ``loser``: the digest of the row that lost a contradiction."""

    outcome: Outcome
    missing: Missing | None = None
    loser: str = ""


PLAIN = {outcome: Result(outcome) for outcome in Outcome}


def record_key(noun: str, system: str, ref: str) -> str:
    """How a row that waits names what it waits for."""
    return f"{noun}:{system}:{ref}"


class Store:
    """Base of every kind."""

    noun: ClassVar[str]
    model: ClassVar[Any]
    held_columns: ClassVar[tuple[str, ...]] = ()
    past: ClassVar[tuple[PastKind, Told] | None] = None
    """How what records said before is kept, where it is."""
    is_addressed: ClassVar[bool] = False
    """Whether records appear in the address bar, by a name of our own."""

    def __init__(
        self,
        session: Session,
        source: Source,
        rows: Sequence[Any],
        now: datetime,
        run_id: int | None = None,
    ) -> None:
        self.session = session
        self.run_id = run_id
        self.source = source
        self.now = now
        self.refs = {row.ref for row in rows}
        self.changed: dict[str, Any] = {}
        self.incident_ids: set[int] = set()
        self.person_ids: set[int] = set()
        self.unit_ids: set[int] = set()
        self.make_named(rows)
        self.held = self._look_up()
        self.gone = disposed.gone(
            session, self.noun, system=source.system, refs=self.refs - self.held.keys()
        )
        self.prepare(rows)

    def make_named(self, rows: Sequence[Any]) -> None:
        """Make records that the rows name, where naming is enough, before they are looked up."""

    def _look_up(self) -> dict[str, Held]:
        return queries.held(
            self.session,
            self.model,
            system=self.source.system,
            refs=self.refs,
            columns=self.held_columns,
        )

    def prepare(self, rows: Sequence[Any]) -> None:
        """Look up what the rows refer to."""

    def missing(self, row: Any) -> Missing | None:
        """The first record the row refers to that has not arrived."""
        raise NotImplementedError

    def columns(self, row: Any) -> dict[str, Any]:
        """What the row says, as the table holds it."""
        raise NotImplementedError

    def new(self) -> dict[str, Any]:
        """What every new record has besides what its row says."""
        return {}

    def note(self, id_: int | None, columns: dict[str, Any]) -> None:
        """Remember whose exposures must be looked at again."""

    def settle(self, row: Any) -> Result:
        """Judge a row, and take what it says if it is the truest yet."""
        if self.gone and self.is_over(row):
            return PLAIN[Outcome.IGNORED]
        held = self.held.get(row.ref)
        verdict = judge(held, row.version, row.digest)
        loser = ""
        if verdict is Verdict.CONTRADICTS_AND_LOSES:
            loser = row.digest
        elif verdict is not Verdict.SAME and verdict is not Verdict.OLDER:
            missing = self._withdraws(held, row) if row.bare else self.missing(row)
            if missing:
                return Result(Outcome.QUARANTINED, missing)
            if held and verdict is Verdict.CONTRADICTS_AND_WINS:
                loser = held.digest
            self._accept(row, held)
        outcome = self.outcome(row, verdict)
        return Result(outcome, None, loser) if loser else PLAIN[outcome]

    def is_over(self, row: Any) -> bool:
        """Whether it is about a record that was removed at the end of its period."""
        gone = self.gone.get(row.ref)
        return gone is not None and row.ref not in self.held and row.version <= gone.version

    def _accept(self, row: Any, held: Held | None) -> None:
        if held:
            self.note(held.id, held.columns)
            columns = self.taken_back(held, row) if row.bare else self.columns(row)
            changed = Held(held.id, row.version, row.digest, columns)
        else:
            changed = Held(None, row.version, row.digest, self.columns(row))
        self.note(changed.id, changed.columns)
        self.held[row.ref] = changed
        self.changed[row.ref] = row

    def taken_back(self, held: Held, row: Any) -> dict[str, Any]:  # noqa: ARG002
        """What is left of a record that is withdrawn without another word."""
        return {**held.columns, "withdrawn": True}

    def outcome(self, row: Any, verdict: Verdict) -> Outcome:  # noqa: ARG002
        """What to count the row as."""
        return OUTCOMES[verdict]

    def _withdraws(self, held: Held | None, row: Any) -> Missing | None:
        if held:
            return None
        key = record_key(self.noun, self.source.system, row.ref)
        return Missing(key, "ref", "This withdraws a record that has not arrived yet.")

    def take(self, followed: Followed) -> None:
        """Remember what must be looked at again."""
        self.incident_ids |= followed.incident_ids
        self.person_ids |= followed.person_ids
        self.unit_ids |= followed.unit_ids

    def follow(self) -> None:
        """Once it is written, bring up to date what follows from it."""

    def save(self) -> list[str]:
        """Write what changed; returns the keys of the records that are new."""
        fresh: list[dict[str, Any]] = []
        altered: list[dict[str, Any]] = []
        arrived: list[str] = []
        system, new = self.source.system, self.new()
        for ref in self.changed:
            id_, version, digest, columns = self.held[ref]
            said = {"source_version": version, "digest": digest, **columns}
            if id_ is not None:
                altered.append({"b_id": id_, **said})
                continue
            fresh.append({"source_system": system, "source_ref": ref, **new, **said})
            arrived.append(record_key(self.noun, system, ref))
        if self.is_addressed:
            for said, public_id in zip(fresh, new_public_ids(len(fresh)), strict=True):
                said["public_id"] = public_id
        insert_rows(self.session, self.model, fresh)
        self.keep_past(altered)
        update_rows(self.session, self.model, altered)
        return arrived

    def keep_past(self, altered: Sequence[dict[str, Any]]) -> None:
        """Keep what these records said until now."""
        if self.past and altered:
            kind, told = self.past
            keep(self.session, kind, told, altered, now=self.now, run_id=self.run_id)
