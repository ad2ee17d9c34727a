"""Where an entry stands: the shape that was drawn on the map, the parcels that were chosen, or a pin."""

from __future__ import annotations

import numpy as np
import shapely
import streamlit as st

from planlib.crs import WGS84, transform
from planlib.insight.named_land import NamedLand
from planlib.insight.pieces import parcel_shapes
from planlib.model.register import Place
from planlib.release import Release
from planlib.text.words import Words
from planlib.ui.land import chosen_land, selected_land
from planlib.ui.map_clicks import clicked_spot
from planlib.views.sentences import land_title

#: Borders of neighbours that differ by less are one line.
_GRID_M = 1e-3


def choose_place(release: Release, words: Words, *, key: str) -> tuple[Place, str] | None:
    """Draw how an entry stands on the land that is chosen on the map: as that land, or as a pin.

    Returns
    -------
    tuple of Place and str, or None
        The place and what it is called; None when nothing is chosen on the map.
    """
    land = _land_on_map(release)
    if land is None:
        return None
    title = land_title(land, release, words)
    whole, pin = words("All of {place}", place=title), words("Only a pin, where was clicked")
    if st.radio(words("How does it stand there?"), [whole, pin], horizontal=True, key=f"{key}_stands") == whole:
        return _place(release, land), title
    place = _place(release, land)
    spot = clicked_spot(land.label) or (place.longitude, place.latitude)
    return Place(*spot), words("a pin on {place}", place=title)


def _land_on_map(release: Release) -> NamedLand | None:
    """Return the shape that was drawn or the parcels that were gathered, else the selected parcel, else None."""
    chosen = chosen_land(release)
    return chosen if chosen.kind in ("shape", "parcels") else selected_land(release)


def _place(release: Release, land: NamedLand) -> Place:
    """Return a place with the outline of some land, and its pin inside it."""
    if land.kind == "shape":
        shape = shapely.build_area(shapely.MultiLineString(land.outline))
    else:
        together = shapely.union_all(parcel_shapes(release, land.land.parcels), grid_size=_GRID_M)
        (shape,) = transform(np.array([together], dtype=object), source=release.area.crs, target=WGS84)
    pin = shapely.point_on_surface(shape)
    polygons = tuple(
        tuple(tuple(map(tuple, np.asarray(ring.coords).tolist())) for ring in (part.exterior, *part.interiors))
        for part in shapely.get_parts(shape)
    )
    return Place(float(pin.x), float(pin.y), polygons)
