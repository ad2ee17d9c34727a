"""The vector tiles of a release, cut when they are asked for.

Layers of a tile of cells: ``cells``, polygons with ``c`` (signature code) and ``p`` (parcel index), and from
:data:`EDGES_FROM` on ``edges``, the outlines of parcels as lines with ``p``. Below :data:`CELLS_FROM_ZOOM` the map
shows an overview of squares instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planlib.release import Release
from planlib.views.cache import ByteCache
from planlib.views.mercator import tile_origin, to_world
from planlib.views.mvt import BUFFER, EXTENT, Ints, Kind, Parts, encode_layer, round_lines, round_rings
from planlib.views.shapes import Shapes

#: A tile is drawn this many CSS pixels wide, so a map at zoom 15 shows tiles of zoom 14: fewer, larger requests.
TILE_PIXELS = 512
#: The first map zoom that shows cells, and the last that there is.
CELLS_FROM_ZOOM = 13
MAX_ZOOM = 19
#: The first tile zoom with the outlines of parcels; further out they would be all there is to see.
EDGES_FROM = 13
#: From this tile zoom on nothing is too small to be drawn.
_WHOLE_FROM = 14
_PIXEL = EXTENT / TILE_PIXELS
#: Bytes of shapes that stay in memory, over all releases.
_SHAPE_BYTES = 384 * 2**20

_EDGE_POINTS = 17
#: Partitions that are loaded before anybody asks.
_WARM_PARTITIONS = 8

_SHAPES: ByteCache[Partition] = ByteCache(_SHAPE_BYTES)
_BOXES: ByteCache[Ints] = ByteCache(2**20)


@dataclass(frozen=True, slots=True)
class Partition:
    """The cells and parcels of one partition, ready to be cut into tiles; parcel indices count from ``first``."""

    cells: Shapes
    code: npt.NDArray[np.int32]
    parcel: npt.NDArray[np.int32]
    parcels: Shapes
    first: int

    @property
    def nbytes(self) -> int:
        """Return the bytes held."""
        return self.cells.nbytes + self.code.nbytes + self.parcel.nbytes + self.parcels.nbytes


def cells_tile(release: Release, z: int, x: int, y: int) -> bytes:
    """Return a tile of cells, not compressed; empty where there are none."""
    smallest = _PIXEL / 2 if z < _WHOLE_FROM else 0.0
    loaded = [partition(release, at) for at in _partitions_near(release, z, x, y)]
    cells, edges = _Layer(), _Layer()
    for here in loaded:
        near = here.cells.in_tile(z, x, y, smallest=smallest)
        row = here.cells.row[near]
        cells.add(here.cells.rings(near, z, x, y), c=here.code[row], p=here.parcel[row])
        if z < EDGES_FROM:
            continue
        near = here.parcels.in_tile(z, x, y, smallest=smallest)
        edges.add(here.parcels.lines(near, z, x, y, rings=True), p=here.parcels.row[near] + here.first)
    return cells.encode("cells", Kind.POLYGON) + edges.encode("edges", Kind.LINE)


def partition(release: Release, at: int) -> Partition:
    """Return a partition of a release, from memory or from disk."""
    return _SHAPES.get((release.folder, at), lambda: _load(release, at), lambda loaded: loaded.nbytes)


def is_tile(z: int, x: int, y: int) -> bool:
    """Whether there is such a tile at all."""
    return 0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z


class _Layer:
    """Parts of several partitions, to be written as one layer."""

    def __init__(self) -> None:
        self._parts: list[Parts] = []
        self._columns: list[dict[str, npt.NDArray[np.generic]]] = []
        self._count = 0

    def add(self, parts: Parts, **columns: npt.NDArray[np.generic]) -> None:
        """Add parts with the properties of their owners."""
        self._parts.append(Parts(parts.xy, parts.length, parts.owner + self._count))
        self._columns.append(columns)
        self._count += len(next(iter(columns.values())))

    def encode(self, name: str, kind: Kind) -> bytes:
        """Return the layer; nothing when there is nothing in it."""
        if not self._count:
            return b""
        parts = Parts(
            np.concatenate([parts.xy for parts in self._parts]),
            np.concatenate([parts.length for parts in self._parts]),
            np.concatenate([parts.owner for parts in self._parts]),
        )
        columns = {key: np.concatenate([item[key] for item in self._columns]) for key in self._columns[0]}
        rounded = round_rings(parts) if kind is Kind.POLYGON else round_lines(parts)
        return encode_layer(name, kind, rounded, columns)


def _load(release: Release, at: int) -> Partition:
    geometry, parcel, code = release.read_cells(at)
    crs = release.area.crs
    return Partition(
        cells=Shapes.from_polygons(geometry, crs=crs),
        code=code.astype(np.int32),
        parcel=parcel.astype(np.int32),
        parcels=Shapes.from_polygons(release.read_parcels(at), crs=crs),
        first=release.first_parcel(at),
    )


def _partitions_near(release: Release, z: int, x: int, y: int) -> Ints:
    """Return the partitions that come near a tile."""
    boxes = _BOXES.get(release.folder, lambda: _world_boxes(release), lambda made: made.nbytes)
    left, top, side = tile_origin(z, x, y)
    margin = side * BUFFER // EXTENT
    near = (boxes[:, 0] <= left + side + margin) & (boxes[:, 2] >= left - margin)
    near &= (boxes[:, 1] <= top + side + margin) & (boxes[:, 3] >= top - margin)
    return np.flatnonzero(near)


def _world_boxes(release: Release) -> Ints:
    """Return left, top, right, bottom of each partition in world units; straight edges bend, so many points count."""
    boxes = []
    for left, bottom, right, top in release.partition_bounds:
        along = np.linspace(0, 1, _EDGE_POINTS)
        x, y = np.meshgrid(left + along * (right - left), bottom + along * (top - bottom))
        world = to_world(np.column_stack([x.ravel(), y.ravel()]), crs=release.area.crs).astype(np.int64)
        boxes.append(np.concatenate([world.min(axis=0), world.max(axis=0)]))
    return np.array(boxes)


def warm_up(release: Release) -> None:
    """Load the partitions in the middle of a release, which its first map shows."""
    left, bottom, right, top = release.bounds
    middle = np.array([(left + right) / 2, (bottom + top) / 2])
    boxes = np.array(release.partition_bounds)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    nearest = np.argsort(np.hypot(*(centres - middle).T))
    for at in nearest[:_WARM_PARTITIONS]:
        partition(release, int(at))
