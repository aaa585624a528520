"""Keeping the force's tree true, and people in the units that theirs became.

Where a unit hangs and where its people went follow from what stands of all units, and from nothing
else, so it cannot matter in which order that was heard. Units in a circle are treated as if they
had not said what closes it.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from app.bulk import KEY, insert_rows, update_rows
from app.database import columns
from app.exposure.models import TRACKER_SYSTEM, Exposure
from app.exposure.stored import prompting_starts
from app.feeds.records import Followed
from app.feeds.truth import NOTHING
from app.people.models import Posting, Unit, UnitAncestor, UnitKind
from app.people.queries import chunks
from app.people.rules import Closing, carried, in_circles

AFTER = "\x01"
"""Put after a precedence it makes the next one up: nothing else sorts between the two."""


class Node(NamedTuple):
    """A unit, as far as its place goes."""

    id: int
    source_version: int
    source_system: str
    source_ref: str
    kind: UnitKind
    parent_id: int | None
    parent_said_id: int | None
    closed_on: date | None
    becomes_id: int | None


def settle(session: Session) -> Followed:
    """Make the tree and the carried postings follow from what is said of all units."""
    nodes = _nodes(session)
    people = _settle_tree(session, nodes)
    carrying = carry(session)
    carrying.person_ids |= people
    return carrying


def _nodes(session: Session) -> dict[int, Node]:
    statement = columns(*(getattr(Unit, name) for name in Node._fields))
    return {row[0]: Node._make(row) for row in session.connection().execute(statement)}


# --- The tree -------------------------------------------------------------------------------------


def parents_said(nodes: dict[int, Node]) -> dict[int, int]:
    """Above each unit, the one it is said to belong to, or else the force."""
    force = _force(nodes)
    return {
        node.id: node.parent_said_id or force
        for node in nodes.values()
        if node.id != force and (node.parent_said_id or force)
    }


def _force(nodes: dict[int, Node]) -> int:
    """The force: one that was made on this site goes before one that a feed tells of."""
    forces = [node for node in nodes.values() if node.kind is UnitKind.FORCE]
    first = min(
        forces,
        key=lambda node: (node.source_version != NOTHING, node.source_system, node.source_ref),
        default=None,
    )
    return first.id if first else 0


def _settle_tree(session: Session, nodes: dict[int, Node]) -> set[int]:
    """Hang every unit where it belongs; returns the people whose prompting starts otherwise."""
    said, force = parents_said(nodes), _force(nodes) or None
    wrong = in_circles(said)
    parents = {id_: force if id_ in wrong else said.get(id_) for id_ in nodes}
    moved = [
        {KEY: id_, "parent_id": parents[id_]}
        for id_, node in nodes.items()
        if node.parent_id != parents[id_]
    ]
    before = prompting_starts(session)
    update_rows(session, Unit, moved)
    if not _settle_ancestors(session, parents):
        return set()
    after = prompting_starts(session)
    changed = [id_ for id_ in nodes if before.get(id_) != after.get(id_)]
    return _people_exposed_in(session, changed, everywhere=before.get(None) != after.get(None))


def _settle_ancestors(session: Session, parents: dict[int, int | None]) -> bool:
    wanted: dict[tuple[int, int], int] = {}
    for id_ in parents:
        above: int | None = id_
        depth = 0
        while above is not None:
            wanted[id_, above] = depth
            above, depth = parents[above], depth + 1
    held = {
        (unit_id, ancestor_id): depth
        for unit_id, ancestor_id, depth in session.connection().execute(
            select(UnitAncestor.unit_id, UnitAncestor.ancestor_id, UnitAncestor.depth)
        )
    }
    if held == wanted:
        return False
    stale = sorted({unit_id for (unit_id, _), _depth in held.items() ^ wanted.items()})
    for chunk in chunks(stale):
        session.connection().execute(
            delete(UnitAncestor).where(col(UnitAncestor.unit_id).in_(chunk))
        )
    again = set(stale)
    fresh = [
        {"unit_id": unit_id, "ancestor_id": ancestor_id, "depth": depth}
        for (unit_id, ancestor_id), depth in wanted.items()
        if unit_id in again
    ]
    insert_rows(session, UnitAncestor, fresh)
    return True


def _people_exposed_in(session: Session, unit_ids: Sequence[int], *, everywhere: bool) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(unit_ids):
        statement = select(Exposure.person_id).where(col(Exposure.unit_id).in_(chunk)).distinct()
        found.update(session.exec(statement))
    if everywhere:
        nowhere = select(Exposure.person_id).where(col(Exposure.unit_id).is_(None)).distinct()
        found.update(session.exec(nowhere))
    return found


def in_a_circle(session: Session) -> list[str]:
    """Units that hang below themselves, or became each other, by name."""
    nodes = _nodes(session)
    becomes = {
        node.id: node.becomes_id for node in nodes.values() if node.closed_on and node.becomes_id
    }
    wrong = in_circles(parents_said(nodes)) | in_circles(becomes)
    return sorted(f"{nodes[id_].source_system} {nodes[id_].source_ref}" for id_ in wrong)


# --- Carried postings -----------------------------------------------------------------------------


def closings(session: Session) -> dict[int, Closing]:
    """The units that were closed into another, but for those that lead in a circle."""
    statement = columns(Unit.id, Unit.closed_on, Unit.becomes_id).where(
        col(Unit.closed_on).is_not(None), col(Unit.becomes_id).is_not(None)
    )
    found = {
        id_: Closing(closed_on, becomes_id)
        for id_, closed_on, becomes_id in session.connection().execute(statement)
    }
    wrong = in_circles({id_: closing.becomes_id for id_, closing in found.items()})
    return {id_: closing for id_, closing in found.items() if id_ not in wrong}


class Fed(NamedTuple):
    """A posting that a feed told of, as far as carrying it goes."""

    id: int
    person_id: int
    unit_id: int
    kind: str
    starts_on: date
    ends_on: date | None
    precedence: str


def carry(session: Session, posting_ids: Collection[int] | None = None) -> Followed:
    """Make the postings that follow from closed units what they should be.

    Args:
        session: The import's transaction.
        posting_ids: The postings to follow; all of them unless given.
    """
    closed = closings(session)
    wanted: dict[str, dict[str, Any]] = {}
    for posting in _postings_in(session, closed, posting_ids):
        spells = carried(posting.unit_id, posting.starts_on, posting.ends_on, closed)
        for step, (unit_id, starts_on) in enumerate(spells, start=1):
            wanted[f"{posting.id}/{step}"] = {
                "person_id": posting.person_id,
                "unit_id": unit_id,
                "kind": posting.kind,
                "starts_on": starts_on,
                "ends_on": posting.ends_on,
                "precedence": posting.precedence + AFTER * step,
                "carried_from_id": posting.id,
            }
    return _replace(session, wanted, _held(session, posting_ids))


def _postings_in(
    session: Session, closed: dict[int, Closing], posting_ids: Collection[int] | None
) -> list[Fed]:
    found: list[Fed] = []
    chosen = col(Posting.unit_id) if posting_ids is None else col(Posting.id)
    if not closed:
        return []
    for chunk in chunks(closed if posting_ids is None else posting_ids):
        statement = columns(*(getattr(Posting, name) for name in Fed._fields)).where(
            chosen.in_(chunk),
            col(Posting.withdrawn).is_(False),
            col(Posting.carried_from_id).is_(None),
        )
        found += [Fed._make(row) for row in session.connection().execute(statement)]
    return [posting for posting in found if posting.unit_id in closed]


def _held(
    session: Session, posting_ids: Collection[int] | None
) -> dict[str, tuple[int, dict[str, Any]]]:
    names = (
        "person_id",
        "unit_id",
        "kind",
        "starts_on",
        "ends_on",
        "precedence",
        "carried_from_id",
    )
    statement = columns(Posting.id, Posting.source_ref, *(getattr(Posting, n) for n in names))
    mine = col(Posting.carried_from_id)
    parts = [[]] if posting_ids is None else chunks(posting_ids)
    return {
        ref: (id_, dict(zip(names, said, strict=True)))
        for part in parts
        for id_, ref, *said in session.connection().execute(
            statement.where(mine.is_not(None) if posting_ids is None else mine.in_(part))
        )
    }


def _replace(
    session: Session,
    wanted: dict[str, dict[str, Any]],
    held: dict[str, tuple[int, dict[str, Any]]],
) -> Followed:
    gone = {ref: one for ref, one in held.items() if wanted.get(ref) != one[1]}
    fresh = {ref: said for ref, said in wanted.items() if ref not in held or held[ref][1] != said}
    for chunk in chunks(id_ for id_, _said in gone.values()):
        session.connection().execute(delete(Posting).where(col(Posting.id).in_(chunk)))
    own = {"source_system": TRACKER_SYSTEM, "source_version": 0, "digest": "", "withdrawn": False}
    insert_rows(
        session, Posting, [{**own, "source_ref": ref, **said} for ref, said in fresh.items()]
    )
    changed = [said for _id, said in gone.values()] + list(fresh.values())
    people = {said["person_id"] for said in changed}
    units = {said["unit_id"] for said in changed}
    # The units they are carried out of show them no longer.
    left = {said["carried_from_id"] for said in changed}
    for chunk in chunks(left):
        units.update(
            session.exec(
                select(Posting.unit_id).where(
                    or_(col(Posting.id).in_(chunk), col(Posting.carried_from_id).in_(chunk))
                )
            )
        )
    return Followed(person_ids=people, unit_ids=units)
