"""Who was counted in what is published, so that a figure stays until enough of them have changed.

Kept sealed in the tracker's own database, never in the release store, and under numbers made for
this alone: with them it can be told whether somebody is the same, not who they are.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.disclosure import keys, menu
from app.disclosure.keys import Secrets
from app.disclosure.store import Filters
from app.measures.frames import Frame, People
from app.measures.vocabulary import Category, Dimension, Period

PERSON = "person"
Status = NDArray[np.int8]
"""Of each person: 0 not in the base, 1 in it, 2 counted."""


@dataclass(frozen=True)
class Contributors:
    """A period's people as they were when its figures were made; ``ids`` are numbers of keys."""

    people: People
    status: Mapping[str, Status]
    """By the code of the measure."""

    @property
    def numbers(self) -> NDArray[np.uint64]:
        """The people, as numbers."""
        return np.array([int(one, 16) for one in self.people.ids], dtype=np.uint64)


def contributors(people: People, frames: Sequence[Frame], *, secrets: Secrets) -> Contributors:
    """What is remembered of the people that figures were just made of."""
    numbers = keys.record_keys(secrets, counted_for=PERSON, ids=people.ids)
    known = People(
        people.period,
        [f"{one:016x}" for one in numbers.tolist()],
        people.categories,
        people.member,
    )
    status = {
        frame.measure.code: frame.base.astype(np.int8) + frame.counted.astype(np.int8)
        for frame in frames
    }
    return Contributors(known, status)


def changes(
    old: Contributors, new: Contributors, measure: str, cells: Sequence[Filters]
) -> NDArray[np.int64]:
    """In each cell, of how many people it has changed whether they are in it or counted in it.

    A cell of a dimension whose list of categories has changed counts as unchanged: what was
    published of a period keeps the list that it was published with.
    """
    same = [_same_lists(old.people, new.people, filters) for filters in cells]
    asked = [filters for filters, fits in zip(cells, same, strict=True) if fits]
    everybody = np.union1d(old.numbers, new.numbers)
    before, after = (_placed(one, measure, asked, everybody) for one in (old, new))
    moved = (before - after).tocsr()
    moved.eliminate_zeros()
    found = np.zeros(len(cells), dtype=np.int64)
    found[np.array(same, dtype=bool)] = np.diff(moved.indptr)
    return found


def _same_lists(old: People, new: People, filters: Filters) -> bool:
    return all(_codes(old, one.dimension) == _codes(new, one.dimension) for one in filters)


def _codes(people: People, dimension: Dimension) -> list[str]:
    return [category.code for category in people.categories.get(dimension, ())]


def _placed(
    of: Contributors, measure: str, cells: Sequence[Filters], everybody: NDArray[np.uint64]
) -> sparse.csr_matrix:
    status = of.status.get(measure)
    size = (len(cells), len(everybody))
    if status is None or not cells:
        return sparse.csr_matrix(size, dtype=np.float64)
    member = menu.member_of(of.people, cells).multiply(status.astype(np.float64)).tocoo()
    places = np.searchsorted(everybody, of.numbers)
    return sparse.csr_matrix((member.data, (member.row, places[member.col])), shape=size)


# --- As it is sealed ------------------------------------------------------------------------------


def dumped(of: Contributors) -> dict[str, Any]:
    """As JSON can hold it."""
    return {
        "ids": _packed(of.numbers.tobytes()),
        "categories": {
            dimension.value: [list(one) for one in listed]
            for dimension, listed in of.people.categories.items()
        },
        "member": {
            dimension.value: _packed(np.packbits(member).tobytes())
            for dimension, member in of.people.member.items()
        },
        "status": {code: _packed(one.tobytes()) for code, one in of.status.items()},
    }


def loaded(held: Mapping[str, Any], period: Period) -> Contributors:
    """What :func:`dumped` made."""
    ids = np.frombuffer(_unpacked(held["ids"]), dtype=np.uint64)
    categories = {
        Dimension(name): tuple(Category(*one) for one in listed)
        for name, listed in held["categories"].items()
    }
    member = {
        dimension: _bits(held["member"][dimension.value], len(ids), len(listed))
        for dimension, listed in categories.items()
    }
    people = People(period, [f"{one:016x}" for one in ids.tolist()], categories, member)
    status = {
        code: np.frombuffer(_unpacked(one), dtype=np.int8) for code, one in held["status"].items()
    }
    return Contributors(people, status)


def _bits(text: str, rows: int, columns: int) -> NDArray[np.bool_]:
    found = np.unpackbits(np.frombuffer(_unpacked(text), dtype=np.uint8), count=rows * columns)
    return found.reshape(rows, columns).astype(bool)


def _packed(raw: bytes) -> str:
    return b64encode(zlib.compress(raw, 6)).decode()


def _unpacked(text: str) -> bytes:
    return zlib.decompress(b64decode(text))
