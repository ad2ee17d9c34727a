"""The cells of a piece of land with their shapes, for the questions that need more than square metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from planlib.crs import Geometries
from planlib.errors import ReleaseError
from planlib.insight.land import Land
from planlib.layers import dissolve_overlaps
from planlib.overlay import cut
from planlib.release import Release

#: Parcels whose shapes one question may load: some seconds of work, some hundreds of MB.
MOST_PARCELS = 20_000


@dataclass(frozen=True, slots=True)
class Pieces:
    """Cells, or parts of cells: aligned arrays of shape (area's CRS), parcel index, signature code and m2."""

    geometry: Geometries
    parcel: np.ndarray
    code: np.ndarray
    area_m2: np.ndarray

    def __len__(self) -> int:
        return len(self.geometry)

    def where(self, wanted: np.ndarray) -> Pieces:
        """Return the pieces that a mask or an index chooses."""
        return Pieces(self.geometry[wanted], self.parcel[wanted], self.code[wanted], self.area_m2[wanted])


def pieces_of(release: Release, land: Land, *, codes: np.ndarray, without: Geometries | None = None) -> Pieces:
    """Return the pieces of a land whose code is wanted.

    Parameters
    ----------
    codes
        Per signature code whether it is wanted.
    without
        Polygons in the area's CRS whose land is left out.

    Raises
    ------
    ReleaseError
        The land has more than :data:`MOST_PARCELS` parcels.
    """
    require_few(land, most=MOST_PARCELS)
    here = np.zeros(len(release.parcels), dtype=bool)
    here[land.parcels] = True
    found = [_none()]
    for partition in sorted({release.partition_of(parcel) for parcel in land.parcels.tolist()}):
        geometry, parcel, code = release.read_cells(partition, wanted=here)
        chosen = codes[code]
        geometry = geometry[chosen]
        pieces = Pieces(geometry, parcel[chosen], code[chosen], shapely.area(geometry))
        if land.shape is not None:
            pieces = _cut(pieces, shapely.get_parts(land.shape), inside=True)
        if without is not None and len(without):
            pieces = _cut(pieces, dissolve_overlaps(shapely.get_parts(without)), inside=False)
        found.append(pieces)
    return Pieces(
        np.concatenate([pieces.geometry for pieces in found]),
        np.concatenate([pieces.parcel for pieces in found]),
        np.concatenate([pieces.code for pieces in found]),
        np.concatenate([pieces.area_m2 for pieces in found]),
    )


def parcel_shapes(release: Release, parcels: np.ndarray) -> Geometries:
    """Return the shapes of parcels, by their indices in ascending order, in the area's CRS."""
    partition = np.array([release.partition_of(parcel) for parcel in parcels.tolist()], dtype=np.intp)
    found = [
        release.read_parcels(int(at))[parcels[partition == at] - release.first_parcel(int(at))]
        for at in np.unique(partition)
    ]
    return np.concatenate([np.array([], dtype=object), *found])


def require_few(land: Land, *, most: int) -> None:
    """Refuse a land of more than ``most`` parcels."""
    if len(land.parcels) > most:
        raise ReleaseError(
            "This question looks at shapes, of {most} parcels at most; this land has {count}. "
            "Choose a village or draw a smaller shape.",
            most=most,
            count=len(land.parcels),
        )


def _cut(pieces: Pieces, polygons: Geometries, *, inside: bool) -> Pieces:
    """Return what lies inside, or outside, some polygons that do not overlap."""
    if not len(polygons):
        return _none() if inside else pieces
    parts = cut(pieces.geometry, polygons, np.zeros(len(polygons), dtype=np.intp), members=1)
    kept = parts.inside[:, 0] == inside
    of = parts.parcel[kept]
    return Pieces(parts.geometry[kept], pieces.parcel[of], pieces.code[of], parts.area_m2[kept])


def _none() -> Pieces:
    index = np.array([], dtype=np.intp)
    return Pieces(np.array([], dtype=object), index, index, np.array([], dtype=float))
