"""What attacks a candidate before anybody may approve it, and what it has to tell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from app.disclosure.cells import Cell
from app.disclosure.parameters import Parameters

if TYPE_CHECKING:
    # They load numpy, which no page needs.
    from app.measures.frames import Frame, People


class Table(NamedTuple):
    """What a candidate says of one period, and the truth that attacks are scored by."""

    people: "People"
    frames: "Sequence[Frame]"
    cells: Sequence[Cell]


class Report(Protocol):
    """What came of the attacks."""

    @property
    def passed(self) -> bool:
        """Whether all of them failed to find anybody."""

    def dump(self) -> str:
        """As JSON, to be kept with the release."""


class Attack(Protocol):
    """Attacks every table of a candidate."""

    def __call__(self, tables: Sequence[Table], *, parameters: Parameters) -> Report:
        """Try, and say what came of it."""


def attack() -> Attack:
    """The attack suite. It loads numpy and scipy, so it is read where a release is made."""
    from app.disclosure.attacks.running import run  # noqa: PLC0415

    return run
