"""Outlines of the demo's districts, as a force's own GeoJSON file would have them.

The land is one polygon, cut in two again and again until every district has a part as large as its
share of people; then every border is roughened, each the same from both sides.
"""

import json
from collections.abc import Sequence
from itertools import pairwise
from math import cos, hypot, pi, sin

from app.demo.chance import Chance
from app.demo.plan import PLANS
from app.web.geography import UNIT

Point = tuple[float, float]
Polygon = list[Point]
WEST, SOUTH, WIDE, HIGH = -12.0, 57.0, 1.5, 0.8
"""Degrees, out in the Atlantic: nobody lives there."""
CORNERS, ROUGH, SHORTEST = 11, 0.17, 0.02
TRIES = 24
CLOSE = 1e-9


def shapes() -> str:
    """The text of the file. The same on every machine."""
    chance = Chance("shapes")
    names = list(PLANS["full"].districts)
    parts = _parts(_land(chance), names)
    corners = [corner for _name, part in parts for corner in part]
    features = [
        {
            "type": "Feature",
            "properties": {UNIT: name},
            "geometry": {"type": "Polygon", "coordinates": [_outline(part, corners)]},
        }
        for name, part in parts
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _land(chance: Chance) -> Polygon:
    """Something rounder than long, in a square from 0 to 1."""
    found: Polygon = []
    for turn in range(CORNERS):
        angle, reach = 2 * pi * turn / CORNERS, 0.42 + 0.08 * chance.random()
        found.append((0.5 + reach * cos(angle), 0.5 + reach * sin(angle)))
    return found


def _parts(land: Polygon, names: Sequence[tuple[str, int]]) -> list[tuple[str, Polygon]]:
    """Every district with its part of the land, which is as large as its share of people."""
    if len(names) == 1:
        return [(names[0][0], land)]
    half = len(names) // 2
    share = sum(size for _, size in names[:half]) / sum(size for _, size in names)
    one, other = _cut(land, share)
    return _parts(one, names[:half]) + _parts(other, names[half:])


def _cut(land: Polygon, share: float) -> tuple[Polygon, Polygon]:
    """A polygon cut across its longer side, so that the first part has this share of it."""
    spans = [max(place) - min(place) for place in zip(*land, strict=True)]
    axis = 0 if spans[0] >= spans[1] else 1
    low, high = min(p[axis] for p in land), max(p[axis] for p in land)
    for _ in range(TRIES):
        at = (low + high) / 2
        if _size(_side(land, axis, at, 1)) < share * _size(land):
            low = at
        else:
            high = at
    return _side(land, axis, low, 1), _side(land, axis, low, -1)


def _side(land: Polygon, axis: int, at: float, side: int) -> Polygon:
    """What of a polygon lies on one side of a line (Sutherland and Hodgman)."""
    found: Polygon = []
    for one, other in pairwise([*land, land[0]]):
        inside = [(at - point[axis]) * side >= 0 for point in (one, other)]
        if inside[0]:
            found.append(one)
        if inside[0] != inside[1]:
            part = (at - one[axis]) / (other[axis] - one[axis])
            crossing = [one[k] + part * (other[k] - one[k]) for k in (0, 1)]
            found.append((crossing[0], crossing[1]))
    return found


def _size(land: Polygon) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*land, land[0]]))) / 2


def _outline(part: Polygon, corners: Sequence[Point]) -> list[list[float]]:
    """A part's border, roughened, in degrees. Corners of others on it are corners of its own, so
    that neighbours agree about every piece."""
    found: Polygon = []
    for one, other in pairwise([*part, part[0]]):
        on = {_key(c): c for c in corners if _between(one, other, c)}
        stops = sorted(on.values(), key=lambda c: hypot(c[0] - one[0], c[1] - one[1]))
        for start, end in pairwise([one, *stops, other]):
            if hypot(start[0] - end[0], start[1] - end[1]) > CLOSE:
                found += _rough(start, end)[:-1]
    return [_degrees(point) for point in [*found, found[0]]]


def _between(one: Point, other: Point, corner: Point) -> bool:
    whole = hypot(other[0] - one[0], other[1] - one[1])
    there = hypot(corner[0] - one[0], corner[1] - one[1])
    back = hypot(corner[0] - other[0], corner[1] - other[1])
    return min(there, back) > CLOSE and there + back - whole < CLOSE


def _key(point: Point) -> tuple[float, float]:
    return round(point[0], 6), round(point[1], 6)


def _rough(one: Point, other: Point) -> Polygon:
    """A line with bends. Which way it is walked makes no difference to where it goes."""
    if _key(one) > _key(other):
        return _rough(other, one)[::-1]
    return _bend(one, other, Chance(f"border {_key(one)} {_key(other)}"))


def _bend(one: Point, other: Point, chance: Chance) -> Polygon:
    across, up = other[0] - one[0], other[1] - one[1]
    if hypot(across, up) < SHORTEST:
        return [one, other]
    off = (chance.random() - 0.5) * 2 * ROUGH
    middle = ((one[0] + other[0]) / 2 - up * off, (one[1] + other[1]) / 2 + across * off)
    return _bend(one, middle, chance)[:-1] + _bend(middle, other, chance)


def _degrees(point: Point) -> list[float]:
    return [round(WEST + point[0] * WIDE, 5), round(SOUTH + point[1] * HIGH, 5)]
