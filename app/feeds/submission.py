"""Rows that a program sends as JSON: what a request may look like, and how its rows are read. Pure.

A request that is no list of rows is refused. A row that is not as the description says is set aside
like any other, and the rest goes in.
"""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from app.feeds.fields import HIGHEST_VERSION, LONGEST_CELL, MISSING, MOST_HOURS
from app.feeds.mapping import FeedMapping, parse_mapping
from app.feeds.models import FeedKind
from app.feeds.quarantine import clip
from app.feeds.reader import Record
from app.feeds.specification import CHARACTERISTICS, KINDS, VERSION, Field, Form

MOST_ROWS = 10_000
UNVERSIONED = "0"
"""A row that says no version is as old as can be, as in a file without that column."""
LONGEST_NAME = 60
SYSTEM = re.compile(r"[a-z][a-z0-9_-]{0,39}")
OTHER_SYSTEMS = ("person_system", "incident_system", "unit_system")
CODES_FROM = ("mapping", "framework")
"""What gives an incident its type: our own words in the row, or the framework's code map."""
ENVELOPE = ("system", *OTHER_SYSTEMS, "codes_from", "rows")
LIMITED = frozenset({Form.REFERENCE, Form.TEXT, Form.CODE})
"""Forms whose length is limited by what the tables hold."""
Row = Mapping[str, Any]


class UnusableError(Exception):
    """A request cannot be read as a list of rows: the message says why and what to do."""


class TooManyRowsError(UnusableError):
    """There are more rows than one request may hold."""


class Submission(NamedTuple):
    """What a program sent: how to read it, and its rows."""

    mapping: FeedMapping
    rows: "JsonRows"


def read(kind: FeedKind, body: bytes) -> Submission:
    """Understand a request as far as its rows.

    Raises:
        UnusableError: it is no list of rows.
    """
    document = _object(body)
    rows = document.get("rows")
    if not isinstance(rows, list) or not rows:
        message = "The request has no rows. Send `rows`, a list of one object for each row."
        raise UnusableError(message)
    if len(rows) > MOST_ROWS:
        message = f"The request has {len(rows):,} rows. Send at most {MOST_ROWS:,} at a time."
        raise TooManyRowsError(message)
    declared = {
        name for row in rows if isinstance(row, dict) for name in row.keys() & CHARACTERISTICS
    }
    fields = [
        field
        for field in KINDS[kind].for_programs
        if field.name not in CHARACTERISTICS or field.name in declared
    ]
    columns = {field.name: field.name for field in fields}
    said = {**_systems(document), **_codes_from(kind, document)}
    mapping = parse_mapping({"kind": kind, "version": 1, **said, "columns": columns})
    return Submission(mapping, JsonRows(kind, fields, rows))


def _systems(document: Row) -> dict[str, str]:
    systems = {name: document[name] for name in OTHER_SYSTEMS if name in document}
    systems["system"] = document.get("system")
    if not all(isinstance(name, str) and SYSTEM.fullmatch(name) for name in systems.values()):
        message = (
            "`system` names the system the rows come from, such as hr: a small letter, then up to "
            "39 small letters, digits, _ or -. So do `person_system`, `incident_system` and "
            "`unit_system`, which may be left out."
        )
        raise UnusableError(message)
    return systems


def _codes_from(kind: FeedKind, document: Row) -> dict[str, str]:
    if "codes_from" not in document:
        return {}
    said = document["codes_from"]
    if kind is not FeedKind.INCIDENTS or said not in CODES_FROM:
        message = "`codes_from` is for incidents, and says mapping or framework. Leave it out."
        raise UnusableError(message)
    return {"codes_from": said}


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_no_number, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        message = "The request is not JSON in UTF-8. Check the program that writes it."
        raise UnusableError(message) from error
    if not isinstance(document, dict):
        message = "The request is not an object. Send {“system”: …, “rows”: […]}."
        raise UnusableError(message)
    unknown = sorted(set(document) - set(ENVELOPE))
    if unknown:
        message = (
            f"The request says “{_shown(unknown[0])}”, which means nothing here. "
            f"Use: {', '.join(ENVELOPE)}."
        )
        raise UnusableError(message)
    return document


def _no_number(name: str) -> None:
    message = f"{name} is no JSON"
    raise ValueError(message)


def _shown(text: str) -> str:
    return clip(text.encode("utf-8", "replace").decode("utf-8"))[:LONGEST_NAME]


# --- Rows -----------------------------------------------------------------------------------------


class _ShapeError(Exception):
    """A value is not of the form that its field has."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


class JsonRows:
    """The rows of a request, as the intake reads rows."""

    def __init__(self, kind: FeedKind, fields: list[Field], rows: list[Any]) -> None:
        self.kind = kind
        self.fields = fields
        self.rows = rows
        self.places = {field.name: at for at, field in enumerate(fields)}
        self.size = len(rows)
        self.done = 0

    def position(self, column: str) -> int:
        """Where a field stands."""
        return self.places[column]

    def __iter__(self) -> Iterator[Record]:
        for row in self.rows:
            self.done += 1
            yield self._record(self.done, row)

    def _record(self, number: int, row: object) -> Record:
        if not isinstance(row, dict):
            return Record(
                number, [], "This row is not an object. Send the fields and their values."
            )
        cells, fault = [""] * len(self.fields), None
        for at, field in enumerate(self.fields):
            try:
                cells[at] = cell(field, row.get(field.name), needed=field.name == self._identity)
            except _ShapeError as error:
                fault = fault or error
                cells[at] = _kept(row.get(field.name))
        fault = self._unknown(row) or fault
        if fault:
            return Record(number, cells, fault.reason, fault.field)
        return Record(number, cells)

    @property
    def _identity(self) -> str:
        return KINDS[self.kind].identity

    def _unknown(self, row: Row) -> _ShapeError | None:
        unknown = sorted(row.keys() - self.places.keys())
        if not unknown:
            return None
        known = ", ".join(field.name for field in KINDS[self.kind].for_programs)
        reason = f"A row of {self.kind} has no such field, so it may be misspelt. Use: {known}."
        return _ShapeError(_shown(unknown[0]), reason)

    def close(self) -> None:
        """Nothing is held open."""


def _kept(value: object) -> str:
    """A value at fault as text, so that the data steward can see what it says."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= LONGEST_CELL and text.isprintable() else ""


def cell(field: Field, value: object, *, needed: bool = False) -> str:
    """The text that a file would hold for this value.

    Raises:
        _ShapeError: it is not of the field's form.
    """
    if value is None:
        if needed:
            raise _ShapeError(field.name, MISSING)
        return UNVERSIONED if field.name == VERSION.name else ""
    if field.form is Form.YES_NO:
        if isinstance(value, bool):
            return "yes" if value else "no"
        raise _ShapeError(field.name, "This is neither true nor false. Send one of them.")
    if field.form is Form.WHOLE:
        return _whole(field, value)
    if field.form is Form.HOURS:
        return _hours(field, value)
    if field.form is Form.CODES:
        return _codes(field, value)
    return _text(field, value)


def _whole(field: Field, value: object) -> str:
    number = _number(value, HIGHEST_VERSION - 1)
    if number is None or number != int(number):
        reason = "This is not a whole number from 0 to 4 million million million. Send one."
        raise _ShapeError(field.name, reason)
    return str(int(number))


def _hours(field: Field, value: object) -> str:
    number = _number(value, MOST_HOURS)
    if number is None:
        reason = f"This is not a number from 0 to {MOST_HOURS}. Send one."
        raise _ShapeError(field.name, reason)
    return f"{number:.2f}"


def _number(value: object, most: int) -> Decimal | None:
    """A number of JSON, if it is one from 0 to the most there can be."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= most:
        return None
    return Decimal(value)


def _codes(field: Field, value: object) -> str:
    if not isinstance(value, list):
        raise _ShapeError(field.name, "This is not a list of texts. Send one.")
    found = [_text(field._replace(form=Form.TEXT), one) for one in value]
    if any(";" in one for one in found):
        raise _ShapeError(field.name, "A code here has no semicolon in it. Send each on its own.")
    if len(";".join(found)) > LONGEST_CELL:
        reason = "These are more codes than can be kept. Send those that the code map speaks of."
        raise _ShapeError(field.name, reason)
    return ";".join(found)


def _text(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise _ShapeError(field.name, "This is not text. Send it in quotation marks.")
    try:
        value.encode()
    except UnicodeEncodeError:
        reason = "This contains half of a character. Correct how the program writes JSON."
        raise _ShapeError(field.name, reason) from None
    longest = field.longest if field.form in LIMITED else LONGEST_CELL
    if len(value) > longest:
        reason = f"This is longer than {longest} characters. Shorten it at the source."
        raise _ShapeError(field.name, reason)
    if field.words and value and value not in field.words:
        reason = f"This is none of our words. Send one of: {', '.join(field.words)}."
        raise _ShapeError(field.name, reason)
    return value
