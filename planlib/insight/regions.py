"""The villages and other regions of an area's context, and which parcels belong to each."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from planlib.crs import WGS84, Geometries, transform_points
from planlib.layers import checked_union, read_placed, repair
from planlib.model import ContextKind
from planlib.model.register import Entry
from planlib.release import Release

_lock = threading.Lock()
_known: dict[str, tuple[Regions, np.ndarray]] = {}
#: Releases whose regions stay in memory; an area has two at most in use.
_KEPT = 4


@dataclass(frozen=True, slots=True)
class Regions:
    """Named polygons in the area's CRS, in the order of their layer; regions of one name are one."""

    names: list[str]
    shapes: Geometries


def region_shapes(release: Release) -> Regions:
    """Return the regions of a release's area; none when its context has no layer of them with a label."""
    return _load(release)[0]


def region_of_parcels(release: Release) -> np.ndarray:
    """Return for each parcel the position of its region in ``region_shapes(release).names``, -1 for none.

    A parcel belongs to the region that holds a point inside it; where regions overlap, to the first.
    """
    return _load(release)[1]


def entries_by_region(release: Release, entries: Sequence[Entry]) -> list[list[Entry]]:
    """Return for each region the entries that stand in it; one that stands in none is in no list."""
    regions = region_shapes(release)
    found: list[list[Entry]] = [[] for _ in regions.names]
    if not entries or not regions.names:
        return found
    degrees = np.array([(entry.place.longitude, entry.place.latitude) for entry in entries])
    x, y = transform_points(degrees[:, 0], degrees[:, 1], source=WGS84, target=release.area.crs)
    shapely.prepare(regions.shapes)
    first = np.full(len(entries), -1)
    for at in reversed(range(len(regions.names))):
        first[shapely.contains_xy(regions.shapes[at], x, y)] = at
    for entry, at in zip(entries, first.tolist(), strict=True):
        if at >= 0:
            found[at].append(entry)
    return found


def _load(release: Release) -> tuple[Regions, np.ndarray]:
    with _lock:
        if release.id not in _known:
            regions = _read(release)
            while len(_known) >= _KEPT:
                del _known[next(iter(_known))]
            _known[release.id] = regions, _assign(release, regions)
        return _known[release.id]


def _read(release: Release) -> Regions:
    names: list[str] = []
    shapes: list[list[shapely.Geometry]] = []
    for layer in release.area.context_of(ContextKind.REGIONS):
        if layer.label_column is None:
            continue
        raw, _ = read_placed(layer.source, name="context regions", crs=release.area.crs, columns=(layer.label_column,))
        polygons, position, _ = repair(raw.geometry, raw.rows, where="context regions")
        for polygon, name in zip(polygons, raw.columns[layer.label_column][position], strict=True):
            if not isinstance(name, str) or not name.strip():
                continue
            if name.strip() not in names:
                names.append(name.strip())
                shapes.append([])
            shapes[names.index(name.strip())].append(polygon)
    united = [checked_union(np.array(parts, dtype=object)) for parts in shapes]
    return Regions(names, np.array(united, dtype=object))


def _assign(release: Release, regions: Regions) -> np.ndarray:
    found = np.full(len(release.parcels), -1, dtype=np.int32)
    if not regions.names:
        return found
    shapely.prepare(regions.shapes)
    for partition in range(len(release.partition_bounds)):
        points = shapely.point_on_surface(release.read_parcels(partition))
        first = release.first_parcel(partition)
        here = found[first : first + len(points)]
        x, y = shapely.get_x(points), shapely.get_y(points)
        for at in reversed(range(len(regions.names))):
            here[shapely.contains_xy(regions.shapes[at], x, y)] = at
    return found
