"""Reading a CSV file of any size, row by row, whatever state it is in.

A file that cannot be read as a whole is refused before its first row is handed out. A row that
cannot be read is handed out as such, and reading goes on after it.
"""

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

BLOCK = 1 << 20
LONGEST_LINE = 16 * BLOCK
"""Characters. A file with a longer line is no table of rows, and would not fit in memory."""
MOST_LINES = 200
"""Lines in one row. More means that a quotation mark was opened and never closed."""
BINARY_SHARE = 0.01
"""Share of NUL characters above which a file is taken for binary."""

WHOLE_ROW = "row"
"""What is at fault when no single field is."""
STRAY_QUOTE = (
    "A quotation mark in this row is out of place or never closed. "
    "Write a quotation mark inside a value twice."
)
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a spreadsheet or ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF file"),
    (b"\x1f\x8b", "a compressed file"),
    (b"SQLite format 3", "a database file"),
)


class FileRefusedError(Exception):
    """Nothing of a file was used: the message says why and what to do."""


class Record(NamedTuple):
    """One row. ``number`` counts as a spreadsheet does: the header is row 1.

    ``problem`` says why the row could not be read; then ``cells`` is all that is known of it.
    """

    number: int
    cells: list[str]
    problem: str = ""
    field: str = WHOLE_ROW


class Rows(Protocol):
    """Rows that are handed out one by one, under a header that is known beforehand."""

    @property
    def size(self) -> int:
        """How much there is, in any measure; 0 when nobody knows."""

    @property
    def done(self) -> int:
        """How much of it has been handed out."""

    def position(self, column: str) -> int:
        """Where a column stands.

        Raises:
            FileRefusedError: it is not there, or twice.
        """

    def __iter__(self) -> Iterator[Record]: ...

    def close(self) -> None:
        """Let go of whatever the rows come from."""


class Table:
    """An open file whose header has been read."""

    def __init__(self, path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> None:
        """Check the whole file, open it and read its header.

        Raises:
            FileRefusedError: it cannot be read as a table in the encoding named.
        """
        codec = _check(path, encoding)
        self._size = path.stat().st_size
        self._binary = path.open("rb")
        self._text = io.TextIOWrapper(self._binary, encoding=codec, newline="")
        self._rows = _records(self._text, "\t" if delimiter == "tab" else delimiter)
        self.header = self._read_header()

    def _read_header(self) -> list[str]:
        first = next(self._rows, None)
        header = [] if first is None else [name.strip() for name in first.cells]
        if not any(header):
            self.close()
            message = "The first row of the file is not a header. Put the column names there."
            raise FileRefusedError(message)
        return header

    def position(self, column: str) -> int:
        """Where a column stands.

        Raises:
            FileRefusedError: it is not there, or twice.
        """
        found = [index for index, name in enumerate(self.header) if name == column]
        if len(found) == 1:
            return found[0]
        if found:
            message = f"The file has {len(found)} columns called {column}. Rename all but one."
            raise FileRefusedError(message)
        names = ", ".join(name or "(no name)" for name in self.header[:40])
        message = (
            f"The file has no column {column[:60]}, which the mapping names. "
            f"Its columns are: {names[:600]}. Correct the mapping or the file."
        )
        raise FileRefusedError(message)

    def __iter__(self) -> Iterator[Record]:
        width, first = len(self.header), self.header[0]
        for record in self._rows:
            if record.problem:
                yield record
            elif len(record.cells) != width:
                # A blank line is nothing, not a row.
                if record.cells:
                    yield record._replace(problem=_wrong_width(len(record.cells), width))
            elif record.cells[0].strip() == first and self._is_header(record.cells):
                yield record._replace(
                    problem="This row repeats the header. Nothing is lost; remove it at the source."
                )
            else:
                yield record

    def _is_header(self, cells: list[str]) -> bool:
        return [cell.strip() for cell in cells] == self.header

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return self._size

    @property
    def done(self) -> int:
        """Bytes read so far, of :attr:`size`."""
        return self._binary.tell()

    def close(self) -> None:
        """Let go of the file."""
        self._text.close()


def _wrong_width(found: int, expected: int) -> str:
    return (
        f"This row has {found} cells where the header has {expected}. "
        "Put quotation marks around values that contain the separator."
    )


# --- The file as a whole --------------------------------------------------------------------------


def _check(path: Path, encoding: str) -> str:
    """Decode the file once from end to end; returns the codec to read it with."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        message = f"The file cannot be opened: {error.strerror}. Check its name and permissions."
        raise FileRefusedError(message) from error
    for signature, what in SIGNATURES:
        if start.startswith(signature):
            message = f"The file is {what}, not CSV. Export it as CSV (comma separated, UTF-8)."
            raise FileRefusedError(message)
    codec = _codec(start, encoding)
    _decode_all(path, codec, encoding)
    return codec


def _codec(start: bytes, encoding: str) -> str:
    if start.startswith(BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if encoding == "utf-16":
        message = "The mapping says UTF-16 but the file has no byte-order mark. Save it as UTF-8."
        raise FileRefusedError(message)
    return encoding


def _decode_all(path: Path, codec: str, encoding: str) -> None:
    characters = nuls = unbroken = 0
    blank = True
    with path.open(encoding=codec, newline="") as text:
        while True:
            try:
                block = text.read(BLOCK)
            except UnicodeError as error:
                raise FileRefusedError(_not_decodable(codec, encoding)) from error
            if not block:
                break
            characters += len(block)
            nuls += block.count("\0")
            unbroken = _unbroken(block, unbroken)
            blank = blank and not block.strip()
    if blank:
        message = "The file is empty. Check that the export finished, and send it again."
        raise FileRefusedError(message)
    if nuls > characters * BINARY_SHARE:
        message = "The file is binary, not text. Export it as CSV (comma separated, UTF-8)."
        raise FileRefusedError(message)


def _not_decodable(codec: str, encoding: str) -> str:
    if codec.startswith("utf-8") and encoding != "cp1252":
        return (
            "The file is not UTF-8. Save it as “CSV UTF-8”, or write `encoding: cp1252` in the "
            "mapping if it comes from an older Windows program."
        )
    return f"The file is not text in {codec}. Save it as “CSV UTF-8” and send it again."


def _unbroken(block: str, before: int) -> int:
    """How long the line at the end of this block is so far."""
    first = min((at for at in (block.find("\n"), block.find("\r")) if at >= 0), default=len(block))
    if before + first > LONGEST_LINE:
        message = "The file has a line of over 16 million characters. Export it again as CSV."
        raise FileRefusedError(message)
    if first == len(block):
        return before + first
    return len(block) - 1 - max(block.rfind("\n"), block.rfind("\r"))


# --- Row by row -----------------------------------------------------------------------------------


class _RunawayError(Exception):
    """A row goes on for too many lines."""


class _Lines:
    """Lines for the CSV reader, which remembers those of the present row to hand them out again."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source = source
        self.again: deque[str] = deque()
        self.present: list[str] = []

    def __iter__(self) -> Iterator[str]:
        present, again = self.present, self.again
        while again:
            present.append(again.popleft())
            yield present[-1]
            _check_end(present)
        for line in self.source:
            present.append(line)
            yield line
            _check_end(present)

    def give_back(self) -> None:
        """Read all lines of the present row again, except the first, which is at fault."""
        self.again.extendleft(reversed(self.present[1:]))
        self.present.clear()


def _check_end(present: list[str]) -> None:
    if len(present) > MOST_LINES:
        raise _RunawayError


def _records(source: Iterator[str], delimiter: str) -> Iterator[Record]:
    # The module's default of 128 KiB would end the reading; a long cell is a fault of one row only.
    csv.field_size_limit(LONGEST_LINE * 2)
    lines = _Lines(source)
    present = lines.present
    number = 0
    while True:
        # Strict: a stray quotation mark is a fault to report, not something to guess about.
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                present.clear()
                number += 1
                yield Record(number, cells)
        except (csv.Error, _RunawayError):
            number += 1
            lines.give_back()
            yield Record(number, [], STRAY_QUOTE)
        else:
            return
