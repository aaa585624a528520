"""Asking the release store, and remembering which figures were said to whom. Knows no people."""

from dataclasses import dataclass, field

from sqlmodel import Session

from app.disclosure import store
from app.disclosure.cells import Cell, Filter
from app.disclosure.store import Menu, Published, code_of
from app.measures.vocabulary import DIMENSIONS, Category, Dimension, Measure, Period, PeriodKind


@dataclass
class Figures:
    """The latest release, while one reply is made from it.

    ``seen``: the address of every figure that was said with a number in it.
    """

    session: Session
    published: Published
    menu: Menu
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, session: Session) -> "Figures | None":
        """What can be asked now; ``None`` before the first release."""
        published = store.latest(session)
        return cls(session, published, store.menu(session)) if published else None

    def measure(self, code: str) -> Measure | None:
        """A measure, if it is published."""
        return next((one for one in self.menu.measures if one.code == code), None)

    def periods(self, kind: PeriodKind) -> list[Period]:
        """The periods of a kind, newest first."""
        return [one for one in self.menu.periods if one.kind is kind]

    def newest(self, kind: PeriodKind) -> Period | None:
        """The newest period of a kind."""
        return next(iter(self.periods(kind)), None)

    def categories(self, dimension: Dimension) -> tuple[Category, ...]:
        """What a dimension tells apart; nothing if it is not published."""
        return self.menu.dimensions.get(dimension, ())

    def label(self, asked: Filter) -> str:
        """``District: North``; the code itself if there is no such category any more."""
        found = {one.code: one.label for one in self.categories(asked.dimension)}
        return f"{DIMENSIONS[asked.dimension]}: {found.get(asked.code, asked.code)}"

    def cell(self, measure: Measure, period: Period, filters: tuple[Filter, ...]) -> Cell | None:
        """One figure; ``None`` if it is not published."""
        found = store.cell(self.session, measure=measure.code, period=period.code, filters=filters)
        self._note([found] if found else [])
        return found

    def line(
        self,
        measure: Measure,
        period: Period,
        dimension: Dimension,
        within: Filter | None = None,
    ) -> list[tuple[str, Cell]]:
        """The label and the figure of each category, in the list's order."""
        found = store.line(
            self.session,
            measure=measure.code,
            period=period.code,
            dimension=dimension,
            within=within,
        )
        self._note(found)
        labels = {one.code: one.label for one in self.categories(dimension)}
        return [(labels[code_of(one, dimension)], one) for one in found]

    def course(
        self, measure: Measure, kind: PeriodKind, filters: tuple[Filter, ...] = (), last: int = 24
    ) -> dict[str, Cell]:
        """Figures by the code of their period, oldest first."""
        found = store.course(
            self.session, measure=measure.code, kind=kind, filters=filters, last=last
        )
        self._note(found)
        return {one.period: one for one in found}

    def _note(self, cells: list[Cell]) -> None:
        # Of a group that is too small nothing was said.
        self.seen |= {
            "|".join((one.measure, one.period, *(f"{f.dimension}:{f.code}" for f in one.filters)))
            for one in cells
            if one.base is not None
        }
