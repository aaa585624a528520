"""The kinds of record: what each one refers to, what it holds, whom it touches."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete
from sqlmodel import Session, col

from app.bulk import insert_rows, update_rows
from app.feeds import queries, resettling, structure
from app.feeds.event_stores import AttendanceStore, IncidentStore
from app.feeds.models import FeedKind
from app.feeds.number_store import NumberStore
from app.feeds.people_named import PERSON, STAFF, RefersToPeople
from app.feeds.records import (
    Missing,
    Result,
    Source,
    Store,
    record_key,
)
from app.feeds.rows import LeaverRow, PersonRow, PostingRow, Row
from app.feeds.spells import SPELL_STORES
from app.feeds.truth import NOTHING, Held
from app.feeds.units import UnitStore, ensure_units
from app.incidents.models import PastKind
from app.incidents.past import Told
from app.people import objections
from app.people.models import Characteristic, Person, Posting
from app.people.queries import chunks
from app.people.rules import counts_from
from app.people.service import posting_precedence


class PersonStore(Store):
    """People, with the characteristics the file has columns for."""

    noun = PERSON
    model = Person
    held_columns = ("given_up_on", "same_since", "only_number", "counts_from", "joined_on")
    is_addressed = True

    def missing(self, row: PersonRow) -> Missing | None:  # noqa: ARG002
        """A person refers to nothing."""
        return None

    def is_over(self, row: PersonRow) -> bool:
        """Somebody whose name was removed stays nobody; who joined later has their number."""
        gone = self.gone.get(row.ref)
        if gone is None or row.ref in self.held:
            return False
        return row.joined_on is None or gone.last_on is None or row.joined_on <= gone.last_on

    def columns(self, row: PersonRow) -> dict[str, Any]:
        """What HR says of a person, and from when things count for them."""
        held = self.held.get(row.ref)
        before = held.columns if held else {}
        if held is None and (gone := self.gone.get(row.ref)):
            before = {"given_up_on": gone.last_on}
        decided = {name: before.get(name) for name in ("given_up_on", "same_since")}
        return {
            **decided,
            "only_number": False,
            "counts_from": counts_from(joined_on=row.joined_on, **decided),
            "given_name": row.given_name,
            "family_name": row.family_name,
            "staff_type": row.staff_type,
            "rank": row.rank,
            "joined_on": row.joined_on,
        }

    def new(self) -> dict[str, Any]:
        """A new person has not left."""
        return {
            "left_on": None,
            "leaving_reason": None,
            "leaver_version": NOTHING,
            "leaver_digest": "",
        }

    def note(self, id_: int | None, columns: dict[str, Any]) -> None:
        """Somebody whose number was another's, or nobody's: what counts may have changed."""
        if columns.get("counts_from") and id_ is not None:
            self.person_ids.add(id_)
        if columns.get("only_number"):
            self.were_numbers.add(id_)

    def prepare(self, rows: Sequence[PersonRow]) -> None:  # noqa: ARG002
        """A number may turn out to be a person's own."""
        self.were_numbers: set[int | None] = set()

    def save(self) -> list[str]:
        """Write people, then what they declared."""
        arrived = super().save()
        if self.source.characteristics:
            self._replace_characteristics()
        known = [held.id for ref in self.changed if (held := self.held[ref]).id is not None]
        objections.honour(self.session, person_ids=known)
        fresh = (
            ref
            for ref in self.changed
            if (id_ := self.held[ref].id) is None or id_ in self.were_numbers
        )
        return arrived + [record_key(STAFF, self.source.system, ref) for ref in fresh]

    def follow(self) -> None:
        """Whether a number is a former one depends on when its holder joined."""
        known = [held.id for ref in self.changed if (held := self.held[ref]).id is not None]
        self.take(resettling.settle_people(self.session, known, self.now))

    def _replace_characteristics(self) -> None:
        numbers = queries.person_ids(
            self.session, system=self.source.system, refs=self.changed.keys()
        )
        kinds = sorted(self.source.characteristics)
        objecting = objections.objectors(self.session)
        for chunk in chunks(numbers.values()):
            self.session.connection().execute(
                delete(Characteristic).where(
                    col(Characteristic.person_id).in_(chunk), col(Characteristic.kind).in_(kinds)
                )
            )
        declared = [
            {"person_id": numbers[ref], "kind": kind, "value": value}
            for ref, row in self.changed.items()
            if numbers[ref] not in objecting
            for kind, value in row.characteristics
        ]
        insert_rows(self.session, Characteristic, declared)


class PostingStore(RefersToPeople):
    """Postings. Units that are not known yet are made, whether or not the row can be used."""

    noun = "posting"
    model = Posting
    held_columns = ("person_id", "unit_id")
    past = (
        PastKind.POSTINGS,
        Told(Posting, ("person_id", "unit_id", "kind", "starts_on", "ends_on", "withdrawn")),
    )

    def prepare(self, rows: Sequence[PostingRow]) -> None:
        """Look up the people, and the units, named."""
        super().prepare(rows)
        named = [(row.unit_ref, row.version, row.unit_name) for row in rows if not row.bare]
        self.units = ensure_units(
            self.session, system=self.source.unit_system, kind=self.source.unit_kind, named=named
        )

    def missing(self, row: PostingRow) -> Missing | None:
        """The person."""
        return self.missing_person(row.person_ref)

    def columns(self, row: PostingRow) -> dict[str, Any]:
        """The spell, with its place among spells that overlap it."""
        return {
            **self.who(row),
            "unit_id": self.units[row.unit_ref],
            "kind": row.kind,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "withdrawn": row.withdrawn,
            "precedence": posting_precedence(row.kind, row.starts_on, row.ref),
        }

    def note(self, id_: int | None, columns: dict[str, Any]) -> None:  # noqa: ARG002
        """Whoever's posting it was, or is, and the unit they leave or join."""
        if columns:
            self.person_ids.add(columns["person_id"])
            self.unit_ids.add(columns["unit_id"])

    def follow(self) -> None:
        """Carry postings on where their unit was closed into another."""
        if not self.changed:
            return
        held = queries.held(
            self.session, Posting, system=self.source.system, refs=self.changed.keys()
        )
        self.take(structure.carry(self.session, [one.id for one in held.values() if one.id]))


class LeaverStore(RefersToPeople):
    """The end of somebody's service, kept with the person."""

    noun = "leaver"
    model = Person
    past = (
        PastKind.LEAVERS,
        Told(Person, ("left_on", "leaving_reason"), "leaver_version", NOTHING + 1),
    )

    def _look_up(self) -> dict[str, Held]:
        return queries.held_leavers(self.session, system=self.source.person_system, refs=self.refs)

    def prepare(self, rows: Sequence[LeaverRow]) -> None:
        """What is held says who is known. A last day is remembered, whichever row stands."""
        self.people = dict.fromkeys(self.held, 0)
        self.days: dict[str, date] = {}
        for row in rows:
            if row.left_on and row.ref in self.held:
                self.days[row.ref] = min(row.left_on, self.days.get(row.ref, row.left_on))
        self.look_for_gone(self.refs)

    def named(self, row: LeaverRow) -> str:
        """The person's own."""
        return row.ref

    def missing(self, row: LeaverRow) -> Missing | None:
        """The person."""
        return self.missing_person(row.ref)

    def columns(self, row: LeaverRow) -> dict[str, Any]:
        """When and why, or that they have not left."""
        return {
            "left_on": row.left_on,
            "leaving_reason": row.reason,
            "left_said": row.left_on,
            "reason_said": row.reason,
        }

    def note(self, id_: int | None, columns: dict[str, Any]) -> None:
        """The person."""
        if columns and id_ is not None:
            self.person_ids.add(id_)

    def save(self) -> list[str]:
        """Write it beside the person; nothing waits for it."""
        changed = [
            {
                "b_id": self.held[ref].id,
                "leaver_version": self.held[ref].version,
                "leaver_digest": self.held[ref].digest,
                **self.held[ref].columns,
            }
            for ref in self.changed
        ]
        self.keep_past(changed)
        update_rows(self.session, Person, changed)
        return []

    def follow(self) -> None:
        """Whoever joined after a last day that was ever given has somebody's number, or is back."""
        days = {
            held.id: self.days[ref]
            for ref, held in self.held.items()
            if held.id is not None and ref in self.days
        }
        self.person_ids |= resettling.settle_given_up(self.session, days)
        changed = [held.id for ref in self.changed if (held := self.held[ref]).id is not None]
        self.person_ids |= resettling.settle_leaving(self.session, changed)


STORES: dict[FeedKind, type[Store]] = {
    FeedKind.PEOPLE: PersonStore,
    FeedKind.POSTINGS: PostingStore,
    FeedKind.LEAVERS: LeaverStore,
    FeedKind.INCIDENTS: IncidentStore,
    FeedKind.ATTENDANCE: AttendanceStore,
    FeedKind.UNITS: UnitStore,
    FeedKind.IDENTIFIERS: NumberStore,
    **SPELL_STORES,
}


class Applied(NamedTuple):
    """What a batch did: results in the order of its rows, and what must be looked at again."""

    results: list[Result]
    incident_ids: set[int]
    person_ids: set[int]
    unit_ids: set[int]
    arrived: list[str]


def apply(
    session: Session,
    *,
    kind: FeedKind,
    source: Source,
    rows: Sequence[Row],
    now: datetime,
    run_id: int | None = None,
) -> Applied:
    """Settle a batch of rows of one kind from one source, and write what changed."""
    store = STORES[kind](session, source, rows, now, run_id)
    results = [store.settle(row) for row in rows]
    arrived = store.save()
    store.follow()
    return Applied(results, store.incident_ids, store.person_ids, store.unit_ids, arrived)
