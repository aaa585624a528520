"""Reading a force's own list of types and factors from a file: pure.

A row has a ``code`` (may be empty: made from the name), a ``name``, a ``kind`` (``type`` or
``factor``) and ``always`` (``yes`` or ``no``: whether one attendance asks for a conversation).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml
from pydantic import ValidationError

from app.framework.editing import Section, change, faults, new_code, put
from app.incidents.framework import Factor, Framework, IncidentType

COLUMNS = ("code", "name", "kind", "always")
NEEDED = ("name", "kind")
YES, NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0", "")
MOST_ROWS = 500
DEEPEST = 5
LARGEST = 500_000
"""In bytes: a list that somebody worded is far shorter."""


class BadRow(NamedTuple):
    """A row that cannot be used: where, and why in a sentence."""

    line: int
    reason: str


class FileError(Exception):
    """The file cannot be read at all; the message says why and what to do."""


@dataclass(frozen=True)
class Listed:
    """What a file says: items with their lines, in its order, and the rows that cannot be used."""

    items: tuple[tuple[int, IncidentType | Factor], ...]
    bad: tuple[BadRow, ...]


@dataclass
class Outcome:
    """What loading a list does to a draft."""

    framework: Framework
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """The draft and the file say different things, and the draft's words were left."""
    same: int = 0
    absent: int = 0
    """Types and factors in use in the draft that the file does not name."""


def read(name: str, content: bytes) -> Listed:
    """Read a file whose name ends in ``.csv``, ``.yaml`` or ``.yml``.

    Raises:
        FileError: it is no such file, or has nothing in it.
    """
    if len(content) > LARGEST:
        message = "The file is too large. Check that it is the list you meant"
        raise FileError(message)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "The file is not in UTF-8. Save it as “CSV UTF-8” and try again"
        raise FileError(message) from error
    ending = name.rsplit(".", 1)[-1].lower()
    if ending not in {"csv", "yaml", "yml"}:
        message = "The file must be a CSV or YAML file, ending in .csv, .yaml or .yml"
        raise FileError(message)
    rows = list(_csv_rows(text) if ending == "csv" else _yaml_rows(text))
    if not rows:
        message = "The file has no rows"
        raise FileError(message)
    if len(rows) > MOST_ROWS:
        message = f"The file has more than {MOST_ROWS} rows. Check that it is the list you meant"
        raise FileError(message)
    return _checked(rows)


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        _check_columns(header)
        line = reader.line_num
        for cells in reader:
            first, line = line + 1, reader.line_num
            if len(cells) > len(header):
                yield first, {"extra": ""}
            elif any(cell.strip() for cell in cells):
                yield first, dict(zip(header, cells, strict=False))
    except csv.Error as error:
        message = f"The file is not a CSV file that can be read: line {reader.line_num}: {error}"
        raise FileError(message) from error


def _check_columns(header: list[str]) -> None:
    missing = [name for name in NEEDED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown or len(set(header)) < len(header):
        message = f"The first line must name the columns: {', '.join(COLUMNS)}, each once"
        raise FileError(message)


def _yaml_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    message = "The file must be a YAML list, each entry with name and kind"
    try:
        _check_depth(text, message)
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f": look at line {mark.line + 1}" if mark else ""
        raise FileError(message + where) from error
    if not isinstance(document, yaml.SequenceNode):
        raise FileError(message)
    for entry in document.value:
        line = entry.start_mark.line + 1
        if isinstance(entry, yaml.MappingNode):
            yield (
                line,
                {
                    str(key.value).lower(): value.value if isinstance(value.value, str) else "?"
                    for key, value in entry.value
                },
            )
        else:
            yield line, {"extra": ""}


def _check_depth(text: str, message: str) -> None:
    # A list of rows is flat; reading something nested a thousandfold would take minutes.
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise FileError(message)


def _checked(rows: Iterable[tuple[int, Mapping[str, str]]]) -> Listed:
    good: list[tuple[int, IncidentType | Factor]] = []
    bad: list[BadRow] = []
    lines: dict[tuple[str, str], int] = {}
    for line, row in rows:
        try:
            item = _item(row, {code for _kind, code in lines})
            place = (type(item).__name__, item.code)
            if place in lines:
                reason = f"The code {item.code} is on line {lines[place]} already"
                bad.append(BadRow(line, reason))
                continue
            lines[place] = line
            good.append((line, item))
        except ValidationError as error:
            bad += [BadRow(line, fault.sentence) for fault in faults(error)]
        except ValueError as error:
            bad.append(BadRow(line, str(error)))
    return Listed(tuple(good), tuple(bad))


def _item(row: Mapping[str, str], taken: set[str]) -> IncidentType | Factor:
    unknown = [name for name in row if name not in COLUMNS]
    if unknown:
        message = f"The row has something other than {', '.join(COLUMNS)}"
        raise ValueError(message)
    values = {name: row.get(name, "").strip() for name in COLUMNS}
    kind, always = values["kind"].lower(), values["always"].lower()
    if kind not in {"type", "factor"}:
        message = "The kind must be type or factor"
        raise ValueError(message)
    if always not in YES + NO:
        message = "Always must be yes or no"
        raise ValueError(message)
    code = values["code"] or new_code(values["name"], taken)
    if kind == "type":
        return IncidentType.model_validate(
            {"code": code, "name": values["name"], "always_prompts": always in YES}
        )
    if always in YES:
        message = "Always is for types: a factor by itself asks for nothing. Leave it empty"
        raise ValueError(message)
    return Factor.model_validate({"code": code, "name": values["name"]})


def credited(framework: Framework, wording: str) -> Framework:
    """Say whose words were brought in, after whatever is said already.

    Raises:
        ValidationError: the note becomes too long.
    """
    wording = " ".join(wording.split())
    if wording in framework.wording:
        return framework
    return change(framework, {"wording": f"{framework.wording} {wording}".strip()})


def load(framework: Framework, listed: Listed, *, replace: bool) -> Outcome:
    """Put a list without bad rows into a framework. ``replace``: where both know a code and differ,
    the file's words are taken; otherwise they are left and reported.

    Raises:
        ValidationError: the result would not be a framework.
    """
    outcome = Outcome(framework)
    for _line, item in listed.items:
        _load_one(outcome, item, replace=replace)
    named = {(type(item), item.code) for _line, item in listed.items}
    held: tuple[IncidentType | Factor, ...] = (*outcome.framework.types, *outcome.framework.factors)
    outcome.absent = sum((type(item), item.code) not in named and not item.retired for item in held)
    return outcome


def _load_one(outcome: Outcome, item: IncidentType | Factor, *, replace: bool) -> None:
    section = Section.TYPES if isinstance(item, IncidentType) else Section.FACTORS
    held: Sequence[IncidentType | Factor] = getattr(outcome.framework, section.value)
    old = next((one for one in held if one.code == item.code), None)
    values = item.model_dump(mode="json", exclude={"retired", "weight"})
    if old is None:
        outcome.framework = put(outcome.framework, section, None, values)
        outcome.added.append(_said(item))
    elif old.model_dump(mode="json", exclude={"retired", "weight"}) == values:
        outcome.same += 1
    elif replace:
        outcome.framework = put(outcome.framework, section, item.code, values)
        outcome.changed.append(f"{_said(item)}; it was {_said(old)}")
    else:
        outcome.kept.append(f"{_said(old)}; the file has {_said(item)}")


def _said(item: IncidentType | Factor) -> str:
    asks = isinstance(item, IncidentType) and item.always_prompts
    return f"{item.name} ({item.code}){', asks on one attendance' if asks else ''}"
