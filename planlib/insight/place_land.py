"""The land of something on the map: its own shape, else the parcel under its pin."""

from __future__ import annotations

import numpy as np
import shapely

from planlib.crs import WGS84, transform, transform_points
from planlib.insight.land import Land, land_in_shape, land_of_parcels
from planlib.insight.places import parcel_at
from planlib.layers import repair
from planlib.model.register import Place
from planlib.release import Release


def place_land(release: Release, place: Place) -> Land | None:
    """Return the land of a place: inside its own shape, or the parcel under its pin; None outside the parcels."""
    shape = place_shape(release, place)
    if shape is not None:
        land = land_in_shape(release, shape)
        return land if land.area_m2 > 0 else None
    parcel = place_parcel(release, place)
    return None if parcel is None else land_of_parcels(release, [parcel])


def place_shape(release: Release, place: Place) -> shapely.Geometry | None:
    """Return the shape that was drawn for a place, in the area's CRS; None when it is a pin."""
    if not place.polygons:
        return None
    drawn = np.array([shapely.Polygon(outer, holes) for outer, *holes in place.polygons], dtype=object)
    parts, _, _ = repair(
        transform(drawn, source=WGS84, target=release.area.crs), np.arange(len(drawn)), where="drawn shape"
    )
    return shapely.union_all(parts) if len(parts) else None


def place_parcel(release: Release, place: Place) -> int | None:
    """Return the index of the parcel under a place's pin; None where there is none."""
    x, y = transform_points(place.longitude, place.latitude, source=WGS84, target=release.area.crs)
    parcel_id = parcel_at(release, float(x), float(y))
    return None if parcel_id is None else release.parcel_index(parcel_id)
