"""The known results that every questionnaire's file carries."""

from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from app.instruments import library
from app.instruments.models import Instrument, Vector

SHIPPED = library.load()
ASKED = [one for one in SHIPPED.values() if not one.is_slot]
SLOTS = [one for one in SHIPPED.values() if one.is_slot]


def answers(instrument: Instrument, values: tuple[int | None, ...] | list[int | None]):
    """Values in the order of the items, by item code."""
    return dict(zip([item.code for item in instrument.items], values, strict=True))


def named(pairs: list[tuple[Instrument, Vector]]) -> list[str]:
    return [f"{one.code}: {vector.why}" for one, vector in pairs]


def vectors_of(instruments: list[Instrument]) -> list[tuple[Instrument, Vector]]:
    return [(one, vector) for one in instruments for vector in one.vectors]


def filling(code: str) -> dict[str, object]:
    """What a force's file could say of a slot, with words that are nobody's."""
    slot = SHIPPED.get(code, SHIPPED["tsq"])
    return {
        "code": code,
        "licence": "Registered with the holder on 1 May 2026. No. 123",
        "attribution": "Made-up attribution",
        "period": "Made-up period",
        "texts": [f"Made-up statement {number + 1}" for number, _ in enumerate(slot.items)],
        "labels": [f"Made-up choice {choice.value}" for choice in slot.items[0].choices],
    }


def _fill() -> list[Instrument]:
    with TemporaryDirectory() as folder:
        for slot in SLOTS:
            Path(folder, f"{slot.code}.yaml").write_text(yaml.safe_dump(filling(slot.code)))
        brought = library.load(Path(folder))
    return [brought[slot.code] for slot in SLOTS]


FILLED = _fill()
"""The slots with words, so that how they are scored is tested like the rest."""
