"""Geometry tools of the demo area: curves, corridors, and the ways in which land gets cut into parcels.

Everything works in local metres (see ``demo_landscape.ORIGIN``) and draws its chance from named generators, so that a
change in one part of the map leaves the other parts as they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import shapely
from shapely import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

SEED = 20261101

Coordinates: TypeAlias = Sequence[tuple[float, float]] | np.ndarray


def generator(name: str) -> np.random.Generator:
    """Return the random generator that belongs to a name: the same in every run."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode("utf-8"))])


def smooth(points: Coordinates, *, rounds: int = 3, closed: bool = False) -> np.ndarray:
    """Return the points (n, 2) of a softly rounded version of a drawn line (corner cutting)."""
    line = np.asarray(points, dtype=float)
    for _ in range(rounds):
        start, end = (line, np.roll(line, -1, axis=0)) if closed else (line[:-1], line[1:])
        cut = np.empty((2 * len(start), 2))
        cut[0::2] = 0.75 * start + 0.25 * end
        cut[1::2] = 0.25 * start + 0.75 * end
        line = cut if closed else np.vstack([line[:1], cut, line[-1:]])
    return line


def curve(points: Coordinates, *, rounds: int = 3) -> LineString:
    """Return a softly rounded line in as few vertices as the eye allows."""
    return LineString(shapely.get_coordinates(LineString(smooth(points, rounds=rounds)).simplify(0.4)))


def blob(points: Coordinates, *, rounds: int = 3) -> Polygon:
    """Return a softly rounded area."""
    return Polygon(shapely.get_coordinates(Polygon(smooth(points, rounds=rounds, closed=True)).simplify(0.5)))


def ellipse(x: float, y: float, width: float, height: float, angle: float = 0.0) -> Polygon:
    """Return an ellipse; ``angle`` in degrees, counterclockwise."""
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    shape = np.column_stack([np.cos(turn) * width / 2, np.sin(turn) * height / 2])
    return Polygon(shape @ rotation(angle).T + (x, y))


def rotation(angle: float) -> np.ndarray:
    """Return the matrix that turns column vectors counterclockwise by ``angle`` degrees."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[c, -s], [s, c]])


def rectangle(x: float, y: float, width: float, height: float, angle: float = 0.0) -> Polygon:
    """Return a rectangle around a centre; ``angle`` in degrees, counterclockwise."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width / 2, height / 2)
    return Polygon(corners @ rotation(angle).T + (x, y))


def resample(line: LineString, step: float) -> np.ndarray:
    """Return points (n, 2) at equal distances of about ``step`` along a line, ends included."""
    count = max(2, round(line.length / step) + 1)
    return shapely.get_coordinates(line.interpolate(np.linspace(0, line.length, count)))


def normals(points: np.ndarray) -> np.ndarray:
    """Return unit vectors (n, 2) pointing to the left of a line's direction at each of its points."""
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    return np.column_stack([-along[:, 1], along[:, 0]])


def wander(count: int, knots: int, rng: np.random.Generator) -> np.ndarray:
    """Return ``count`` values that wander smoothly between -1 and 1."""
    places = np.linspace(0, 1, knots)
    values = rng.uniform(-1, 1, knots)
    at = np.linspace(0, 1, count)
    low = np.clip(np.searchsorted(places, at, side="right") - 1, 0, knots - 2)
    share = (at - places[low]) * (knots - 1)
    ease = share * share * (3 - 2 * share)
    return values[low] * (1 - ease) + values[low + 1] * ease


def meander(points: Coordinates, *, amplitude: float, wavelength: float, rng: np.random.Generator) -> LineString:
    """Return a stream: a rounded line that swings from side to side with uneven bends."""
    line = resample(curve(points, rounds=4), 6.0)
    count = len(line)
    pace = 1.0 + 0.45 * wander(count, max(4, count // 30), rng)
    phase = np.cumsum(pace) * 6.0 * 2 * np.pi / wavelength
    swing = amplitude * (0.65 + 0.45 * wander(count, max(4, count // 25), rng)) * np.sin(phase)
    ease = np.clip(np.minimum(np.arange(count), np.arange(count)[::-1]) / 12.0, 0, 1)
    bent = LineString(line + normals(line) * (swing * ease)[:, None])
    return LineString(shapely.get_coordinates(bent.simplify(0.6)))


def offset_line(line: LineString, distance: float, *, wobble: float, rng: np.random.Generator) -> np.ndarray:
    """Return a line (n, 2) beside a line, at a distance that wanders by ``wobble`` (a share of it)."""
    points = resample(line, 40.0)
    away = distance * (1 + wobble * wander(len(points), max(4, len(points) // 7), rng))
    return points + normals(points) * away[:, None]


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons in a geometry; everything else is dropped."""
    return [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and not part.is_empty]


def cut(block: Polygon, lines: Sequence[BaseGeometry]) -> list[Polygon]:
    """Return the pieces of a block after cutting it along lines."""
    if not lines:
        return [block]
    noded = shapely.unary_union([block.boundary, *lines])
    shapely.prepare(block)
    faces = shapely.get_parts(shapely.polygonize([noded]))
    return [face for face in faces if block.contains(face.representative_point())]


def join_small(pieces: list[Polygon], smallest: float, *, thinnest: float = 0.0) -> list[Polygon]:
    """Return the pieces with the small or thin ones joined to the neighbour they share most boundary with."""
    pieces = list(pieces)
    while True:
        area = shapely.area(pieces)
        thin = 2 * area / np.maximum(shapely.length(pieces), 1e-9)
        order = [i for i in np.argsort(area, kind="stable") if area[i] < smallest or thin[i] < thinnest]
        for index in order:
            shared = shapely.length(shapely.intersection(pieces[index].boundary, shapely.boundary(pieces)))
            shared[index] = 0
            best = int(np.argmax(shared))
            merged = shapely.union(pieces[index], pieces[best]) if shared[best] > 0.5 else None
            if isinstance(merged, Polygon):
                pieces[best] = merged
                del pieces[index]
                break
        else:
            return pieces


def lots(
    block: Polygon,
    bands: Sequence[tuple[float, float]],
    rng: np.random.Generator,
    *,
    street: BaseGeometry | None = None,
    smallest: float = 120.0,
) -> list[Polygon]:
    """Return plots around the inside of a block, square to its edges, as grown villages have them.

    ``bands`` holds (distance from the edge, spacing along it) in metres per row of plots, the outermost first. With a
    ``street`` the first row stands only where the edge of the block is on it.
    """
    seeds: list[Point] = []
    for row, (offset, spacing) in enumerate(bands):
        for ring in polygons(block.buffer(-offset, join_style="mitre")):
            for line in (ring.exterior, *ring.interiors):
                at = float(rng.uniform(0, spacing))
                while at < line.length:
                    seed = line.interpolate(at)
                    if row > 0 or street is None or seed.distance(street) < offset + 8:
                        seeds.append(seed)
                    # Now and then a yard twice as wide, as where a farm stood.
                    at += spacing * float(rng.choice([0.75, 0.9, 1.0, 1.15, 1.3, 2.1]))
    if len(seeds) < 2:
        return [block]
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(seeds), extend_to=block))
    pieces = [part for cell in cells for part in polygons(cell.intersection(block))]
    simple = shapely.coverage_simplify(pieces, 4.0, simplify_boundary=False)
    return join_small([part for shape in simple for part in polygons(shape)], smallest, thinnest=3.0)


def frame(block: Polygon) -> tuple[np.ndarray, float, float]:
    """Return the centre, the direction of the long side (degrees) and the ratio of a block's tightest rectangle."""
    box = shapely.get_coordinates(shapely.oriented_envelope(block))
    first, second = box[1] - box[0], box[2] - box[1]
    long, short = (first, second) if np.hypot(*first) >= np.hypot(*second) else (second, first)
    return box[:4].mean(axis=0), float(np.degrees(np.arctan2(long[1], long[0]))), float(np.hypot(*short))


def strips(
    block: Polygon,
    angle: float,
    width: Callable[[np.random.Generator], float],
    rng: np.random.Generator,
    *,
    bend: float = 0.0,
    smallest: float = 400.0,
) -> list[Polygon]:
    """Return a block cut into strips that run at ``angle``, each as wide as drawn, bending by ``bend`` metres."""
    turn = rotation(-angle)
    middle = np.array([block.centroid.x, block.centroid.y])
    local = (shapely.get_coordinates(block) - middle) @ turn.T
    low, high = local.min(axis=0), local.max(axis=0)
    at = np.linspace(low[0] - 50, high[0] + 50, 14 if bend else 2)
    share = (at - low[0]) / max(high[0] - low[0], 1)
    wave = bend * (np.sin(share * np.pi) + 0.25 * np.sin(share * 2 * np.pi + 0.6))
    cuts: list[LineString] = []
    y = low[1] - abs(bend) + width(rng)
    while y < high[1] + abs(bend):
        lean = rng.uniform(-2.5, 2.5) if bend else 0.0
        points = np.column_stack([at, y + wave + lean * (share - 0.5)])
        cuts.append(LineString(points @ turn + middle))
        y += width(rng)
    return join_small(cut(block, cuts), smallest, thinnest=5.0)


def halve(
    block: Polygon, target: float, rng: np.random.Generator, *, skew: float = 3.0, bow: float = 0.0
) -> list[Polygon]:
    """Return a block cut in two again and again, across its long side, until the pieces are about ``target`` m2.

    ``skew``: how far a cut may lean, in degrees. ``bow``: how far it may bend, as a share of its length.
    """
    if block.area < target * rng.uniform(0.75, 1.7):
        return [block]
    centre, angle, short = frame(block)
    direction = rotation(angle) @ np.array([1.0, 0.0])
    at = centre + direction * rng.uniform(-0.16, 0.16) * block.area / max(short, 1)
    across = rotation(angle + 90 + rng.uniform(-skew, skew)) @ np.array([1.0, 0.0])
    share = np.linspace(-1, 1, 9 if bow else 2)[:, None]
    depth = short * float(rng.uniform(-bow, bow))
    line = at + across * share * short + direction * depth * (share**2 + 0.4 * np.sin(3 * share))
    ends = (line[:1] - across * 5000, line, line[-1:] + across * 5000)
    pieces = cut(block, [LineString(np.vstack(ends)).simplify(0.5)])
    if len(pieces) < 2:
        return [block]
    return [part for piece in pieces for part in halve(piece, target, rng, skew=skew, bow=bow)]


def rows(block: Polygon, widths: Sequence[float], rng: np.random.Generator) -> list[Polygon]:
    """Return a planned block of houses: back to back when it is deep enough, cut into plots of the given widths."""
    centre, angle, short = frame(block)
    direction = rotation(angle) @ np.array([1.0, 0.0])
    halves = cut(block, [LineString([centre - direction * 900, centre + direction * 900])]) if short > 42 else [block]
    across = rotation(angle + 90) @ np.array([1.0, 0.0]) * 400
    pieces: list[Polygon] = []
    for half in halves:
        reach = (shapely.get_coordinates(half) - centre) @ direction
        at, end, lines = float(reach.min()), float(reach.max()), []
        while True:
            wide, count = float(rng.choice(widths)), int(rng.integers(2, 6))
            for _ in range(count):
                at += wide
                lines.append(LineString([centre + direction * at - across, centre + direction * at + across]))
            if at > end:
                break
        pieces += join_small(cut(half, lines), 95.0, thinnest=2.5)
    return pieces
