"""Where a long list has got to."""

from dataclasses import dataclass

LENGTH = 50
LONGEST_NUMBER = 7


@dataclass(frozen=True)
class Page:
    """One page of a list; the first page is 1, and a page that does not exist is never made."""

    number: int
    total: int
    length: int = LENGTH

    @classmethod
    def of(cls, asked: str | None, total: int, length: int = LENGTH) -> "Page":
        """The page an address asks for, or the nearest there is."""
        plain = bool(asked) and str(asked).isdecimal() and len(str(asked)) <= LONGEST_NUMBER
        wanted = int(str(asked)) if plain else 1
        last = max(1, -(-total // length))
        return cls(min(max(wanted, 1), last), total, length)

    @property
    def last(self) -> int:
        """The number of the last page, which is 1 even when there is nothing to show."""
        return max(1, -(-self.total // self.length))

    @property
    def offset(self) -> int:
        """How many entries come before this page."""
        return (self.number - 1) * self.length
