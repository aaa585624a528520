"""Making the units that postings name and nobody has told us of."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session

from app.common.identifiers import new_public_id
from app.feeds import queries
from app.feeds.truth import NOTHING
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
        {"b_id": id_, "name": name, "name_version": version}
        for id_, (version, name) in given.items()
        if (version, name) > present[id_]
    ]
    if renamed:
        table: Any = Unit
        table = table.__table__
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(name=bindparam("name"), name_version=bindparam("name_version")),
            renamed,
        )
