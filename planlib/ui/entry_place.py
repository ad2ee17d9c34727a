"""Where a new entry stands: the shape that was drawn on the map, or the parcel that was clicked."""

from __future__ import annotations

import numpy as np
import shapely

from planlib.insight.named_land import NamedLand, parcels_text, read_land
from planlib.model.register import Place
from planlib.release import Release
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.land import chosen_land
from planlib.views.sentences import land_title


def place_on_map(release: Release) -> Place | None:
    """Return the place that is chosen on the map: a drawn shape, else the selected parcel, else None."""
    drawn = chosen_land(release)
    if drawn.kind == "shape":
        return _place(drawn)
    parcel = choices.parcel_in_address()
    if parcel is not None and release.find_parcel(parcel) is not None:
        return _place(read_land(release, parcels_text([parcel])))
    return None


def place_title(release: Release, words: Words) -> str:
    """Return what the place that is chosen on the map is called."""
    drawn = chosen_land(release)
    if drawn.kind == "shape":
        return land_title(drawn, release, words)
    return words("parcel {id}", id=choices.parcel_in_address() or "")


def _place(named: NamedLand) -> Place:
    """Return a place with the outline of some land, and its pin inside it."""
    shape = shapely.build_area(shapely.MultiLineString(named.outline))
    pin = shapely.point_on_surface(shape)
    polygons = tuple(
        tuple(tuple(map(tuple, np.asarray(ring.coords).tolist())) for ring in (part.exterior, *part.interiors))
        for part in shapely.get_parts(shape)
    )
    return Place(float(pin.x), float(pin.y), polygons)
