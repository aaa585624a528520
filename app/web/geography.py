"""Maps of a force's own districts: shapes from a GeoJSON file (RFC 7946), drawn as paths of an SVG.

Nothing is asked of anybody else's server. Positions are degrees of longitude and latitude; they are
flattened plainly, east to west narrowed by the cosine of the middle latitude, which is true enough
for something the size of a police force.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import cos, hypot, radians
from typing import Any, NamedTuple, NoReturn

LARGEST = 8 * 1024 * 1024
MOST_SHAPES, MOST_POINTS = 200, 400_000
WIDTH = 560.0
"""Of a drawn map, in its own units; its height follows."""
TALLEST = 460.0
COARSE = 0.9
"""Details smaller than this, in the same units, cannot be seen and are left out."""
CORNERS = 4
"""The fewest positions of a ring: a triangle, and its first again."""
LONGITUDES, LATITUDES = 180.0, 90.0
UNIT, AS_TEXT = "unit", (str, int)

Point = tuple[float, float]
Ring = tuple[Point, ...]


class ShapesRefusedError(ValueError):
    """The file cannot be used; the message says why, for whoever loads it."""


class Shape(NamedTuple):
    """One district as the file has it. ``unit``: what the file says names it; ``polygons``: each an
    outline and the holes in it, as longitudes and latitudes."""

    unit: str
    polygons: tuple[tuple[Ring, ...], ...]

    @property
    def rings(self) -> list[Ring]:
        """Every outline and every hole."""
        return [ring for polygon in self.polygons for ring in polygon]


class Outline(NamedTuple):
    """One district as it is drawn: an SVG path, and where its label goes."""

    unit: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """A whole map. ``width`` and ``height`` are its view box."""

    width: float
    height: float
    outlines: tuple[Outline, ...]

    @property
    def view_box(self) -> str:
        """For the ``<svg>``."""
        return f"0 0 {self.width:g} {self.height:g}"


# --- Reading a file -------------------------------------------------------------------------------


def read_shapes(text: str, *, names: str = UNIT) -> tuple[Shape, ...]:
    """The districts of a GeoJSON file. ``names``: the property that says which unit each one is.

    Raises:
        ShapesRefusedError: it is too large, or not what RFC 7946 says.
    """
    if len(text.encode()) > LARGEST:
        _refuse(f"The file is larger than {LARGEST // 1024 // 1024} MB. Simplify its outlines.")
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        _refuse("The file is not JSON.")
    if not isinstance(held, dict) or held.get("type") != "FeatureCollection":
        _refuse("The file has to be a GeoJSON FeatureCollection.")
    if held.get("crs"):
        _refuse("Positions have to be longitude and latitude (WGS 84). Take out “crs”.")
    found = tuple(_shape(one, names, place) for place, one in _features(held))
    for unit in {shape.unit for shape in found}:
        if sum(shape.unit == unit for shape in found) > 1:
            _refuse(f"Two features are “{unit}”. Join them to one MultiPolygon.")
    if sum(len(ring) for shape in found for ring in shape.rings) > MOST_POINTS:
        _refuse(f"The file has more than {MOST_POINTS:,} positions. Simplify its outlines.")
    return found


def _refuse(sentence: str) -> NoReturn:
    raise ShapesRefusedError(sentence)


def _features(held: Mapping[str, Any]) -> Iterator[tuple[int, Any]]:
    features = held.get("features")
    if not isinstance(features, list) or not 0 < len(features) <= MOST_SHAPES:
        _refuse(f"“features” has to be a list of 1 to {MOST_SHAPES} districts.")
    yield from enumerate(features, start=1)


def _shape(feature: Any, names: str, place: int) -> Shape:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        _refuse(f"Feature {place} is no Feature.")
    unit = (feature.get("properties") or {}).get(names)
    if not isinstance(unit, AS_TEXT) or not str(unit).strip():
        _refuse(f"Feature {place} has no property “{names}” that names a unit.")
    geometry = feature.get("geometry") or {}
    kind, places = geometry.get("type"), geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"} or not isinstance(places, list):
        _refuse(f"Feature {place} (“{unit}”) has to be a Polygon or a MultiPolygon.")
    polygons: list[Any] = [places] if kind == "Polygon" else places
    try:
        found = tuple(tuple(map(_ring, polygon)) for polygon in polygons)
    except (TypeError, ValueError, IndexError) as fault:
        message = f"Feature {place} (“{unit}”): {fault}"
        raise ShapesRefusedError(message) from fault
    if not all(found) or not found:
        _refuse(f"Feature {place} (“{unit}”) has no outline.")
    return Shape(str(unit).strip(), found)


def _ring(positions: Sequence[Sequence[float]]) -> Ring:
    ring = tuple((float(position[0]), float(position[1])) for position in positions)
    if len(ring) < CORNERS or ring[0] != ring[-1]:
        message = "an outline needs four positions, the last the same as the first."
        raise ValueError(message)
    for east, north in ring:
        # Not "greater than": that would let a "not a number" through.
        if not (abs(east) <= LONGITUDES and abs(north) <= LATITUDES):
            message = "a position is not a longitude and a latitude."
            raise ValueError(message)
    return ring


def written(shapes: Sequence[Shape]) -> str:
    """Shapes as a file that ``read_shapes`` reads."""
    features = [
        {
            "type": "Feature",
            "properties": {UNIT: shape.unit},
            "geometry": {"type": "MultiPolygon", "coordinates": shape.polygons},
        }
        for shape in shapes
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, allow_nan=False)


# --- Drawing --------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def draw(shapes: tuple[Shape, ...]) -> Drawing:
    """Shapes as paths, scaled to fit. The same shapes are drawn once."""
    points = [point for shape in shapes for ring in shape.rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = cos(radians((south + north) / 2))
    across, down = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 4) / across, (TALLEST - 4) / down)

    def flat(ring: Ring) -> Ring:
        return tuple((2 + (x - west) * narrow * scale, 2 + (north - y) * scale) for x, y in ring)

    outlines = tuple(_outline(shape.unit, [flat(ring) for ring in shape.rings]) for shape in shapes)
    return Drawing(round(across * scale + 4, 1), round(down * scale + 4, 1), outlines)


def _outline(unit: str, rings: Sequence[Ring]) -> Outline:
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    drawn = [plain for plain in map(_simpler, rings) if plain]
    x, y = _middle(largest)
    return Outline(unit, "".join(map(_path, drawn or [largest])), round(x, 1), round(y, 1))


def _path(ring: Ring) -> str:
    # The first position again is what "z" says.
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring[:-1]) + "z"


def _simpler(ring: Ring) -> Ring:
    """A ring without what is too small to see (Douglas and Peucker); empty when that is all."""
    # A ring ends where it begins, so it is two lines: to the point farthest from there, and back.
    (x0, y0), *_ = ring
    far = max(range(len(ring)), key=lambda at: hypot(ring[at][0] - x0, ring[at][1] - y0))
    kept = {0, far, len(ring) - 1}
    waiting = [(0, far), (far, len(ring) - 1)]
    while waiting:
        first, last = waiting.pop()
        at, away = _farthest(ring, first, last)
        if away > COARSE:
            kept.add(at)
            waiting += [(first, at), (at, last)]
    return tuple(ring[at] for at in sorted(kept)) if len(kept) >= CORNERS else ()


def _farthest(ring: Ring, first: int, last: int) -> tuple[int, float]:
    (x0, y0), (x1, y1) = ring[first], ring[last]
    length = hypot(x1 - x0, y1 - y0)
    best, away = first, 0.0
    for at in range(first + 1, last):
        x, y = ring[at]
        if length:
            off = abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length
        else:
            off = hypot(x - x0, y - y0)
        if off > away:
            best, away = at, off
    return best, away


def _area(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def _middle(ring: Ring) -> Point:
    """Where a label goes: the middle of the widest stretch of the shape at some height."""
    low, high = min(y for _, y in ring), max(y for _, y in ring)
    best, widest = ring[0], -1.0
    for step in range(1, 12):
        y = low + (high - low) * step / 12
        cuts = sorted(_cuts(ring, y))
        # Nearer to the middle of the shape is a better place than a little wider.
        worth = 1 - abs(step - 6) / 9
        for left, right in zip(cuts[::2], cuts[1::2], strict=False):
            if (right - left) * worth > widest:
                best, widest = ((left + right) / 2, y), (right - left) * worth
    return best


def _cuts(ring: Ring, y: float) -> Iterator[float]:
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (y0 <= y) != (y1 <= y):
            yield x0 + (y - y0) * (x1 - x0) / (y1 - y0)
