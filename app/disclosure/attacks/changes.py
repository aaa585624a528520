"""A4 over time and A12: what changes in the figures when few people's records have changed."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.disclosure.attacks.findings import Finding
from app.disclosure.attacks.seen import Seen
from app.disclosure.cells import Cell
from app.measures.frames import Frame, People

Next = Callable[[Frame], Sequence[Cell]]
"""Make the release after the one that is published, of the same measure and changed records."""


def consecutive(before: Seen, after: Seen) -> Finding:
    """A4: figures of two releases that differ though fewer than ten people's records do."""
    tried = found = 0
    ids = {id_: at for at, id_ in enumerate(before.frame.people.ids)}
    move = np.array([ids.get(id_, -1) for id_ in after.frame.people.ids])
    for at, cell in enumerate(after.cells):
        other = before.place.get(tuple(sorted(cell.filters)))
        if other is None:
            continue
        tried += 1
        earlier = before.cells[other]
        if (cell.base, cell.counted) == (earlier.base, earlier.counted):
            continue
        found += _changed(before, other, after, at, move) < after.scheme.changed
    return Finding("A4", "Consecutive releases", tried, found, 0, "cells changed for too few")


def _changed(before: Seen, other: int, after: Seen, at: int, move: NDArray[np.int64]) -> int:
    """How many people's part in a cell differs: in it or not, and counted or not."""
    states = []
    for seen, row in ((before, other), (after, at)):
        people = seen.within[row].indices
        places = people if seen is before else move[people]
        states.append(
            {
                (int(place) if place >= 0 else -1 - int(person), bool(counted))
                for place, person, counted in zip(
                    places, people, seen.frame.counted[people], strict=True
                )
            }
        )
    return len({person for person, _ in states[0] ^ states[1]})


def probes(seen: Seen, next_: Next, *, tries: int = 6, seed: int = 0) -> Finding:
    """A12: erase, correct or move one person, and release again: not a byte may differ."""
    changed = 0
    draw = np.random.default_rng(seed)
    there = np.flatnonzero(seen.frame.base)
    for at in range(tries):
        person = int(draw.choice(there))
        altered = (erased, corrected, moved)[at % 3](seen.frame, person)
        after = next_(altered)
        changed += sum(one[:-1] != other[:-1] for one, other in zip(seen.cells, after, strict=True))
    return Finding("A12", "One person erased, corrected or moved", tries, changed, 0, "cells")


def erased(frame: Frame, person: int) -> Frame:
    """Somebody is in no figure any more."""
    base, counted = frame.base.copy(), frame.counted.copy()
    base[person] = counted[person] = False
    return Frame(frame.measure, frame.people, base, counted)


def corrected(frame: Frame, person: int) -> Frame:
    """Somebody was counted by mistake, or was not."""
    counted = frame.counted.copy()
    counted[person] = not counted[person]
    return Frame(frame.measure, frame.people, frame.base, counted)


def moved(frame: Frame, person: int) -> Frame:
    """Somebody is in the next category of everything that has more than one."""
    people = frame.people
    member = {dimension: table.copy() for dimension, table in people.member.items()}
    for table in member.values():
        table[person] = np.roll(table[person], 1)
    other = People(people.period, people.ids, people.categories, member)
    return Frame(frame.measure, other, frame.base, frame.counted)
