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

    ``ring`` holds the corners of a drawn shape as (longitude, latitude), ``spot`` is where in the parcel they clicked.

    ``at`` differs between clicks, so the same place clicked twice gives two clicks.
    """

    kind: Literal["parcel", "initiative", "bronpunt", "shape", "none"]
    at: int
    parcel: int | None = None
    uid: str | None = None
    spot: tuple[float, float] | None = None
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
            click = Click("parcel", at, parcel=parcel, spot=_corner(properties.get("spot")))
        case "initiative" | "bronpunt" if isinstance(uid, str):
            click = Click(kind, at, uid=uid)
        case "shape" if corners := read_ring(ring):
            click = Click("shape", at, ring=corners)
    return click


def read_ring(ring: object) -> tuple[tuple[float, float], ...]:
    """Return the corners of a ring of [longitude, latitude] that somebody sent; none when it is no such ring."""
    if not isinstance(ring, list | tuple) or not 3 <= len(ring) <= MOST_CORNERS:
        return ()
    corners = [_corner(corner) for corner in ring]
    return () if None in corners else tuple(corner for corner in corners if corner is not None)


def _corner(sent: object) -> tuple[float, float] | None:
    """Return the [longitude, latitude] that somebody sent; None when it is none."""
    if not isinstance(sent, list | tuple) or len(sent) != 2:
        return None
    longitude, latitude = sent
    # A number that is none, or that no float can hold, fails the comparison.
    if not all(isinstance(number, int | float) and -180 <= number <= 180 for number in sent) or abs(latitude) > 90:
        return None
    return float(longitude), float(latitude)
