"""Making the tables of a candidate: what is worked out, what is carried on, what is remembered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

import numpy as np

from app.disclosure import contributors, grid, menu, overlaps
from app.disclosure.attacking import Table
from app.disclosure.cells import Cell
from app.disclosure.contributors import Contributors
from app.disclosure.inputs import Source
from app.disclosure.keeping import Contents
from app.disclosure.overlaps import Told
from app.disclosure.protect import Protector, Scheme
from app.disclosure.store import Filters
from app.measures.frames import Frame, People
from app.measures.vocabulary import Category, Dimension, Period

PAIR = 2


@dataclass(frozen=True)
class Before:
    """The last published release: what it said, and who was counted in what may still change."""

    day: date | None = None
    contents: Contents | None = None
    cells: Mapping[str, Sequence[Cell]] = field(default_factory=dict)
    """By the code of the period."""
    known: Mapping[tuple[int, str], Contributors] = field(default_factory=dict)
    """By release and period."""


@dataclass
class Made:
    """What has been made of a candidate so far."""

    cells: list[Cell] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    remembered: list[tuple[str, Contributors]] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    dimensions: dict[Dimension, dict[str, Category]] = field(default_factory=dict)
    pairs: set[tuple[Dimension, Dimension]] = field(default_factory=set)
    inputs: str = ""
    told: list[Told] = field(default_factory=list)
    """Every period so far, so that no two figures of overlapping ones tell of a few people."""

    def contents(self, source: Source) -> Contents:
        """What the candidate says, apart from its cells."""
        used = {(one.dimension, one.code) for cell in self.cells for one in cell.filters}
        dimensions = {
            dimension: [one for one in listed.values() if (dimension, one.code) in used]
            for dimension, listed in self.dimensions.items()
        }
        codes = {cell.measure for cell in self.cells}
        return Contents(
            measures=[one for one in source.measures() if one.code in codes],
            periods=self.periods,
            dimensions={one: listed for one, listed in dimensions.items() if listed},
            pairs=self.pairs,
        )


def make(
    source: Source, before: Before, *, scheme: Scheme, day: date, periods: Iterable[Period] = ()
) -> Made:
    """Every cell of a candidate.

    Args:
        source: Who there is, and who is counted.
        before: What the last release said.
        scheme: How it is protected.
        day: Date of the data.
        periods: Which there are to be, newest first; else those of the grid that have ended.
    """
    made, hashed, like = Made(), sha256(), None
    made.told += _as_published(before)
    revises = grid.revises(day, last_day=before.day)
    wanted = tuple(periods) or grid.ended(day)
    for period in _with_older(wanted, before):
        old = before.cells.get(period.code)
        made.periods.append(period)
        if old is not None and not (revises and grid.revised(period, day)):
            made.cells += old
            continue
        people = source.people(period, like=like)
        like = like or people
        frames = source.frames(people)
        _hash(hashed, people, frames)
        _remember_lists(made, people)
        _add(made, people, frames, old, before, scheme)
    _lists_of(made, before)
    made.inputs = hashed.hexdigest()
    return made


def _as_published(before: Before) -> list[Told]:
    """What stands of each period, with who was counted in it."""
    return [
        overlaps.told(known, cells)
        for period, cells in before.cells.items()
        if (known := overlaps.newest(before.known, period)) is not None
    ]


def _with_older(wanted: Sequence[Period], before: Before) -> list[Period]:
    """What was published before stays published."""
    older = before.contents.periods if before.contents else ()
    return [*wanted, *(one for one in older if one not in wanted)]


def _add(
    made: Made,
    people: People,
    frames: Sequence[Frame],
    old: Sequence[Cell] | None,
    before: Before,
    scheme: Scheme,
) -> None:
    plan = menu.plan(people, parameters=scheme.parameters)
    said: dict[str, dict[Filters, Cell]] = {}
    for cell in old or ():
        said.setdefault(cell.measure, {})[cell.filters] = cell
    if said:
        plan = menu.only(plan, {filters for cells in said.values() for filters in cells})
    protector = Protector(people, scheme, plan=plan)
    now = contributors.contributors(people, frames, secrets=scheme.secrets)
    cells: list[Cell] = []
    mine = Told(now, plan.cells, plan.member)
    for frame in frames:
        published = said.pop(frame.measure.code, {})
        kept = _kept(frame, published, plan.cells, now, before, scheme)
        alike = overlaps.alike(
            mine,
            made.told,
            frame.measure.code,
            apart=scheme.parameters.smallest_difference,
        )
        cells += protector.protect(frame, old=kept, alike=alike)
        # What the lists of today cannot say any more stays as it was said.
        cells += [cell for filters, cell in published.items() if filters not in set(plan.cells)]
    cells += [cell for rest in said.values() for cell in rest.values()]
    mine.add(cells)
    made.told.append(mine)
    made.cells += cells
    made.tables.append(Table(people, frames, cells))
    made.remembered.append((people.period.code, now))
    made.pairs |= {(line[0], line[1]) for line in plan.lines if len(line) == PAIR}


def _kept(
    frame: Frame,
    published: Mapping[Filters, Cell],
    cells: Sequence[Filters],
    now: Contributors,
    before: Before,
    scheme: Scheme,
) -> list[Cell | None] | None:
    """What stays as it was published: where fewer people's records have changed than it takes."""
    if not published:
        return None
    kept: list[Cell | None] = [published.get(filters) for filters in cells]
    origins = {cell.as_of for cell in kept if cell is not None}
    for origin in origins:
        then = before.known.get((origin, now.people.period.code))
        if then is None:
            continue
        at = [place for place, cell in enumerate(kept) if cell and cell.as_of == origin]
        moved = contributors.changes(then, now, frame.measure.code, [cells[place] for place in at])
        for place in np.array(at)[moved >= scheme.parameters.fewest_changes].tolist():
            kept[place] = None
    return kept


def _remember_lists(made: Made, people: People) -> None:
    for dimension, listed in people.categories.items():
        held = made.dimensions.setdefault(dimension, {})
        for one in listed:
            held.setdefault(one.code, one)


def _lists_of(made: Made, before: Before) -> None:
    if before.contents is None:
        return
    for dimension, listed in before.contents.dimensions.items():
        held = made.dimensions.setdefault(dimension, {})
        for one in listed:
            held.setdefault(one.code, one)
    made.pairs |= set(before.contents.pairs)


def _hash(hashed: "sha256", people: People, frames: Sequence[Frame]) -> None:  # type: ignore[valid-type]
    add = hashed.update  # type: ignore[attr-defined]
    add(people.period.code.encode())
    add("\n".join(people.ids).encode())
    for dimension in sorted(people.member):
        add(dimension.encode() + np.packbits(people.member[dimension]).tobytes())
    for frame in frames:
        add(frame.measure.code.encode() + np.packbits(frame.base).tobytes())
        add(np.packbits(frame.counted).tobytes())


def differences(cells: Iterable[Cell], before: Before, *, number: int) -> dict[str, int]:
    """What an approver is told: how many figures are new, changed, carried on, and hidden."""
    old = {
        (cell.measure, cell.period, cell.filters): (cell.base, cell.counted, cell.why)
        for listed in before.cells.values()
        for cell in listed
    }
    found: Counter[str] = Counter(
        {"figures": 0, "new": 0, "changed": 0, "carried": 0, "hidden": 0, "newly_hidden": 0}
    )
    for cell in cells:
        then = old.get((cell.measure, cell.period, cell.filters))
        found["figures"] += 1
        found["hidden"] += cell.counted is None
        found["carried"] += cell.as_of != number
        if then is None:
            found["new"] += 1
        elif then != (cell.base, cell.counted, cell.why):
            found["changed"] += 1
            found["newly_hidden"] += cell.counted is None and then[1] is not None
    return dict(found)
