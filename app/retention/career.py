"""What somebody may take with them when they go: pure. ``docs/career-record.md`` describes it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from app.common.clock import day_in_words

FORMAT: Final = "career-record"
VERSION: Final = 1


class Part(StrEnum):
    """What a record is made of; each is taken or left."""

    SERVICE = "service"
    EXPOSURES = "exposures"
    CONVERSATIONS = "conversations"
    SUPPORT = "support"


@dataclass(frozen=True)
class Held:
    """Everything that could be taken."""

    name: str
    joined_on: date | None
    left_on: date | None
    exposures: Collection[tuple[date, str]]
    """The day and the type of each."""
    conversations: Collection[date]
    support: Collection[tuple[date, str]]
    """When each kind of support was chosen, month by month."""
    types: Mapping[str, str]
    kinds: Mapping[str, str]


def record(held: Held, *, parts: Collection[Part], force: str, made_on: date) -> dict[str, Any]:
    """What is taken, as the file has it. Parts that are left out leave no trace of themselves."""
    found: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "made_on": made_on.isoformat(),
        "force": force,
        "name": held.name,
    }
    if Part.SERVICE in parts:
        found["service"] = {
            "joined_on": _day(held.joined_on),
            "left_on": _day(held.left_on),
        }
    if Part.EXPOSURES in parts:
        found["exposures"] = by_year(held.exposures, held.types)
    if Part.CONVERSATIONS in parts:
        found["conversations"] = [_day(day) for day in sorted(held.conversations)]
    if Part.SUPPORT in parts:
        found["support"] = [
            {"month": f"{day:%Y-%m}", "kind": code, "name": held.kinds.get(code, code)}
            for day, code in sorted(held.support)
        ]
    return found


def in_words(found: Mapping[str, Any]) -> dict[str, Any]:
    """The same as people read it: days and months in words."""
    told = {**found, "made_on": _words(found["made_on"])}
    if "service" in found:
        told["service"] = {name: _words(day) for name, day in found["service"].items()}
    if "conversations" in found:
        told["conversations"] = [_words(day) for day in found["conversations"]]
    if "support" in found:
        months = (date.fromisoformat(f"{row['month']}-01") for row in found["support"])
        told["support"] = [
            {**row, "month": f"{month:%B %Y}"}
            for row, month in zip(found["support"], months, strict=True)
        ]
    return told


def _words(day: str | None) -> str | None:
    return day_in_words(date.fromisoformat(day)) if day else None


def by_year(
    exposures: Iterable[tuple[date, str]], types: Mapping[str, str]
) -> list[dict[str, Any]]:
    """How often which type, year by year, the oldest first."""
    counted = Counter((day.year, code) for day, code in exposures)
    return [
        {"year": year, "type": code, "name": types.get(code, code), "times": counted[year, code]}
        for year, code in sorted(counted)
    ]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
