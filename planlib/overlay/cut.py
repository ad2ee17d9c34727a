"""Cutting parcels by the boundaries of features into cells, exactly and checked.

Break all boundaries into short chunks, find by one bulk query which chunks meet which parcel, node each parcel's ring
with its chunks, polygonize, and label each face by asking which features hold a point inside it. A parcel that no
boundary meets is one cell and needs no geometry. A parcel of several parts is cut part by part: parts may lie in
different rules though no boundary touches them. Floating noding can go wrong without a word, so the faces of every part
must add up to it; a part whose faces do not is cut again on a grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from planlib.crs import Geometries
from planlib.errors import OverlayError

#: Segments per chunk of boundary: short enough for a sharp bounding box, long enough to keep the tree small.
_CHUNK_SEGMENTS = 16
#: Faces must add up to their parcel within this share of it, or this many m2, at the first try.
_RELATIVE_TOLERANCE = 1e-9
_ABSOLUTE_TOLERANCE_M2 = 1e-6
#: A part of at most this size is a slip of drawing: when it cannot be cut it stays whole, and stops nobody.
_SLIVER_M2 = 0.01
#: What is accepted from a cut on a grid, where vertices move (DESIGN 5: areas add up to 1e-6).
_GRID_TOLERANCE = 1e-6
#: What is accepted of a strip so thin that moving its vertices by the grid is more than that, in m2 and as its share.
_STRIP_M2, _STRIP_SHARE = 1e-4, 1e-3
#: Grid sizes in metres that a parcel is cut again on, finest first.
_GRIDS_M = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3)


@dataclass(frozen=True, slots=True)
class Cells:
    """Pieces of parcels: ``parcel`` indexes the parcels that were cut, ``inside[i, m]`` says whether cell i lies in m.

    All arrays are aligned; ``area_m2`` is the area of ``geometry``, scaled by a hair so that each parcel adds up.
    """

    parcel: np.ndarray
    geometry: Geometries
    area_m2: np.ndarray
    inside: np.ndarray


def cut(parcels: Geometries, features: Geometries, member: np.ndarray, *, members: int) -> Cells:
    """Return the cells of ``parcels`` under ``features``.

    Parameters
    ----------
    parcels
        Valid polygons and multipolygons.
    features
        Valid polygons in the same CRS, not overlapping within a member.
    member
        Member (0 .. ``members`` - 1) of each feature: a rule, or where a rule is known.

    Raises
    ------
    OverlayError
        The faces of a parcel do not add up to it on any grid.
    """
    parts, parcel_of_part = shapely.get_parts(parcels, return_index=True)
    chunks = _boundary_chunks(features)
    part_of, chunk_of = shapely.STRtree(chunks).query(parts, predicate="intersects")
    met = np.unique(part_of)
    faces, owner = _faces(parts, met, chunks, part_of, chunk_of)
    spared = np.setdiff1d(np.arange(len(parts)), met, assume_unique=True)
    geometry = np.concatenate([parts[spared], faces])
    part = np.concatenate([spared, owner])
    order = np.argsort(part, kind="stable")
    geometry, part = geometry[order], part[order]
    area = shapely.area(geometry)
    whole = shapely.area(parts)
    return Cells(
        parcel=parcel_of_part[part],
        geometry=geometry,
        area_m2=area * (whole / np.bincount(part, area, len(parts)))[part],
        inside=members_at(shapely.point_on_surface(geometry), features, member, members=members),
    )


def members_at(points: Geometries, features: Geometries, member: np.ndarray, *, members: int) -> np.ndarray:
    """Return a boolean matrix (points x members): which members hold each point."""
    inside = np.zeros((len(points), members), dtype=bool)
    if not len(features):
        return inside
    at, feature = shapely.STRtree(features).query(points)
    # One feature at a time: its prepared form stays warm.
    order = np.argsort(feature, kind="stable")
    at, feature = at[order], feature[order]
    shapely.prepare(features)
    held = shapely.contains_xy(features[feature], shapely.get_x(points)[at], shapely.get_y(points)[at])
    inside[at[held], member[feature[held]]] = True
    return inside


def _boundary_chunks(polygons: Geometries) -> Geometries:
    """Return the rings of ``polygons`` as lines of at most ``_CHUNK_SEGMENTS`` segments."""
    if not len(polygons):
        return np.array([], dtype=object)
    rings = shapely.get_rings(polygons)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    points = np.bincount(ring)
    first = np.cumsum(points) - points
    chunks = -(-(points - 1) // _CHUNK_SEGMENTS)
    ring_of = np.repeat(np.arange(len(points)), chunks)
    rank = np.arange(len(ring_of)) - np.repeat(np.cumsum(chunks) - chunks, chunks)
    start = first[ring_of] + rank * _CHUNK_SEGMENTS
    stop = np.minimum(start + _CHUNK_SEGMENTS, first[ring_of] + points[ring_of] - 1)
    length = stop - start + 1
    index = np.arange(length.sum()) + np.repeat(start - (np.cumsum(length) - length), length)
    return np.asarray(shapely.linestrings(coordinates[index], indices=np.repeat(np.arange(len(length)), length)))


def _faces(
    parts: Geometries, met: np.ndarray, chunks: Geometries, part_of: np.ndarray, chunk_of: np.ndarray
) -> tuple[Geometries, np.ndarray]:
    """Return the faces of the parts ``met`` by a chunk, and the part of each."""
    if not len(met):
        return np.array([], dtype=object), np.array([], dtype=np.intp)
    rings, ring_part = shapely.get_rings(parts[met], return_index=True)
    lines = np.concatenate([rings, chunks[chunk_of]])
    owner = np.concatenate([ring_part, np.searchsorted(met, part_of)])
    order = np.argsort(owner, kind="stable")
    bundles = np.asarray(shapely.geometrycollections(lines[order], indices=owner[order]))
    whole = shapely.area(parts[met])
    faces, of = _polygonize(bundles, parts[met], grid_m=None)
    off = np.abs(np.bincount(of, shapely.area(faces), len(met)) - whole)
    # The absolute allowance is for the rounding of coordinates; for a sliver it must stay small beside the sliver.
    accepted = np.maximum(whole * _RELATIVE_TOLERANCE, np.minimum(whole * 1e-3, _ABSOLUTE_TOLERANCE_M2))
    failed = np.flatnonzero(off > accepted)
    faces, of, failed = _cut_again(bundles, parts[met], faces, of, failed, thin=False)
    slivers = failed[whole[failed] <= _SLIVER_M2]
    stays = ~np.isin(of, slivers)
    faces, of = np.concatenate([faces[stays], parts[met[slivers]]]), np.concatenate([of[stays], slivers])
    failed = np.setdiff1d(failed, slivers)
    faces, of, failed = _cut_again(bundles, parts[met], faces, of, failed, thin=True)
    if len(failed):
        at = shapely.get_coordinates(parts[met[failed[0]]])[0]
        raise OverlayError(
            "The pieces of {count} parcels do not add up to the parcel, the first near ({x:.1f}, {y:.1f}); "
            "check the shapes there for lines closer than a millimetre.",
            count=len(failed),
            x=at[0],
            y=at[1],
        )
    return faces, met[of]


def _cut_again(
    bundles: Geometries, parts: Geometries, faces: Geometries, of: np.ndarray, failed: np.ndarray, *, thin: bool
) -> tuple[Geometries, np.ndarray, np.ndarray]:
    """Return the faces with those of the parts ``failed`` made again on grids, the part of each, and what still fails.

    With ``thin`` a part may be off by what moving its outline by the grid comes to, as far as that stays small.
    """
    for grid_m in _GRIDS_M:
        if not len(failed):
            break
        whole = shapely.area(parts[failed])
        again, of_again = _polygonize(bundles[failed], parts[failed], grid_m=grid_m)
        off = np.abs(np.bincount(of_again, shapely.area(again), len(failed)) - whole)
        accepted = whole * _GRID_TOLERANCE
        if thin:
            strip = np.minimum(_STRIP_M2, whole * _STRIP_SHARE)
            accepted = np.maximum(accepted, np.minimum(shapely.length(parts[failed]) * grid_m, strip))
        mended = off <= accepted
        stays = ~np.isin(of, failed[mended])
        taken = mended[of_again]
        faces = np.concatenate([faces[stays], again[taken]])
        of = np.concatenate([of[stays], failed[of_again[taken]]])
        failed = failed[~mended]
    return faces, of, failed


def _polygonize(bundles: Geometries, parts: Geometries, *, grid_m: float | None) -> tuple[Geometries, np.ndarray]:
    """Return the faces between the lines of each bundle that lie in its part, and the bundle of each face."""
    noded = _node(bundles, grid_m)
    faces, of = shapely.get_parts(shapely.polygonize(noded[:, None]), return_index=True)
    inner = shapely.point_on_surface(faces)
    shapely.prepare(parts)
    keep = shapely.contains_xy(parts[of], shapely.get_x(inner), shapely.get_y(inner))
    return faces[keep], of[keep]


def _node(bundles: Geometries, grid_m: float | None) -> Geometries:
    """Return the lines of each bundle split at all their crossings; empty where GEOS gives up."""
    try:
        return np.asarray(shapely.union_all(bundles[:, None], axis=1, grid_size=grid_m))
    except shapely.errors.GEOSException:
        # One bundle that fails must not take the others with it; it comes back empty and is cut again on a grid.
        if len(bundles) == 1:
            return np.array([shapely.GeometryCollection()], dtype=object)
        half = len(bundles) // 2
        return np.concatenate([_node(bundles[:half], grid_m), _node(bundles[half:], grid_m)])
