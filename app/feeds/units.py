"""Units: those that are told of, and those that other rows name and nobody has told us of."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from app.bulk import KEY, update_rows
from app.common.identifiers import new_public_id
from app.feeds import queries, structure
from app.feeds.records import Missing, Store, record_key
from app.feeds.rows import UnitRow
from app.feeds.truth import NOTHING, Held
from app.incidents.models import PastKind
from app.incidents.past import Told
from app.people.models import Unit, UnitAncestor

Naming = tuple[int, str]
"""The version of the row that names a unit, and the name: the greatest stands."""


def ensure_units(
    session: Session, *, system: str, kind: str, named: Collection[tuple[str, int, str]]
) -> dict[str, int]:
    """The units by reference; those not known yet are made, under the force if there is one.

    Args:
        session: The import's transaction.
        system: The system whose references these are.
        kind: What a unit made here is.
        named: Reference, version of the row, name (may be empty) of each mention.
    """
    best: dict[str, Naming] = {ref: (NOTHING, "") for ref, _version, _name in named}
    for ref, version, name in named:
        if name:
            best[ref] = max(best[ref], (version, name))
    known = queries.unit_ids(session, system=system, refs=best.keys())
    fresh = {ref: naming for ref, naming in best.items() if ref not in known}
    if fresh:
        known |= _make(session, system, kind, fresh)
    _rename(session, {known[ref]: best[ref] for ref in best if ref not in fresh})
    return known


def _make(session: Session, system: str, kind: str, fresh: dict[str, Naming]) -> dict[str, int]:
    above = queries.force_ancestors(session)
    tables: Any = (Unit, UnitAncestor)
    unit, ancestor = (model.__table__ for model in tables)
    session.connection().execute(
        insert(unit),
        [
            {
                "public_id": new_public_id(),
                "source_system": system,
                "source_ref": ref,
                "name": name or ref,
                "name_version": version,
                "named_in_postings": name,
                "source_version": NOTHING,
                "digest": "",
                "withdrawn": False,
                "kind": kind,
                "parent_id": above[0][0] if above else None,
                "version": 0,
            }
            for ref, (version, name) in sorted(fresh.items())
        ],
    )
    made = queries.unit_ids(session, system=system, refs=fresh.keys())
    session.connection().execute(
        insert(ancestor),
        [
            {"unit_id": id_, "ancestor_id": over or id_, "depth": depth}
            for id_ in made.values()
            for over, depth in [(None, 0), *above]
        ],
    )
    return made


def _rename(session: Session, best: dict[int, Naming]) -> None:
    given = {id_: naming for id_, naming in best.items() if naming[1]}
    if not given:
        return
    present = queries.unit_names(session, unit_ids=given.keys())
    renamed = [
        {KEY: id_, "name_version": version, "named_in_postings": name}
        for id_, (version, name) in given.items()
        if (version, name) > present[id_][:2]
    ]
    update_rows(session, Unit, renamed)
    # A unit's own row says what it is called, whatever version names it otherwise.
    update_rows(
        session,
        Unit,
        [
            {KEY: id_, "name": given[id_][1]}
            for id_, held in present.items()
            if given[id_] > held[:2] and not held.told
        ],
    )


class UnitStore(Store):
    """Units that are told of. Units that they name are made, whether or not the row can be used."""

    noun = "unit"
    model = Unit
    held_columns = ("named_in_postings",)
    past = (
        PastKind.UNITS,
        Told(Unit, ("name", "kind", "parent_said_id", "closed_on", "becomes_id", "withdrawn")),
    )

    def make_named(self, rows: Sequence[UnitRow]) -> None:
        """Make the units that are told of, and those that they name."""
        named = {
            ref
            for row in rows
            if not row.bare
            for ref in (row.ref, row.parent_ref, row.becomes_ref)
            if ref
        }
        self.units = ensure_units(
            self.session,
            system=self.source.system,
            kind=self.source.unit_kind,
            named=[(ref, NOTHING, "") for ref in sorted(named)],
        )

    def prepare(self, rows: Sequence[UnitRow]) -> None:  # noqa: ARG002
        """Remember which units nobody had told us of."""
        self.untold = {ref for ref, held in self.held.items() if held.version == NOTHING}

    def missing(self, row: UnitRow) -> Missing | None:  # noqa: ARG002
        """Whatever a unit names is made."""
        return None

    def _accept(self, row: UnitRow, held: Held | None) -> None:
        # Every unit was made before, so there is something to hold what is said.
        if held is None:
            return
        kept = held.columns["named_in_postings"]
        said = self._taken_back(row, kept) if row.withdrawn else self._told(row)
        columns = {"named_in_postings": kept, "withdrawn": row.withdrawn, **said}
        self.held[row.ref] = Held(held.id, row.version, row.digest, columns)
        self.changed[row.ref] = row

    def _told(self, row: UnitRow) -> dict[str, Any]:
        return {
            "name": row.name,
            "kind": row.kind,
            "parent_said_id": self.units.get(row.parent_ref),
            "closed_on": row.closed_on,
            "becomes_id": self.units.get(row.becomes_ref),
        }

    def _taken_back(self, row: UnitRow, named_in_postings: str) -> dict[str, Any]:
        """As if nobody had told us of it."""
        return {
            "name": named_in_postings or row.ref,
            "kind": self.source.unit_kind,
            "parent_said_id": None,
            "closed_on": None,
            "becomes_id": None,
        }

    def save(self) -> list[str]:
        """Write what changed. A row that takes a unit back may have waited for it."""
        super().save()
        return [
            record_key(self.noun, self.source.system, ref)
            for ref in self.changed
            if ref in self.untold
        ]

    def follow(self) -> None:
        """Bring the tree, and the people in units that were closed, up to date."""
        if not self.changed:
            return
        self.take(structure.settle(self.session))
        own = (self.held[ref].id for ref in self.changed)
        self.unit_ids.update(id_ for id_ in own if id_ is not None)
