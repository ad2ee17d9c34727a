"""What comes back from the map: what was clicked or drawn. It comes from a browser, so nothing in it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from planlib.insight.named_land import MOST_CORNERS
from planlib.release import Release


@dataclass(frozen=True, slots=True)
class Click:
    """What a reader clicked: a parcel by its index, an entry by its uid, or nothing (``none``); or the shape they drew.

    ``ring`` holds the corners of a drawn shape as (longitude, latitude).

    ``at`` differs between clicks, so the same place clicked twice gives two clicks.
    """

    kind: Literal["parcel", "initiative", "bronpunt", "shape", "none"]
    at: int
    parcel: int | None = None
    uid: str | None = None
    ring: tuple[tuple[float, float], ...] = ()


def read_click(release: Release, drawing: object) -> Click | None:
    """Return the click in ``last_active_drawing`` of what ``st_folium`` returned; None when there is none.

    It comes from a browser, so nothing in it is believed: a parcel the release does not have is no click.
    """
    properties = drawing.get("properties") if isinstance(drawing, Mapping) else None
    if not isinstance(properties, Mapping):
        return None
    kind, at, parcel, uid, ring = (properties.get(name) for name in ("kind", "at", "parcel", "uid", "ring"))
    if not isinstance(at, int):
        return None
    click = None
    match kind:
        case "none":
            click = Click("none", at)
        case "parcel" if isinstance(parcel, int) and 0 <= parcel < len(release.parcels):
            click = Click("parcel", at, parcel=parcel)
        case "initiative" | "bronpunt" if isinstance(uid, str):
            click = Click(kind, at, uid=uid)
        case "shape" if corners := read_ring(ring):
            click = Click("shape", at, ring=corners)
    return click


def read_ring(ring: object) -> tuple[tuple[float, float], ...]:
    """Return the corners of a ring of [longitude, latitude] that somebody sent; none when it is no such ring."""
    if not isinstance(ring, list | tuple) or not 3 <= len(ring) <= MOST_CORNERS:
        return ()
    corners = []
    for corner in ring:
        if not isinstance(corner, list | tuple) or len(corner) != 2:
            return ()
        longitude, latitude = corner
        # A number that is none, or that no float can hold, fails the comparison.
        if not all(isinstance(number, int | float) and -180 <= number <= 180 for number in corner):
            return ()
        if abs(latitude) > 90:
            return ()
        corners.append((float(longitude), float(latitude)))
    return tuple(corners)
