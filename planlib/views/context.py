"""What lies under the map, as vector tiles: water, woods, buildings, roads, and the names of places and streets.

Layers of a tile: ``water``, ``woods``, ``buildings`` (polygons), ``streams`` and ``roads`` (lines; ``m`` is 1 for a
long one), ``labels`` (points): ``t`` text, ``k`` kind (:class:`LabelKind`), ``a`` angle in degrees clockwise + 90 and
``r`` room along that angle in tile units.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import shapely

from planlib.crs import Geometries
from planlib.errors import LayerError
from planlib.layers import read_placed
from planlib.model import Area, ContextKind
from planlib.release import Release
from planlib.views.cache import ByteCache
from planlib.views.mercator import tile_origin, to_world
from planlib.views.mvt import EXTENT, Ints, Kind, Parts, encode_layer, round_lines, round_rings
from planlib.views.shapes import Shapes

#: First tile zooms (one below the map's) of what would only be a blur further out.
_BUILDINGS_FROM = 12
_STREET_NAMES_FROM = 13
_ALL_ROADS_FROM = 11
#: A road of this length or more is drawn from far, and wider.
_LONG_ROAD_M = 1_000.0
#: A street's name stands once in this many metres.
_NAME_EVERY_M = 250.0
#: Water of this many m2 or more gets its name.
_NAMED_WATER_M2 = 5_000.0

_CONTEXTS: ByteCache[Context] = ByteCache(256 * 2**20)
_LOG = logging.getLogger(__name__)


class LabelKind(IntEnum):
    """What a name on the map names; the order is that of importance."""

    VILLAGE = 0
    PLACE = 1
    WATER = 2
    STREET = 3


@dataclass(frozen=True, slots=True)
class Labels:
    """Names: where (world units), what, which kind, the angle they stand at, and the room along it in world units."""

    xy: npt.NDArray[np.int32]
    text: npt.NDArray[np.str_]
    kind: Ints
    angle: Ints
    room: npt.NDArray[np.float64]

    @classmethod
    def join(cls, several: Iterable[Labels]) -> Labels:
        """Return all names in one."""
        found = list(several)
        if not found:
            none = np.empty(0, dtype=np.int64)
            return cls(np.empty((0, 2), np.int32), np.empty(0, np.str_), none, none, np.empty(0))
        return cls(
            np.concatenate([item.xy for item in found]),
            np.concatenate([item.text for item in found]),
            np.concatenate([item.kind for item in found]),
            np.concatenate([item.angle for item in found]),
            np.concatenate([item.room for item in found]),
        )


@dataclass(frozen=True, slots=True)
class Context:
    """The context layers of an area, ready to be cut into tiles."""

    water: Shapes
    streams: Shapes
    woods: Shapes
    buildings: Shapes
    roads: Shapes
    long_road: npt.NDArray[np.bool_]
    labels: Labels

    @property
    def nbytes(self) -> int:
        """Return the bytes held, names apart."""
        layers = (self.water, self.streams, self.woods, self.buildings, self.roads)
        return sum(layer.nbytes for layer in layers)


def context_tile(release: Release, z: int, x: int, y: int) -> bytes:
    """Return a tile of context, not compressed; empty where there is none."""
    context = _CONTEXTS.get(release.id, lambda: _load(release.area), lambda made: made.nbytes)
    layers = [_polygons("woods", context.woods, z, x, y), _polygons("water", context.water, z, x, y)]
    layers.append(_lines("streams", context.streams, context.streams.in_tile(z, x, y), None, z, x, y))
    if z >= _BUILDINGS_FROM:
        layers.append(_polygons("buildings", context.buildings, z, x, y))
    near = context.roads.in_tile(z, x, y)
    if z < _ALL_ROADS_FROM:
        near = near[context.long_road[context.roads.row[near]]]
    layers.append(_lines("roads", context.roads, near, context.long_road, z, x, y))
    layers.append(_labels(context.labels, z, x, y))
    return b"".join(layers)


def _polygons(name: str, shapes: Shapes, z: int, x: int, y: int) -> bytes:
    # Smaller than two pixels of the screen is noise.
    near = shapes.in_tile(z, x, y, smallest=2 * EXTENT / 512)
    if not len(near):
        return b""
    return encode_layer(name, Kind.POLYGON, round_rings(shapes.rings(near, z, x, y)), {})


def _lines(
    name: str, shapes: Shapes, near: Ints, long_road: npt.NDArray[np.bool_] | None, z: int, x: int, y: int
) -> bytes:
    if not len(near):
        return b""
    parts = round_lines(shapes.lines(near, z, x, y, rings=False))
    properties = {} if long_road is None else {"m": long_road[shapes.row[near]].astype(np.int64)}
    return encode_layer(name, Kind.LINE, parts, properties)


def _labels(labels: Labels, z: int, x: int, y: int) -> bytes:
    left, top, side = tile_origin(z, x, y)
    # A name belongs to one tile only, so nothing is drawn twice.
    near = (labels.xy[:, 0] >= left) & (labels.xy[:, 0] < left + side)
    near &= (labels.xy[:, 1] >= top) & (labels.xy[:, 1] < top + side)
    if z < _STREET_NAMES_FROM:
        near &= labels.kind != LabelKind.STREET
    at = np.flatnonzero(near)
    xy = (labels.xy[at] - np.array([left, top], dtype=np.float64)) * (EXTENT / side)
    points = Parts(np.floor(xy), np.ones(len(at), dtype=np.int64), np.arange(len(at)))
    properties = {
        "t": labels.text[at],
        "k": labels.kind[at],
        "a": labels.angle[at],
        "r": (labels.room[at] * EXTENT / side).astype(np.int64),
    }
    return encode_layer("labels", Kind.POINT, points, properties)


def _load(area: Area) -> Context:
    crs = area.crs
    water, water_names = read_context(area, ContextKind.WATER)
    woods, _ = read_context(area, ContextKind.WOODS)
    buildings, _ = read_context(area, ContextKind.BUILDINGS)
    roads, road_names = read_context(area, ContextKind.ROADS)
    places, place_names = read_context(area, ContextKind.PLACES)
    _, region_names = read_context(area, ContextKind.REGIONS)
    is_line = shapely.get_dimensions(water) == 1
    return Context(
        water=Shapes.from_polygons(water, crs=crs),
        streams=Shapes.from_lines(water, crs=crs),
        woods=Shapes.from_polygons(woods, crs=crs),
        buildings=Shapes.from_polygons(buildings, crs=crs),
        roads=Shapes.from_lines(roads, crs=crs),
        long_road=shapely.length(roads) >= _LONG_ROAD_M,
        labels=Labels.join(
            [
                *_place_labels(places, place_names, set(region_names), crs),
                *_water_labels(water[~is_line], water_names[~is_line], crs),
                *_street_labels(roads, road_names, crs),
            ]
        ),
    )


def read_context(area: Area, kind: ContextKind) -> tuple[Geometries, npt.NDArray[np.str_]]:
    """Return the shapes of all context layers of a kind in the area's CRS, and their names; "" where one has none."""
    shapes, names = [np.empty(0, dtype=object)], [np.empty(0, dtype=np.str_)]
    for layer in area.context_of(kind):
        columns = (layer.label_column,) if layer.label_column else ()
        try:
            raw, _ = read_placed(layer.source, name=str(kind), crs=area.crs, columns=columns)
        except LayerError:
            # The map can do without; what is wrong with the file is for the page's own check to say.
            _LOG.warning("The context layer %s of %s cannot be read.", kind, area.path, exc_info=True)
            continue
        good = np.flatnonzero(~shapely.is_missing(raw.geometry) & np.isfinite(shapely.bounds(raw.geometry)).all(axis=1))
        shapes.append(raw.geometry[good])
        given = raw.columns[layer.label_column] if layer.label_column else np.full(len(raw.geometry), None)
        names.append(np.array([name.strip() if isinstance(name, str) else "" for name in given[good]], dtype=np.str_))
    return np.concatenate(shapes), np.concatenate(names)


def _place_labels(places: Geometries, names: npt.NDArray[np.str_], villages: set[str], crs: str) -> Iterable[Labels]:
    named = np.flatnonzero(names != "")
    if len(named):
        village = np.array([not villages or name in villages for name in names[named]])
        kind = np.where(village, LabelKind.VILLAGE, LabelKind.PLACE)
        yield _level(shapely.point_on_surface(places[named]), names[named], kind, crs)


def _water_labels(water: Geometries, names: npt.NDArray[np.str_], crs: str) -> Iterable[Labels]:
    named = np.flatnonzero((names != "") & (shapely.area(water) >= _NAMED_WATER_M2))
    if len(named):
        kind = np.full(len(named), LabelKind.WATER)
        yield _level(shapely.point_on_surface(water[named]), names[named], kind, crs)


def _level(points: Geometries, text: npt.NDArray[np.str_], kind: Ints, crs: str) -> Labels:
    level = np.full(len(text), 90)
    return Labels(to_world(shapely.get_coordinates(points), crs=crs), text, kind, level, np.zeros(len(text)))


def _street_labels(roads: Geometries, names: npt.NDArray[np.str_], crs: str) -> Iterable[Labels]:
    """Yield the names of streets, at regular distances along them and turned with them, never upside down."""
    lines, row = shapely.get_parts(roads, return_index=True)
    named = np.flatnonzero((names[row] != "") & (shapely.get_dimensions(lines) == 1))
    if not len(named):
        return
    lines, text = lines[named], names[row[named]]
    length = shapely.length(lines)
    count = np.maximum(1, np.rint(length / _NAME_EVERY_M)).astype(np.int64)
    of = np.repeat(np.arange(len(lines)), count)
    rank = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    room = (length / count)[of]
    middle = (rank + 0.5) * room
    stretch = np.minimum(room / 2, 30.0)
    ends = [
        to_world(shapely.get_coordinates(shapely.line_interpolate_point(lines[of], at)), crs=crs).astype(np.float64)
        for at in (middle - stretch, middle, middle + stretch)
    ]
    step = ends[2] - ends[0]
    angle = np.degrees(np.arctan2(step[:, 1], step[:, 0]))
    angle = np.where(angle > 90, angle - 180, np.where(angle <= -90, angle + 180, angle))
    units = np.hypot(step[:, 0], step[:, 1]) / (2 * stretch)
    yield Labels(
        ends[1].astype(np.int32),
        text[of],
        np.full(len(of), LabelKind.STREET),
        np.rint(angle + 90).astype(np.int64),
        room * units,
    )
