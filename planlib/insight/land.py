"""The land a question is about: the whole area, some parcels, a village, or a drawn shape.

Whatever it is, it comes down to one array: the square metres of each signature on it. From there every answer is a sum,
without geometry. Only a drawn shape must cut cells first, and it cuts no others than those it meets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array

from planlib.errors import ReleaseError
from planlib.insight.regions import region_of_parcels, region_shapes
from planlib.layers import dissolve_overlaps, repair
from planlib.model import OUTCOMES, Outcome
from planlib.overlay import cut
from planlib.release import TOUCHED_M2, Release
from planlib.scenario import Assessment


@dataclass(frozen=True)
class Land:
    """A piece of an area.

    Attributes
    ----------
    code_area_m2
        Square metres of each signature code on this land.
    parcels
        Indices of its parcels in the release, ascending; those it touches when it is a drawn shape.
    shape
        The drawn shape in the area's CRS; None when the land is whole parcels.
    parts
        Square metres per parcel of the release and code inside the drawn shape; None when the land is whole parcels.
    """

    code_area_m2: np.ndarray
    parcels: np.ndarray
    shape: shapely.Geometry | None = None
    parts: coo_array | None = None

    @property
    def area_m2(self) -> float:
        """The square metres of parcels on this land."""
        return float(self.code_area_m2.sum())


def outcomes_m2(assessment: Assessment, land: Land) -> dict[Outcome, float]:
    """Return the square metres per outcome on a piece of land: the one sum behind words, bars and files."""
    totals = np.bincount(assessment.rank, land.code_area_m2, len(OUTCOMES))
    return {outcome: float(total) for outcome, total in zip(OUTCOMES, totals, strict=True)}


def whole_area(release: Release) -> Land:
    """Return all parcels of a release."""
    return Land(release.code_area_m2, np.arange(len(release.parcels)))


def land_of_parcels(release: Release, parcels: Iterable[int]) -> Land:
    """Return the land of some parcels, by their indices; one that is named twice counts once."""
    chosen = np.zeros(len(release.parcels), dtype=bool)
    chosen[np.fromiter(parcels, dtype=np.intp)] = True
    rows = chosen[release.row_parcel]
    areas = np.bincount(release.row_code[rows], release.row_area_m2[rows], len(release.signatures))
    return Land(areas, np.flatnonzero(chosen))


def land_of_region(release: Release, name: str) -> Land:
    """Return the parcels of a village or other region of the area's context.

    A parcel belongs to the region in which a point inside it lies, so every parcel counts once and whole.

    Raises
    ------
    ReleaseError
        The area has no region of that name.
    """
    names = region_shapes(release).names
    if name not in names:
        raise ReleaseError(
            "There is no region {name} in {area}; it has {known}.",
            name=name,
            area=release.area.title,
            known=", ".join(names) or "none",
        )
    return land_of_parcels(release, np.flatnonzero(region_of_parcels(release) == names.index(name)))


def land_in_shape(release: Release, shape: shapely.Geometry) -> Land:
    """Return the land of the parcels inside a drawn shape in the area's CRS.

    The shape is repaired as a layer's is; what is not polygon in it counts for nothing. Cells are cut by the overlay's
    own checked cut, so the pieces inside and outside the shape add up to each cell.
    """
    repaired, _, _ = repair(np.array([shape], dtype=object), np.array([0]), where="drawn shape")
    polygons = dissolve_overlaps(repaired)
    outline = shapely.MultiPolygon(list(polygons))
    size, on_parcel, of_code = [np.zeros(0)], [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
    left, bottom, right, top = shapely.bounds(outline) if not outline.is_empty else (1.0, 1.0, 0.0, 0.0)
    for partition, (west, south, east, north) in enumerate(release.partition_bounds):
        if west > right or east < left or south > top or north < bottom:
            continue
        cells, parcel, code = release.read_cells(partition)
        near = shapely.STRtree(cells).query(outline, predicate="intersects")
        pieces = cut(cells[near], polygons, np.zeros(len(polygons), dtype=np.intp), members=1)
        inside = pieces.inside[:, 0]
        of = near[pieces.parcel[inside]]
        size.append(pieces.area_m2[inside])
        on_parcel.append(parcel[of])
        of_code.append(code[of])
    place = (np.concatenate(on_parcel), np.concatenate(of_code))
    parts = coo_array((np.concatenate(size), place), shape=(len(release.parcels), len(release.signatures)))
    touched = np.flatnonzero(parts.sum(axis=1) > TOUCHED_M2)
    return Land(np.asarray(parts.sum(axis=0)), touched, outline, parts)
