"""Getting at the text of a field in the cells of a row, as the mapping says."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from app.feeds import fields
from app.feeds.fields import BadValueError
from app.feeds.mapping import FeedMapping
from app.feeds.reader import Rows

MOST_IN_A_CELL = 100_000
"""Even a column that is not mapped holds no cell this long, unless the row is broken."""

Cells = Sequence[str]
Getter = Callable[[Cells], str]


class Context(NamedTuple):
    """What a row is judged by besides its mapping. ``version`` is that of a row which has none."""

    now: datetime
    known_types: Collection[str]
    version: int = 0


class Columns:
    """Where each field of a mapping stands in one file.

    Raises:
        FileRefusedError: the file lacks a column that the mapping names.
    """

    def __init__(self, table: Rows, mapping: FeedMapping, context: Context) -> None:
        self.mapping = mapping
        self.context = context
        self.positions = {
            field: [table.position(name) for name in names]
            for field, names in mapping.columns.items()
        }
        self.mapped = sorted({at for found in self.positions.values() for at in found})
        self._prefix = f"{mapping.version:04d}"

    def has(self, field: str) -> bool:
        """Whether the file or a default says anything about a field."""
        return field in self.positions or field in self.mapping.defaults

    def text(self, field: str) -> Getter:
        """The text of a field, or its default, without the space around it."""
        default = self.mapping.defaults.get(field, "")
        if field not in self.positions:
            return lambda _cells: default
        (at,) = self.positions[field]
        if field in self.mapping.numeric:
            return lambda cells: fields.whole_number(field, cells[at].strip()) or default
        if default:
            return lambda cells: cells[at].strip() or default
        return lambda cells: cells[at].strip()

    def code(self, field: str) -> Getter:
        """The text of a coded field. Its default is no code, so the choice applies it later."""
        if field not in self.positions:
            return lambda _cells: ""
        (at,) = self.positions[field]
        return lambda cells: cells[at].strip()

    def reference(self, field: str = "ref") -> Getter:
        """A record's own reference, which may be put together from several columns."""
        found = self.positions.get(field, [])
        if len(found) < 2:  # noqa: PLR2004
            return self.text(field)
        if field in self.mapping.numeric:
            return lambda cells: fields.join_reference(
                [fields.whole_number(field, cells[at].strip()) for at in found]
            )
        return lambda cells: fields.join_reference([cells[at].strip() for at in found])

    def version(self) -> Callable[[Cells], int]:
        """The source's version of the row, or the one that stands for the whole file."""
        if "version" not in self.positions:
            version = self.context.version
            return lambda _cells: version
        get, parse = self.text("version"), fields.version_parser(self.mapping)
        return lambda cells: parse(get(cells))

    def withdrawn(self) -> Callable[[Cells], bool]:
        """Whether the source has taken the record back."""
        if not self.has("withdrawn"):
            return lambda _cells: False
        get = self.text("withdrawn")
        parse = fields.boolean_parser(self.mapping, "withdrawn")
        return lambda cells: parse(get(cells))

    def digest(self, *content: str) -> str:
        """Says whether two rows say the same.

        It begins with the mapping's version, so that of two readings of one row that made with the
        newer mapping is the greater.
        """
        packed = "\x1f".join(content).encode()
        return self._prefix + blake2b(packed, digest_size=14).hexdigest()

    def refuse_long(self, cells: Cells) -> None:
        """Say which cell is too long.

        Raises:
            BadValueError: a mapped cell is, or another is so long that the row must be broken.
        """
        for field, found in self.positions.items():
            if any(len(cells[at]) > fields.LONGEST_CELL for at in found):
                reason = (
                    f"This cell is longer than {fields.LONGEST_CELL:,} characters. "
                    "Shorten it at the source."
                )
                raise BadValueError(field, reason, cells[found[0]])
        if max(map(len, cells)) > MOST_IN_A_CELL:
            reason = f"A cell is longer than {MOST_IN_A_CELL:,} characters. Check the export."
            raise BadValueError(field="row", reason=reason)
