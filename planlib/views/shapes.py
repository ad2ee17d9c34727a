"""Polygons and lines as flat arrays in world units, from which tiles are cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from planlib.crs import Geometries
from planlib.views.mercator import Ints as WorldUnits
from planlib.views.mercator import tile_origin, to_world
from planlib.views.mvt import BUFFER, EXTENT, Ints, Parts, clip_lines, clip_rings, close, join, ragged


@dataclass(frozen=True, slots=True)
class Shapes:
    """Polygons (rings without closing point, the outer one first) or lines.

    ``xy`` (n, 2) in world units; part i has the vertices ``part_start[i] .. part_start[i + 1]``, shape j the parts
    ``shape_start[j] .. shape_start[j + 1]`` and came from row ``row[j]`` of the geometries given. ``box`` (shapes, 4)
    is left, top, right, bottom.
    """

    xy: WorldUnits
    part_start: Ints
    shape_start: Ints
    box: WorldUnits
    row: Ints

    @classmethod
    def from_polygons(cls, geometries: Geometries, *, crs: str) -> Shapes:
        """Return the polygons among ``geometries`` and in their multipolygons, outer rings clockwise as seen."""
        polygons, row = _single(geometries, shapely.GeometryType.POLYGON)
        if not len(polygons):
            return cls.empty()
        _, coordinates, (ring_end, shape_start) = shapely.to_ragged_array(
            shapely.orient_polygons(polygons, exterior_cw=True), include_z=False
        )
        # Rings repeat their first point at their end, which tiles do not.
        closing = ring_end[1:] - 1
        world = to_world(np.delete(coordinates, closing, axis=0), crs=crs)
        return cls._boxed(world, ring_end - np.arange(len(ring_end)), shape_start, row)

    @classmethod
    def from_lines(cls, geometries: Geometries, *, crs: str) -> Shapes:
        """Return the lines among ``geometries`` and in their multilines."""
        lines, row = _single(geometries, shapely.GeometryType.LINESTRING)
        if not len(lines):
            return cls.empty()
        _, coordinates, (part_start,) = shapely.to_ragged_array(lines, include_z=False)
        return cls._boxed(to_world(coordinates, crs=crs), part_start, np.arange(len(part_start)), row)

    @classmethod
    def empty(cls) -> Shapes:
        """Return no shapes."""
        none, zero = np.empty(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
        return cls(np.empty((0, 2), np.int32), zero, zero, np.empty((0, 4), np.int32), none)

    @classmethod
    def _boxed(cls, xy: WorldUnits, part_start: Array, shape_start: Array, row: Ints) -> Shapes:
        first = part_start.astype(np.int64)[shape_start[:-1].astype(np.int64)]
        low, high = np.minimum.reduceat(xy, first), np.maximum.reduceat(xy, first)
        return cls(
            xy, part_start.astype(np.int64), shape_start.astype(np.int64), np.concatenate([low, high], axis=1), row
        )

    @property
    def nbytes(self) -> int:
        """Return the bytes held."""
        return sum(array.nbytes for array in (self.xy, self.part_start, self.shape_start, self.box, self.row))

    def in_tile(self, z: int, x: int, y: int, *, smallest: float = 0.0) -> Ints:
        """Return the shapes that come near a tile and measure at least ``smallest`` tile units one way."""
        left, top, side = tile_origin(z, x, y)
        margin = side * BUFFER // EXTENT
        box = self.box
        near = (box[:, 0] <= left + side + margin) & (box[:, 2] >= left - margin)
        near &= (box[:, 1] <= top + side + margin) & (box[:, 3] >= top - margin)
        if smallest > 0:
            size = np.maximum(box[:, 2].astype(np.int64) - box[:, 0], box[:, 3].astype(np.int64) - box[:, 1])
            near &= size >= smallest * side / EXTENT
        return np.flatnonzero(near)

    def rings(self, which: Ints, z: int, x: int, y: int) -> Parts:
        """Return the rings of some polygons in tile units, cut off at the tile; owners count along ``which``."""
        parts, inside = self._parts(which, z, x, y)
        if inside.all():
            return parts
        whole, cut = _split(parts, inside)
        return join(whole, clip_rings(cut))

    def lines(self, which: Ints, z: int, x: int, y: int, *, rings: bool) -> Parts:
        """Return lines, or rings as closed lines, in tile units, cut off at the tile as lines are."""
        parts, inside = self._parts(which, z, x, y)
        if rings:
            parts = close(parts)
        if inside.all():
            return parts
        whole, cut = _split(parts, inside)
        return join(whole, clip_lines(cut))

    def _parts(self, which: Ints, z: int, x: int, y: int) -> tuple[Parts, npt.NDArray[np.bool_]]:
        left, top, side = tile_origin(z, x, y)
        count = self.shape_start[which + 1] - self.shape_start[which]
        part = ragged(self.shape_start[which], count)
        length = self.part_start[part + 1] - self.part_start[part]
        vertex = ragged(self.part_start[part], length)
        xy = (self.xy[vertex] - np.array([left, top], dtype=np.float64)) * (EXTENT / side)
        owner = np.repeat(np.arange(len(which)), count)
        margin = side * BUFFER // EXTENT
        box = self.box[which]
        inside = (box[:, 0] >= left - margin) & (box[:, 2] <= left + side + margin)
        inside &= (box[:, 1] >= top - margin) & (box[:, 3] <= top + side + margin)
        return Parts(xy, length, owner), inside


Array = npt.NDArray[np.generic]


def _single(geometries: Geometries, kind: shapely.GeometryType) -> tuple[Geometries, Ints]:
    parts, row = shapely.get_parts(geometries, return_index=True)
    keep = (shapely.get_type_id(parts) == kind) & ~shapely.is_empty(parts)
    return parts[keep], row[keep].astype(np.int64)


def _split(parts: Parts, inside: npt.NDArray[np.bool_]) -> tuple[Parts, Parts]:
    """Return the parts whose owner lies inside, and the others."""
    of_part = inside[parts.owner]
    of_vertex = np.repeat(of_part, parts.length)
    return (
        Parts(parts.xy[of_vertex], parts.length[of_part], parts.owner[of_part]),
        Parts(parts.xy[~of_vertex], parts.length[~of_part], parts.owner[~of_part]),
    )
