"""Land that somebody has a plan for already: initiatives on the map, as shapes in the area's CRS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from planlib.insight.pieces import parcel_shapes
from planlib.insight.place_land import place_parcel, place_shape
from planlib.model.register import Entry, Initiative
from planlib.release import Release


@dataclass(frozen=True)
class Claim:
    """An initiative and its land: its own shape, or the parcel under its pin (``pinned``)."""

    initiative: Initiative
    shape: shapely.Geometry
    pinned: bool


def claims_of(release: Release, entries: Sequence[Entry]) -> tuple[Claim, ...]:
    """Return the claims of the initiatives that have not stopped; one pinned outside the parcels claims nothing."""
    found = []
    for entry in entries:
        if not isinstance(entry, Initiative) or not entry.runs:
            continue
        shape = place_shape(release, entry.place)
        parcel = None if shape is not None else place_parcel(release, entry.place)
        if parcel is not None:
            (shape,) = parcel_shapes(release, np.array([parcel]))
        if shape is not None:
            found.append(Claim(entry, shape, pinned=parcel is not None))
    return tuple(found)
