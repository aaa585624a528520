"""Changing one thing of a framework at a time: pure, from one document to the next."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from pydantic import ValidationError

from app.incidents.framework import CodeRow, CumulativeRule, Factor, Framework, IncidentType

Item = IncidentType | Factor | CumulativeRule | CodeRow
LONGEST_CODE = 40
SHORTEST_CODE = 2


class Section(StrEnum):
    """The lists a framework is made of, as they are called in addresses."""

    TYPES = "types"
    FACTORS = "factors"
    RULES = "rules"
    CODES = "codes"


PLACE = {
    Section.TYPES: "types",
    Section.FACTORS: "factors",
    Section.RULES: "rules",
    Section.CODES: "code_map",
}
"""Where the document keeps each list."""


def items(framework: Framework, section: Section) -> tuple[Item, ...]:
    """A list of the framework."""
    found: tuple[Item, ...] = getattr(framework, PLACE[section])
    return found


def key_of(item: Item) -> str:
    """What names an item in an address: its code, or for a row of the code map its key."""
    return item.key if isinstance(item, CodeRow) else item.code


def find(framework: Framework, section: Section, key: str) -> Item | None:
    """One item of a list."""
    return next((item for item in items(framework, section) if key_of(item) == key), None)


def put(
    framework: Framework, section: Section, key: str | None, values: Mapping[str, object]
) -> Framework:
    """Change some values of an item, which keeps its place; without a key, add an item at the end.

    Raises:
        LookupError: there is no such item.
        ValidationError: the result would not be a framework.
    """
    held = [item.model_dump(mode="json") for item in items(framework, section)]
    if key is None:
        held.append(dict(values))
    else:
        index = [key_of(item) for item in items(framework, section)].index(key)
        held[index] |= values
    return change(framework, {PLACE[section]: held})


def without(framework: Framework, section: Section, key: str) -> Framework:
    """Take an item out.

    Raises:
        ValidationError: something else still needs it.
    """
    kept = [item.model_dump(mode="json") for item in items(framework, section)]
    kept = [
        values
        for values, item in zip(kept, items(framework, section), strict=True)
        if key_of(item) != key
    ]
    return change(framework, {PLACE[section]: kept})


def change(framework: Framework, values: Mapping[str, object]) -> Framework:
    """Change some values of the framework itself.

    Raises:
        ValidationError: the result would not be a framework.
    """
    return Framework.model_validate({**framework.model_dump(mode="json"), **values})


def in_use(frameworks: Iterable[Framework], section: Section) -> set[str]:
    """Keys that some version already holds: these are retired or ended, never taken out."""
    return {key_of(item) for one in frameworks for item in items(one, section)}


def new_code(name: str, taken: Collection[str]) -> str:
    """A code for something new, made from its name and different from every other."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")[: LONGEST_CODE - 4]
    stem = stem.rstrip("_")
    stem = stem if len(stem) >= SHORTEST_CODE else "item"
    number = 1
    code = stem
    while code in taken:
        number += 1
        code = f"{stem}_{number}"
    return code


# --- What is wrong, in sentences ------------------------------------------------------------------

SUBJECTS = {
    "name": "The name",
    "code": "The code",
    "weight": "The weight",
    "count": "The number of incidents",
    "days": "The number of days",
    "windows": "Each window",
    "debrief_hours": "The time limit in hours",
    "check_in_days": "The number of days to the check-in",
    "system": "The name of the system",
    "qualifier": "The qualifier",
    "wording": "The note",
}


class Fault(NamedTuple):
    """What is wrong with a value; ``field`` is empty when it concerns several at once."""

    field: str
    sentence: str


def faults(error: ValidationError) -> list[Fault]:
    """Each thing that is wrong, in a sentence without a full stop, as forms show them."""
    found: dict[tuple[str, str], Fault] = {}
    for one in error.errors(include_url=False):
        place = [part for part in one["loc"] if isinstance(part, str)]
        field = place[-1] if place and place[-1] in SUBJECTS else ""
        fault = Fault(field, _sentence(SUBJECTS.get(field, "This value"), one))
        found.setdefault(fault, fault)
    return list(found.values())


def _sentence(subject: str, error: Mapping[str, object]) -> str:
    kind, given = str(error["type"]), error.get("input")
    limits = error.get("ctx")
    limit = limits if isinstance(limits, dict) else {}
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    if given == "" or (kind == "string_too_short" and limit.get("min_length") == 1):
        return f"Enter {subject[0].lower()}{subject[1:]}"
    words = {
        "string_too_short": f"{subject} must be at least {limit.get('min_length')} characters",
        "string_too_long": f"{subject} must be {limit.get('max_length')} characters or fewer",
        "greater_than_equal": f"{subject} must be {limit.get('ge')} or more",
        "less_than_equal": f"{subject} must be {limit.get('le')} or fewer",
        "int_parsing": f"{subject} must be a whole number, like 28",
        "int_from_float": f"{subject} must be a whole number, like 28",
        "int_parsing_size": f"{subject} must be a smaller number",
        "too_short": "Enter at least one window",
        "too_long": f"Enter {limit.get('max_length')} windows or fewer",
        "string_pattern_mismatch": (
            f"{subject} must start with a small letter and have only small letters without accents,"
            " digits and _, from 2 to 40 in all"
        ),
    }
    return words.get(kind, f"{subject} cannot be used as it is")
