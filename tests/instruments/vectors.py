"""The known results that every questionnaire's file carries."""

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
