"""How strongly figures are protected. A force may ask for more, never for less. Pure.

All of it is public: it is stored with every release and shown to whoever reads figures. Only the
two secrets that choose the adjustments are not.
"""

from dataclasses import asdict, dataclass, fields

from app.config import UnsafeConfigurationError


@dataclass(frozen=True)
class Parameters:
    """The numbers of the scheme; each default is also the floor, unless ``FLOORS`` says less.

    Raises:
        UnsafeConfigurationError: one of them protects less than it has to.
    """

    smallest_count: int = 10
    """A count below this is hidden, nobody included; so is what leaves fewer than this over."""
    smallest_group: int = 30
    """Nothing is said of a smaller group."""
    smallest_sensitive_group: int = 50
    """The same, where the group is told apart by something people are treated worse for."""
    smallest_difference: int = 10
    """Two groups that differ by fewer people than this are never both shown."""
    spread: float = 4.0
    """Standard deviation of the adjustment, in people."""
    widest: int = 12
    """No adjustment is larger than this, in people."""
    step: int = 5
    """Numbers are rounded to this."""
    most_cells: int = 24
    """In how many figures of one measure and period one person may be."""
    fewest_changes: int = 10
    """A figure stays as it is until this many people's records have changed."""

    def __post_init__(self) -> None:
        for name, floor in FLOORS.items():
            if getattr(self, name) < floor:
                message = f"RELEASE_RULES: {name} has to be at least {floor}."
                raise UnsafeConfigurationError(message)
        if self.most_cells > MOST_CELLS:
            message = f"RELEASE_RULES: most_cells has to be at most {MOST_CELLS}."
            raise UnsafeConfigurationError(message)
        if self.widest < 3 * self.spread:
            message = "RELEASE_RULES: widest has to be at least three times spread."
            raise UnsafeConfigurationError(message)

    def stored(self) -> dict[str, float]:
        """As it is kept with a release."""
        return asdict(self)


FLOORS: dict[str, float] = {
    "smallest_count": 10,
    "smallest_group": 30,
    "smallest_sensitive_group": 50,
    "smallest_difference": 10,
    "spread": 3,
    "widest": 9,
    "step": 5,
    "fewest_changes": 10,
}
MOST_CELLS = 24


def read_parameters(text: str) -> Parameters:
    """Read what a force asks for: ``smallest_group=40 spread=5 widest=15``.

    Raises:
        UnsafeConfigurationError: a name is not known, a value no number, or too weak.
    """
    kinds = {field.name: field.type for field in fields(Parameters)}
    wanted: dict[str, float] = {}
    for part in text.split():
        name, _, value = part.partition("=")
        if name not in kinds:
            message = f"RELEASE_RULES: {name} is not known. Use: {', '.join(kinds)}."
            raise UnsafeConfigurationError(message)
        try:
            wanted[name] = float(value) if name == "spread" else int(value)
        except ValueError as error:
            message = f"RELEASE_RULES: {name} needs a number."
            raise UnsafeConfigurationError(message) from error
    return Parameters(**wanted)  # type: ignore[arg-type]
