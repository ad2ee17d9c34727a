"""The land that an entry is about: its own shape, else the parcel it is pinned on."""

from __future__ import annotations

import numpy as np
import shapely

from planlib.crs import WGS84, transform, transform_points
from planlib.insight.land import Land, land_in_shape, land_of_parcels
from planlib.insight.places import parcel_at
from planlib.model.register import Entry
from planlib.release import Release


def land_of_entry(release: Release, entry: Entry) -> Land:
    """Return the land of an entry; none of it when it stands outside the parcels of the area."""
    place = entry.place
    if place.polygons:
        shape = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in place.polygons])
        (placed,) = transform(np.array([shape], dtype=object), source=WGS84, target=release.area.crs)
        return land_in_shape(release, placed)
    x, y = transform_points(place.longitude, place.latitude, source=WGS84, target=release.area.crs)
    parcel = parcel_at(release, float(x), float(y))
    return land_of_parcels(release, [] if parcel is None else [release.parcel_index(parcel)])
