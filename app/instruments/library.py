"""Which questionnaires there are: those shipped, and slots that a force has filled.

A force that holds a licence puts ``<code>.yaml`` into the ``instruments`` folder of its instance.
It brings words and nothing else: how they are scored is shipped, and tested. See
docs/instruments.md.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from app.instruments.models import Filling, Instrument, LicenceKind, Offer

FILES = Path(__file__).parent / "files"
T = TypeVar("T", bound=BaseModel)
RANKS = {offer: rank for rank, offer in enumerate(Offer)}


class InstrumentError(Exception):
    """A questionnaire's file cannot be used; the message names the file, the field and why."""


def load(extra: Path | None = None) -> Mapping[str, Instrument]:
    """Every questionnaire by its code, empty slots included.

    Args:
        extra: the folder with a force's own words for slots; it need not exist.

    Raises:
        InstrumentError: a file cannot be used.
    """
    found = sorted(extra.glob("*.yaml")) if extra else []
    return _filled(tuple((path, path.stat().st_mtime_ns) for path in found))


def offered(
    instruments: Mapping[str, Instrument],
    *,
    days_since: int | None,
    occupational_health: bool,
    switched_on: frozenset[str],
) -> list[Instrument]:
    """Which questionnaires to offer somebody, the usual ones first.

    Args:
        instruments: what ``load`` returned.
        days_since: days since the latest hard thing at work; ``None`` if nobody knows, and then
            nothing is offered that asks for a wait.
        occupational_health: whether this is a part of occupational health's work with the person.
        switched_on: codes that the force has switched on, besides the default ones.
    """
    return [
        one
        for one in sorted(instruments.values(), key=_order)
        if _is_for(
            one.offer,
            switched_on=one.code in switched_on,
            occupational_health=occupational_health,
        )
        and _waited(one, days_since)
    ]


def _order(one: Instrument) -> tuple[int, int, str]:
    return RANKS[one.offer], one.minutes, one.code


def _is_for(offer: Offer, *, switched_on: bool, occupational_health: bool) -> bool:
    return {
        Offer.DEFAULT: True,
        Offer.OPTIONAL: switched_on,
        Offer.OCCUPATIONAL_HEALTH: switched_on and occupational_health,
        Offer.SLOT: False,
    }[offer]


def _waited(one: Instrument, days_since: int | None) -> bool:
    return one.not_before_days == 0 or (
        days_since is not None and days_since >= one.not_before_days
    )


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Instrument]:
    found = [(path, _read(path, Instrument)) for path in sorted(FILES.rglob("*.yaml"))]
    for path, one in found:
        _named_by_its_code(path, one.code)
    return MappingProxyType({one.code: one for _path, one in found})


@lru_cache(maxsize=4)
def _filled(files: tuple[tuple[Path, int], ...]) -> Mapping[str, Instrument]:
    shipped = _shipped()
    fillings = dict(_fill(path, shipped) for path, _changed in files)
    return MappingProxyType({**shipped, **fillings})


def _fill(path: Path, shipped: Mapping[str, Instrument]) -> tuple[str, Instrument]:
    filling = _read(path, Filling)
    _named_by_its_code(path, filling.code)
    slot = shipped.get(filling.code)
    if slot is None or not slot.is_slot:
        slots = ", ".join(sorted(one.code for one in shipped.values() if one.is_slot))
        message = f"{path.name}: code: only a slot takes words from a force. Slots: {slots}."
        raise InstrumentError(message)
    try:
        return slot.code, Instrument.model_validate(_with_words(slot, filling))
    except (ValidationError, ValueError) as error:
        message = f"{path.name}: {_told(error)}"
        raise InstrumentError(message) from error


def _with_words(slot: Instrument, filling: Filling) -> dict[str, object]:
    if len(filling.texts) != len(slot.items):
        message = f"texts: {slot.title} has {len(slot.items)} items, not {len(filling.texts)}."
        raise ValueError(message)
    values = sorted(choice.value for choice in slot.items[0].choices)
    if len(filling.labels) != len(values):
        message = f"labels: {slot.title} has {len(values)} choices, not {len(filling.labels)}."
        raise ValueError(message)
    choices = [
        {"value": value, "label": label}
        for value, label in zip(values, filling.labels, strict=True)
    ]
    texts = zip(slot.items, filling.texts, strict=True)
    return slot.model_dump() | {
        "offer": slot.filled_as,
        "filled_as": None,
        "period": filling.period,
        "introduction": filling.introduction,
        "attribution": filling.attribution,
        "licence": slot.licence.model_dump()
        | {"kind": LicenceKind.HELD_BY_THE_FORCE, "terms": filling.licence},
        "items": [{"code": item.code, "text": text, "choices": choices} for item, text in texts],
    }


def _named_by_its_code(path: Path, code: str) -> None:
    if path.stem != code:
        message = f"{path.name}: code: call the file {code}.yaml, or write {path.stem} here."
        raise InstrumentError(message)


def _read(path: Path, shape: type[T]) -> T:
    try:
        return shape.model_validate(yaml.safe_load(path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError as error:
        message = f"{path.name}: save the file as UTF-8."
        raise InstrumentError(message) from error
    except (ValidationError, yaml.YAMLError) as error:
        message = f"{path.name}: {_told(error)}"
        raise InstrumentError(message) from error


def _told(error: ValueError | yaml.YAMLError) -> str:
    if isinstance(error, ValidationError):
        return " ".join(_faults(error))
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}: this is not YAML." if mark else str(error)


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in fault["loc"])
        yield f"{place}: {fault['msg']}." if place else f"{fault['msg']}."
