"""How often the people a question is about were exposed, to what and when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlmodel import Session

from app.common.clock import local_date
from app.exposure.days import Exposures, read
from app.measures.asked import Band, Exposure, MonthLine, Number, Question, TypeLine, Unit
from app.measures.live_absence import parts_of
from app.measures.population import load
from app.security.viewer import Viewer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STARTS = {Band.NONE: 0, Band.FEW: 1, Band.SOME: 3, Band.MANY: 6}
"""The least of each band."""


@dataclass(frozen=True)
class Counted:
    """Exposures by person and type, of some people."""

    ids: list[int]
    counts: "NDArray[np.int64]"
    """A row for each of ``ids``, a column for each of ``codes``."""
    codes: tuple[str, ...]
    places: "NDArray[np.int32]"
    """Of each exposure that counts, the place of its person in ``ids``, and its day."""
    days: "NDArray[np.int32]"

    @cached_property
    def totals(self) -> "NDArray[np.int64]":
        """How many exposures each person had."""
        totals: NDArray[np.int64] = self.counts.sum(axis=1)
        return totals

    def of(self) -> dict[int, int]:
        """The same by the number of the person."""
        return dict(zip(self.ids, self.totals.tolist(), strict=True))

    def banded(self) -> dict[Band, list[int]]:
        """Who is in which band."""
        found: dict[Band, list[int]] = {band: [] for band in Band}
        for person, total in self.of().items():
            found[band_of(total)].append(person)
        return found

    def repeated(self) -> list[int]:
        """Who was exposed to any one type twice or more."""
        twice = (self.counts > 1).sum(axis=1).tolist()
        return [person for person, types in zip(self.ids, twice, strict=True) if types]


def band_of(total: int) -> Band:
    """The band of somebody with so many exposures."""
    return max((least, band) for band, least in STARTS.items() if least <= total)[1]


def count(session: Session, question: Question, who: Collection[int]) -> Counted:
    """Count the exposures of these people that the question asks about."""
    return _counted(read(session, first=question.first, last=question.last), question, list(who))


def _counted(found: Exposures, question: Question, ids: list[int]) -> Counted:
    import numpy as np  # noqa: PLC0415 - loaded where it is needed

    highest = max([int(found.people.max(initial=0)), *ids], default=0)
    place_of = np.full(highest + 1, -1, dtype=np.int32)
    place_of[np.array(ids, dtype=np.int64)] = np.arange(len(ids), dtype=np.int32)
    places, types, days = place_of[found.people], found.types, found.days
    keep = places >= 0
    if question.types:
        keep &= np.array([code in question.types for code in found.codes], dtype=np.bool_)[types]
    if not keep.all():
        places, types, days = places[keep], types[keep], days[keep]
    width = max(1, len(found.codes))
    cells = np.bincount(places.astype(np.int64) * width + types, minlength=len(ids) * width)
    return Counted(ids, cells.reshape(-1, width), found.codes, places, days)


def exposure(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> Exposure:
    """Who was exposed, how often, to what and when."""
    who = load(viewer, session, question, today=local_date(now))
    counted = count(session, question, who)
    everybody = len(who)

    def people(some: int) -> Number:
        return Number(some, everybody, Unit.PEOPLE)

    whole = int(counted.totals.sum())
    return Exposure(
        people=people(int((counted.totals > 0).sum())),
        exposures=whole,
        bands={band: people(len(some)) for band, some in counted.banded().items()},
        repeated=people(len(counted.repeated())),
        types=tuple(_types(counted, everybody, whole)),
        months=_months(counted, question),
    )


def _types(counted: Counted, everybody: int, whole: int) -> list[TypeLine]:
    found = []
    exposed = (counted.counts > 0).sum(axis=0).tolist()
    twice = (counted.counts > 1).sum(axis=0).tolist()
    sums = counted.counts.sum(axis=0).tolist()
    for code, people, again, total in zip(counted.codes, exposed, twice, sums, strict=False):
        if total:
            line = TypeLine(
                code,
                people=Number(people, everybody, Unit.PEOPLE),
                repeated=Number(again, people, Unit.PEOPLE),
                exposures=Number(total, whole, Unit.EXPOSURES),
            )
            found.append(line)
    return sorted(found, key=lambda line: (-line.exposures.counted, line.code))


def _months(counted: Counted, question: Question) -> tuple[MonthLine, ...]:
    import numpy as np  # noqa: PLC0415

    parts = list(parts_of(question))
    lengths = [(part.last - part.first).days + 1 for part in parts]
    month_of_day = np.repeat(np.arange(len(parts), dtype=np.int32), lengths)
    months = month_of_day[counted.days - question.first.toordinal()]
    seen = np.zeros((len(parts), len(counted.ids)), dtype=np.bool_)
    seen[months, counted.places] = True
    sums = np.bincount(months, minlength=len(parts)).tolist()
    return tuple(
        MonthLine(part.month, Number(people, len(counted.ids), Unit.PEOPLE), total)
        for part, people, total in zip(parts, seen.sum(axis=1).tolist(), sums, strict=True)
    )
