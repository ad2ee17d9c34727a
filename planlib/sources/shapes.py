"""Parsed GeoJSON geometries -> shapely, whole pages of polygons at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely import GeometryType

from planlib.crs import Geometries

_FEWEST_POINTS = 4


def read_shapes(shapes: Sequence[Any]) -> Geometries:
    """Return the two-dimensional shapes of GeoJSON geometries; one that is missing or cannot be read is None.

    Sound polygons, which is what nearly all layers hold, go to GEOS as one array of coordinates; whatever else there is
    is read one by one.
    """
    found = np.full(len(shapes), None, dtype=object)
    kinds = [shape.get("type") if isinstance(shape, Mapping) else None for shape in shapes]
    for kind, depth in (("Polygon", 0), ("MultiPolygon", 1)):
        rows = [row for row, name in enumerate(kinds) if name == kind]
        try:
            found[rows] = _polygons([shapes[row]["coordinates"] for row in rows], depth)
        except (ValueError, TypeError, KeyError, shapely.errors.GEOSException):
            found[rows] = _one_by_one([shapes[row] for row in rows])
    rest = [row for row, name in enumerate(kinds) if name not in ("Polygon", "MultiPolygon", None)]
    found[rest] = _one_by_one([shapes[row] for row in rest])
    return found


def _polygons(coordinates: Sequence[Any], depth: int) -> Geometries:
    """Return polygons, or multipolygons at depth 1, from nested coordinates.

    Raises
    ------
    ValueError
        A ring does not close or has too few points, or a position is no pair or triple of numbers.
    """
    offsets: list[list[int]] = []
    for _ in range(depth + 2):
        # Each turn takes one level of nesting away and keeps where its members begin.
        begins, flat = [0], []
        for members in coordinates:
            flat.extend(members)
            begins.append(len(flat))
        offsets.insert(0, begins)
        coordinates = flat
    if not coordinates:
        raise ValueError("there are no positions")
    positions = np.asarray(coordinates, dtype=np.float64)
    if positions.ndim != 2:
        raise ValueError("a position is no list of numbers")
    xy = positions[:, :2]
    rings = np.asarray(offsets[0])
    if (np.diff(rings) < _FEWEST_POINTS).any() or (xy[rings[:-1]] != xy[rings[1:] - 1]).any():
        raise ValueError("a ring does not close or has too few points")
    if any(begin == end for begins in offsets[1:] for begin, end in pairwise(begins)):
        raise ValueError("a polygon has no ring")
    kind = GeometryType.MULTIPOLYGON if depth else GeometryType.POLYGON
    return np.asarray(shapely.from_ragged_array(kind, np.ascontiguousarray(xy), tuple(map(np.asarray, offsets))))


def _one_by_one(shapes: Sequence[Any]) -> Geometries:
    texts = [json.dumps(shape) for shape in shapes]
    return np.asarray(shapely.force_2d(shapely.from_geojson(texts, on_invalid="ignore")), dtype=object)
