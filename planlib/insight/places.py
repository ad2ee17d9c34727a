"""From a spot to a parcel, and from a parcel to its surroundings."""

from __future__ import annotations

import numpy as np
import shapely

from planlib.layers import Bounds
from planlib.release import Release


def parcel_at(release: Release, x: float, y: float) -> str | None:
    """Return the id of the parcel at a spot in the area's CRS, None where there is none."""
    for partition, (left, bottom, right, top) in enumerate(release.partition_bounds):
        if left <= x <= right and bottom <= y <= top:
            hit = np.flatnonzero(shapely.intersects_xy(release.read_parcels(partition), x, y))
            if len(hit):
                return str(release.parcels["parcel_id"].iloc[release.first_parcel(partition) + int(hit[0])])
    return None


def parcel_bounds(release: Release, parcel: int) -> Bounds:
    """Return left, bottom, right and top of a parcel, by its index, in the area's CRS."""
    partition = release.partition_of(parcel)
    shape = release.read_parcels(partition)[parcel - release.first_parcel(partition)]
    left, bottom, right, top = shapely.bounds(shape)
    return float(left), float(bottom), float(right), float(top)
