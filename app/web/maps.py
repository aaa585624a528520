"""A map of figures: the force's own districts in shades, which ``components/map.html`` draws."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import current_app

from app.web.geography import Drawing, Outline, Shape, draw, read_shapes, written

FILE = "districts.geojson"
"""In the folder of the instance."""
# --- The force's own ------------------------------------------------------------------------------


def keep_shapes(instance: Path, shapes: Sequence[Shape]) -> None:
    """Draw maps from these from now on: all of them, or as before if it is stopped on the way."""
    building = instance / f"{FILE}.building"
    building.write_text(written(shapes), encoding="utf-8")
    building.replace(instance / FILE)


@lru_cache(maxsize=4)
def _held(path: Path, _changed: int) -> tuple[Shape, ...]:
    return read_shapes(path.read_text())


@lru_cache(maxsize=4)
def _invented(text: str) -> tuple[Shape, ...]:
    return read_shapes(text)


def force_shapes() -> tuple[Shape, ...]:
    """The districts of this force: those that were loaded, else the demo's, else none."""
    path: Path = current_app.config["SETTINGS"].instance / FILE
    try:
        return _held(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        text: str = current_app.config.get("DEMO_SHAPES", "")
        return _invented(text) if text else ()


# --- Figures in their places ----------------------------------------------------------------------

SHADES = 5
NO_FIGURE = "no figure"


class Area(NamedTuple):
    """One district's figure. ``value``: what decides the shade; ``None`` where there is no figure,
    which is drawn with a pattern. ``words``: the figure as the table beside the map prints it."""

    unit: str
    name: str
    value: float | None
    words: str


class Painted(NamedTuple):
    """An outline with its figure. ``shade``: 1 (lightest) to 5, or 0 for no figure."""

    outline: Outline
    area: Area
    shade: int


class Step(NamedTuple):
    """A line of the legend."""

    shade: int
    words: str


@dataclass(frozen=True)
class FigureMap:
    """What ``components/map.html`` draws. ``beside``: areas that the file has no shape for."""

    drawing: Drawing
    painted: tuple[Painted, ...]
    legend: tuple[Step, ...]
    areas: tuple[Area, ...]
    beside: tuple[Area, ...]


def figure_map(areas: Collection[Area], *, shapes: tuple[Shape, ...]) -> FigureMap | None:
    """Areas in their places, in shades of equal steps from the lowest to the highest; ``None``
    when no area has a shape. The legend names whole areas, so that it says nothing the table does
    not. Districts without a figure are drawn all the same."""
    by_unit = {area.unit: area for area in areas}
    by_name = {area.name.casefold(): area for area in areas}
    placed = {
        shape.unit: by_unit.get(shape.unit) or by_name.get(shape.unit.casefold())
        for shape in shapes
    }
    if not any(placed.values()):
        return None
    values = [area.value for area in areas if area.value is not None]
    low, high = min(values, default=0.0), max(values, default=0.0)
    drawing = draw(shapes)
    painted = tuple(
        Painted(outline, area, _shade(area.value, low, high))
        for outline in drawing.outlines
        for area in [placed[outline.unit] or Area(outline.unit, outline.unit, None, NO_FIGURE)]
    )
    beside = tuple(area for area in areas if area not in placed.values())
    return FigureMap(drawing, painted, _legend(painted), tuple(areas), beside)


def _shade(value: float | None, low: float, high: float) -> int:
    if value is None:
        return 0
    if high <= low:
        return 1 if high <= 0 else (SHADES + 1) // 2
    return min(int((value - low) / (high - low) * SHADES), SHADES - 1) + 1


def _legend(painted: Sequence[Painted]) -> tuple[Step, ...]:
    """For each shade that is there, its lowest and its highest figure."""
    steps: list[Step] = []
    for shade in range(1, SHADES + 1):
        held = sorted(
            (one.area for one in painted if one.shade == shade), key=lambda area: area.value or 0
        )
        if held:
            low, high = held[0].words, held[-1].words
            steps.append(Step(shade, low if low == high else f"{low} to {high}"))
    if any(one.shade == 0 for one in painted):
        steps.append(Step(0, NO_FIGURE.capitalize()))
    return tuple(steps)
