"""The mapping: which column of a force's file means what, and which of its codes means what.

A mapping is a small YAML file. Its ``version`` goes up with each change, and a row read with a
newer version of the mapping counts as newer than the same row read with an older one.
"""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.exposure.models import OWN_SYSTEM, TRACKER_SYSTEM
from app.feeds.models import FeedKind
from app.feeds.specification import KINDS
from app.people.models import GONE_SYSTEM, UnitKind

LARGEST = 1_000_000
"""A mapping is written by hand: a file of more bytes than this is something else."""
OTHERWISE = "*"
"""The entry of a code list that stands for every code not named in it."""

FIELDS: dict[FeedKind, tuple[str, ...]] = {kind: spec.names for kind, spec in KINDS.items()}
"""Everything a file of each kind may tell us. Nothing else in it is ever stored."""

NO_DEFAULT = ("ref", "version", "closing_code", "opening_code", "qualifiers", "same_as_ref")
REFS = frozenset(
    {
        "ref",
        "person_ref",
        "incident_ref",
        "same_as_ref",
        "unit_ref",
        "parent_ref",
        "becomes_ref",
        "number",
        "birth_year",
    }
)
"""Fields that ``numeric`` may name."""

System = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Column = Annotated[str, Field(min_length=1, max_length=200)]


EXAMPLE = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)

RESERVED_SYSTEMS = frozenset({OWN_SYSTEM, TRACKER_SYSTEM, GONE_SYSTEM})
"""Sources that are the tracker itself; a feed must not speak for them."""


class MappingError(Exception):
    """A mapping cannot be used: the message says what is wrong and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Formats(_Part):
    """How a file writes dates and times: ISO 8601, unless a ``strptime`` pattern is given."""

    date: str = ""
    time: str = ""
    datetime: str = ""
    version: Literal["number", "timestamp"] = "number"

    @field_validator("date", "time", "datetime")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        if pattern:
            try:
                datetime.strptime(EXAMPLE.strftime(pattern), pattern)  # noqa: DTZ007
            except ValueError as error:
                message = f"{pattern} is not a pattern for dates and times, such as %d/%m/%Y."
                raise ValueError(message) from error
        return pattern


class FeedMapping(_Part):
    """One version of how to read one kind of file from one system."""

    kind: FeedKind
    version: Annotated[int, Field(ge=1, le=9999)]
    system: System
    encoding: Literal["utf-8", "utf-16", "cp1252"] = "utf-8"
    delimiter: Literal[",", ";", "|", "tab"] = ","
    columns: dict[str, tuple[Column, ...]]
    defaults: dict[str, str] = Field(default_factory=dict)
    codes: dict[str, dict[str, str | None]] = Field(default_factory=dict)
    codes_from: Literal["mapping", "framework"] = "mapping"
    """What gives an incident's type: ``codes`` above, or the code map of the framework."""
    numeric: frozenset[str] = frozenset()
    """References that lost their shape in a spreadsheet: ``36.0`` is read as ``36``."""
    formats: Formats = Formats()
    time_zone: str = "Europe/London"
    """Where the file's clock stands, for times that do not say."""
    yes: frozenset[str] = frozenset({"yes", "y", "true", "t", "1"})
    no: frozenset[str] = frozenset({"no", "n", "false", "f", "0"})
    person_system: System = ""
    incident_system: System = ""
    unit_system: System = ""
    unit_kind: Literal[UnitKind.TEAM, UnitKind.DEPARTMENT, UnitKind.DISTRICT] = UnitKind.TEAM

    @field_validator("columns", mode="before")
    @classmethod
    def _one_column_or_several(cls, columns: Any) -> Any:
        if not isinstance(columns, Mapping):
            return columns
        return {
            field: (names,) if isinstance(names, str) else names for field, names in columns.items()
        }

    @field_validator("yes", "no")
    @classmethod
    def _compared_in_lower_case(cls, words: frozenset[str]) -> frozenset[str]:
        return frozenset(word.strip().lower() for word in words)

    @field_validator("time_zone")
    @classmethod
    def _is_a_place(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            message = f"time_zone {name} is not known. Write one such as Europe/London."
            raise ValueError(message) from error
        return name

    @model_validator(mode="after")
    def _names_known_fields(self) -> Self:
        known = FIELDS[self.kind]
        _refuse_unknown("columns", self.columns, known, self.kind)
        _refuse_unknown("defaults", self.defaults, _without(known, *NO_DEFAULT), self.kind)
        _refuse_unknown("codes", self.codes, KINDS[self.kind].coded, self.kind)
        _refuse_unknown("numeric", self.numeric, REFS & set(known), self.kind)
        for field, names in self.columns.items():
            if len(names) > 1 and field != "ref":
                message = f"columns.{field} lists several columns; only ref may be put together."
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        given = set(self.columns) | set(self.defaults)
        for group in KINDS[self.kind].needed:
            if not given & set(group):
                message = f"a mapping for {self.kind} needs a column for {' or '.join(group)}."
                raise ValueError(message)
        if "occurred_date" in given and "occurred_at" not in given and "occurred_time" not in given:
            message = "occurred_date needs occurred_time beside it. Add a column or a default."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _one_place_for_codes(self) -> Self:
        if self.codes_from == "framework":
            if self.kind is not FeedKind.INCIDENTS:
                message = "codes_from is for incidents only."
                raise ValueError(message)
            if self.codes or "type" in self.defaults:
                message = (
                    "with codes_from: framework, the framework's code map gives the type. "
                    "Take out codes and the default for type."
                )
                raise ValueError(message)
        elif "qualifiers" in self.columns and self.codes:
            message = "qualifiers are read with codes_from: framework only. Take the column out."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _other_systems_default_to_this_one(self) -> Self:
        if self.system in RESERVED_SYSTEMS:
            message = f"The system {self.system} is the tracker's own name. Choose another."
            raise ValueError(message)
        for name in ("person_system", "incident_system", "unit_system"):
            if not getattr(self, name):
                object.__setattr__(self, name, self.system)
        return self

    @property
    def name(self) -> str:
        """What an import run remembers of the mapping."""
        return f"{self.system} {self.kind}, version {self.version}"


def _refuse_unknown(part: str, given: Collection[str], known: Collection[str], kind: str) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        choices = ", ".join(name for name in dict.fromkeys(known))
        message = f"{part} in a mapping for {kind} cannot name {unknown[0]}. Use one of: {choices}."
        raise ValueError(message)


def _without(fields: tuple[str, ...], *names: str) -> tuple[str, ...]:
    return tuple(field for field in fields if field not in names)


# --- Reading the file -----------------------------------------------------------------------------


class _WordsLoader(yaml.BaseLoader):
    """Every value is text: a code ``NO`` stays NO and ``010`` stays 010. Only null is nothing."""


def _mapping_once(loader: yaml.BaseLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            message = f"line {key_node.start_mark.line + 1}: a name must be one word or sentence"
            raise yaml.YAMLError(message)
        if key in found:
            message = f"line {key_node.start_mark.line + 1}: {key} appears twice"
            raise yaml.YAMLError(message)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


def _nothing(_loader: yaml.BaseLoader, _node: yaml.ScalarNode) -> None:
    return None


NULL = "tag:yaml.org,2002:null"
_WordsLoader.add_implicit_resolver(NULL, re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_WordsLoader.add_constructor(NULL, _nothing)
_WordsLoader.add_constructor("tag:yaml.org,2002:map", _mapping_once)


def load_mapping(path: Path) -> FeedMapping:
    """Read and check a mapping file.

    Raises:
        MappingError: the file cannot be read or says something that cannot be.
    """
    try:
        if path.stat().st_size > LARGEST:
            message = f"The mapping {path.name} is too large. Check that it is the right file."
            raise MappingError(message)
        document = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_WordsLoader)  # noqa: S506
    except OSError as error:
        message = f"The mapping {path.name} cannot be opened: {error.strerror}. Check --map."
        raise MappingError(message) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        detail = " ".join(str(error).split())
        message = f"The mapping {path.name} is not YAML in UTF-8: {detail}."
        raise MappingError(message) from error
    if not isinstance(document, dict):
        message = f"The mapping {path.name} is empty. See docs/feeds.md for what to write in it."
        raise MappingError(message)
    return parse_mapping(document, name=path.name)


def parse_mapping(document: Mapping[str, Any], *, name: str = "mapping") -> FeedMapping:
    """Check a mapping that has been read already.

    Raises:
        MappingError: it names the first thing that is wrong.
    """
    try:
        return FeedMapping.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        words = f"{place}: {what}" if place else what
        message = f"The mapping {name} cannot be used: {words.rstrip('.')}."
        raise MappingError(message) from error
